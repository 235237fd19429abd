"""What a look shows: state, package, how much of it is used, websites; and what the server has in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ez_hestiacp.account import Account
from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.panel import Panel
from ez_hestiacp.settings import ServerSettings
from ez_hestiacp.workshop import Workshop, settings_of
from ezcore.plugin_api.ports.looks import (
    FactsBlock,
    Look,
    Meter,
    MetersBlock,
    RemoteAccount,
    RowAction,
    ServerReport,
    TableBlock,
    TableRow,
)
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import Resource

METERS: Final = (
    ("Disk", "U_DISK", "DISK_QUOTA", "MiB"),
    ("Traffic this month", "U_BANDWIDTH", "BANDWIDTH", "MiB"),
    ("Websites", "U_WEB_DOMAINS", "WEB_DOMAINS", ""),
    ("DNS zones", "U_DNS_DOMAINS", "DNS_DOMAINS", ""),
    ("Mail domains", "U_MAIL_DOMAINS", "MAIL_DOMAINS", ""),
    ("Databases", "U_DATABASES", "DATABASES", ""),
)
LAG: Final = "Disk and traffic are counted once a night; today's use shows tomorrow."
PLENTY: Final = 50


@dataclass(frozen=True)
class Looking:
    """Reads, and changes nothing. Everything raises HestiaError."""

    workshop: Workshop

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        """One account; one that is gone is `missing`."""
        with self.workshop.panel(server) as panel:
            account = panel.account(resource.external_id)
            if account is None:
                return Look(state="missing", notes=("The account is not on the server any more.",))
            web = panel.objects("web", account.name)
            dns = set(panel.objects("dns", account.name))
            mail = panel.objects("mail", account.name)
        address = next((str(site.get("IP")) for site in web.values() if site.get("IP")), None)
        return Look(
            state="suspended" if account.suspended else "active",
            power="off" if account.suspended else "on",
            address=address,
            location=settings_of(server).api_url,
            blocks=(
                _facts(account, settings_of(server)),
                _meters(account, mail),
                _sites(web, dns, set(mail)),
            ),
            notes=(LAG,),
        )

    def list_accounts(self, server: ServerFacts) -> Sequence[RemoteAccount]:
        """Every account but the administrators', with our key where our books promise it."""
        ours = self.workshop.reservations(server).all()
        with self.workshop.panel(server) as panel:
            accounts = panel.accounts()
        return [_remote(account, server, ours) for account in accounts]

    def report(self, server: ServerFacts) -> ServerReport:
        """Version, packages and room."""
        settings = settings_of(server)
        with self.workshop.panel(server) as panel:
            version, host = panel.version()
            root = panel.own_user()
            accounts = len(panel.accounts())
            packages, warnings = _tried(panel)
        room = None if settings.capacity is None else max(0, settings.capacity - accounts)
        facts = (
            ("Host", host),
            ("Administrator (never touched)", root),
            ("Packages", ", ".join(sorted(packages))),
        )
        return ServerReport(
            version=version, accounts=accounts, capacity=room, facts=facts, warnings=tuple(warnings)
        )


def _tried(panel: Panel) -> tuple[frozenset[str], list[str]]:
    """The packages, and what the key is not allowed: Hestia's own profile "billing" lacks half of what is needed."""
    packages: frozenset[str] = frozenset()
    warnings = []
    try:
        packages = panel.packages()
    except HestiaError as error:
        if error.kind is not Kind.DENIED:
            raise
        warnings.append(f"The key may not list packages: {error.text}")
    try:
        panel.local_address()
    except HestiaError as error:
        if error.kind not in (Kind.DENIED, Kind.PERMANENT):
            raise
        warnings.append(f"No address for websites: {error.text}")
    return packages, warnings


def _remote(account: Account, server: ServerFacts, ours: Mapping[str, Any]) -> RemoteAccount:
    reserved = ours.get(account.name)
    return RemoteAccount(
        external_id=account.name,
        label=account.text("NAME") or account.name,
        state="suspended" if account.suspended else "active",
        operation_key=reserved.operation_key if reserved and reserved.asked else None,
        package=account.package or None,
        location=settings_of(server).api_url,
        email=account.text("CONTACT") or None,
        facts={
            "user": account.name,
            "package": account.package,
            "disk_mib": account.text("U_DISK"),
            "websites": account.text("U_WEB_DOMAINS"),
        },
    )


def _facts(account: Account, settings: ServerSettings) -> FactsBlock:
    rows = [
        ("Panel", settings.api_url),
        ("User name", account.name),
        ("Package", account.package),
        ("Name servers", ", ".join(account.nameservers)),
        ("Contact", account.text("CONTACT")),
    ]
    return FactsBlock(title="Account", rows=tuple((name, value) for name, value in rows if value))


def _meters(account: Account, mail: Mapping[str, Any]) -> MetersBlock:
    found = []
    for label, used, limit, unit in METERS:
        amount = account.used(used)
        if amount is not None:
            found.append(Meter(label=label, used=amount, limit=account.limit(limit), unit=unit))
    boxes = account.used("U_MAIL_ACCOUNTS")
    if boxes is not None:
        each = account.limit("MAIL_ACCOUNTS")  # of each mail domain
        whole = None if each is None else each * max(1, len(mail))
        found.append(Meter(label="Mailboxes", used=boxes, limit=whole, unit=""))
    return MetersBlock(title="Use", meters=tuple(found))


def _sites(web: Mapping[str, Any], dns: set[str], mail: set[str]) -> TableBlock:
    names = sorted(web.keys() | dns | mail)
    rows = [_row(name, web.get(name), name in dns, name in mail) for name in names[:PLENTY]]
    more = (
        [TableRow(cells=(f"and {len(names) - PLENTY} more", "", "", "", ""))] if len(names) > PLENTY else []
    )
    return TableBlock(
        title="Domain names",
        columns=("Name", "Website", "HTTPS", "DNS", "Mail"),
        words=(0, 1, 2, 3, 4),
        rows=(*rows, *more),
    )


def _row(name: str, site: Any, zone: bool, mail: bool) -> TableRow:  # noqa: FBT001 - cells of a table
    secure = bool(site) and site.get("SSL") == "yes"
    actions: tuple[RowAction, ...] = ()
    if site and not secure:
        actions = (RowAction(action="lets_encrypt", title="Get a certificate", inputs=(("domain", name),)),)
    state = "" if not site else "suspended" if site.get("SUSPENDED") == "yes" else "online"
    cells = (name, state, "yes" if secure else "no", "yes" if zone else "no", "yes" if mail else "no")
    return TableRow(cells=cells, actions=actions)
