"""The registry's message queue: one message at a time, the oldest first (RFC 5730 2.9.2.3)."""

from __future__ import annotations

from typing import Literal

from ez_epp import xml
from ez_epp.marks import Marks
from ez_epp.refusals import MESSAGE, MISSING, Refusal
from ez_epp.registry import Registry, silent
from ezcore.plugin_api import RetryAfter
from ezcore.plugin_api.ports.registrar import PollMessage

Kind = Literal["registered", "transferred_in", "transferred_out", "renewed", "failed", "deleted", "other"]
REFUSED_TRANSFERS = frozenset({"clientRejected", "clientCancelled", "serverCancelled"})
DONE_TRANSFERS = frozenset({"clientApproved", "serverApproved"})


def head(registry: Registry, marks: Marks) -> PollMessage | None:
    """The oldest message, not taken off; a failure of ours is remembered, since it is told only here."""
    answer = registry.ask("poll", xml.el("epp:poll", op="req"))
    if answer.code != MESSAGE:
        return None
    queue = xml.one(answer.root, "epp:response/epp:msgQ")
    number = "" if queue is None else queue.get("id", "")
    if not number:
        raise RetryAfter(5, "the registry's message has no number")
    text = xml.text(queue, "epp:msg")[:300].replace("<", " ").replace(">", " ")
    name, kind = _told(registry, answer.data("domain:panData"), answer.data("domain:trnData"))
    mark = marks.of(name) if name else None
    if name and mark and kind == "failed" and mark.state == "asked":
        marks.set(name, mark.operation_key, "failed", text)
    return PollMessage(external_id=number, name=name, kind=kind, text=text)


def acknowledge(registry: Registry, number: str) -> None:
    """Take a message off; one that is off is done."""
    try:
        registry.change(number, silent, f"poll ack {number}", xml.el("epp:poll", op="ack", msgID=number))
    except Refusal as error:
        if error.code != MISSING:
            raise


def _told(registry: Registry, action: xml.Node | None, move: xml.Node | None) -> tuple[str | None, Kind]:
    if action is not None:
        named = xml.one(action, "domain:name")
        done = named is not None and named.get("paResult") in ("1", "true")
        return xml.text(action, "domain:name").lower() or None, "registered" if done else "failed"
    if move is None:
        return None, "other"
    name, status = xml.text(move, "domain:name").lower() or None, xml.text(move, "domain:trStatus")
    ours = xml.text(move, "domain:reID") == registry.settings().username
    if status in DONE_TRANSFERS:
        return name, "transferred_in" if ours else "transferred_out"
    return name, "failed" if ours and status in REFUSED_TRANSFERS else "other"
