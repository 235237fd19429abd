"""What may be done, by name, and which role may do it. Closed lists: what is not here is nobody's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ezcore.accounts.models import ClientStatus, MembershipRole

CLIENT: Final = frozenset({
    "client.read", "client.order", "client.billing", "client.services", "client.domains", "client.support",
    "client.people",
})  # fmt: skip
LOOKING: Final = frozenset({
    "client.read", "client.billing", "client.services", "client.domains", "client.support", "client.people",
})  # fmt: skip
"""What staff see who look at a client's pages as the client would. They order nothing, and may only read."""
STAFF: Final = frozenset({
    "staff.read", "jobs.manage", "billing.manage", "services.manage", "orders.manage", "catalog.manage",
    "settings.manage", "plugins.manage", "mail.read", "accounts.manage", "clients.manage",
    "support.manage", "content.manage", "reports.read",
})  # fmt: skip

MEMBER_ROLES: Final[dict[str, frozenset[str]]] = {
    MembershipRole.OWNER: CLIENT,
    MembershipRole.BILLING: frozenset({"client.read", "client.billing", "client.support"}),
    MembershipRole.TECHNICAL: frozenset(
        {"client.read", "client.services", "client.domains", "client.support"}
    ),
    MembershipRole.READ_ONLY: frozenset({"client.read"}),
    MembershipRole.CUSTOM: frozenset({"client.read"}),
}

GRANTS: Final[dict[str, frozenset[str]]] = {
    "billing": frozenset({"client.billing"}),
    "services": frozenset({"client.services"}),
    "domains": frozenset({"client.domains"}),
    "support": frozenset({"client.support"}),
}
"""What an owner can give to a person with the role `custom`, one by one; seeing comes with any of them."""
GRANT_WORDS: Final[dict[str, str]] = {
    "billing": "Billing: invoices, payments, credit, the address on invoices",
    "services": "Services: acts on servers, hosting and certificates",
    "domains": "Domains: names, DNS records, contacts of names",
    "support": "Support: writes and reads tickets",
}
EVERYTHING: Final = "everything"
"""Asked for together with, or instead of, single grants: an owner, who also orders and manages people."""

STAFF_ROLES: Final[dict[str, frozenset[str]]] = {
    "owner": STAFF,
    "billing": frozenset({
        "staff.read", "billing.manage", "orders.manage", "mail.read", "clients.manage", "reports.read",
    }),
    "support": frozenset({
        "staff.read", "services.manage", "jobs.manage", "mail.read", "support.manage", "clients.manage",
        "content.manage",
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
    "content.manage": "Writes and publishes news, answers, files and pages; says how the network is",
    "billing.manage": "Invoices, payments, refunds, credit, taxes",
    "reports.read": "Reads the reports about money and clients",
    "catalog.manage": "Products, prices, promotions",
    "jobs.manage": "Retries and cancels jobs, runs automation",
    "mail.read": "Reads the log of mails",
    "plugins.manage": "Settings of plugins, pauses them",
    "settings.manage": "Settings of the shop",
    "accounts.manage": "Staff and roles",
}
"""What each permission of staff lets do, in the order of the matrix."""

_NEEDS_VERIFIED_ADDRESS: Final = frozenset({"client.order", "client.billing"})


def of_member(role: str, grants: Collection[str] = (), *, verified: bool, status: str) -> frozenset[str]:
    """What a member may do for a client; `grants` counts for the role `custom`. To pay needs a confirmed address."""
    allowed = MEMBER_ROLES.get(role, frozenset())
    if role == MembershipRole.CUSTOM:
        allowed = allowed.union(*(GRANTS.get(name, frozenset()) for name in grants))
    if not verified:
        allowed -= _NEEDS_VERIFIED_ADDRESS
    return allowed - {"client.order"} if status == ClientStatus.CLOSED else allowed
