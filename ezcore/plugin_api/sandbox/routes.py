"""The tiny router of the sandbox kit: a method and a pattern lead to a named handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ezcore.plugin_api.sandbox.messages import SandboxRequest, SandboxResponse

Handler = Callable[[SandboxRequest], SandboxResponse]
_PLACE = re.compile(r"\{(\w+)(\*?)\}")


@dataclass(frozen=True)
class Route:
    """One entry; `{name}` in a pattern is one path segment, `{name*}` is the rest of the path."""

    method: str
    pattern: re.Pattern[str]
    call: str
    handler: Handler


class Routes:
    """An ordered list of routes; the first that fits wins."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, method: str, pattern: str, handler: Handler, call: str | None = None) -> None:
        """Lead `method pattern` to `handler`; `call` is its name in faults and in the call log."""
        self._routes.append(
            Route(method.upper(), _compiled(pattern), call or f"{method.upper()} {pattern}", handler)
        )

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route for a request and the named parts of its path."""
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match and route.method in (method, "*"):
                return route, match.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """The methods that some route allows on this path."""
        return sorted({route.method for route in self._routes if route.pattern.fullmatch(path)})

    def calls(self) -> list[str]:
        """The names of all calls, as faults may name them."""
        return [route.call for route in self._routes]


def _compiled(pattern: str) -> re.Pattern[str]:
    parts, last = [], 0
    for place in _PLACE.finditer(pattern):
        parts.append(re.escape(pattern[last : place.start()]))
        parts.append(f"(?P<{place[1]}>{'.+' if place[2] else '[^/]+'})")
        last = place.end()
    return re.compile("".join([*parts, re.escape(pattern[last:])]))
