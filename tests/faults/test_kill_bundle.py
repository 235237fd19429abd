"""kill -9 of the worker at every crash point of an order of several services, and of taking one of them back.

A name, a site and a certificate are ordered together and paid. However a worker dies, it ends as if nobody had died:
one account, one zone, one name that is paid for once, one certificate, one payment, and no difference between our
books and the vendors. A push lets a few of them die, in turn; the night all.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from ez_hestiacp.module import HestiaModule

from ezcore.domain_names.certificates.module import CertificatesModule
from ezcore.domain_names.names.module import DomainNamesModule
from ezcore.domain_names.zones.jobs import steps_of as steps_of_zone
from ezcore.plugin_api.jobs import Step
from ezcore.services.lifecycle.jobs import KINDS
from tests.faults.bundle_scenes import TAKEN, BundleScene, on_stage, prepare
from tests.faults.crash_points import GENERIC, points_of
from tests.faults.deaths import NIGHT
from tests.faults.ez_process import PATIENCE, start_ez, until

pytestmark = pytest.mark.slow

NOBODY: Any = None
EACH_PUSH = 6
OURS = {"ledger": {"EUR": 0}, "invariants": [], "open jobs": [], "drift": [], "payments": 1}
WHOLE = OURS | {
    "order": "active",
    "stages": ["done"] * 6,
    "services": {"domain_names": "active", "hestiacp": "active", "certificates": "active"},
    "rows": {"DomainName": 1, "Zone": 1, "Certificate": 1, "Ticket": 0},
    "delivered": 1,
    "mails": {"invoice_issued": 1, "payment_received": 1, "service_active": 3},
    "vendors": {
        "accounts": 1, "empty accounts": 0, "zones": 1, "address records": 1, "names": 1, "names paid for": 1,
        "certificates": 1, "payments": 1,
    },
}  # fmt: skip
"""Everything came, once."""
PARKED = OURS | {
    "order": "pending",
    "stages": ["done", "done", "done", "failed", "held", "held"],
    "services": {"domain_names": "active", "hestiacp": "pending", "certificates": "pending"},
    "rows": {"DomainName": 1, "Zone": 1, "Certificate": 0, "Ticket": 1},
    "delivered": 0,
    "mails": {
        "invoice_issued": 1, "payment_received": 1, "service_active": 1, "ticket_opened": 1, "ticket_answered": 1,
    },
    "vendors": WHOLE["vendors"] | {"accounts": 0, "address records": 0, "certificates": 0},
}  # fmt: skip
"""The panel refuses the site for good: its account is taken back, the name stays, the client is told once."""


class OneModule:
    """Gives the module, which is asked for the names of its steps and nothing else."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def get(self, _kind: type, _name: str) -> Any:
        return self.module


def _around(kind: str, steps: Iterable[Step[Any]]) -> list[str]:
    return [
        f"{kind}.{step.name}.{where}"
        for step in steps
        for where in (("before", "after", "settled") if step.run is not None else ("settled",))
    ]


def _of_service(module: Any) -> Sequence[Step[Any]]:
    context: Any = SimpleNamespace(payload={"verb": "create", "module": module.name}, ports=OneModule(module))
    return KINDS["create"].steps(context)


def _of_zone(verb: str) -> list[str]:
    context: Any = SimpleNamespace(payload={"verb": verb})
    return _around("domain_names.zone", steps_of_zone(context))


def _in_a_bundle() -> list[str]:
    """The points that the stages pass, in their order; what several of them pass is told by its number."""
    site = _of_service(HestiaModule(NOBODY))
    points = points_of("webhooks.process")[: -len(GENERIC)]
    points += _around("services.create", _of_service(DomainNamesModule(NOBODY, NOBODY)))
    points += _of_zone("create") + _around("services.create", site) + _of_zone("set")
    points += _around("services.create", _of_service(CertificatesModule(NOBODY, NOBODY)))
    numbered = [f"{point}:{points[:at].count(point) + 1}" for at, point in enumerate(points)]
    steady = [f"work.committed:{number}" for number in (20, 40, 70, 100, 130, 160)]
    return [*numbered, *(f"outbox.delivered:{n}" for n in (2, 5, 8)), *GENERIC, *steady]


def _in_taking_back() -> list[str]:
    site = _of_service(HestiaModule(NOBODY))
    undone = [f"services.create.{step.name}.undone" for step in reversed(site) if step.undo is not None]
    return ["services.create.add_web.before", *undone, "work.committed:75", "work.committed:85"]


STORIES: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "whole": ((), WHOLE),
    "parked": ((TAKEN,), PARKED),
}
DEATHS = [("whole", point) for point in _in_a_bundle()] + [("parked", point) for point in _in_taking_back()]
_RUN = os.environ.get("EZ_POINTS_TURN") or os.environ.get("GITHUB_RUN_NUMBER")
TURNS = -(-len(DEATHS) // EACH_PUSH)
TURN = int(_RUN or datetime.now(UTC).toordinal()) % TURNS
DUE = [death for number, death in enumerate(DEATHS) if NIGHT or number % TURNS == TURN]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The paid order, and no worker yet."""
    return prepare(tmp_path_factory.mktemp("bundle") / "prepared")


def _wrong(scene: BundleScene, wanted: dict[str, Any]) -> list[str]:
    facts = scene.facts()
    assert facts.keys() == wanted.keys()
    wrong = [
        f"{name}: {facts[name]} instead of {wanted[name]}" for name in wanted if facts[name] != wanted[name]
    ]
    return [*wrong, scene.log.read_text()[-3000:]] if wrong else []


@pytest.mark.parametrize(("name", "point"), DUE)
def test_killed_in_a_bundle(prepared, tmp_path, name, point):
    faults, wanted = STORIES[name]
    with on_stage(prepared, tmp_path / "scene", faults) as scene:
        worker = ["worker", "-c", str(scene.ini), "--no-scheduler"]
        victim = start_ez(worker, scene.log, EZ_CRASH=point)
        victim.join(PATIENCE)
        died = victim.exitcode == -signal.SIGKILL
        victim.kill()
        assert died, f"the worker never passed {point}: {scene.log.read_text()[-3000:]}"
        scene.a_minute_later()
        heir = start_ez(worker, scene.log)
        try:
            until(scene.is_over, "no open job")
        finally:
            heir.kill()
            heir.join()
        assert _wrong(scene, wanted) == []
