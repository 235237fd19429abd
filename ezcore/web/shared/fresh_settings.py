"""Before a request is answered, the settings that staff stored are looked at, every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ezcore.configuration.live import Live

Handler = Callable[[Any], Any]


def refreshed(handler: Handler, registry: Any) -> Handler:
    """The tween; `registry["ez.live"]` can be told to look again at once."""
    live = registry["ez.live"] = Live(registry["ez.work"])

    def tween(request: Any) -> Any:
        live.refresh()
        return handler(request)

    return tween
