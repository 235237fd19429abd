"""Verbs of zones. Each gives the durable job that carries it out; the same `key` gives the same job.

For other rooms: `ensure_zone`, `set_records`, `remove_records`, `remove_zone`. A job waits until its zone stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.domain_names.zones import queries
from ezcore.domain_names.zones.jobs import ZONE
from ezcore.domain_names.zones.models import Zone, ZoneState, ZoneTemplate
from ezcore.domain_names.zones.rules import after, check_set, parse_record
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.plugin_api.ports.dns import DnsRecord, RecordChanges
from ezcore.work import UnitOfWork

MOST_RECORDS = 2000
LONGEST_FILE = 200_000


def ensure_zone(
    uow: UnitOfWork,
    client_id: int,
    name: str,
    *,
    provider: str = "",
    domain_id: int | None = None,
    made_for: str = "",
) -> Job:
    """Have a zone of this name for this client; one that stands is taken as it is. The job's payload has `zone_id`.

    `provider` empty: the one that goes with the name's registrar, else the first. `made_for` is kept: who wanted it.
    Raises: NotAllowed; Refused when the zone is another client's.
    """
    _allow(uow, client_id)
    zone = queries.live(uow, name)
    if zone is None:
        values = {
            "client_id": client_id, "domain_id": domain_id, "name": name, "live_key": name, "provider": provider,
            "made_for": made_for[:80], "created_at": uow.now(),
        }  # fmt: skip
        insert_once(uow.session, Zone, values)
        zone = queries.live(uow, name)
        assert zone is not None
        audit.record(uow, "zone.open", "dns_zone", zone.id, client_id=client_id, after={"name": name})
    if zone.client_id != client_id:
        raise Refused(f"a zone of the name {name} is in use already")
    if domain_id is not None and zone.domain_id is None:
        zone.domain_id = domain_id
    return _enqueue(uow, zone, "create", {}, f"zone-{zone.id}-create")


def set_records(uow: UnitOfWork, zone: Zone, records: Sequence[DnsRecord], *, key: str = "") -> Job:
    """Make every (name, type) among these hold exactly these; what else is in the zone stays."""
    _allow(uow, zone.client_id)
    return _change(uow, zone, "set", {"records": _stored(records)}, key)


def remove_records(uow: UnitOfWork, zone: Zone, records: Sequence[DnsRecord], *, key: str = "") -> Job:
    """Take these out; what is not there is done."""
    _allow(uow, zone.client_id)
    return _change(uow, zone, "change", {"delete": _stored(records), "add": []}, key)


def change_records(uow: UnitOfWork, zone: Zone, changes: RecordChanges) -> Job:
    """A batch by a person, checked against what the zone had when it was read last.

    Raises: NotAllowed, Refused (nothing to do, zone not there), InvalidInput naming the field.
    """
    _allow(uow, zone.client_id)
    _standing(zone)
    if not changes.delete and not changes.add:
        raise Refused("nothing was changed")
    there = after(queries.records_of(zone), changes)
    if len(there) > MOST_RECORDS:
        raise InvalidInput(f"a zone holds at most {MOST_RECORDS} records", field="records")
    check_set(zone.name, there)
    data = {"delete": _stored(changes.delete), "add": _stored(changes.add)}
    return _change(uow, zone, "change", data)


def refresh(uow: UnitOfWork, zone: Zone) -> Job:
    """Read the zone anew."""
    _allow(uow, zone.client_id)
    return _change(uow, zone, "refresh", {})


def set_dnssec(uow: UnitOfWork, zone: Zone, *, on: bool) -> Job:
    """Sign the zone, or stop; the DS records are kept with it, and published where the name is registered here."""
    _allow(uow, zone.client_id)
    _standing(zone)
    return _change(uow, zone, "dnssec", {"on": on})


def import_bind(uow: UnitOfWork, zone: Zone, text: str) -> Job:
    """Add the records of a BIND file. Raises: NotAllowed, Refused, InvalidInput(field="file")."""
    _allow(uow, zone.client_id)
    _standing(zone)
    if not text.strip():
        raise InvalidInput("paste the lines of a zone file", field="file")
    if len(text) > LONGEST_FILE:
        raise InvalidInput(f"a file has at most {LONGEST_FILE} characters", field="file")
    return _change(uow, zone, "import", {"text": text})


def remove_zone(uow: UnitOfWork, zone: Zone, reason: str) -> Job:
    """Remove the zone with its records. Safe to repeat. Raises: NotAllowed."""
    _allow(uow, zone.client_id)
    audit.record(uow, "zone.remove", "dns_zone", zone.id, client_id=zone.client_id, reason=reason)
    return _enqueue(uow, zone, "delete", {}, f"zone-{zone.id}-delete")


def use_template(uow: UnitOfWork, zone: Zone, template_id: int) -> Job:
    """Put a template's records into the zone, replacing what stands at the same names and types. Raises: NotFound."""
    found = uow.session.get(ZoneTemplate, template_id)
    if found is None:
        raise NotFound("there is no such template")
    return set_records(uow, zone, filled(found.records, zone.name))


def save_template(uow: UnitOfWork, name: str, records: Sequence[Mapping[str, Any]]) -> ZoneTemplate:
    """Keep records as a template; one of the same name is replaced. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("catalog.manage")
    if not name.strip() or len(name) > 60:  # noqa: PLR2004 - the column's length
        raise InvalidInput("a name of at most 60 characters", field="name")
    filled(records, "example.com")
    found = uow.session.query(ZoneTemplate).filter_by(name=name.strip()).first()
    if found is None:
        found = ZoneTemplate(name=name.strip())
        uow.session.add(found)
    found.records = [dict(one) for one in records]
    uow.session.flush()
    audit.record(uow, "dns_template.save", "dns_template", found.id, after={"name": found.name})
    return found


def filled(records: Sequence[Mapping[str, Any]], zone: str) -> list[DnsRecord]:
    """A template's records for one zone, checked. Raises: InvalidInput."""
    return [
        parse_record(
            zone,
            str(one.get("type", "")),
            str(one.get("name", "")),
            str(one.get("content", "")).replace("{zone}", zone),
            str(one.get("ttl") or ""),
            str(one.get("priority") if one.get("priority") is not None else ""),
        )
        for one in records
    ]


def _allow(uow: UnitOfWork, client_id: int) -> None:
    """Raises: NotAllowed; NotFound for another client's."""
    own = uow.actor.kind == "client"
    if own and uow.actor.client_id != client_id:
        raise NotFound("there is no such zone")
    uow.actor.require("client.domains" if own else "services.manage")


def _standing(zone: Zone) -> None:
    if zone.state not in (ZoneState.PENDING, ZoneState.ACTIVE):
        raise Refused(f"the zone {zone.name} is {zone.state.replace('_', ' ')}")


def _change(uow: UnitOfWork, zone: Zone, verb: str, data: dict[str, Any], key: str = "") -> Job:
    if zone.live_key is None:
        raise Refused(f"the zone {zone.name} was removed")
    if not key:
        uow.session.execute(update(Zone).where(Zone.id == zone.id).values(actions=Zone.actions + 1))
        uow.session.refresh(zone)
    job = _enqueue(uow, zone, verb, data, key or f"zone-{zone.id}-{verb}-{zone.actions}")
    if verb != "refresh":
        audit.record(
            uow, f"zone.{verb}", "dns_zone", zone.id, client_id=zone.client_id,
            after=data if verb != "import" else {"lines": len(data["text"].splitlines())},
        )  # fmt: skip
    return job


def _enqueue(uow: UnitOfWork, zone: Zone, verb: str, data: dict[str, Any], key: str) -> Job:
    return jobs.enqueue(
        uow,
        ZONE,
        key,
        {"zone_id": zone.id, "verb": verb, "data": data},
        subject=("dns_zone", zone.id),
        client_id=zone.client_id,
        provider=f"dns:{zone.provider or 'new'}",
    )


def _stored(records: Sequence[DnsRecord]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in records]
