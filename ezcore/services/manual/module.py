"""The core's module for work that people do: no vendor, no server; its steps wait for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from ezcore.kernel.actor import SYSTEM
from ezcore.plugin_api.errors import PermanentFailure, StillRunning
from ezcore.plugin_api.ports.provisioning import (
    Capability,
    ModuleStep,
    ProvisioningCall,
    ProvisioningModule,
    ServerFacts,
)
from ezcore.plugin_api.values import Resource
from ezcore.services.manual import operations, queries
from ezcore.services.manual.models import WorkState
from ezcore.services.manual.rules import ManualProduct, form_of
from ezcore.services.services.models import Service
from ezcore.work import Work

LOOK_EVERY: Final = 900.0
TAKES: Final = timedelta(days=400)


class NoServer(BaseModel):
    """People need no server to work on."""


class NoQuestions(BaseModel):
    """The questions stand in each product's settings (`order_form`)."""


class ManualModule(ProvisioningModule):
    """A project is complete when its work is; a plan of requests runs at once and its client asks for work."""

    name: ClassVar[str] = "manual"
    label: ClassVar[str] = "Work by people"
    needs_server: ClassVar[bool] = False
    capabilities: ClassVar[frozenset[Capability]] = frozenset({
        Capability.CREATE, Capability.SUSPEND, Capability.UNSUSPEND, Capability.TERMINATE,
    })  # fmt: skip
    server_model: ClassVar[type[BaseModel]] = NoServer
    product_model: ClassVar[type[BaseModel]] = ManualProduct
    order_model: ClassVar[type[BaseModel]] = NoQuestions

    def __init__(self, work: Work) -> None:
        self._work = work

    def order_form(self, settings: Mapping[str, Any]) -> type[BaseModel]:
        """A project asks its questions when it is ordered, a plan with every request."""
        product = ManualProduct.model_validate(settings)
        return form_of(product.questions) if product.kind == "project" else NoQuestions

    def create(self) -> Sequence[ModuleStep]:
        """Put a project before people, wait until they are done."""
        return (
            ModuleStep("request", "Put it before our people", run=self._request),
            ModuleStep("work", "The work", run=self._wait, deadline=TAKES),
        )

    def suspend(self) -> Sequence[ModuleStep]:
        """Nothing more can be asked for meanwhile."""
        return (ModuleStep("suspend", "Requests are closed", run=_as_it_is),)

    def unsuspend(self) -> Sequence[ModuleStep]:
        """Requests are open again."""
        return (ModuleStep("unsuspend", "Requests are open", run=_as_it_is),)

    def terminate(self) -> Sequence[ModuleStep]:
        """What is not done is cancelled."""
        return (ModuleStep("end", "Cancel what is not done", run=self._end),)

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:  # noqa: ARG002 - the port's words
        """There is no vendor to look at."""
        return None

    def _request(self, call: ProvisioningCall) -> dict[str, int | None]:
        product = ManualProduct.model_validate(call.product_settings.model_dump())
        if product.kind != "project":
            return {"request_id": None}
        with self._work.write(SYSTEM) as uow:
            service = uow.session.get_one(Service, call.service.id)
            work = operations.begin_project(uow, service, queries.job_of_key(uow, call.operation_key))
            return {"request_id": work.id}

    def _wait(self, call: ProvisioningCall) -> Resource:
        number = call.results["request"]["request_id"]
        if number is not None:
            with self._work.read() as uow:
                work = queries.by_id(uow, number)
            if work.state in (WorkState.FAILED, WorkState.CANCELLED):
                raise PermanentFailure(work.outcome or "the work was given up")
            if work.state != WorkState.COMPLETE:
                raise StillRunning(LOOK_EVERY, number, "people work on it")
        return Resource(
            external_id=f"work-{call.service.id}", operation_key=call.operation_key, facts={"kind": "Work"}
        )

    def _end(self, call: ProvisioningCall) -> None:
        with self._work.write(SYSTEM) as uow:
            operations.end_with_service(uow, call.service.id, "the service ended")


def _as_it_is(_call: ProvisioningCall) -> None:
    """Nothing to do."""
