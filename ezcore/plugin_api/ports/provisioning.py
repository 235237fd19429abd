"""Port of provisioning modules: run a service at a vendor, as step lists that survive a crash at any line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel

from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.ports.looks import ConsoleTarget, Look, RemoteAccount, ServerReport, UsageSample
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
    TEST_CONNECTION = "test_connection"
    LOOK = "look"
    LIST_ACCOUNTS = "list_accounts"
    USAGE = "usage"
    LOGIN_LINK = "login_link"
    CONSOLE = "console"
    ADOPT = "adopt"


@dataclass(frozen=True)
class ServerFacts:
    """The panel or cluster to talk to: our id, its name, and its settings as the module's own model.

    For a module that needs no server: id 0, no name, and the model without values.
    """

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
    input: BaseModel | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


ModuleStep = Step[ProvisioningCall]


@dataclass(frozen=True)
class ModuleAction:
    """Something that can be done with a running service besides its lifecycle: restart, reinstall, take a snapshot.

    It runs as a durable job whose verb is `name`, with `call.input` as an `input_model`; the core draws the button,
    the form and the question `confirm`. `states` are those of the service in which it is offered. What only rows of a
    look offer (roll this snapshot back) is `in_rows`. `secrets` are names of the service's secrets that it makes anew.
    A `message` in what a step returns is shown when the action is done.
    """

    name: str
    title: str
    steps: Sequence[ModuleStep]
    input_model: type[BaseModel] | None = None
    icon: str = "zap"
    confirm: str | None = None
    danger: bool = False
    by_client: bool = True
    in_rows: bool = False
    states: frozenset[str] = frozenset({"active"})
    secrets: tuple[str, ...] = ()


class ProvisioningModule(ABC):
    """Runs services at one kind of vendor. Each verb is a list of steps.

    The last step of `create` returns a `Resource`. Steps of every verb are safe to repeat: what is already so is done.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]]
    needs_server: ClassVar[bool] = True
    """False for what no panel or cluster runs (a domain name, work done by people): no server is chosen."""
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

    def adopt(self) -> Sequence[ModuleStep]:
        """Write our tag on a thing that was imported (capability ADOPT); `call.resource` carries the key."""
        raise NotImplementedError

    def order_form(self, settings: Mapping[str, Any]) -> type[BaseModel]:  # noqa: ARG002 - for those that ask
        """What is asked for a product with these settings; `order_model` unless a product has questions of its own."""
        return self.order_model

    def actions(self) -> Sequence[ModuleAction]:
        """What else can be done with a service of this module, in the order of its buttons."""
        return ()

    def test_connection(self, server: ServerFacts) -> ServerReport:
        """Ask whether the server lets us in, and what it has (capability TEST_CONNECTION).

        Raises: PermanentFailure (refused), RetryAfter (not now), OutcomeUnknown (no answer).
        """
        raise NotImplementedError

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        """The service as the vendor shows it now (capability LOOK). A thing that is gone is `missing`, no error."""
        raise NotImplementedError

    def list_accounts(self, server: ServerFacts) -> Sequence[RemoteAccount]:
        """Everything on the server, ours or not: for imports and drift (capability LIST_ACCOUNTS)."""
        raise NotImplementedError

    def read_usage(
        self, server: ServerFacts, resources: Sequence[Resource], since: datetime
    ) -> Sequence[UsageSample]:
        """What these used since then (capability USAGE). A gap at the vendor gives no sample, never a zero."""
        raise NotImplementedError

    def login_link(self, server: ServerFacts, resource: Resource) -> str:
        """An address that logs the client in at the panel, once (capability LOGIN_LINK); asked within a request."""
        raise NotImplementedError

    def console(self, server: ServerFacts, resource: Resource) -> ConsoleTarget:
        """Open a console (capability CONSOLE); asked within a request."""
        raise NotImplementedError

    def default_server(self) -> BaseModel | None:
        """The first server, as the plugin's own settings describe it; None when they do not."""
        return None

    def action(self, name: str) -> ModuleAction | None:
        """The action of this name, if there is one."""
        return next((action for action in self.actions() if action.name == name), None)

    def steps(self, verb: str) -> Sequence[ModuleStep]:
        """The step list of a verb or action by its name. Raises: KeyError for one not declared."""
        action = self.action(verb)
        if action is not None:
            return action.steps
        if verb not in {str(capability) for capability in self.capabilities}:
            raise KeyError(verb)
        steps: Sequence[ModuleStep] = getattr(self, verb)()
        return steps
