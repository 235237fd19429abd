"""What may be done, by name, and which role may do it. Closed lists: what is not here is nobody's."""

from __future__ import annotations

from typing import Final

from ezcore.accounts.models import ClientStatus, MembershipRole

CLIENT: Final = frozenset(
    {"client.read", "client.order", "client.billing", "client.services", "client.support"}
)
STAFF: Final = frozenset({
    "staff.read", "jobs.manage", "billing.manage", "services.manage", "orders.manage", "catalog.manage",
    "settings.manage", "plugins.manage", "mail.read", "accounts.manage", "clients.manage",
    "support.manage",
})  # fmt: skip

MEMBER_ROLES: Final[dict[str, frozenset[str]]] = {
    MembershipRole.OWNER: CLIENT,
    MembershipRole.BILLING: frozenset({"client.read", "client.billing", "client.support"}),
    MembershipRole.TECHNICAL: frozenset({"client.read", "client.services", "client.support"}),
    MembershipRole.READ_ONLY: frozenset({"client.read"}),
}

STAFF_ROLES: Final[dict[str, frozenset[str]]] = {
    "owner": STAFF,
    "billing": frozenset({
        "staff.read", "billing.manage", "orders.manage", "mail.read", "clients.manage",
    }),
    "support": frozenset({
        "staff.read", "services.manage", "jobs.manage", "mail.read", "support.manage", "clients.manage",
    }),
}  # fmt: skip
OWNER: Final = "owner"
"""The role that may do everything: nobody changes it, and somebody always has it."""
WORDS: Final[dict[str, str]] = {
    "staff.read": "Sees the admin area and its records",
    "clients.manage": "Makes, changes, closes clients; writes notes about them",
    "orders.manage": "Works on orders",
    "services.manage": "Acts on services and domain names",
    "support.manage": "Reads and answers tickets",
    "billing.manage": "Invoices, payments, refunds, credit, taxes",
    "catalog.manage": "Products, prices, promotions",
    "jobs.manage": "Retries and cancels jobs, runs automation",
    "mail.read": "Reads the log of mails",
    "plugins.manage": "Settings of plugins, pauses them",
    "settings.manage": "Settings of the shop",
    "accounts.manage": "Staff and roles",
}
"""What each permission of staff lets do, in the order of the matrix."""

_NEEDS_VERIFIED_ADDRESS: Final = frozenset({"client.order", "client.billing"})


def of_member(role: str, *, verified: bool, status: str) -> frozenset[str]:
    """What a member may do for a client. Paid things need a confirmed address."""
    allowed = MEMBER_ROLES.get(role, frozenset())
    if not verified:
        allowed -= _NEEDS_VERIFIED_ADDRESS
    return allowed - {"client.order"} if status == ClientStatus.CLOSED else allowed
