"""What a module lets do and shows of a service: the same buttons, forms and look for clients and staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.interfaces import IRoutesMapper

from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.ports.looks import ChartBlock, RowAction
from ezcore.plugin_api.ports.provisioning import Capability, ModuleAction, ProvisioningModule
from ezcore.services.lifecycle.actions import actions_of, find_action, request_action
from ezcore.services.looks.queries import Seen, last_look
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.line_chart import lines_of
from ezcore.work import UnitOfWork

LIVING = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
LONGEST = 500


@dataclass(frozen=True)
class Panel:
    """What can be done now, and what was seen. `busy`: an action runs, so there are no buttons."""

    buttons: list[ModuleAction]
    in_rows: dict[str, ModuleAction]
    seen: Seen | None
    can_look: bool
    can_log_in: bool
    has_console: bool
    busy: bool
    zone: str

    @property
    def is_empty(self) -> bool:
        """The module lets do nothing and shows nothing."""
        return not (self.buttons or self.can_look or self.can_log_in or self.has_console)

    def row_buttons(self, actions: tuple[RowAction, ...]) -> list[tuple[RowAction, ModuleAction]]:
        """The actions of a row that are offered; a look may name what is not."""
        return [(one, self.in_rows[one.action]) for one in actions if one.action in self.in_rows]

    def chart(self, block: ChartBlock) -> Any:
        """A chart as lines."""
        return lines_of(block, self.zone)


def port_of(request: Any, service: Service) -> ProvisioningModule | None:
    """The module that runs a service; None when people do, or when its plugin rests."""
    if service.module is None:
        return None
    try:
        found: ProvisioningModule = request.host_of_plugins.ports.get(ProvisioningModule, service.module)
    except LookupError:
        return None
    return found


def panel_of(request: Any, uow: UnitOfWork, service: Service, *, to_client: bool) -> Panel:
    """The panel of a service, by what its module declares. The vendor is not asked."""
    module = port_of(request, service)
    lives = service.state in LIVING
    can = module.capabilities if module is not None and lives else frozenset()
    busy = service.open_action is not None
    mine = [
        one
        for one in (actions_of(module) if module is not None and not busy else [])
        if service.state in one.states and (one.by_client or not to_client)
    ]
    return Panel(
        buttons=[one for one in mine if not one.in_rows],
        in_rows={one.name: one for one in mine},
        seen=last_look(uow, service.id) if Capability.LOOK in can else None,
        can_look=Capability.LOOK in can,
        can_log_in=to_client and Capability.LOGIN_LINK in can and service.state == ServiceState.ACTIVE,
        has_console=to_client and Capability.CONSOLE in can and _has_route(request, "service.console"),
        busy=busy,
        zone=request.settings.shop.time_zone,
    )


def action_page(
    request: Any, service: Service, *, to_client: bool, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The question before an action: what it does, and its form. A link from a row brings the row's inputs along."""
    module = port_of(request, service)
    if module is None:
        raise NotFound("there is no such action")
    action = find_action(module, request.matchdict["name"], to_client=to_client)
    given = request.POST if request.method == "POST" else request.GET
    model = action.input_model
    typed = (
        {name: str(given.get(name, ""))[:LONGEST] for name in model.model_fields if name in given}
        if model
        else {}
    )
    fields = fields_of(model, typed, errors or {}) if model is not None else []
    return {
        "service": service,
        "action": action,
        "fields": [] if action.in_rows else fields,
        "fixed": fields if action.in_rows else [],
        "errors": dict(errors or {}),
        "labels": {one.name: one.label for one in fields},
        "may": service.open_action is None and service.state in action.states,
    }


def run_action(request: Any, service: Service, *, to_client: bool) -> Job | dict[str, str]:
    """Queue the action with what was typed; gives the errors by field when something is wrong."""
    module = port_of(request, service)
    if module is None:
        raise NotFound("there is no such action")
    action = find_action(module, request.matchdict["name"], to_client=to_client)
    values: dict[str, Any] = {}
    if action.input_model is not None:
        form = read_form(request, action.input_model)
        if form.model is None:
            return form.errors
        values = {name: getattr(form.model, name) for name in type(form.model).model_fields}
    try:
        return request_action(request.uow, service, module, action.name, values)
    except InvalidInput as error:
        return {error.field or "form": sentence(error.message)}


def _has_route(request: Any, name: str) -> bool:
    return request.registry.getUtility(IRoutesMapper).get_route(name) is not None
