"""The core's own provisioning module: a service that is a certificate, at whatever authority its product names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError

from ezcore.domain_names.certificates import operations, queries
from ezcore.domain_names.certificates.issuing import STAGES, Round, Run
from ezcore.domain_names.certificates.models import Certificate, CertificateState
from ezcore.domain_names.certificates.order import CertificateOrder, CertificateProduct
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.ports.certificates import CertificateAuthority
from ezcore.plugin_api.ports.looks import FactsBlock, Look, TableBlock, TableRow
from ezcore.plugin_api.ports.provisioning import (
    Capability,
    ModuleStep,
    ProvisioningCall,
    ProvisioningModule,
    ServerFacts,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.protocols import Ports
from ezcore.plugin_api.values import Resource
from ezcore.work import Work

CESSATION_OF_OPERATION = 5


class NoServer(BaseModel):
    """An authority is a plugin with settings of its own: there is no server to choose."""


class CertificatesModule(ProvisioningModule):
    """Issues, keeps alive (the renewals task) and lets go."""

    name: ClassVar[str] = "certificates"
    label: ClassVar[str] = "SSL certificates"
    needs_server: ClassVar[bool] = False
    capabilities: ClassVar[frozenset[Capability]] = frozenset({
        Capability.CREATE, Capability.SUSPEND, Capability.UNSUSPEND, Capability.TERMINATE, Capability.LOOK,
    })  # fmt: skip
    server_model: ClassVar[type[BaseModel]] = NoServer
    product_model: ClassVar[type[BaseModel]] = CertificateProduct
    order_model: ClassVar[type[BaseModel]] = CertificateOrder

    def __init__(self, work: Work, ports: Ports) -> None:
        self._work = work
        self._ports = ports

    def create(self) -> Sequence[ModuleStep]:
        """Note the names, one round of issuing, hand over."""
        rounds = [
            ModuleStep(
                stage.name,
                stage.title,
                run=self._with_round(stage.run),
                undo=self._with_round(stage.undo) if stage.undo else None,
                deadline=stage.deadline,
            )
            for stage in STAGES
        ]
        return (
            ModuleStep("names", "Note the names", run=self._note),
            *rounds,
            ModuleStep("hand_over", "Hand over", run=self._hand_over),
        )

    def suspend(self) -> Sequence[ModuleStep]:
        """What is issued stays valid: a site that is suspended answers nobody anyway."""
        return (ModuleStep("suspend", "A certificate stays valid", run=_as_it_is),)

    def unsuspend(self) -> Sequence[ModuleStep]:
        """Nothing was taken away."""
        return (ModuleStep("unsuspend", "Nothing was taken away", run=_as_it_is),)

    def terminate(self) -> Sequence[ModuleStep]:
        """Revoke it where the product says so; forget its key; no more renewals."""
        return (ModuleStep("end", "End the certificate", run=self._end),)

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:  # noqa: ARG002 - the port's words
        """By our own row: an authority knows no keys of ours."""
        with self._work.read() as uow:
            row = queries.by_operation(uow, operation_key)
            return _resource(row) if row is not None and row.serial and row.is_live else None

    def look(self, server: ServerFacts, resource: Resource) -> Look:  # noqa: ARG002 - the port's words
        """Names and expiry from our row, and where it is installed."""
        with self._work.read() as uow:
            row = queries.by_operation(uow, resource.operation_key)
        if row is None or row.state != CertificateState.ACTIVE or row.not_after is None:
            return Look(state="missing")
        rows = (
            ("Names", ", ".join(row.names)),
            ("Issued by", row.issuer or ""),
            ("Serial number", row.serial or ""),
            ("Valid until", f"{row.not_after:%Y-%m-%d %H:%M} UTC"),
            ("Renewed from", f"{row.renew_at:%Y-%m-%d} on" if row.renew_at else "never"),
        )
        sites = TableBlock(
            title="Installed on",
            columns=("Site",),
            rows=tuple(TableRow(cells=(place["host"],)) for place in row.installed),
            empty="Nowhere here: download it",
        )
        notes = (f"The renewal waits: {row.problem}",) if row.problem else ()
        return Look(state="active", blocks=(FactsBlock(title="Certificate", rows=rows), sites), notes=notes)

    def _note(self, call: ProvisioningCall) -> dict[str, int]:
        product = CertificateProduct.model_validate(call.product_settings.model_dump())
        try:
            asked = CertificateOrder.model_validate(call.service.params)
            names = asked.check(product)
        except InvalidInput as error:
            raise PermanentFailure(f"{error.field}: {error.message}") from error
        except ValidationError as error:
            raise PermanentFailure(str(error.errors()[0]["msg"])) from error
        with self._work.write() as uow:
            row = operations.note(uow, {
                "service_id": call.service.id, "client_id": call.service.client.id, "names": list(names),
                "authority": product.authority, "proof": product.proof, "key_type": product.key_type,
                "own_csr": asked.csr.strip() or None, "operation_key": call.operation_key,
            })  # fmt: skip
            return {"certificate_id": row.id}

    def _with_round(self, run: Run) -> Callable[[ProvisioningCall], Any]:
        def with_round(call: ProvisioningCall) -> Any:
            number = call.results["names"]["certificate_id"]
            return run(Round(self._work, self._ports, number, _vendor_call(call), call.results))

        return with_round

    def _hand_over(self, call: ProvisioningCall) -> Resource:
        with self._work.read() as uow:
            return _resource(queries.by_id(uow, call.results["names"]["certificate_id"]))

    def _end(self, call: ProvisioningCall) -> None:
        product = CertificateProduct.model_validate(call.product_settings.model_dump())
        with self._work.read() as uow:
            row = queries.of_service(uow, call.service.id)
        if row is None or not row.is_live:
            return
        revoked = bool(product.revoke_at_end and row.chain_pem)
        if revoked and row.chain_pem:
            authority = self._ports.get(CertificateAuthority, row.authority)  # type: ignore[type-abstract]
            authority.revoke(_vendor_call(call), row.chain_pem, CESSATION_OF_OPERATION)
        with self._work.write() as uow:
            operations.end(
                uow, uow.session.get_one(Certificate, row.id, with_for_update=True), revoked=revoked
            )


def _vendor_call(call: ProvisioningCall) -> VendorCall:
    return VendorCall(call.operation_key, call.step_key, call.log, call.handle, call.attempt, call.answer)


def _resource(row: Certificate) -> Resource:
    return Resource(
        external_id=f"certificate-{row.id}",
        operation_key=row.operation_key,
        address=row.names[0][:80],
        location=row.authority,
        facts={
            "names": list(row.names),
            "serial": row.serial or "",
            "issuer": row.issuer or "",
            "expires_at": row.not_after.isoformat() if row.not_after else "",
        },
    )


def _as_it_is(_call: ProvisioningCall) -> None:
    """Nothing to do."""
