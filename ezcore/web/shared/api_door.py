"""Who asks the API: the key of the header and nothing else; a cookie opens nothing there."""

from __future__ import annotations

from typing import Any, Final

from ezcore.accounts.api_keys import operations as keys
from ezcore.accounts.api_keys.queries import key_behind
from ezcore.kernel.actor import Actor

PREFIX: Final = "/api/v1/"
_SCHEME: Final = "bearer "


def is_api(request: Any) -> bool:
    """Is this address one of the API?"""
    return bool(request.path.startswith(PREFIX))


def identify_key(request: Any) -> Actor:
    """The actor behind the key of ``Authorization: Bearer ...``, else a visitor."""
    header = str(request.headers.get("Authorization", ""))
    visitor = Actor("visitor", name="visitor", ip=request.remote_addr)
    if header[: len(_SCHEME)].lower() != _SCHEME:
        return visitor
    work = request.registry["ez.work"]
    with work.read() as uow:
        facts = key_behind(uow, header[len(_SCHEME) :].strip(), ip=request.remote_addr)
    if facts is None:
        return visitor
    if facts.is_stale:
        with work.write(facts.actor) as uow:
            keys.used(uow, facts.key_id)
    return facts.actor
