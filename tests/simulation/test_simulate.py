"""`ez simulate` says what came of a shop, repeats itself to the byte, and tells when a promise is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ezcore.simulation import run as simulation
from ezcore.simulation.behaviours import BEHAVIOURS
from ezcore.simulation.checks import (
    CHECKS,
    gateway_books,
    inventory,
    paid_and_delivered,
    suspended_for_nothing,
)
from ezcore.simulation.faults import MISFORTUNES

pytestmark = pytest.mark.slow
COMMAND = ("simulate", "--months", "2", "--clients", "12", "--seed", "5", "--faults", "--json")


def ez(folder: Path, hash_seed: str) -> subprocess.CompletedProcess[str]:
    """The command, as a person runs it, in a folder of its own."""
    environ = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "DATABASE_URL": f"sqlite:///{folder / 'configured.sqlite3'}",
    }
    call = [sys.executable, "-m", "ezcore.cli.main", *COMMAND]
    return subprocess.run(
        call, cwd=folder, env=environ, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("simulated")
    done = ez(folder, "1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder, done.stdout


def test_the_same_seed_gives_the_same_line_whatever_the_hashes_of_the_process(told, tmp_path):
    assert ez(tmp_path, "4711").stdout == told[1]


def test_it_is_one_line_with_money_invariants_and_the_fingerprint_of_the_events(told):
    assert told[1].count("\n") == 1
    report = json.loads(told[1])
    assert report["violations"] == []
    assert len(report["event_log_sha256"]) == 64
    assert any(row.get("stripe", 0) > 0 for row in report["cash_flow"])
    assert all(row["minor"] > 0 for row in report["recurring_revenue"])
    assert {"I01", "I04", "I10", "I13", "I06 gateway", "I18 inventory"} <= report["invariants"].keys()
    assert report["command"] == "ez simulate --months 2 --clients 12 --seed 5 --faults"


def test_the_configured_database_is_never_touched(told):
    assert list(told[0].iterdir()) == []


def test_another_seed_is_another_world(told):
    other = simulation.simulate(simulation.Options(1, 3, 6))
    assert other["event_log_sha256"] != json.loads(told[1])["event_log_sha256"]


def test_a_broken_promise_is_named_and_the_exit_code_says_so(monkeypatch, capsys):
    from ezcore.cli.main import main

    monkeypatch.setitem(CHECKS, "I99 always broken", lambda _world: ["nothing is well"])
    assert main(["simulate", "--months", "1", "--clients", "1", "--seed", "3", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "I99 always broken: nothing is well" in json.loads(out)["violations"][0]
    assert "to see it again: ez simulate --months 1 --clients 1 --seed 3" in err


def test_names_of_behaviours_and_misfortunes_are_told_apart():
    for table in ([one.name for one in BEHAVIOURS], [name for name, _, _ in MISFORTUNES]):
        assert len(set(table)) == len(table)


@pytest.fixture
def lived(tmp_path):
    """A month of a shop, still open."""
    with simulation.opened(simulation.Options(1, 6, 5), tmp_path) as run:
        run.run(lambda _line: None)
        yield run.world


def change(world: Any, statement: str) -> int:
    with world.work.write() as uow:
        return uow.session.execute(text(statement)).rowcount


def test_the_checks_see_what_the_database_alone_cannot(lived):
    for check in (gateway_books, inventory, paid_and_delivered, suspended_for_nothing):
        assert check(lived) == []
    # A payment that the gateway knows and we do not.
    assert change(lived, "UPDATE payment_transaction SET external_id = 'pi_x' WHERE gateway = 'stripe'"
                         " AND id = (SELECT MIN(id) FROM payment_transaction WHERE gateway = 'stripe'"
                         " AND status = 'succeeded')") == 1  # fmt: skip
    assert len(gateway_books(lived)) == 2
    # A machine that stands while we think it is gone.
    assert change(lived, "UPDATE service_resource SET removed_at = '2027-01-20' WHERE id ="
                         " (SELECT MIN(id) FROM service_resource)") == 1  # fmt: skip
    assert len(inventory(lived)) == 1
    # A service that is paid and never came, and one that is kept suspended for nothing.
    assert change(lived, "UPDATE service SET state = 'pending' WHERE id = (SELECT MIN(id) FROM service"
                         " WHERE state = 'active')") == 1  # fmt: skip
    assert change(lived, "UPDATE service SET state = 'suspended', suspend_reason = 'overdue invoice' WHERE id ="
                         " (SELECT MAX(id) FROM service WHERE state = 'active')") == 1  # fmt: skip
    lived.clock.advance(timedelta(hours=1))
    assert len(paid_and_delivered(lived)) == 1
    assert len(suspended_for_nothing(lived)) == 1
