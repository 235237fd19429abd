"""Marketing mail can be refused: a signed link per client, good for ever, that says nothing but whose it is."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from ezcore.db.sealed import SecretBox
from ezcore.work import UnitOfWork

_PURPOSE: Final = "unsubscribe"
_LENGTH: Final = 32
_LONGEST_ID: Final = 18


def token(box: SecretBox, client_id: int) -> str:
    """What stands in the link of this client."""
    return f"{client_id}.{_mark(box.subkeys(_PURPOSE)[0], client_id)}"


def client_of(box: SecretBox, given: str) -> int | None:
    """Whose link it is; None for one that we did not make. Links of old keys stay good while the key is there."""
    number, _, mark = given.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID):
        return None
    for key in box.subkeys(_PURPOSE):
        if hmac.compare_digest(_mark(key, int(number)).encode(), mark.encode("utf-8", "replace")):
            return int(number)
    return None


def link(uow: UnitOfWork, client_id: int) -> str:
    """The address of the page on which this client refuses."""
    return f"{uow.settings.shop.site_url}/unsubscribe/{token(uow.box, client_id)}/"


def _mark(key: bytes, client_id: int) -> str:
    return hmac.new(key, f"client:{client_id}".encode(), sha256).hexdigest()[:_LENGTH]
