"""Durable work on zones: create, change, sign, import, remove; afterwards the zone is read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.domain_names.names.jobs import vendor_call
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.zones import queries
from ezcore.domain_names.zones.events import ZoneChanged
from ezcore.domain_names.zones.models import Zone, ZoneState
from ezcore.domain_names.zones.rules import replacing
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.plugin_api.errors import PermanentFailure, RetryAfter
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.plugin_api.ports.dns import DnsProvider, DnsRecord, DnsZone, DsRecord, RecordChanges
from ezcore.work import UnitOfWork

WAIT: Final = 10.0


def steps_of(context: StepContext) -> Sequence[Step[Any]]:
    """The steps of a verb."""
    return _STEPS[context.payload["verb"]]


def choose_provider(context: StepContext, zone: Zone) -> str:
    """The zone's own, else the registrar's own DNS, else the first that can be asked. Raises: LookupError."""
    if zone.provider:
        return zone.provider
    names = context.ports.names(DnsProvider)
    if not names:
        raise LookupError("no active plugin brings a DNS provider")
    with context.work.read() as uow:
        domain = uow.session.get(DomainName, zone.domain_id) if zone.domain_id is not None else None
    return domain.registrar if domain is not None and domain.registrar in names else names[0]


def _create(context: StepContext) -> dict[str, Any]:
    zone = _read(context)
    name = choose_provider(context, zone)
    with context.work.write() as uow:
        row = _row(uow, context)
        row.provider, row.operation_key = name, row.operation_key or context.operation_key
    found = _provider(context, name).create_zone(vendor_call(context), zone.name)
    return found.model_dump(mode="json")


def _undo_create(context: StepContext) -> None:
    zone = _read(context)
    if zone.external_id is not None:
        _provider(context, zone.provider).delete_zone(vendor_call(context), queries.as_port(zone))


def _created(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    found, row = DnsZone.model_validate(result), _row(uow, context)
    row.external_id, row.nameservers = found.external_id, list(found.nameservers)
    row.state, row.problem = _state(found), None


def _delete(context: StepContext) -> None:
    zone = _read(context)
    if zone.external_id is not None and zone.provider:
        _provider(context, zone.provider).delete_zone(vendor_call(context), queries.as_port(zone))


def _deleted(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    row = _row(uow, context)
    row.state, row.live_key, row.removed_at, row.records = ZoneState.REMOVED, None, uow.now(), []
    _announce(uow, context, row)


def _set(context: StepContext) -> None:
    zone, provider = _standing(context)
    wanted = [DnsRecord.model_validate(one) for one in context.payload["data"]["records"]]
    changes = replacing(provider.records(queries.as_port(zone)), wanted)
    if changes.delete or changes.add:
        provider.change_records(vendor_call(context), queries.as_port(zone), changes)


def _change(context: StepContext) -> None:
    zone, provider = _standing(context)
    provider.change_records(
        vendor_call(context), queries.as_port(zone), RecordChanges.model_validate(context.payload["data"])
    )


def _dnssec(context: StepContext) -> list[dict[str, Any]]:
    zone, provider = _standing(context)
    on = bool(context.payload["data"]["on"])
    found = provider.set_dnssec(vendor_call(context), queries.as_port(zone), on)
    return [one.model_dump(mode="json") for one in found]


def _signed(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    row = _row(uow, context)
    row.dnssec = bool(context.payload["data"]["on"])
    row.ds = [DsRecord.model_validate(one).model_dump(mode="json") for one in result or ()]


def _import(context: StepContext) -> int:
    zone, provider = _standing(context)
    return provider.import_bind(vendor_call(context), queries.as_port(zone), context.payload["data"]["text"])


def _look(context: StepContext) -> dict[str, Any]:
    zone, provider = _standing(context)
    found = provider.find_zone(zone.name)
    records = provider.records(found) if found is not None else ()
    return {
        "zone": found.model_dump(mode="json") if found is not None else None,
        "records": [one.model_dump(mode="json", exclude_defaults=True) for one in records],
    }


def _seen(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    row = _row(uow, context)
    row.records_read_at = uow.now()
    _note(row, result)
    _announce(uow, context, row)


def _announce(uow: UnitOfWork, context: StepContext, row: Zone) -> None:
    uow.emit(ZoneChanged(row.id, row.client_id, context.payload["verb"], context.job.id))


def _note(row: Zone, result: Any) -> None:
    if result["zone"] is None:
        row.problem = f"{row.provider} does not have this zone any more"
        return
    found = DnsZone.model_validate(result["zone"])
    row.records, row.nameservers = result["records"], list(found.nameservers)
    row.dnssec, row.problem = found.dnssec, None
    if row.live_key is not None:
        row.state = _state(found)


def _state(found: DnsZone) -> ZoneState:
    return ZoneState.PENDING if found.status == "pending" else ZoneState.ACTIVE


def _standing(context: StepContext) -> tuple[Zone, DnsProvider]:
    """The zone and its provider. Raises: RetryAfter while it is being made, PermanentFailure when it is gone."""
    zone = _read(context)
    if zone.live_key is None or zone.state == ZoneState.FAILED:
        raise PermanentFailure(f"the zone {zone.name} is {zone.state}")
    if zone.external_id is None:
        raise RetryAfter(WAIT, f"the zone {zone.name} is being set up")
    return zone, _provider(context, zone.provider)


def _provider(context: StepContext, name: str) -> DnsProvider:
    return context.ports.get(DnsProvider, name)  # type: ignore[type-abstract]


def _read(context: StepContext) -> Zone:
    with context.work.read() as uow:
        return queries.by_id(uow, context.payload["zone_id"])


def _row(uow: UnitOfWork, context: StepContext) -> Zone:
    return uow.session.get_one(Zone, context.payload["zone_id"], with_for_update=True)


_LOOK: Final = Settled("look", "Read the zone back", run=_look, settle=_seen)
_STEPS: Final[dict[str, tuple[Step[Any], ...]]] = {
    "create": (
        Settled("create", "Create the zone", run=_create, undo=_undo_create, settle=_created),
        _LOOK,
    ),
    "set": (Step("set", "Change the records", run=_set), _LOOK),
    "change": (Step("change", "Change the records", run=_change), _LOOK),
    "dnssec": (Settled("dnssec", "Change the signing of the zone", run=_dnssec, settle=_signed), _LOOK),
    "import": (Step("import", "Add the records of the file", run=_import), _LOOK),
    "refresh": (_LOOK,),
    "delete": (Settled("delete", "Remove the zone", run=_delete, settle=_deleted),),
}
ZONE: Final = JobKind("domain_names.zone", "Change a DNS zone", PROVISIONING, steps_of, priority=6)
