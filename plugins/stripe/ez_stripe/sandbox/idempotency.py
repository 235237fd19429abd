"""Remembers answers by Idempotency-Key: the same request gets the same answer, another is refused."""

from __future__ import annotations

import hashlib

from ez_stripe.sandbox.refusals import other_parameters
from ezcore.plugin_api.sandbox import Document, SandboxClock, SandboxRequest, SandboxResponse, Store

_KIND = "_idempotency"
_LIFETIME = 24 * 3600
_PARAMETERS_REFUSED = (400, 401, 404, 429)


class Idempotency:
    """Answers by key, kept for a day as Stripe does."""

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self._store = store
        self._clock = clock

    def replay(self, key: str, request: SandboxRequest) -> SandboxResponse | None:
        """The answer that was given before, if any. Raises: StripeRefusal for other parameters."""
        known = self._store.get(_KIND, key)
        if known is None or known["created"] < self._clock.timestamp() - _LIFETIME:
            return None
        if known["fingerprint"] != _fingerprint(request):
            raise other_parameters(key)
        headers = (*((name, value) for name, value in known["headers"]), ("Idempotent-Replayed", "true"))
        return SandboxResponse(known["body"].encode(), known["status"], "application/json", headers)

    def remember(self, key: str, request: SandboxRequest, response: SandboxResponse) -> None:
        """Keep an answer, unless the request never got as far as being carried out."""
        if response.status in _PARAMETERS_REFUSED:
            return
        document: Document = {
            "key": key,
            "created": self._clock.timestamp(),
            "fingerprint": _fingerprint(request),
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "body": response.body.decode(),
        }
        self._store.put(_KIND, key, document)


def _fingerprint(request: SandboxRequest) -> str:
    return hashlib.sha256(b"%s %s" % (request.path.encode(), request.body)).hexdigest()
