"""The DNS of a name: records as they were read last, changed in batches by durable jobs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from ezcore.domain_names.names import operations as name_operations
from ezcore.domain_names.names import queries as names
from ezcore.domain_names.names.actions import offered
from ezcore.domain_names.zones import operations, queries
from ezcore.domain_names.zones.models import Zone
from ezcore.domain_names.zones.rules import TYPES, WITH_PRIORITY, bind_lines, parse_record, shown_name
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.ports.dns import DnsCapability, DnsProvider, DnsRecord, RecordChanges
from ezcore.web.client.domain_changes import ask
from ezcore.web.client.domains import DomainRow, row_of, tabs
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

TEMPLATE: Final = "client/domains/dns.pt"
FIELDS: Final = ("type", "name", "content", "ttl", "priority")
_LONGEST: Final = 5000


@dataclass(frozen=True)
class Line:
    """A record on the page; `key` names it in forms, whatever its place in the list."""

    record: DnsRecord
    zone: str

    @property
    def key(self) -> str:
        """Of what makes it this record."""
        return key_of(self.record)

    @property
    def name(self) -> str:
        """Relative to the zone."""
        return shown_name(self.zone, self.record.name)

    @property
    def content(self) -> str:
        """With its priority in front."""
        first = f"{self.record.priority} " if self.record.priority is not None else ""
        return first + self.record.content


@page("client.domain.dns", "/dashboard/domains/{id}/dns/", permission="client.read", template=TEMPLATE)
def show(request: EzRequest) -> dict[str, Any]:
    """The records; `?edit=` puts one of them into the form."""
    row = row_of(request, request.uow)
    zone = queries.live(request.uow, row.domain.name)
    typed: dict[str, str] = {}
    if zone is not None and "edit" in request.GET:
        found = _by_key(zone, str(request.GET["edit"]))
        typed = {
            "type": found.type, "name": shown_name(zone.name, found.name), "content": found.content,
            "ttl": str(found.ttl or ""), "priority": "" if found.priority is None else str(found.priority),
            "replaces": key_of(found),
        }  # fmt: skip
    return _page(request, row, zone, {}, typed)


@page(
    "client.domain.dns", "/dashboard/domains/{id}/dns/", method="POST", permission="client.domains",
    template=TEMPLATE, audit="zone.change",
)  # fmt: skip
def save(request: EzRequest) -> Any:
    """Add a record, put it in the place of another, or take out those that were ticked: one batch."""
    row = row_of(request, request.uow)
    zone = _zone(request, row)
    typed = {name: str(request.POST.get(name, ""))[:_LONGEST] for name in (*FIELDS, "replaces")}
    try:
        gone = [_by_key(zone, str(key)) for key in request.POST.getall("key")]
        if request.POST.get("do") != "delete":
            gone = [_by_key(zone, typed["replaces"])] if typed["replaces"] else []
        operations.change_records(
            request.uow, zone, RecordChanges(delete=tuple(gone), add=_added(request, zone, typed))
        )
    except InvalidInput as error:
        request.response.status_code = 422
        return _page(request, row, zone, {error.field or "content": sentence(error.message)}, typed)
    flash(request, "info", "The change is on its way to the nameservers.")
    return HTTPSeeOther(request.route_path("client.domain.dns", id=row.domain.id))


@page(
    "client.domain.dns.act", "/dashboard/domains/{id}/dns/act/", method="POST", permission="client.domains",
    template=TEMPLATE, audit="zone.<verb>",
)  # fmt: skip
def act(request: EzRequest) -> Any:
    """Create the zone, read it anew, sign it, use a template, import a file, remove it."""
    row = row_of(request, request.uow)
    do = str(request.POST.get("do", ""))
    text = str(request.POST.get("file", ""))
    try:
        _do(request, row, do, text)
    except InvalidInput as error:
        request.response.status_code = 422
        zone = queries.live(request.uow, row.domain.name)
        return _page(
            request, row, zone, {error.field or "file": sentence(error.message)}, {"file": text[:_LONGEST]}
        )
    flash(request, "info", "Under way; this page shows when it is done.")
    return HTTPSeeOther(request.route_path("client.domain.dns", id=row.domain.id))


@page("client.domain.dns.file", "/dashboard/domains/{id}/dns/zone.txt", permission="client.read")
def download(request: EzRequest) -> Response:
    """The records, as they were read last, as a zone file."""
    row = row_of(request, request.uow)
    zone = _zone(request, row)
    body = "\n".join(bind_lines(zone.name, queries.records_of(zone))) + "\n"
    answer = Response(body.encode(), content_type="text/plain", charset="utf-8")
    answer.content_disposition = f'attachment; filename="{zone.name}.zone.txt"'
    return answer


def key_of(record: DnsRecord) -> str:
    """A name for a record in forms."""
    return hashlib.sha256(repr(record.identity).encode()).hexdigest()[:20]


def _do(request: EzRequest, row: DomainRow, do: str, text: str) -> None:
    uow, domain = request.uow, row.domain
    if do == "create":
        operations.ensure_zone(uow, domain.client_id, domain.name, domain_id=domain.id, made_for="client")
        return
    zone = _zone(request, row)
    if do == "refresh":
        operations.refresh(uow, zone)
    elif do in ("sign", "unsign"):
        operations.set_dnssec(uow, zone, on=do == "sign")
    elif do == "publish":
        ask(request, row, "ds", {"records": zone.ds})
    elif do == "delegate":
        ask(request, row, "nameservers", {"hosts": zone.nameservers})
    elif do == "template":
        operations.use_template(uow, zone, as_id(str(request.POST.get("template", ""))))
    elif do == "import":
        operations.import_bind(uow, zone, text)
    elif do == "delete":
        operations.remove_zone(uow, zone, "the client asked for it")
    else:
        raise NotFound("there is no such change")


def _added(request: EzRequest, zone: Zone, typed: dict[str, str]) -> tuple[DnsRecord, ...]:
    if request.POST.get("do") == "delete":
        return ()
    provider = _provider(request, zone)
    if provider is not None and typed["type"] not in provider.record_types:
        raise InvalidInput("choose one of the types offered", field="type")
    return (
        parse_record(
            zone.name, typed["type"], typed["name"], typed["content"], typed["ttl"], typed["priority"]
        ),
    )


def _zone(request: EzRequest, row: DomainRow) -> Zone:
    zone = queries.live(request.uow, row.domain.name)
    if zone is None or zone.client_id != request.client_id:
        raise NotFound("there is no zone of this name")
    return zone


def _by_key(zone: Zone, key: str) -> DnsRecord:
    found = next((one for one in queries.records_of(zone) if key_of(one) == key), None)
    if found is None:
        raise InvalidInput("this record is not there any more; look again", field="content")
    return found


def _provider(request: EzRequest, zone: Zone | None) -> DnsProvider | None:
    if zone is None or not zone.provider:
        return None
    try:
        return request.host_of_plugins.ports.get(DnsProvider, zone.provider)  # type: ignore[type-abstract]
    except LookupError:
        return None


def _page(
    request: EzRequest, row: DomainRow, zone: Zone | None, errors: dict[str, str], typed: dict[str, str]
) -> dict[str, Any]:
    ports = request.host_of_plugins.ports
    provider = _provider(request, zone)
    if zone is not None and zone.client_id != request.client_id:
        zone, provider = None, None
    able = provider.capabilities if provider is not None else frozenset()
    registrar = name_operations.registrar_of(ports, row.domain)
    progress = names.progress(request.uow, "dns_zone", zone.id) if zone is not None else None
    return {
        "row": row,
        "domain": row.domain,
        "zone": zone,
        "lines": [Line(one, zone.name) for one in queries.records_of(zone)] if zone is not None else [],
        "types": [one for one in TYPES if provider is None or one in provider.record_types],
        "with_priority": ", ".join(WITH_PRIORITY),
        "can_sign": DnsCapability.DNSSEC in able,
        "can_import": DnsCapability.BIND_FILE in able,
        "can": offered(registrar, row.domain.state),
        "limits": provider.limits if provider is not None else (),
        "can_create": bool(ports.names(DnsProvider)),
        "delegated": zone is not None and set(zone.nameservers) == set(row.domain.nameservers),
        "templates": queries.templates(request.uow),
        "found": progress,
        "tabs": tabs(request, row.domain, "dns"),
        "may_manage": request.actor.may("client.domains"),
        "errors": errors,
        "typed": typed,
    }
