"""One page of settings: everything is listed and found, no secret is shown; what staff change holds everywhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.app import build
from ezcore.configuration.live import SECONDS, Live
from ezcore.configuration.rules import CHANGEABLE, every_setting
from ezcore.db.models import StoredSetting
from ezcore.kernel.clock import MovingClock
from ezcore.settings import SECTIONS, SettingsError, load
from tests.fixtures_shop import MORNING
from tests.functional.admin.conftest import form_to, words_of

CHANGE = "/admin/settings/change/"


def stored(shop):
    with shop.work.read() as uow:
        return {row.key: row.value for row in uow.session.scalars(select(StoredSetting))}


def test_every_setting_is_listed_with_its_ini_key_or_a_form(staff, shop):
    first = staff.get("/admin/settings/")
    opened = [first, *(staff.get(a["href"]) for a in first.html.select("main a[href*='?group=']"))]
    text = "".join(page.text for page in opened)
    for one in every_setting(shop.settings):
        link = f"{CHANGE}#{one.key.replace('.', '-')}"
        assert one.ini in text or link in text, one.key


def test_the_page_is_light(staff, shop, count_queries):
    with count_queries(shop.engine) as asked:
        page = staff.get("/admin/settings/")
    assert len(page.body) <= 40_000
    assert len(asked) <= 12


def test_a_search_finds_by_name_help_and_value_and_says_when_there_is_nothing(staff):
    found = words_of(staff.get("/admin/settings/?q=suspend+due+date"))
    assert "Suspend after days" in found
    assert "Session hours" not in found
    assert "Session hours" in words_of(staff.get("/admin/settings/?q=EZ_SECURITY_SESSION_HOURS"))
    assert "No setting has these words" in words_of(staff.get("/admin/settings/?q=xyzzy"))


def test_no_secret_is_shown_or_found(staff, shop):
    secret = next(one for one in every_setting(shop.settings) if one.key == "database.url")
    assert secret.secret
    value = shop.settings.database.url
    page = staff.get("/admin/settings/")
    assert value not in page.text
    assert all(one.value in ("", "••••••••") for one in every_setting(shop.settings) if one.secret)
    assert "Url" not in words_of(staff.get("/admin/settings/", params={"q": value}))


def test_what_staff_change_is_stored_kept_in_the_trail_and_holds_at_once(staff, shop, office):
    form = form_to(staff.get(CHANGE), "/change/")
    form["dunning-suspend_after_days"], form["shop-name"] = "9", "Reef Hosting"
    form.submit(status=303)
    assert stored(shop) == {"dunning.suspend_after_days": "9", "shop.name": "Reef Hosting"}
    page = staff.get("/admin/settings/?q=suspend+after")
    assert "Stored by staff" in words_of(page)
    assert shop.work.settings.dunning.suspend_after_days == 9
    assert "Reef Hosting" in staff.get("/").text
    rows = {row.object_id: (row.before, row.after) for row in office.trail("settings.change")}
    assert rows["dunning.suspend_after_days"] == ({"suspend_after_days": "5"}, {"suspend_after_days": "9"})


def test_another_process_takes_it_over_within_seconds(staff, shop):
    other = build(
        load(shop.settings.ini, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True
    )
    now = [0.0]
    live = Live(other.work, monotonic=lambda: now[0])
    live.refresh()
    form = form_to(staff.get(CHANGE), "/change/")
    form["support-close_after_days"] = "4"
    form.submit(status=303)
    now[0] = SECONDS + 1
    assert live.refresh()
    with other.work.read() as uow:
        assert uow.settings.support.close_after_days == 4
    other.engine.dispose()


def test_the_default_again_is_stored_no_more(staff, shop):
    for value in ("9", "5"):
        form = form_to(staff.get(CHANGE), "/change/")
        form["dunning-suspend_after_days"] = value
        form.submit(status=303)
    assert stored(shop) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dunning-suspend_after_days", "0"),
        ("dunning-reminder_days", "soon"),
        ("billing-due_days", "many"),
        ("shop-name", " "),
        ("mail-sender", "nobody"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(staff, shop, name, value):
    form = form_to(staff.get(CHANGE), "/change/")
    form[name], form["support-escalate_after_hours"] = value, "7"
    page = form.submit(status=422)
    assert page.html.find(id=f"{name}-error") is not None
    assert page.html.find(id="support-escalate_after_hours")["value"] == "7", "what was typed stays"
    assert stored(shop) == {}


def test_what_the_ini_decides_cannot_be_changed_here(staff, shop):
    shop.work.settings = load({**shop.settings.ini, "ez.shop.name": "Of the ini"}, {})
    page = staff.get(CHANGE)
    assert page.html.find(id="shop-name").has_attr("disabled")
    form = form_to(page, "/change/")
    staff.post(CHANGE, {"csrf_token": form["csrf_token"].value, "shop-name": "Mine"}, status=303)
    assert stored(shop) == {}
    assert "Ini file" in words_of(staff.get("/admin/settings/?q=ez.shop.name"))


def test_a_stored_value_that_cannot_be_changes_nothing_in_a_running_process(shop, caplog):
    with shop.work.write() as uow:
        uow.session.add(StoredSetting(key="dunning.suspend_after_days", value="never"))
    assert not Live(shop.work).refresh()
    assert "dunning.suspend_after_days" in caplog.text
    with pytest.raises(SettingsError):
        load(shop.settings.ini, {}, stored(shop))


def test_what_can_be_changed_is_a_setting_and_no_secret():
    for key in CHANGEABLE:
        section, _, name = key.partition(".")
        assert SECTIONS[section].model_fields[name].repr
