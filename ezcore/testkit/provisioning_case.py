"""What a provisioning plugin tells the conformance suite about itself: one fixture returns one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from ezcore.plugin_api.ports.provisioning import ProvisioningModule, ServerFacts
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.wsgi import SandboxApp
from ezcore.plugin_api.values import ClientFacts, Resource, ServiceFacts
from ezcore.testkit.step_runner import StepRunner, nap


@dataclass
class ProvisioningCase:
    """A provisioning module under test.

    `params` are good answers to the order form. `create_call` names the sandbox's call that makes the
    thing ("qemu.clone"). `count(key)` says how many things at the vendor carry our operation key;
    `is_running(resource)` whether the client can use it. `wait` lets the vendor's time pass.
    `late_failure_call` names a call that can be accepted now and fail later (fault `late_failure`).
    `stranger()` makes a thing that is not ours and gives it as a `Resource` (with a wrong key);
    `exists(resource)` says whether it is still there. `secrets` may never be seen in a log or an error.
    """

    module: ProvisioningModule
    server: ServerFacts
    product_settings: BaseModel
    sandbox: SandboxApp
    create_call: str
    count: Callable[[str], int]
    is_running: Callable[[Resource], bool]
    params: Mapping[str, Any] = field(default_factory=dict)
    wait: Callable[[float], None] = nap
    late_failure_call: str | None = None
    stranger: Callable[[], Resource] | None = None
    exists: Callable[[Resource], bool] | None = None
    secrets: Sequence[str] = ()

    def service(self, number: int = 41) -> ServiceFacts:
        """The service that is delivered."""
        client = ClientFacts(id=7, name="Ana Client", email="ana@example.test", country="EE")
        return ServiceFacts(
            id=number, label=f"vps-{number}", client=client, product="VPS S", params=dict(self.params)
        )

    def runner(self, key: str, *, number: int = 41, doubled: bool = False) -> StepRunner:
        """Runs the module's steps for one service."""
        return StepRunner(
            module=self.module,
            server=self.server,
            product_settings=self.product_settings,
            service=self.service(number),
            operation_key=key,
            doubled=doubled,
            wait=self.wait,
        )

    def misbehave(self, kind: str, call: str | None = None, *, times: int = 1, **args: object) -> None:
        """Script a fault for the next call that makes the thing, or for another one."""
        self.sandbox.faults.script(Fault(call or self.create_call, kind, times=times, args=dict(args)))
