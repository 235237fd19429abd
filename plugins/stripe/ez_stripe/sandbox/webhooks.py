"""Sends signed events to the configured endpoints, with retries, and misbehaves when a fault says so.

A delivery is a document: what was not delivered when the sandbox was killed is delivered after its restart.
Faults are scripted for the call `webhooks.<event type>`; `webhooks.*` is all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ez_stripe.sandbox.shapes import webhook_endpoint
from ezcore.plugin_api.sandbox import Document, Fault, Faults, SandboxClock, Store

_KIND, _ENDPOINT = "_delivery", "webhook_endpoint"
_DONE = "_delivered"
"""Finished deliveries live apart: the queue is read five times a second and stays short."""
_BACKOFF = (1, 3, 10, 30, 120, 600, 3600, 14400, 43200, 86400, 86400)
_OK = range(200, 300)
_PREFIX = "webhooks."


@dataclass(frozen=True)
class Post:
    """One signed request, ready to be sent."""

    url: str
    body: bytes
    headers: dict[str, str]


Send = Callable[[Post], int]
"""Sends a post and gives the HTTP status; 0 when nobody answered."""


def signature(secret: str, body: bytes, at: int) -> str:
    """The `Stripe-Signature` header: HMAC-SHA256 over time and raw body."""
    digest = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send_over_http(post: Post) -> int:
    """POST it; loopback addresses only in practice, a dead receiver is answered with 0."""
    request = urllib.request.Request(post.url, post.body, post.headers, method="POST")  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except (OSError, ValueError):
        return 0


class Webhooks:
    """The endpoints and the queue of deliveries."""

    def __init__(self, store: Store, clock: SandboxClock, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self.on_enqueue: Callable[[], None] = lambda: None

    def configure(
        self, url: str, secret: str, id_: str = "we_default", version: str | None = None
    ) -> Document:
        """Send every event to `url` from now on; the same id replaces the endpoint of before."""
        made = self._clock.timestamp()
        endpoint = webhook_endpoint(id=id_, url=url, secret=secret, api_version=version, created=made)
        self._store.put(_ENDPOINT, id_, endpoint)
        return endpoint

    def only(self, types: Iterable[str]) -> None:
        """Send no endpoint any other type than these, as `enabled_events` says."""
        for endpoint in self.endpoints():
            self._store.put(_ENDPOINT, endpoint["id"], {**endpoint, "enabled_events": sorted(types)})

    def remove(self) -> None:
        """Send nothing any more."""
        self._store.clear(_ENDPOINT)

    def endpoints(self) -> list[Document]:
        """Where events go."""
        return self._store.all(_ENDPOINT)

    def deliveries(self, event_id: str | None = None) -> list[Document]:
        """All deliveries, or those of one event, oldest first."""
        items = sorted([*self._store.all(_DONE), *self._store.all(_KIND)], key=lambda item: str(item["id"]))
        return [item for item in items if event_id is None or item["event"] == event_id]

    def enqueue(self, event: Document, *, again: bool = False) -> None:
        """Queue an event for every endpoint; a redelivery (`again`) meets no fault."""
        for endpoint in self.endpoints():
            if not {"*", event["type"]} & set(endpoint["enabled_events"]):
                continue
            fault = None if again else self._fault(event)
            if fault is not None and fault.kind == "drop_webhooks":
                continue
            copies = int(fault.args.get("copies", 2)) if fault and fault.kind == "duplicate_webhooks" else 1
            for _ in range(copies):
                self._add(event, endpoint, fault)
        self.on_enqueue()

    def release(self) -> int:
        """Let go of what a reordering fault holds back, newest first; says how many."""
        held = [item for item in self._store.all(_KIND) if item["state"] == "held"]
        for turn, item in enumerate(reversed(held)):
            self._save({**item, "state": "waiting", "order": -len(held) + turn})
        return len(held)

    def deliver_due(self, send: Send) -> int:
        """Send what is due, one after the other; says how many were tried. Never called under the lock."""
        now = self._clock.now().timestamp()
        waiting = [
            item for item in self._store.all(_KIND) if item["state"] == "waiting" and item["due"] <= now
        ]
        waiting.sort(key=lambda item: (item["order"], item["id"]))
        for item in waiting:
            post = self._post(item)
            self._settle(item["id"], send(post) if post else 0)
        return len(waiting)

    def _fault(self, event: Document) -> Fault | None:
        kinds = ("duplicate_webhooks", "reorder_webhooks", "delay_webhooks", "drop_webhooks", "bad_signature")
        more = ("old_timestamp", "unknown_event", "other_api_version")
        return self._faults.take(_PREFIX + event["type"], *kinds, *more)

    def _add(self, event: Document, endpoint: Document, fault: Fault | None) -> None:
        id_ = f"{self._store.next_number(_KIND):08d}"
        kind, args = (fault.kind, fault.args) if fault else (None, {})
        due = self._clock.now().timestamp() + (
            float(args.get("seconds", 5)) if kind == "delay_webhooks" else 0
        )
        state = "held" if kind == "reorder_webhooks" else "waiting"
        item = {
            "id": id_,
            "event": event["id"],
            "type": event["type"],
            "endpoint": endpoint["id"],
            "order": 0,
        }
        self._save({**item, "due": due, "state": state, "tries": [], "fault": kind, "args": args})
        if state == "held" and sum(other["state"] == "held" for other in self._store.all(_KIND)) >= int(
            args.get("count", 2)
        ):
            self.release()

    def _post(self, item: Document) -> Post | None:
        event, endpoint = (
            self._store.get("event", item["event"]),
            self._store.get(_ENDPOINT, item["endpoint"]),
        )
        if event is None or endpoint is None:
            return None
        kind, args = item["fault"], item["args"]
        if kind == "unknown_event":
            event["type"] = args.get("type", "sandbox.something_new")
        if kind == "other_api_version" or endpoint["api_version"]:
            event["api_version"] = args.get("version") or endpoint["api_version"] or "2020-08-27"
        body = json.dumps(event, indent=2).encode()
        at = self._clock.timestamp() - (int(args.get("seconds", 3600)) if kind == "old_timestamp" else 0)
        secret = "whsec_somebody_else" if kind == "bad_signature" else endpoint["secret"]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(secret, body, at),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        return Post(endpoint["url"], body, headers)

    def _settle(self, id_: str, status: int) -> None:
        with self._store.lock():
            item = self._store.get(_KIND, id_)
            if item is None:
                return
            now = self._clock.now().timestamp()
            tries = [*item["tries"], {"at": int(now), "status": status}]
            if status in _OK:
                self._finish({**item, "tries": tries, "state": "delivered"})
            elif len(tries) > len(_BACKOFF):
                self._finish({**item, "tries": tries, "state": "given_up"})
            else:
                self._save({**item, "tries": tries, "due": now + _BACKOFF[len(tries) - 1]})

    def _finish(self, item: Document) -> None:
        self._store.delete(_KIND, item["id"])
        self._store.put(_DONE, item["id"], item)

    def _save(self, item: Document) -> None:
        self._store.put(_KIND, item["id"], item)
