"""What a client changes of a name: each change is a durable job, and the page shows it as it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response

from ezcore.accounts import operations as accounts
from ezcore.domain_names.names import operations as names
from ezcore.domain_names.names import queries
from ezcore.domain_names.names.actions import offered
from ezcore.domain_names.names.rules import parse_nameservers
from ezcore.kernel.errors import EzError, InvalidInput, NotFound, Refused
from ezcore.services.services import operations as services
from ezcore.web.client.domains import TEMPLATE, DomainRow, domain_page, domain_rows, list_page, row_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

SWITCHES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "lock_on": ("lock", {"on": True}),
    "lock_off": ("lock", {"on": False}),
    "privacy_on": ("privacy", {"on": True}),
    "privacy_off": ("privacy", {"on": False}),
    "sync": ("sync", {}),
    "auth_code": ("auth_code", {}),
}
MOST_AT_ONCE: Final = 100
_LONGEST: Final = 4096


@page(
    "client.domain.switch", "/dashboard/domains/{id}/switch/", method="POST", permission="client.domains",
    audit="domain.<action>",
)  # fmt: skip
def switch(request: EzRequest) -> Any:
    """Lock, privacy, a new transfer code, a look at the registrar: one button each."""
    row = row_of(request, request.uow)
    found = SWITCHES.get(str(request.POST.get("do", "")))
    if found is None:
        raise NotFound("there is no such change")
    ask(request, row, *found)
    flash(request, "info", "We tell the registrar; this page shows when it is done.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


@page(
    "client.domain.nameservers", "/dashboard/domains/{id}/nameservers/", method="POST",
    permission="client.domains", template=TEMPLATE, audit="domain.nameservers",
)  # fmt: skip
def save_nameservers(request: EzRequest) -> Any:
    """Delegate the name."""
    row = row_of(request, request.uow)
    text = str(request.POST.get("nameservers", ""))[:_LONGEST]
    try:
        hosts = read_hosts(row, text)
    except InvalidInput as error:
        request.response.status_code = 422
        errors = {"nameservers": sentence(error.message)}
        return domain_page(request, request.uow, row, errors, {"nameservers": text})
    ask(request, row, "nameservers", {"hosts": hosts})
    flash(request, "info", "The new nameservers are on their way to the registry.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


@page(
    "client.domain.renewal", "/dashboard/domains/{id}/renewal/", method="POST", permission="client.domains",
    audit="service.cancel",
)  # fmt: skip
def renewal(request: EzRequest) -> Any:
    """Renew it by itself, or let it expire at the end of what is paid."""
    row = row_of(request, request.uow)
    _set_renewal(request, row, on=request.POST.get("do") == "on")
    words = "renews by itself" if request.POST.get("do") == "on" else "is not renewed any more"
    flash(request, "ok", f"{row.shown} {words}.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


@page(
    "client.domain.transfer_code", "/dashboard/domains/{id}/transfer-code/", method="POST",
    permission="client.domains", rate="code", template=TEMPLATE, audit="domain.new_code",
)  # fmt: skip
def transfer_code(request: EzRequest) -> Any:
    """Another code for a transfer whose first one was refused. What was typed is never shown again."""
    row = row_of(request, request.uow)
    try:
        names.new_code(request.uow, row.domain, str(request.POST.get("auth_code", ""))[:_LONGEST])
    except InvalidInput as error:
        request.response.status_code = 422
        return domain_page(request, request.uow, row, {"auth_code": sentence(error.message)})
    flash(request, "ok", "We try the transfer again with the new code.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


@page(
    "client.domain.reveal", "/dashboard/domains/{id}/reveal/", method="POST", permission="client.domains",
    rate="login", template="client/domains/code.pt", audit="domain.reveal_code", ambient=False,
)  # fmt: skip
def reveal(request: EzRequest) -> Any:
    """Check the password, show the transfer code, throw it away. No transaction is open while it is hashed."""
    with request.work.read(request.actor) as uow:
        row = row_of(request, uow)
        try:
            accounts.confirm_password(uow, request.actor, str(request.POST.get("password", ""))[:_LONGEST])
        except InvalidInput as error:
            request.response.status_code = 422
            found = domain_page(request, uow, row, {"password": error.message})
            return render_to_response(TEMPLATE, found, request=request, response=request.response)
    with request.work.write(request.actor) as uow:
        row = row_of(request, uow)
        code = names.reveal_auth(uow, row.domain)
    request.response.headers["Cache-Control"] = "no-store"
    return {"row": row, "domain": row.domain, "code": code}


@page(
    "client.domains", "/dashboard/domains/", method="POST", permission="client.domains",
    template="client/domains/list.pt", audit="domain.<action>",
)  # fmt: skip
def bulk(request: EzRequest) -> Any:
    """The same change for every name that was ticked; what cannot be changed is named, the others go on."""
    chosen = {as_id(str(value)) for value in request.POST.getall("id")[:MOST_AT_ONCE]}
    rows = [row for row in domain_rows(request.uow, request.client_id) if row.domain.id in chosen]
    what = str(request.POST.get("do", ""))
    text = str(request.POST.get("nameservers", ""))[:_LONGEST]
    errors = {} if rows else {"id": "Tick the names to change"}
    change = _bulk_change(request, what, text)
    if change is None:
        errors["do"] = "Choose what to change"
    if errors or change is None:
        request.response.status_code = 422
        return list_page(request, errors, text)
    done, refused = _each(request, rows, change)
    if done:
        flash(request, "ok", f"Under way for {done} {'name' if done == 1 else 'names'}.")
    if refused:
        flash(request, "warn", "Not changed: " + "; ".join(refused))
    return HTTPSeeOther(request.route_path("client.domains"))


def ask(request: EzRequest, row: DomainRow, action: str, data: dict[str, Any]) -> None:
    """Queue a change that the registrar can do. Raises: Refused with the reason."""
    registrar = names.registrar_of(request.host_of_plugins.ports, row.domain)
    if action not in offered(registrar, row.domain.state):
        raise Refused("this cannot be changed for this name at the moment")
    names.request(request.uow, row.domain, action, data)


def read_hosts(row: DomainRow, text: str) -> list[str]:
    """Nameservers, one per line. Raises: InvalidInput(field="nameservers")."""
    glued = [str(host["name"]) for host in row.domain.glue]
    return list(
        parse_nameservers([line for line in text.splitlines() if line.strip()], row.domain.name, glued)
    )


def _bulk_change(request: EzRequest, what: str, text: str) -> Callable[[DomainRow], None] | None:
    if what in ("lock_on", "lock_off"):
        return lambda row: ask(request, row, *SWITCHES[what])
    if what in ("renew_on", "renew_off"):
        return lambda row: _set_renewal(request, row, on=what == "renew_on")
    if what == "nameservers":
        return lambda row: ask(request, row, "nameservers", {"hosts": read_hosts(row, text)})
    return None


def _each(
    request: EzRequest, rows: list[DomainRow], change: Callable[[DomainRow], None]
) -> tuple[int, list[str]]:
    done, refused = 0, []
    for row in rows:
        try:
            with request.uow.session.begin_nested():
                change(row)
            done += 1
        except EzError as error:
            refused.append(f"{row.shown} ({error.message})")
    return done, refused


def _set_renewal(request: EzRequest, row: DomainRow, *, on: bool) -> None:
    queries.by_id(request.uow, row.domain.id, request.client_id)
    if on and row.service.cancel_on is not None:
        services.keep(request.uow, row.service)
    elif not on and row.service.cancel_on is None:
        services.schedule_cancellation(request.uow, row.service, "not to be renewed")
