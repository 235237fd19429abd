"""Faults strike when the script says so, as often as it says, and survive a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from ezcore.plugin_api.sandbox import Fault, Faults, Store


def test_a_fault_strikes_once_and_is_gone() -> None:
    faults = Faults(Store())
    fault = faults.script(Fault("vm.clone", "lose_answer"))
    assert [faults.take("vm.start"), faults.take("vm.clone"), faults.take("vm.clone")] == [None, fault, None]


def test_a_fault_lets_calls_pass_before_it_strikes() -> None:
    faults = Faults(Store())
    faults.script(Fault("vm.*", "error", times=2, after=2))
    assert [faults.take("vm.start") is not None for _ in range(6)] == [False, False, True, True, False, False]


def test_a_fault_for_ever_strikes_until_cleared() -> None:
    faults = Faults(Store())
    faults.script(Fault("*", "rate_limit", times=-1))
    assert all(faults.take("anything") for _ in range(5))
    faults.clear()
    assert faults.take("anything") is None


def test_a_handler_takes_only_the_faults_it_knows() -> None:
    faults = Faults(Store())
    faults.script(Fault("refunds.create", "late_failure"))
    assert faults.take("refunds.create", "lose_answer") is None
    assert faults.take("refunds.create", "late_failure") is not None


def test_the_script_survives_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    Faults(store).script(Fault("a", "delay", args={"seconds": 3}))
    store.close()
    again = Faults(Store(tmp_path / "s.db")).take("a")
    assert again is not None
    assert again.args == {"seconds": 3}


@pytest.mark.parametrize(
    ("kind", "times", "after"), [("explode", 1, 0), ("delay", 0, 0), ("delay", -2, 0), ("delay", 1, -1)]
)
def test_a_fault_nobody_understands_is_refused(kind: str, times: int, after: int) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|times must"):
        Fault("a", kind, times=times, after=after)
