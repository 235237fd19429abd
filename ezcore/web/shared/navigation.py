"""The two menus, by permission; an entry whose route is not registered does not show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyramid.interfaces import IRoutesMapper

from ezcore.languages import say


@dataclass(frozen=True)
class Entry:
    """A menu entry; `current` marks the page or its children. `key`: where the keys `g` and this one go."""

    label: str
    icon: str
    href: str
    current: bool
    key: str = ""


STORE = ("/pricing/", "/domains/", "/cart/", "/billing/checkout/")
CLIENT = (
    ("Store", "store", "store", None),
    ("Dashboard", "layout-dashboard", "dashboard", "client.read"),
    ("Services", "server", "services", "client.read"),
    ("Domains", "globe", "client.domains", "client.read"),
    ("Certificates", "lock", "client.certificates", "client.read"),
    ("Billing", "receipt", "billing", "client.billing"),
    ("Support", "life-buoy", "tickets", "client.support"),
    ("Mail sink", "mail", "mail_sink", None),
)
ADMIN = (
    ("", (("Dashboard", "layout-dashboard", "admin"),)),
    (
        "Sales",
        (
            ("Clients", "users", "admin.clients"),
            ("Orders", "shopping-cart", "admin.orders"),
            ("Services", "server", "admin.services"),
            ("Domains", "globe", "admin.domains"),
            ("Certificates", "lock", "admin.certificates"),
        ),
    ),
    (
        "Catalog",
        (
            ("Products", "package", "admin.products"),
            ("Promotions", "ticket-percent", "admin.promotions"),
            ("Domain prices", "globe", "admin.tlds"),
        ),
    ),
    (
        "Billing",
        (
            ("Invoices", "receipt", "admin.invoices"),
            ("Drafts", "file-pen", "admin.drafts"),
            ("Quotes", "file-text", "admin.quotes"),
            ("Billable items", "clock", "admin.billable"),
            ("Credit notes", "undo-2", "admin.credit_notes"),
            ("Transactions", "banknote", "admin.transactions"),
            ("Disputes", "triangle-alert", "admin.disputes"),
            ("Payouts", "landmark", "admin.payouts"),
            ("Bank statements", "list-checks", "admin.statements"),
            ("Ledger", "scale", "admin.ledger"),
            ("Taxes", "percent", "admin.taxes"),
        ),
    ),
    (
        "Support",
        (
            ("Tickets", "life-buoy", "admin.tickets"),
            ("Mail in", "mail", "admin.support_mail"),
            ("Departments", "users", "admin.departments"),
            ("Canned replies", "file-text", "admin.replies"),
            ("Work", "hammer", "admin.works"),
            ("Knowledge base", "book-open", "admin.articles"),
            ("Announcements", "megaphone", "admin.announcements"),
            ("Network status", "activity", "admin.incidents"),
            ("Downloads", "download", "admin.downloads"),
            ("Pages", "scroll-text", "admin.pages"),
        ),
    ),
    (
        "Operations",
        (
            ("Job queue", "list-checks", "admin.jobs"),
            ("Servers", "server", "admin.servers"),
            ("Drift", "git-compare", "admin.drift"),
            ("Automation", "calendar-clock", "admin.automation"),
            ("Webhooks", "webhook", "admin.webhooks"),
            ("Mails", "mails", "admin.mails"),
            ("Mail texts", "file-pen", "admin.mail_texts"),
            ("Mailings", "megaphone", "admin.mailings"),
            ("Notes", "bell", "admin.notes"),
            ("Notification rules", "bell-ring", "admin.notice_rules"),
            ("Audit log", "scroll-text", "admin.audit"),
        ),
    ),
    (
        "System",
        (
            ("Reports", "chart-column", "admin.reports"),
            ("Health", "heart-pulse", "admin.health"),
            ("Settings", "settings", "admin.settings"),
            ("Staff", "user-cog", "admin.staff"),
            ("Roles", "shield", "admin.roles"),
            ("Privacy", "eraser", "admin.erasures"),
            ("Plugins", "plug", "admin.plugins"),
            ("Themes", "palette", "admin.themes"),
            ("Mail sink", "mail", "mail_sink"),
        ),
    ),
)


KEYS = {
    "admin": "d", "admin.clients": "c", "admin.orders": "o", "admin.services": "s", "admin.domains": "n",
    "admin.products": "p", "admin.invoices": "i", "admin.quotes": "q", "admin.transactions": "x",
    "admin.tickets": "t", "admin.work": "w", "admin.jobs": "j", "admin.servers": "v", "admin.automation": "a",
    "admin.mails": "m", "admin.audit": "l", "admin.health": "h", "admin.settings": "e",
}  # fmt: skip
"""The keys after `g` in the admin area (/admin/keyboard/ lists them)."""


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
    """Groups of the admin area, without the pages that this member of staff may not open."""
    groups = []
    for title, entries in ADMIN:
        shown = [
            _entry(request, label, icon, route)
            for label, icon, route in entries
            if _there(request, route) and _may(request, route)
        ]
        if shown:
            groups.append((say(title), shown))
    return groups


def _entry(request: Any, label: str, icon: str, route: str) -> Entry:
    href = request.route_path(route)
    deep = href not in ("/", "/admin/") and request.path.startswith(href)
    return Entry(say(label), icon, href, request.path == href or deep, KEYS.get(route, ""))


def _may(request: Any, route: str) -> bool:
    """May this actor open the page? As its declaration says."""
    wanted = {
        one.permission
        for one in request.registry.get("ez.declarations", ())
        if one.route == route and one.method == "GET"
    }
    return all(permission is None or request.actor.may(permission) for permission in wanted)


def _there(request: Any, route: str) -> bool:
    return request.registry.getUtility(IRoutesMapper).get_route(route) is not None
