"""The durable job that says a notice in a chat; every message is signed."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any, Final

from ezcore.jobs.engine import Settled, StepContext
from ezcore.messaging.notices.models import NoticeOutcome, NoticeRule, NoticeState
from ezcore.messaging.notices.posting import post
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import WEBHOOK, JobKind
from ezcore.work import UnitOfWork

SIGNATURE: Final = "X-Ezcore-Signature"


def say(context: StepContext) -> int:
    """Post the message; gives the status of the answer. Raises: PermanentFailure; else it is tried again."""
    outcome_id = int(context.payload["outcome_id"])
    with context.work.read() as uow:
        outcome = uow.session.get_one(NoticeOutcome, outcome_id)
        rule = uow.session.get_one(NoticeRule, outcome.rule_id)
        if rule.url is None or rule.secret is None:
            raise PermanentFailure("the rule has no address any more")
        url, secret = uow.box.open(rule.sealed_as, rule.url), uow.box.open(rule.sealed_as, rule.secret)
        body, moment = message_of(outcome), int(uow.now().timestamp())
        host, event = rule.host, outcome.event_id
    headers = {
        SIGNATURE: signature(secret, moment, body),
        "X-Ezcore-Delivery": str(outcome_id),
        "X-Ezcore-Event": str(event or "trial"),
    }
    try:
        answer = post(url, body, headers, private=context.work.settings.security.private_webhooks)
    except PermanentFailure as failure:
        _note(context, outcome_id, NoticeState.FAILED, failure.reason)
        raise
    except Exception as error:
        _note(context, outcome_id, NoticeState.QUEUED, f"{type(error).__name__}: {error}")
        raise
    context.log(f"POST to {host}", answer.words[:400], answer.status)
    return answer.status


def message_of(outcome: NoticeOutcome) -> bytes:
    """As Slack and Mattermost read it (`text`), and Discord (`content`, which takes 2000 letters)."""
    text = f"{outcome.title}\n{outcome.body}".strip()
    return json.dumps({"text": text, "content": text[:2000]}).encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "seconds.body" in hex>`: the reader can tell ours from a stranger's."""
    mark = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={mark}"


def said(uow: UnitOfWork, context: StepContext, _status: Any) -> None:
    """The chat took it: write that down with the end of the step."""
    outcome = uow.session.get_one(NoticeOutcome, int(context.payload["outcome_id"]))
    outcome.state, outcome.cause = NoticeState.DONE, None


def _note(context: StepContext, outcome_id: int, state: NoticeState, cause: str) -> None:
    with context.work.write() as uow:
        outcome = uow.session.get_one(NoticeOutcome, outcome_id)
        if outcome.state != NoticeState.DONE:
            outcome.state, outcome.cause = state, cause[:2000]


SAY: Final = JobKind(
    "messaging.notice",
    "Say a notice in a chat",
    WEBHOOK,
    [Settled("say", "Post the message", run=say, settle=said)],
    priority=5,
)
