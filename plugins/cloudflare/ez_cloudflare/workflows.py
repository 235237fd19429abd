"""Cloudflare's registrar works asynchronously: what each of the six states of a workflow means for a job."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from ez_cloudflare.refusals import sentence
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, StillRunning

WORKING: Final = 15.0
BLOCKED: Final = 900.0
SUCCEEDED, FAILED = "succeeded", "failed"


class WorkflowError(BaseModel):
    """Why it failed."""

    code: str = ""
    message: str = ""


class Workflow(BaseModel):
    """One registration, transfer or update on its way."""

    state: str
    completed: bool
    context: dict[str, Any] | None = None
    error: WorkflowError | None = None


class Failed(PermanentFailure):
    """The workflow failed: a person has to look before it is asked again."""


def wait_for(workflow: Workflow, name: str) -> None:
    """Return when it has succeeded.

    Raises: StillRunning (pending, in_progress, blocked), NeedsInfo (action_required), Failed.
    """
    if workflow.state in ("pending", "in_progress"):
        raise StillRunning(WORKING, {"state": workflow.state}, f"Cloudflare works on {name}")
    if workflow.state == "blocked":
        cause = f"{name} waits for its registry or its present registrar"
        raise StillRunning(BLOCKED, {"state": workflow.state}, cause)
    if workflow.state == "action_required":
        action = sentence((workflow.context or {}).get("action") or "see Cloudflare's dashboard")
        raise NeedsInfo(f"Cloudflare waits for us before {name} goes on: {action}. Do it there, then retry.")
    if workflow.state == FAILED:
        error = workflow.error or WorkflowError()
        raise Failed(
            f"Cloudflare could not do it for {name}: {sentence(error.message or error.code or 'no reason')}"
        )
    if workflow.state != SUCCEEDED:
        cause = f"unknown state of {name} at Cloudflare: {sentence(workflow.state)[:40]}"
        raise OutcomeUnknown(cause, unreachable=False)
