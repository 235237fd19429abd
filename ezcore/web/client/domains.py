"""Domain names of a client: the list, one name with what its registrar can do, its changes as they happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.domain_names.names import operations, queries
from ezcore.domain_names.names.actions import offered
from ezcore.domain_names.names.models import DomainName, DomainState
from ezcore.domain_names.names.rules import to_unicode
from ezcore.domain_names.zones import queries as zones
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.services.services.models import Service
from ezcore.web.shared.paging import paged
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

TEMPLATE = "client/domains/domain.pt"


@dataclass(frozen=True)
class DomainRow:
    """A name with the service that pays for it."""

    domain: DomainName
    service: Service

    @property
    def shown(self) -> str:
        """As people read it."""
        return to_unicode(self.domain.name)

    @property
    def renews(self) -> bool:
        """Will its next year be invoiced?"""
        going = self.service.cancel_on is None and self.service.state in ("pending", "active", "suspended")
        return going and self.domain.is_live

    @property
    def can_renew_now(self) -> bool:
        """Can the next year be paid today?"""
        service = self.service
        return self.renews and service.cycle.recurs and service.paid_until == service.billed_until


@page("client.domains", "/dashboard/domains/", permission="client.read", template="client/domains/list.pt")
def list_domains(request: EzRequest) -> dict[str, Any]:
    """All names, those that expire first at the top; several can be changed at once."""
    return list_page(request)


@page("client.domain", "/dashboard/domains/{id}/", permission="client.read", template=TEMPLATE)
def show_domain(request: EzRequest) -> dict[str, Any]:
    """Expiry, renewal, lock, privacy, nameservers, transfer code, what is under way."""
    return domain_page(request, request.uow, row_of(request, request.uow))


@page(
    "client.domain.progress", "/dashboard/domains/{id}/progress/", permission="client.read",
    template="client/domains/progress.pt",
)  # fmt: skip
def show_progress(request: EzRequest) -> Any:
    """The change that runs, alone, for the page that watches it; people are sent to the page."""
    row = row_of(request, request.uow)
    if "X-Fragment" not in request.headers:
        return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))
    return {"row": row, "found": queries.under_way(request.uow, row.domain)}


def list_page(request: EzRequest, errors: dict[str, str] | None = None, typed: str = "") -> dict[str, Any]:
    """What the template of the list needs."""
    rows, pages = paged(request, domain_rows(request.uow, request.client_id))
    return {
        "rows": rows,
        "paging": pages,
        "may_manage": request.actor.may("client.domains"),
        "errors": errors or {},
        "typed": typed,
    }


def domain_rows(uow: UnitOfWork, client_id: int) -> list[DomainRow]:
    """All names of a client with their services: two queries."""
    found = queries.of_client(uow, client_id)
    wanted = [domain.service_id for domain in found]
    services = {one.id: one for one in uow.session.scalars(select(Service).where(Service.id.in_(wanted)))}
    return [DomainRow(domain, services[domain.service_id]) for domain in found]


def row_of(request: EzRequest, uow: UnitOfWork) -> DomainRow:
    """The name in the address, if it is this client's. Raises: NotFound."""
    domain = queries.by_id(uow, path_id(request), request.client_id)
    return DomainRow(domain, uow.session.get_one(Service, domain.service_id))


def domain_page(
    request: EzRequest,
    uow: UnitOfWork,
    row: DomainRow,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> dict[str, Any]:
    """What the template of one name needs."""
    domain = row.domain
    registrar = operations.registrar_of(request.host_of_plugins.ports, domain)
    return {
        "row": row,
        "domain": domain,
        "service": row.service,
        "can": offered(registrar, domain.state),
        "limits": limits_of(registrar),
        "found": queries.under_way(uow, domain),
        "zone": zones.live(uow, domain.name),
        "tabs": tabs(request, domain, "overview"),
        "waits_for_code": domain.kind == "transfer"
        and domain.state in (DomainState.PENDING, DomainState.TRANSFERRING_IN),
        "may_manage": request.actor.may("client.domains"),
        "errors": errors or {},
        "typed": typed or {},
    }


def limits_of(registrar: Registrar | None) -> Sequence[str]:
    """What the registrar cannot do, in words."""
    if registrar is None:
        return ("The registrar cannot be reached at the moment; changes wait.",)
    return registrar.limits


def tabs(request: EzRequest, domain: DomainName, current: str) -> list[tuple[str, str, bool]]:
    """The pages of one name."""
    pages = (
        ("overview", "Overview", "client.domain"), ("dns", "DNS", "client.domain.dns"),
        ("contacts", "Contacts", "client.domain.contacts"), ("advanced", "Glue and DNSSEC", "client.domain.advanced"),
    )  # fmt: skip
    return [(word, request.route_path(route, id=domain.id), key == current) for key, word, route in pages]
