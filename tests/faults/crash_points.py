"""Every point at which a worker can be killed, read from the steps that the code really runs."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from ez_proxmox.module import ProxmoxModule

from ezcore.billing.transactions.jobs import CAPTURE
from ezcore.jobs.inbox.operations import PROCESS, process_kind
from ezcore.plugin_api.jobs import Step
from ezcore.services.lifecycle.jobs import KINDS

# Points that belong to no step; `name:n` dies the n-th time a process passes it.
GENERIC = (
    "jobs.claimed",
    "jobs.claimed:2",
    "outbox.delivered",
    "work.committed:2",
    "work.committed:6",
    "work.committed:11",
)


def points_of(*kinds: str) -> list[str]:
    """The crash points of these kinds of jobs, in the order in which a job passes them, and the general ones."""
    return [point for kind in kinds for step in _steps(kind) for point in _points(kind, step)] + list(GENERIC)


def _points(kind: str, step: Step[Any]) -> list[str]:
    around = ("before", "after", "settled") if step.run is not None else ("settled",)
    return [f"{kind}.{step.name}.{where}" for where in around]


def _steps(kind: str) -> Sequence[Step[Any]]:
    if kind == PROCESS:
        return process_kind(lambda _uow, _source, _fact: None).steps
    if kind == CAPTURE.name:
        return CAPTURE.steps
    verb = kind.removeprefix("services.")
    context: Any = SimpleNamespace(payload={"verb": verb, "module": "proxmox"}, ports=_OnlyProxmox())
    return KINDS[verb].steps(context)


class _OnlyProxmox:
    """Gives the module, which is asked for the names of its steps and nothing else."""

    def get(self, _kind: type, _name: str) -> ProxmoxModule:
        nothing: Any = None
        return ProxmoxModule(nothing)
