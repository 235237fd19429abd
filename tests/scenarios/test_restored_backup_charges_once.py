"""An old backup is restored after the card was charged: the next run meets the charge that was made."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from ezcore.automation.tasks import run_task


def test_a_charge_made_after_the_backup_is_found_and_not_made_again(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    town.live_until(date(2027, 2, 2))
    backup = _copy(town)
    charges = town.life.clock.now() + timedelta(days=1)
    town.clock.move_to(charges)
    _charge(town, date(2027, 2, 3))
    before = _payments(town)
    _restore(town, backup)
    assert town.invoices()[-1][4] == "unpaid"
    _charge(town, date(2027, 2, 3))
    assert town.invoices()[-1][4] == "paid"
    assert _payments(town) == before == 2


def _charge(town, on):
    run_task(town.shop.work, "charges", on)
    town.life.settle()


def _payments(town):
    return sum(intent["status"] == "succeeded" for intent in town.stripe.store.all("payment_intent"))


def _file(town) -> Path:
    return Path(make_url(town.shop.settings.database.url).database)


def _copy(town) -> Path:
    backup = _file(town).with_suffix(".backup")
    with sqlite3.connect(_file(town)) as live, sqlite3.connect(backup) as kept:
        live.backup(kept)
    live.close()
    kept.close()
    return backup


def _restore(town, backup: Path) -> None:
    town.shop.engine.dispose()
    for left in (_file(town).with_name(_file(town).name + end) for end in ("-wal", "-shm")):
        left.unlink(missing_ok=True)
    shutil.copy(backup, _file(town))
