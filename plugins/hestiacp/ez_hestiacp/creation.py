"""The steps of `create`: reserve a name, make the user, then web, DNS, mail and database one by one, report.

Never `v-add-domain`: it leaves out, without a word, every part whose limit is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from ez_hestiacp.account import Account
from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.names import domain_name, email_address, new_password, person_name, user_name
from ez_hestiacp.panel import Panel
from ez_hestiacp.settings import OrderSettings, ProductSettings
from ez_hestiacp.signals import speaking
from ez_hestiacp.workshop import Workshop, not_an_administrator, settings_of
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall
from ezcore.plugin_api.values import Resource

# The names under which the core keeps the one-time passwords.
PASSWORD: Final = "password"  # noqa: S105  # nosec B105
DATABASE_PASSWORD: Final = "database_password"  # noqa: S105  # nosec B105
RESERVE_STEP: Final = "reserve_name"
DATABASE: Final = "main"
LIMITS: Final = (
    "WEB_DOMAINS",
    "DNS_DOMAINS",
    "MAIL_DOMAINS",
    "MAIL_ACCOUNTS",
    "DATABASES",
    "DISK_QUOTA",
    "BANDWIDTH",
)
PARTS: Final = {"web": "WEB_DOMAINS", "dns": "DNS_DOMAINS", "mail": "MAIL_DOMAINS", "database": "DATABASES"}
NO_RESTART: Final = "no"


@dataclass(frozen=True)
class Creation:
    """Makes an account; every step may run again at any time, and looks before it asks."""

    workshop: Workshop

    def reserve_name(self, call: ProvisioningCall) -> dict[str, Any]:
        """Write the user name down for this operation; the same one when asked again."""
        book = self.workshop.reservations(call.server)
        reserved = book.of(call.operation_key)
        if reserved is None:
            domain = _domain(call)
            reserved = book.take(call.operation_key, user_name(call.operation_key, domain), domain)
        if reserved is None:
            raise PermanentFailure("the user name of this order belongs to another one")
        return {"user": reserved.user_name, "domain": reserved.domain}

    @speaking
    def add_user(self, call: ProvisioningCall) -> dict[str, Any]:
        """Adopt the account that our books promised, else make it; nothing else is ever adopted."""
        known, size = call.results[RESERVE_STEP], _size(call)
        book = self.workshop.reservations(call.server)
        with self.workshop.panel(call.server, call.log) as panel:
            account = panel.account(known["user"])
            if account is None:
                self._ask_for_user(panel, call, known["user"], size.package)
                account = panel.account(known["user"])
            else:
                reserved = book.of(call.operation_key)
                if reserved is None or not reserved.asked:
                    raise NeedsInfo(
                        f"User {known['user']} was on the server before we asked for it; not touching it. "
                        "Rename it in the panel, then retry."
                    )
            if account is None:
                raise OutcomeUnknown(f"user {known['user']} was made but is not there", unreachable=False)
            return {"package": not_an_administrator(account).package}

    def _ask_for_user(self, panel: Panel, call: ProvisioningCall, user: str, package: str) -> None:
        if package not in panel.packages():
            raise NeedsInfo(f'The server has no package "{package}". Make it in the panel, then retry.')
        client = call.service.client
        try:
            email = email_address(client.email)
        except ValueError as error:
            raise NeedsInfo(f"{error}. Correct the client's address, then retry.") from None
        self.workshop.reservations(call.server).asking(call.operation_key)
        password = call.secret(PASSWORD, new_password)
        first, last = person_name(client.name)
        try:
            panel.api.change("v-add-user", user, password, email, package, first, last, secret=(2,))
        except HestiaError as error:
            # Somebody was faster: our own earlier request whose answer was lost. The next look tells.
            if error.kind is not Kind.TAKEN:
                raise

    @speaking
    def add_web(self, call: ProvisioningCall) -> dict[str, Any]:
        """The website, on the server's address for clients."""
        with self.workshop.panel(call.server, call.log) as panel:
            ip = settings_of(call.server).ip or panel.local_address()
            return self._part(
                panel, call, "web", ["v-add-web-domain", _user(call), _name(call), ip, NO_RESTART]
            )

    @speaking
    def add_dns(self, call: ProvisioningCall) -> dict[str, Any]:
        """The zone, with the name servers of the package."""
        if not _size(call).dns:
            return {"made": False}
        with self.workshop.panel(call.server, call.log) as panel:
            ip = settings_of(call.server).ip or panel.shared_address()
            empty = [""] * 8  # name servers: the package's own
            return self._part(
                panel, call, "dns", ["v-add-dns-domain", _user(call), _name(call), ip, *empty, NO_RESTART]
            )

    @speaking
    def add_mail(self, call: ProvisioningCall) -> dict[str, Any]:
        """The mail domain; mailboxes are made by the client in the panel."""
        if not _size(call).mail:
            return {"made": False}
        with self.workshop.panel(call.server, call.log) as panel:
            return self._part(panel, call, "mail", ["v-add-mail-domain", _user(call), _name(call)])

    @speaking
    def add_database(self, call: ProvisioningCall) -> dict[str, Any]:
        """A database with a user of its own."""
        if not _size(call).database:
            return {"made": False}
        password = call.secret(DATABASE_PASSWORD, new_password)
        with self.workshop.panel(call.server, call.log) as panel:
            command = ["v-add-database", _user(call), DATABASE, DATABASE, password]
            return self._part(panel, call, "database", command, secret=(4,))

    def _part(
        self,
        panel: Panel,
        call: ProvisioningCall,
        part: str,
        command: list[str],
        secret: tuple[int, ...] = (),
    ) -> dict[str, Any]:
        """One part of the account: there already, or asked for and seen afterwards."""
        wanted = f"{_user(call)}_{DATABASE}" if part == "database" else _name(call)
        if wanted in panel.objects(part, _user(call)):
            return {"made": True}
        try:
            panel.api.change(*command, secret=secret)
        except HestiaError as error:
            if error.kind is Kind.TAKEN and wanted not in panel.objects(part, _user(call)):
                raise PermanentFailure(f"{wanted} is somebody else's on this server: {error.text}") from error
            if error.kind in (Kind.LIMIT, Kind.DISABLED) and part != "web":
                return _left_out(call, part, error)
            if error.kind is not Kind.TAKEN:
                raise
        if wanted not in panel.objects(part, _user(call)):
            raise OutcomeUnknown(f"{command[0]} said yes but {wanted} is not there", unreachable=False)
        return {"made": True}

    @speaking
    def restart(self, call: ProvisioningCall) -> dict[str, Any]:
        """One restart for all parts: each by itself would take a multiple of the time."""
        with self.workshop.panel(call.server, call.log) as panel:
            for command in ("v-restart-web", "v-restart-proxy", "v-restart-dns"):
                panel.api.change(command)
        return {"restarted": True}

    @speaking
    def report(self, call: ProvisioningCall) -> Resource:
        """Say what was made, as the server says it now: limits are read back."""
        with self.workshop.panel(call.server, call.log) as panel:
            account = panel.account(_user(call))
            if account is None or account.suspended:
                raise HestiaError(Kind.OTHER, f"user {_user(call)} was made but cannot be used")
            if account.package != _size(call).package:
                raise HestiaError(Kind.OTHER, f"user {_user(call)} has package {account.package}")
            ip = str(panel.objects("web", account.name).get(_name(call), {}).get("IP", ""))
        left_out = [part for part in PARTS if "left_out" in (call.results.get(f"add_{part}") or {})]
        resource = resource_of(account, call.operation_key, _name(call), settings_of(call.server).api_url, ip)
        return (
            resource.model_copy(update={"facts": resource.facts | {"left_out": left_out}})
            if left_out
            else resource
        )


def resource_of(account: Account, operation_key: str, domain: str, panel_url: str, ip: str = "") -> Resource:
    """A hosting account as the core remembers it."""
    facts: dict[str, Any] = {
        "kind": "HostingAccount",
        "user": account.name,
        "package": account.package,
        "domain": domain,
        "ip": ip,
        "nameservers": list(account.nameservers),
        "panel": panel_url,
        "limits": {key.lower(): account.text(key) for key in LIMITS if account.text(key)},
    }
    return Resource(
        external_id=account.name,
        operation_key=operation_key,
        address=ip or None,
        location=panel_url,
        facts=facts,
    )


def _left_out(call: ProvisioningCall, part: str, error: HestiaError) -> dict[str, Any]:
    """A part that the package or the server does not allow: a person decides, it is never dropped in silence."""
    if (call.answer or "").strip().lower() == "leave out":
        return {"made": False, "left_out": error.text}
    raise NeedsInfo(
        f"{part} of {_name(call)} cannot be made: {error.text}. Raise the package or the server in the panel and "
        'retry, or answer "leave out".'
    ) from error


def _user(call: ProvisioningCall) -> str:
    return str(call.results[RESERVE_STEP]["user"])


def _name(call: ProvisioningCall) -> str:
    return str(call.results[RESERVE_STEP]["domain"])


def _domain(call: ProvisioningCall) -> str:
    """The domain name of the order: as asked, else as the service is called, else as a person answers."""
    try:
        wanted = OrderSettings.model_validate(call.service.params).domain
    except ValidationError as error:
        raise PermanentFailure(f"the order cannot be built: {_places(error)}") from None
    for text in (wanted, call.service.label, call.answer or ""):
        try:
            return domain_name(text)
        except ValueError:
            continue
    raise NeedsInfo("Which domain name shall the first website have? Answer with a name such as example.com.")


def _size(call: ProvisioningCall) -> ProductSettings:
    return ProductSettings.model_validate(call.product_settings.model_dump())


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
