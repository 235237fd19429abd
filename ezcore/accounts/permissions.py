"""What may be done, by name, and which role may do it. Closed lists: what is not here is nobody's."""

from __future__ import annotations

from typing import Final

from ezcore.accounts.models import ClientStatus, MembershipRole

CLIENT: Final = frozenset(
    {"client.read", "client.order", "client.billing", "client.services", "client.support"}
)
STAFF: Final = frozenset({
    "staff.read", "jobs.manage", "billing.manage", "services.manage", "orders.manage", "catalog.manage",
    "settings.manage", "plugins.manage", "mail.read", "accounts.manage",
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
    "billing": frozenset({"staff.read", "billing.manage", "orders.manage", "mail.read"}),
    "support": frozenset({"staff.read", "services.manage", "jobs.manage", "mail.read", "support.manage"}),
}

_NEEDS_VERIFIED_ADDRESS: Final = frozenset({"client.order", "client.billing"})


def of_member(role: str, *, verified: bool, status: str) -> frozenset[str]:
    """What a member may do for a client. Paid things need a confirmed address."""
    allowed = MEMBER_ROLES.get(role, frozenset())
    if not verified:
        allowed -= _NEEDS_VERIFIED_ADDRESS
    return allowed - {"client.order"} if status == ClientStatus.CLOSED else allowed
