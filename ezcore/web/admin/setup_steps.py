"""What is left to set up, on the dashboard of those who may: each step with the page where it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import operations as accounts
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.reports.setup import Ready
from ezcore.web.shared.flash import flash
from ezcore.web.shared.views import page

MAY: Final = "settings.manage"


@dataclass(frozen=True)
class Step:
    """One thing to do, and the route where."""

    title: str
    route: str
    done: bool


def steps(request: Any, seen: Ready, *, workers: bool) -> list[Step]:
    """All of them while one is left; nothing once all are done, were hidden, or for those who may do none."""
    if seen.hidden or not request.actor.may(MAY):
        return []
    ports = request.host_of_plugins.ports
    has_address = bool(request.settings.shop.address.strip())
    module = seen.server or not ports.names(ProvisioningModule)
    every = [
        Step("Write the address of the company", route="admin.settings", done=has_address),
        Step("Switch a payment gateway on", route="admin.plugins", done=bool(ports.names(Gateway))),
        Step("Add a server", route="admin.servers", done=module),
        Step("Sell a product that has a price", route="admin.products", done=seen.product),
        Step("Make a tax rule", route="admin.taxes", done=seen.tax_rule),
        Step("Start a worker", route="admin.health", done=workers),
        Step("See that a mail leaves", route="admin.mails", done=seen.mail),
    ]
    return [] if all(one.done for one in every) else every


@page(
    "admin.setup.hide",
    "/admin/setup/hide/",
    method="POST",
    permission=MAY,
    audit="none: concerns the reader only",
)
def hide(request: Any) -> Any:
    """Hear no more of it, wherever this member of staff logs in."""
    accounts.hide_setup(request.uow)
    flash(request, "ok", "The list of what to set up is hidden")
    return HTTPSeeOther(request.route_path("admin"))
