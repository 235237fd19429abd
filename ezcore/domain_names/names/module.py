"""The core's own provisioning module: a service that is a domain name, at whatever registrar its ending has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ValidationError

from ezcore.domain_names.names import operations, queries, sync
from ezcore.domain_names.names.contacts import contacts_of
from ezcore.domain_names.names.models import DomainName, DomainState, sealed_code
from ezcore.domain_names.names.order import DomainOrder, DomainProduct
from ezcore.domain_names.names.rules import to_unicode
from ezcore.domain_names.tlds import queries as tlds
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure, StillRunning
from ezcore.plugin_api.ports.looks import FactsBlock, Look
from ezcore.plugin_api.ports.provisioning import (
    Capability,
    ModuleStep,
    ProvisioningCall,
    ProvisioningModule,
    ServerFacts,
)
from ezcore.plugin_api.ports.registrar import DomainRequest, Registrar, RegistrarCapability, Registration
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.protocols import Ports
from ezcore.plugin_api.values import Resource
from ezcore.work import UnitOfWork, Work

SOON: Final = 300.0
TRANSFER_TAKES: Final = timedelta(days=21)
REGISTRATION_TAKES: Final = timedelta(days=7)
CREDIT: Final = "credit"


class NoServer(BaseModel):
    """A registrar is a plugin with settings of its own: there is no server to choose."""


class DomainNamesModule(ProvisioningModule):
    """Registers, brings in, renews and lets go. Everything else that a name can do is `names.operations.request`."""

    name: ClassVar[str] = "domain_names"
    label: ClassVar[str] = "Domain names"
    needs_server: ClassVar[bool] = False
    capabilities: ClassVar[frozenset[Capability]] = frozenset({
        Capability.CREATE, Capability.SUSPEND, Capability.UNSUSPEND, Capability.TERMINATE, Capability.RENEW,
        Capability.LOOK,
    })  # fmt: skip
    server_model: ClassVar[type[BaseModel]] = NoServer
    product_model: ClassVar[type[BaseModel]] = DomainProduct
    order_model: ClassVar[type[BaseModel]] = DomainOrder

    def __init__(self, work: Work, ports: Ports) -> None:
        self._work = work
        self._ports = ports

    def create(self) -> Sequence[ModuleStep]:
        """Take the name in our books, register it or bring it here, note its dates."""
        return (
            ModuleStep("reserve", "Note the name", run=self._reserve),
            ModuleStep("register", "Register at the registry", run=self._register, deadline=TRANSFER_TAKES),
            ModuleStep("dates", "Note its dates", run=self._arrive),
        )

    def renew(self) -> Sequence[ModuleStep]:
        """Renew for the years that were paid and are not registered yet; none left is done."""
        return (ModuleStep("renew", "Renew at the registry", run=self._renew, deadline=REGISTRATION_TAKES),)

    def suspend(self) -> Sequence[ModuleStep]:
        """A name cannot be suspended without harm to mail; it goes on until it expires."""
        return (ModuleStep("suspend", "A name goes on until it expires", run=_as_it_is),)

    def unsuspend(self) -> Sequence[ModuleStep]:
        """Nothing was taken away."""
        return (ModuleStep("unsuspend", "Nothing was taken away", run=_as_it_is),)

    def terminate(self) -> Sequence[ModuleStep]:
        """It is not renewed any more and expires by itself; what was registered cannot be given back."""
        return (ModuleStep("let_go", "Let it expire", run=self._let_go),)

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:  # noqa: ARG002 - the port's words
        """By our own row: the name is the registry's key."""
        with self._work.read() as uow:
            row = uow.session.query(DomainName).filter_by(operation_key=operation_key).first()
        return _resource(row) if row is not None and row.external_id else None

    def look(self, server: ServerFacts, resource: Resource) -> Look:  # noqa: ARG002 - the port's words
        """Expiry, lock and nameservers from our row; the daily sync keeps it true."""
        with self._work.read() as uow:
            row = queries.live(uow, resource.address or resource.external_id)
        if row is None:
            return Look(state="missing")
        rows = (
            ("Expires on", str(row.expires_on or "not known")),
            ("Nameservers", ", ".join(row.nameservers) or "the registrar's"),
            ("Transfer lock", {True: "on", False: "off", None: "not known"}[row.locked]),
        )
        return Look(state="active", address=row.name, blocks=(FactsBlock(title="Domain name", rows=rows),))

    def _reserve(self, call: ProvisioningCall) -> dict[str, Any]:
        asked = _asked(call)
        product = DomainProduct.model_validate(call.product_settings.model_dump())
        if not asked.domain.endswith(f".{product.tld}") or "." in asked.domain.removesuffix(
            f".{product.tld}"
        ):
            raise PermanentFailure(f"{asked.domain} is no name that ends in .{product.tld}")
        with self._work.write() as uow:
            tld = tlds.by_name(uow, product.tld)
            if tld is None:
                raise PermanentFailure(f".{product.tld} is not in the table of endings any more")
            owner = _contacts(asked, ascii_only=tld.ascii_contacts)
            row = operations.take(uow, {
                "service_id": call.service.id, "client_id": call.service.client.id, "name": asked.domain,
                "tld": tld.name, "registrar": tld.registrar, "kind": product.kind, "years": asked.years,
                "operation_key": call.operation_key, "nameservers": list(asked.nameservers),
                "privacy": asked.privacy, "contacts": owner, "code_sealed": asked.code_sealed or None,
            })  # fmt: skip
            domain_id = row.id if row is not None else None
        if domain_id is None:
            self._taken(call, asked.domain, "it is in the care of another client here")
        return {"domain_id": domain_id}

    def _register(self, call: ProvisioningCall) -> dict[str, Any]:
        with self._work.read() as uow:
            row = self._row(uow, call)
            code = uow.box.open(sealed_code(row.name), row.code_sealed) if row.code_sealed else None
        registrar = self._ports.get(Registrar, row.registrar)  # type: ignore[type-abstract]
        if call.answer and call.answer.strip().lower() == CREDIT:
            self._credit(call, row, "the client asked for credit instead")
        request = DomainRequest(
            name=row.name, years=row.years, contacts=contacts_of(row.contacts), privacy=bool(row.privacy),
            nameservers=tuple(row.nameservers), auth_code=code,
        )  # fmt: skip
        if row.kind == "transfer":
            self._begin_transfer(row)
        try:
            act = registrar.transfer if row.kind == "transfer" else registrar.register
            found = act(_vendor_call(call), request)
        except PermanentFailure as failure:
            self._taken(call, row.name, failure.reason)
            raise
        if found.state == "pending":
            raise StillRunning(SOON, found.external_id, "the registry has not decided yet")
        return found.model_dump(mode="json")

    def _arrive(self, call: ProvisioningCall) -> Resource:
        found = Registration.model_validate(call.results["register"])
        with self._work.write() as uow:
            row = self._row(uow, call)
            operations.registered(uow, row, found)
            return _resource(row)

    def _renew(self, call: ProvisioningCall) -> dict[str, Any]:
        with self._work.read() as uow:
            row = self._row(uow, call)
            paid = queries.paid_until(uow, call.service.id)
        if row.expires_on is None:
            raise NeedsInfo(
                f"{row.name} has no expiry date here. Look at the registrar, then answer to go on."
            )
        years = queries.years_to_renew(row.expires_on, paid)
        if years < 1:
            return {"years": 0}
        registrar = self._ports.get(Registrar, row.registrar)  # type: ignore[type-abstract]
        vendor = _vendor_call(call)
        if row.state == DomainState.REDEMPTION:
            raise NeedsInfo(
                f"{row.name} is in redemption. Bring it back (restore) first, then answer to renew it."
            )
        if RegistrarCapability.RENEW in registrar.capabilities:
            found: Registration | None = registrar.renew(vendor, row.name, years, row.expires_on)
        elif RegistrarCapability.AUTO_RENEW in registrar.capabilities:
            registrar.set_auto_renew(vendor, row.name, on=True)
            found = registrar.info(row.name)
        else:
            raise NeedsInfo(f"{registrar.label} cannot renew names: renew {row.name} there, then answer.")
        with self._work.write() as uow:
            sync.apply(uow, self._row(uow, call), found)
        return {"years": years, "expires_on": str(found.expires_on) if found else None}

    def _let_go(self, call: ProvisioningCall) -> None:
        with self._work.read() as uow:
            row = queries.of_service(uow, call.service.id)
        if row is None or not row.is_live:
            return
        if row.external_id is None:
            with self._work.write() as uow:
                operations.give_up(uow, self._row(uow, call), "its service ended before it was registered")
            return
        registrar = self._ports.get(Registrar, row.registrar)  # type: ignore[type-abstract]
        if RegistrarCapability.AUTO_RENEW in registrar.capabilities:
            registrar.set_auto_renew(_vendor_call(call), row.name, on=False)
        with self._work.write() as uow:
            fresh = self._row(uow, call)
            fresh.let_go_at, fresh.vendor_renews = fresh.let_go_at or uow.now(), False

    def _begin_transfer(self, row: DomainName) -> None:
        if row.state == DomainState.PENDING:
            with self._work.write() as uow:
                sync.move(uow, queries.by_id(uow, row.id), DomainState.TRANSFERRING_IN)

    def _taken(self, call: ProvisioningCall, name: str, why: str) -> None:
        """Ask a person first; told to credit, give the money back and fail. Raises: NeedsInfo, PermanentFailure."""
        if call.answer and call.answer.strip().lower() == CREDIT:
            with self._work.read() as uow:
                row = queries.of_service(uow, call.service.id)
            self._credit(call, row, why)
        raise NeedsInfo(
            f"{to_unicode(name)}: {why}. Answer '{CREDIT}' to give the client what was paid as credit, "
            "anything else to try again."
        )

    def _credit(self, call: ProvisioningCall, row: DomainName | None, why: str) -> None:
        with self._work.write() as uow:
            if row is not None:
                operations.give_up(uow, queries.by_id(uow, row.id), why)
            operations.credit_back(uow, call.service.id, f"{call.service.label} could not be registered")
        raise PermanentFailure(f"{why}; what was paid is the client's credit")

    @staticmethod
    def _row(uow: UnitOfWork, call: ProvisioningCall) -> DomainName:
        row = queries.of_service(uow, call.service.id)
        if row is None:
            raise PermanentFailure("the name of this service was never noted")
        return row


def _asked(call: ProvisioningCall) -> DomainOrder:
    try:
        return DomainOrder.model_validate(call.service.params)
    except ValidationError as error:
        first = error.errors()[0]
        raise PermanentFailure(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def _contacts(asked: DomainOrder, *, ascii_only: bool) -> dict[str, Any]:
    try:
        return asked.contacts(ascii_only=ascii_only).model_dump(mode="json")
    except InvalidInput as error:
        raise PermanentFailure(f"{error.field}: {error.message}") from error
    except ValidationError as error:
        raise PermanentFailure(
            "the owner's name, address, e-mail and phone number are not complete"
        ) from error


def _vendor_call(call: ProvisioningCall) -> VendorCall:
    return VendorCall(call.operation_key, call.step_key, call.log, call.handle, call.attempt, call.answer)


def _resource(row: DomainName) -> Resource:
    return Resource(
        external_id=row.external_id or row.name,
        operation_key=row.operation_key,
        address=row.name[:80],
        location=row.registrar,
        facts={"domain": to_unicode(row.name), "expires_on": str(row.expires_on or "")},
    )


def _as_it_is(_call: ProvisioningCall) -> None:
    """Nothing to do."""
