"""The two menus, by permission; an entry whose route is not registered does not show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.interfaces import IRoutesMapper


@dataclass(frozen=True)
class Entry:
    """A menu entry; `current` marks the page or its children."""

    label: str
    icon: str
    href: str
    current: bool


STORE = ("/pricing/", "/cart/", "/billing/checkout/")
CLIENT = (
    ("Store", "store", "store", None),
    ("Dashboard", "layout-dashboard", "dashboard", "client.read"),
    ("Services", "server", "services", "client.read"),
    ("Billing", "receipt", "billing", "client.billing"),
    ("Mail sink", "mail", "mail_sink", None),
)
ADMIN = (
    ("", (("Dashboard", "layout-dashboard", "admin"),)),
    ("Sales", (("Orders", "shopping-cart", "admin.orders"), ("Services", "server", "admin.services"))),
    (
        "Billing",
        (
            ("Invoices", "receipt", "admin.invoices"),
            ("Transactions", "banknote", "admin.transactions"),
            ("Ledger", "scale", "admin.ledger"),
        ),
    ),
    (
        "Operations",
        (
            ("Job queue", "list-checks", "admin.jobs"),
            ("Automation", "calendar-clock", "admin.automation"),
            ("Webhooks", "webhook", "admin.webhooks"),
            ("Mails", "mails", "admin.mails"),
            ("Audit log", "scroll-text", "admin.audit"),
        ),
    ),
    ("System", (("Plugins", "plug", "admin.plugins"), ("Mail sink", "mail", "mail_sink"))),
)


def client_menu(request: Any) -> list[Entry]:
    """Entries of the client area that this actor may open; of those that fit the page the longest is current."""
    found = []
    for label, icon, route, permission in CLIENT:
        if _there(request, route) and (permission is None or request.actor.may(permission)):
            found.append(_entry(request, label, icon, route))
    if request.path.startswith(STORE):
        return [replace(entry, current=entry.href == "/") for entry in found]
    longest = max((len(entry.href) for entry in found if entry.current), default=0)
    return [replace(entry, current=entry.current and len(entry.href) == longest) for entry in found]


def admin_menu(request: Any) -> list[tuple[str, list[Entry]]]:
    """Groups of the admin area."""
    groups = []
    for title, entries in ADMIN:
        shown = [
            _entry(request, label, icon, route) for label, icon, route in entries if _there(request, route)
        ]
        if shown:
            groups.append((title, shown))
    return groups


def _entry(request: Any, label: str, icon: str, route: str) -> Entry:
    href = request.route_path(route)
    deep = href not in ("/", "/admin/") and request.path.startswith(href)
    return Entry(label, icon, href, current=request.path == href or deep)


def _there(request: Any, route: str) -> bool:
    return request.registry.getUtility(IRoutesMapper).get_route(route) is not None
