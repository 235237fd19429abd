"""Opens the signed requests that reach the imitation: nonce, address, key and signature, in that order."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from acme import jws
from josepy.errors import Error as JoseError
from josepy.json_util import encode_b64jose
from josepy.jwk import JWK

from ez_acme.sandbox.refusals import Refusal
from ezcore.plugin_api.sandbox import SandboxRequest, Store


@dataclass(frozen=True)
class Signed:
    """What was signed, by which key, under which account (None before there is one)."""

    payload: dict[str, Any] | None
    key: JWK
    account: str | None


def nonce(store: Store) -> str:
    """A nonce that is good once."""
    made = secrets.token_urlsafe(16)
    store.put("nonce", made, {"id": made})
    return made


def opened(store: Store, request: SandboxRequest) -> Signed:
    """Check and open. Raises: Refusal as RFC 8555 6.2 to 6.5 name it."""
    try:
        message = jws.JWS.from_json(json.loads(request.body))
        header = message.signature.combined
    except (ValueError, TypeError, AttributeError, JoseError):
        raise Refusal("malformed", "the request is no JWS") from None
    if header.url != f"{request.base_url}{request.path}":
        raise Refusal("unauthorized", "the signed url is another one", 401)
    used = encode_b64jose(header.nonce) if header.nonce else ""
    if not store.delete("nonce", used):
        raise Refusal("badNonce", f"JWS has an invalid anti-replay nonce: {used[:40]}")
    key, account = _key(store, header)
    if not message.verify(key):
        raise Refusal("malformed", "the signature is wrong")
    return Signed(json.loads(message.payload) if message.payload else None, key, account)


def _key(store: Store, header: Any) -> tuple[JWK, str | None]:
    if header.kid is None:
        if header.jwk is None:
            raise Refusal("malformed", "neither jwk nor kid")
        return header.jwk, None
    account = store.get("account", header.kid.rsplit("/", 1)[-1])
    if account is None:
        raise Refusal("accountDoesNotExist", "no account has this URL")
    key: Any = JWK.from_json(account["jwk"])
    return key, account["id"]
