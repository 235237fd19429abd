"""Port of provisioning modules: run a service at a vendor, as step lists that survive a crash at any line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel

from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.values import Resource, ServiceFacts


class Capability(StrEnum):
    """Verbs and features a module really has. The UI shows only what is declared."""

    CREATE = "create"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    TERMINATE = "terminate"
    RENEW = "renew"
    CHANGE_PACKAGE = "change_package"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the trade's name of a verb
    ONE_TIME_SECRET = "one_time_secret"  # noqa: S105 - names a feature


@dataclass(frozen=True)
class ServerFacts:
    """The panel or cluster to talk to: our id, its name, and its settings as the module's own model."""

    id: int
    name: str
    settings: BaseModel


@dataclass(frozen=True)
class ProvisioningCall:
    """Everything a step may know. No database transaction is open while a step runs.

    `operation_key` is the tag of the remote thing: fixed for the whole create job, later the tag the resource
    carries. `step_key` is unique per job and step (idempotency keys). `results` holds what earlier steps of this
    job returned, `handle` what StillRunning stored, `resource` what create reported (None while creating).
    `secret(name, make)` returns a secret kept encrypted by the core, making it once and storing it before use.
    `log(request, answer, status)` writes the masked request log that staff see.
    """

    verb: str
    operation_key: str
    step_key: str
    service: ServiceFacts
    server: ServerFacts
    product_settings: BaseModel
    resource: Resource | None
    results: Mapping[str, Any]
    secret: Callable[[str, Callable[[], str]], str]
    log: Callable[[str, str, int | None], None]
    handle: Any = None
    attempt: int = 1
    answer: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


ModuleStep = Step[ProvisioningCall]


class ProvisioningModule(ABC):
    """Runs services at one kind of vendor. Each verb is a list of steps.

    The last step of `create` returns a `Resource`. Steps of every verb are safe to repeat: what is already so is done.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]]
    server_model: ClassVar[type[BaseModel]]
    product_model: ClassVar[type[BaseModel]]
    order_model: ClassVar[type[BaseModel]]
    """What the client is asked at order time (host name, SSH key ...), rendered by the form renderer."""

    @abstractmethod
    def create(self) -> Sequence[ModuleStep]:
        """Make the resource: adopt what carries our key, else create it; the last step returns its `Resource`."""

    @abstractmethod
    def suspend(self) -> Sequence[ModuleStep]:
        """Stop it without losing data; it must stay stopped after the vendor restarts."""

    @abstractmethod
    def unsuspend(self) -> Sequence[ModuleStep]:
        """Give it back as it was."""

    @abstractmethod
    def terminate(self) -> Sequence[ModuleStep]:
        """Remove it for good. Only what carries our tag; not found is done."""

    @abstractmethod
    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:
        """Look for the thing that carries our key (adopt, reconcile, or create, in that order)."""

    def default_server(self) -> BaseModel | None:
        """The first server, as the plugin's own settings describe it; None when they do not."""
        return None

    def steps(self, verb: str) -> Sequence[ModuleStep]:
        """The step list of a verb by its name. Raises: KeyError for a verb not declared."""
        if verb not in {str(capability) for capability in self.capabilities}:
            raise KeyError(verb)
        steps: Sequence[ModuleStep] = getattr(self, verb)()
        return steps
