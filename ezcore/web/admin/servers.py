"""/admin/servers/: the panels and clusters that modules talk to, how full they are, whether they answer."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.plugin_api.ports.looks import ServerReport
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.services.servers import operations as servers
from ezcore.services.servers.asking import test_server as try_server
from ezcore.services.servers.models import Server, ServerGroup
from ezcore.services.servers.placement import accounts_per_server
from ezcore.web.admin.server_form import (
    PREFIX,
    ServerForm,
    groups_for,
    read_server_form,
    refuse,
    standing_form,
)
from ezcore.web.admin.tables import Column, link, listing, under
from ezcore.web.shared.flash import flash
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


@page("admin.servers", "/admin/servers/", permission="staff.read", template="admin/servers.pt")
def servers_list(request: Any) -> dict[str, Any]:
    """Servers by module, with how full they are."""
    ids = list(request.uow.session.scalars(select(Server.id)))
    used = accounts_per_server(request.uow, ids)
    query = (
        select(Server, ServerGroup.name)
        .outerjoin(ServerGroup, ServerGroup.id == Server.group_id)
        .order_by(Server.module, Server.position, Server.id)
    )
    zone = request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        server, group = found
        full = (
            say("${used} of ${capacity}", used=used.get(server.id, 0), capacity=server.capacity)
            if server.capacity is not None
            else used.get(server.id, 0)
        )
        return [
            link(request, server.name, "admin.server", server.host_name or server.module, id=server.id),
            server.module,
            group or say("none"),
            badge(*_state(server)),
            full,
            _tested(server, zone),
        ]

    columns = (
        Column("Server"), Column("Module", "c-hide"), Column("Group", "c-hide"), Column("Status", "c-r"),
        Column("Accounts", "end"), Column("Connection", "c-hide"),
    )  # fmt: skip
    found = listing(
        request, query, row, title="Servers", lead="Panels and clusters that services run on.", columns=columns,
        empty="No server yet.",
    )  # fmt: skip
    groups = request.uow.session.scalars(select(ServerGroup).order_by(ServerGroup.name)).all()
    return found.page() | {"modules": modules_with_servers(request), "groups": groups}


@page(
    "admin.server.new", "/admin/servers/new/{name}/", permission="services.manage", template="admin/server.pt"
)
def ask_new(request: Any) -> dict[str, Any]:
    """A form for a server of a module."""
    return _page(request, _module(request, request.matchdict["name"]), None, ServerForm())


@page(
    "admin.server.new", "/admin/servers/new/{name}/", method="POST", permission="services.manage",
    audit="server.add", template="admin/server.pt",
)  # fmt: skip
def add(request: Any) -> Any:
    """Add it; its secrets are sealed at once."""
    module = _module(request, request.matchdict["name"])
    form = read_server_form(request, module, None)
    if form.facts is not None and not form.errors:
        try:
            new = servers.add_server(request.uow, form.facts.name, module, form.values, form.facts)
        except InvalidInput as error:
            refuse(form, error, module.server_model)
        else:
            flash(request, "ok", f"{new.name} is added; test the connection next")
            return HTTPSeeOther(request.route_path("admin.server", id=new.id))
    request.response.status_code = 422
    return _page(request, module, None, form)


@page("admin.server", "/admin/servers/{id}/", permission="services.manage", template="admin/server.pt")
def server(request: Any) -> dict[str, Any]:
    """One server: its card, its settings without secrets, its last test."""
    found = _server(request)
    return _page(request, _module_or_none(request, found), found, standing_form(found))


@page(
    "admin.server", "/admin/servers/{id}/", method="POST", permission="services.manage", audit="server.change",
    template="admin/server.pt",
)  # fmt: skip
def save(request: Any) -> Any:
    """Change it; a secret left blank stays."""
    found = _server(request)
    module = _module_or_none(request, found)
    form = read_server_form(request, module, found)
    if form.facts is not None and not form.errors:
        try:
            servers.change_server(request.uow, found, module, form.values, form.facts)
        except InvalidInput as error:
            refuse(form, error, module.server_model if module is not None else None)
        else:
            flash(request, "ok", f"{found.name} is saved")
            return HTTPSeeOther(request.route_path("admin.server", id=found.id))
    request.response.status_code = 422
    return _page(request, module, found, form)


@page(
    "admin.server.test", "/admin/servers/{id}/test/", method="POST", permission="services.manage",
    audit="server.test", ambient=False,
)  # fmt: skip
def test(request: Any) -> Any:
    """Try the connection now; the answer is kept with its time."""
    number = path_id(request)
    report = try_server(request.work, request.actor, request.host_of_plugins.ports, number)
    if report is not None:
        flash(request, "ok", f"It answers: {report.version}")
    else:
        flash(request, "bad", "It does not let us in; see below")
    return HTTPSeeOther(request.route_path("admin.server", id=number))


def modules_with_servers(request: Any) -> list[ProvisioningModule]:
    """Modules of which servers can be added."""
    ports = request.host_of_plugins.ports
    found = [ports.get(ProvisioningModule, name) for name in ports.names(ProvisioningModule)]
    return [module for module in found if module.needs_server]


def _page(
    request: Any, module: ProvisioningModule | None, found: Server | None, form: ServerForm
) -> dict[str, Any]:
    name = found.module if found is not None else module.name if module is not None else ""
    fields = form.settings_fields(module.server_model) if module is not None else []
    cards = form.card_fields()
    can = module.capabilities if module is not None else frozenset()
    used = accounts_per_server(request.uow, [found.id]).get(found.id, 0) if found is not None else 0
    return {
        "server": found,
        "module": module,
        "module_name": name,
        "used": used,
        "card_fields": cards,
        "set_fields": fields,
        "prefix_of_settings": PREFIX,
        "by_plugin": module is not None and module.default_server() is not None,
        "groups": groups_for(request, name),
        "group": form.group,
        "errors": form.errors,
        "labels": {one.name: one.label for one in cards} | {PREFIX + one.name: one.label for one in fields},
        "report": _report(found),
        "can_test": found is not None and Capability.TEST_CONNECTION in can,
        "can_list": found is not None and Capability.LIST_ACCOUNTS in can,
        "state": _state(found) if found is not None else None,
    }


def _report(found: Server | None) -> ServerReport | None:
    return ServerReport.model_validate(found.test_report) if found is not None and found.test_report else None


def _state(found: Server) -> tuple[str, str]:
    if not found.active:
        return "terminated", "Not in use"
    return ("suspended", "Maintenance") if found.maintenance else ("active", "In use")


def _tested(found: Server, zone: str) -> Any:
    if found.tested_at is None:
        return "never tested"
    return ("does not answer" if found.test_problem else "answers") + under(moment(found.tested_at, zone))


def _server(request: Any) -> Server:
    found: Server | None = request.uow.session.get(Server, path_id(request))
    if found is None:
        raise NotFound("there is no such server")
    return found


def _module(request: Any, name: str) -> ProvisioningModule:
    found = next((one for one in modules_with_servers(request) if one.name == name), None)
    if found is None:
        raise NotFound("there is no such module")
    return found


def _module_or_none(request: Any, found: Server) -> ProvisioningModule | None:
    """Its module; None while the plugin rests: then only our own card can be changed."""
    try:
        module: ProvisioningModule = request.host_of_plugins.ports.get(ProvisioningModule, found.module)
    except LookupError:
        return None
    return module
