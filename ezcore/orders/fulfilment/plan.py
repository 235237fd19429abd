"""Pure plan of a bundle: which stages an order's services need, and what each of them waits for.

What shares a domain name is delivered in this order: register the name, make its zone, point the name to it, make the
hosting account, write the records, issue the certificate. Everything else starts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

DOMAIN_MODULE: Final = "domain_names"
CERTIFICATE_MODULE: Final = "certificates"


class StageKind(StrEnum):
    """What a stage does: set up a service, or something between two services."""

    SERVICE = "service"
    ZONE = "zone"
    DELEGATE = "delegate"
    RECORDS = "records"


@dataclass(frozen=True)
class Line:
    """A service of the order that waits to be set up, with what the plan must know of it."""

    service_id: int
    label: str
    module: str | None
    params: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    parent_id: int | None = None

    @property
    def is_domain(self) -> bool:
        """Is it a name to be registered or brought here?"""
        return self.module == DOMAIN_MODULE

    @property
    def is_certificate(self) -> bool:
        """Is it a certificate?"""
        return self.module == CERTIFICATE_MODULE

    @property
    def host(self) -> str | None:
        """The host name it is about: the name itself, the site's, or the first of a certificate."""
        if self.is_certificate:
            names = [name.removeprefix("*.") for name in str(self.params.get("names", "")).split()]
            return names[0].lower() if names else None
        found = str(self.params.get("domain") or "").strip().lower()
        return found or None

    @property
    def keeps_own_dns(self) -> bool:
        """A name that comes with its zone: brought here from elsewhere, or with nameservers that the client gave."""
        return bool(self.params.get("nameservers")) or self.comes_from_elsewhere

    @property
    def comes_from_elsewhere(self) -> bool:
        """Is the name brought here from another registrar?"""
        return self.is_domain and self.settings.get("kind") == "transfer"


@dataclass(frozen=True)
class Planned:
    """A stage to be: its name within the order, and the names of the stages it waits for."""

    name: str
    kind: StageKind
    title: str
    after: tuple[str, ...] = ()
    service_id: int | None = None
    domain: str | None = None


def plan(lines: Sequence[Line], zones: Collection[str] = ()) -> list[Planned]:
    """The stages of an order; `zones` are names whose zones stand here already. Nothing shared: no stages at all."""
    groups = _groups(lines, zones)
    if not any(len(group) > 1 or name in zones for name, group in groups.items()):
        return []
    stages = [stage for name, group in groups.items() for stage in _bundle(name, group, name in zones)]
    bundled = {stage.service_id for stage in stages}
    others = [line for line in lines if line.service_id not in bundled]
    return [*stages, *(_alone(line, lines) for line in others)]


def after_all(stages: Iterable[Planned], failed: str) -> set[str]:
    """Names of what waits, directly or not, for the stage that failed."""
    found = {failed}
    grown = True
    known = list(stages)
    while grown:
        more = {stage.name for stage in known if stage.name not in found and found & set(stage.after)}
        found |= more
        grown = bool(more)
    return found - {failed}


def covers(domain: str, host: str | None) -> bool:
    """Is this host the name, or below it?"""
    return host is not None and (host == domain or host.endswith(f".{domain}"))


def _groups(lines: Sequence[Line], zones: Collection[str]) -> dict[str, list[Line]]:
    """Services by the name they share: one that is ordered, one whose zone is here, else the host of a site."""
    names = {line.host for line in lines if line.is_domain and line.host} | set(zones)
    names |= {
        line.host for line in lines if line.host and not line.is_certificate and not _best(names, line.host)
    }
    groups: dict[str, list[Line]] = {}
    for line in lines:
        name = _best(names, line.host) if line.host else None
        if name is not None:
            groups.setdefault(name, []).append(line)
    return groups


def _best(names: Collection[str], host: str) -> str | None:
    return max((name for name in names if covers(name, host)), key=len, default=None)


def _bundle(name: str, group: Sequence[Line], has_zone: bool) -> list[Planned]:  # noqa: FBT001 - private
    registers = [_service(line) for line in group if line.is_domain]
    ours = bool(registers) and not any(line.keeps_own_dns for line in group if line.is_domain)
    first = _names(registers)
    dns: list[Planned] = []
    if ours and not has_zone:
        zone = Planned(f"zone:{name}", StageKind.ZONE, f"Make the zone {name}", first, domain=name)
        point = Planned(
            f"delegate:{name}", StageKind.DELEGATE, f"Point {name} to its zone", (zone.name,), domain=name
        )
        dns = [zone, point]
    before = _names(dns[-1:]) or first
    sites = [_service(line, before) for line in group if not line.is_domain and not line.is_certificate]
    records: list[Planned] = []
    if sites and (dns or has_zone):
        after = _names(sites)
        title = f"Write the records of {name}"
        records = [Planned(f"records:{name}", StageKind.RECORDS, title, after, domain=name)]
    last = _names(records) or _names(sites) or _names(dns[-1:]) or first
    certificates = [_service(line, last) for line in group if line.is_certificate]
    return [*registers, *dns, *sites, *records, *certificates]


def _names(stages: Iterable[Planned]) -> tuple[str, ...]:
    return tuple(stage.name for stage in stages)


def _service(line: Line, after: tuple[str, ...] = ()) -> Planned:
    title = "Register {}" if line.is_domain else "Issue {}" if line.is_certificate else "Set up {}"
    if line.comes_from_elsewhere:
        title = "Bring {} here"
    return Planned(
        f"service:{line.service_id}", StageKind.SERVICE, title.format(line.label)[:160], after, line.service_id,
        line.host,
    )  # fmt: skip


def _alone(line: Line, lines: Sequence[Line]) -> Planned:
    parents = [other for other in lines if other.service_id == line.parent_id]
    return _service(line, tuple(f"service:{parent.service_id}" for parent in parents))
