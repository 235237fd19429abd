"""Runs a module's steps in memory as the job engine would: re-runs, waiting, lost answers, undo.

What a step returns goes through JSON, as it would through the database, so a value that cannot be stored is
found here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from ezcore.plugin_api.errors import (
    NeedsInfo,
    OutcomeUnknown,
    PermanentFailure,
    RetryAfter,
    StepSignal,
    StillRunning,
)
from ezcore.plugin_api.ports.provisioning import ModuleStep, ProvisioningCall, ProvisioningModule, ServerFacts
from ezcore.plugin_api.values import Resource, ServiceFacts

LONGEST_NAP = 0.25
"""Seconds; a step may ask to wait for minutes, a test does not."""


def nap(seconds: float) -> None:
    """Wait as asked, but not for long."""
    time.sleep(min(seconds, LONGEST_NAP))


@dataclass
class RunReport:
    """How a job ended. `signals` is what the steps said on the way, `log` what they wrote for staff."""

    state: Literal["complete", "failed", "needs_info", "gave_up"] = "gave_up"
    resource: Resource | None = None
    results: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    signals: list[BaseException] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Everything that staff would read: the log and the causes."""
        return "\n".join([*self.log, *(repr(signal) for signal in self.signals), *self.left_behind])


@dataclass
class StepRunner:
    """One service on one server. `doubled` runs every step a second time after it did its work.

    That is what happens when a process dies between the effect and the row that says so. `limit` bounds the
    tries of one step; a job that needs more ends as `gave_up`.
    """

    module: ProvisioningModule
    server: ServerFacts
    product_settings: BaseModel
    service: ServiceFacts
    operation_key: str
    doubled: bool = False
    limit: int = 200
    wait: Callable[[float], None] = nap
    answer: str | None = None
    input: BaseModel | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def run(self, verb: str, resource: Resource | None = None) -> RunReport:
        """Run one verb to its end."""
        report = RunReport(secrets=self.secrets)
        done: list[tuple[ModuleStep, Any]] = []
        for step in self.module.steps(verb):
            call = self._call(verb, step, resource, report)
            if not self._run_step(step, call, report):
                if report.state == "failed":
                    self._undo([*done, (step, None)], call, report)
                return report
            done.append((step, report.results.get(step.name)))
        report.state = "complete"
        report.resource = resource if verb != "create" else _resource(report, self.module.steps(verb))
        return report

    def _run_step(self, step: ModuleStep, call: ProvisioningCall, report: RunReport) -> bool:
        handle: Any = None
        doubled = False
        for attempt in range(1, self.limit + 1):
            report.tries += 1
            try:
                result = step.run(_again(call, handle, attempt)) if step.run else None
            except StillRunning as signal:
                handle = _stored(signal.handle)
                self._wait(signal, signal.check_after, report)
            except RetryAfter as signal:
                self._wait(signal, signal.seconds, report)
            except (PermanentFailure, NeedsInfo) as signal:
                report.signals.append(signal)
                report.state = "failed" if isinstance(signal, PermanentFailure) else "needs_info"
                return False
            except (OutcomeUnknown, Exception) as error:  # noqa: BLE001 - the engine takes anything as a failed try
                self._wait(error, 0.01, report)
            else:
                if self.doubled and not doubled:
                    doubled = True
                    continue
                report.results[step.name] = _stored(result)
                return True
        return False

    def _undo(
        self, steps: Sequence[tuple[ModuleStep, Any]], call: ProvisioningCall, report: RunReport
    ) -> None:
        for step, _result in reversed(steps):
            if step.undo is None:
                continue
            try:
                step.undo(self._call(call.verb, step, call.resource, report))
            except StepSignal as signal:
                report.left_behind.append(f"{step.title}: {signal}")
            else:
                report.undone.append(step.name)

    def _wait(self, signal: BaseException, seconds: float, report: RunReport) -> None:
        report.signals.append(signal)
        self.wait(seconds)

    def _call(
        self, verb: str, step: ModuleStep, resource: Resource | None, report: RunReport
    ) -> ProvisioningCall:
        def log(request: str, answer: str, status: int | None = None) -> None:
            report.log.append(f"{request} -> {status} {answer}")

        def secret(name: str, make: Callable[[], str]) -> str:
            if name not in self.secrets:
                self.secrets[name] = make()
            return self.secrets[name]

        return ProvisioningCall(
            verb=verb,
            operation_key=resource.operation_key if resource else self.operation_key,
            step_key=f"{self.operation_key}/{verb}/{step.name}",
            service=self.service,
            server=self.server,
            product_settings=self.product_settings,
            resource=resource,
            results=report.results,
            secret=secret,
            log=log,
            answer=self.answer,
            input=self.input,
            extra=self.extra,
        )


def _again(call: ProvisioningCall, handle: Any, attempt: int) -> ProvisioningCall:
    return ProvisioningCall(**{**vars(call), "handle": handle, "attempt": attempt})


def _stored(value: Any) -> Any:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.loads(json.dumps(plain, allow_nan=False))


def _resource(report: RunReport, steps: Sequence[ModuleStep]) -> Resource:
    return Resource.model_validate(report.results[steps[-1].name])
