"""The request as our views see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyramid.request import Request

from ezcore.kernel.actor import Actor
from ezcore.settings import Settings
from ezcore.web.shared.readable import MAX_UPLOAD
from ezcore.work import UnitOfWork, Work

if TYPE_CHECKING:
    from ezcore.plugin_host import PluginHost


class EzRequest(Request):
    """Declares what the composition adds. `uow` opens lazily; views with `ambient=False` have none."""

    uow: UnitOfWork
    actor: Actor
    work: Work
    host_of_plugins: PluginHost
    settings: Settings
    matchdict: dict[str, str]
    # Bodies are small (`bad_input` sees to that) and stay in memory; WebOb leaves its temporary files open.
    request_body_tempfile_limit = MAX_UPLOAD + 1
    is_https: bool
    cart_size: int
    color_mode: str | None

    @property
    def client_id(self) -> int:
        """The client that the logged-in user acts for; views that use it declare a client permission."""
        if self.actor.client_id is None:
            raise LookupError("no client is logged in")
        return self.actor.client_id


def as_mapping(values: Any) -> dict[str, str]:
    """A multidict as a plain one, last value of each key; for reading query strings of our own links."""
    return {key: values[key] for key in values}
