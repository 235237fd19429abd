"""`ez check`: what must not be in production, a database that is behind, and where each setting comes from."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace

import pytest

from ezcore.app import build
from ezcore.cli import configured
from ezcore.cli.main import main
from ezcore.configuration import live
from ezcore.db.models import StoredSetting
from ezcore.settings import load

PATIENCE = 10.0


@pytest.fixture
def ez(shop, monkeypatch, capsys):
    """Runs `ez check ... --json` on the shop of the test; gives the exit code and what it told."""
    monkeypatch.setattr(configured, "open_shop", lambda _args: shop)

    def call(*arguments):
        code = main(["check", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_shop_in_order_is_told_so(shop, ez, migrated_sqlite, monkeypatch, tmp_path):
    copy = shutil.copy(migrated_sqlite, tmp_path / "migrated.sqlite3")
    ini = dict(shop.settings.ini) | {"ez.database.url": f"sqlite:///{copy}"}
    moved = build(load(ini, {}), bell=lambda: None)
    monkeypatch.setattr(configured, "open_shop", lambda _args: moved)
    assert ez() == (0, {"ok": True, "problems": []})
    code, told = ez("--invariants")
    assert (code, told["ok"]) == (0, True)
    assert len(told["invariants"]) > 1
    moved.engine.dispose()


def test_a_shop_for_trying_out_must_not_be_deployed(ez):
    code, told = ez("--deploy")
    found = " ".join(told["problems"])
    assert code == 1
    for word in ("SITE_URL is not https", "ez.mail.transport", "DATABASE_URL"):
        assert word in found
    assert "EZ_SECRET_KEYS" not in found


def test_a_database_that_is_behind_is_named_with_what_helps(ez):
    """The shop of the test has its tables from the models, and no history."""
    assert ez() == (1, {"ok": False, "problems": ["the database of core is at nothing: run ez migrate"]})


def test_every_setting_is_told_with_its_source_and_no_secret(shop, ez):
    shop.work.settings = load(
        shop.settings.ini, {"EZ_SHOP_NAME": "Harbour"}, {"dunning.suspend_after_days": "9"}
    )
    told = {one["setting"]: one for one in ez("--settings")[1]["settings"]}
    sources = {name: told[f"ez.{name}"]["source"] for name in SOURCES}
    assert sources == SOURCES
    assert told["ez.dunning.suspend_after_days"]["value"] == "9"
    assert "no-secret-at-all" not in json.dumps(told)


SOURCES = {
    "shop.name": "environment",
    "shop.site_url": "ini",
    "dunning.suspend_after_days": "database",
    "billing.lead_days": "default",
}


def test_a_worker_takes_over_what_staff_store_while_it_runs(shop, monkeypatch):
    monkeypatch.setattr(live, "SECONDS", 0.05)
    live.keep_fresh(work := replace(shop.work))
    with shop.work.write() as uow:
        uow.session.add(StoredSetting(key="dunning.suspend_after_days", value="9"))
    ends = time.monotonic() + PATIENCE
    while work.settings.dunning.suspend_after_days != 9 and time.monotonic() < ends:
        time.sleep(0.02)
    assert work.settings.dunning.suspend_after_days == 9
