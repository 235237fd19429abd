"""Settings of plugins as a form: secrets are write-only, what the ini fixes stays, pausing wants a reason."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import BaseModel, Field, SecretStr
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import build, make_app
from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.plugin_host.models import PluginSetting
from ezcore.settings import load
from tests.fixtures_shop import MORNING, PASSWORD
from tests.functional.admin.conftest import Office, form_to, words_of

URL = "/admin/plugins/lamp/"


class LampSettings(BaseModel):
    key: SecretStr = Field(title="Key", min_length=4)
    second: SecretStr | None = Field(default=None, title="Second key")
    rooms: list[str] = Field(default_factory=list, title="Rooms")
    watts: int = Field(default=40, ge=1, le=100, title="Watts")
    bright: bool = Field(default=True, title="Bright")
    maker: str = Field(default="", title="Maker")


class Lamp(PluginBase):
    name = "lamp"
    title = "Lamp"
    settings_model = LampSettings
    environment: ClassVar[dict[str, str]] = {"second": "LAMP_SECOND"}


@pytest.fixture
def lamp_shop(shop, tmp_path, monkeypatch):
    """The same shop with a lamp plugin that the ini sets the maker and the environment the second key of."""
    lamp = InstalledPlugin("lamp", "ez-lamp", "1.0", lambda: Lamp)
    broken = InstalledPlugin("wreck", "ez-wreck", "0.1", lambda: 1 / 0)
    monkeypatch.setattr("ezcore.plugin_host.host.installed_plugins", lambda: [lamp, broken])
    ini = {name: text for name, text in shop.settings.ini.items() if not name.startswith("banktransfer.")}
    ini |= {"ez.plugins": "lamp wreck", "lamp.maker": "Tallinn Works"}
    environ = {"LAMP_SECOND": "from-the-environment"}
    made = build(load(ini, environ), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)
    yield made
    made.engine.dispose()


@pytest.fixture
def owner(lamp_shop):
    """The owner's browser in that shop."""
    with lamp_shop.work.write() as uow:
        user = accounts.make_staff(uow, "kadri@staff.example", "Kadri", PASSWORD, "owner")
        token = accounts.open_session(uow, user.id, ip="192.0.2.7", agent="test")
    browser = TestApp(
        make_app(lamp_shop), extra_environ={"HTTP_HOST": "shop.example", "REMOTE_ADDR": "192.0.2.7"}
    )
    browser.set_cookie("ez_session", token)
    return browser


def save(browser, status=303, **fields):
    form = form_to(browser.get(URL), URL)
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def settings(shop):
    return shop.host.effective_settings("lamp").model


def rows(shop):
    with shop.work.read() as uow:
        return {row.field: row.value for row in uow.session.query(PluginSetting)}


def test_settings_are_kept_and_used_and_the_secret_is_sealed(owner, lamp_shop):
    save(owner, key="hush-hush", rooms="hall\nkitchen", watts="60", bright=False)
    made = settings(lamp_shop)
    assert (made.key.get_secret_value(), made.rooms, made.watts, made.bright) == (
        "hush-hush", ["hall", "kitchen"], 60, False,
    )  # fmt: skip
    assert "hush" not in "".join(rows(lamp_shop).values())


def test_a_blank_secret_keeps_the_one_that_is_stored_and_it_is_never_shown(owner, lamp_shop):
    save(owner, key="hush-hush")
    page = owner.get(URL)
    assert "hush-hush" not in page.text
    assert page.html.select_one("#key")["value"] == ""
    save(owner, watts="75")
    assert settings(lamp_shop).key.get_secret_value() == "hush-hush"
    assert settings(lamp_shop).watts == 75


def test_a_wrong_value_stands_at_its_field_and_nothing_is_kept(owner, lamp_shop):
    page = save(owner, key="hush-hush", watts="500", rooms="hall", status=422)
    assert page.html.select_one("#watts")["aria-invalid"] == "true"
    assert page.html.select_one("#watts")["value"] == "500"
    assert page.html.select_one("#rooms").get_text().strip() == "hall"
    assert "hush-hush" not in page.text
    assert rows(lamp_shop) == {}


def test_what_ini_and_environment_fix_is_shown_with_its_source_and_cannot_be_changed(owner, lamp_shop):
    page = owner.get(URL)
    assert page.html.select_one("#maker").has_attr("disabled")
    words = words_of(page)
    assert "lamp.maker in the ini" in words
    assert "the variable LAMP_SECOND" in words
    assert "from-the-environment" not in page.text
    form = form_to(page, URL)
    values = dict(form.submit_fields()) | {
        "maker": "Somebody else",
        "second": "taken over",
        "key": "hush-hush",
    }
    owner.post(URL, values, status=303)
    assert settings(lamp_shop).maker == "Tallinn Works"
    assert settings(lamp_shop).second.get_secret_value() == "from-the-environment"
    assert set(rows(lamp_shop)) == {"key"}


def test_the_trail_names_the_fields_and_no_secret(owner, lamp_shop):
    save(owner, key="hush-hush", watts="60")
    (entry,) = Office(lamp_shop).trail("plugin.settings")
    assert entry.after == {"key": "(a secret)", "watts": 60}
    assert "hush" not in owner.get("/admin/audit/?object=plugin").text


def test_a_broken_plugin_says_why_and_the_site_stays_up(owner, lamp_shop):
    words = words_of(owner.get("/admin/plugins/"))
    assert "Broken" in words
    assert "division by zero" in words
    assert "The plugin wreck is broken" in words_of(owner.get("/admin/"))
    assert not owner.get("/admin/plugins/").html.select('a[href="/admin/plugins/wreck/"]')


def test_a_plugin_rests_until_it_is_resumed_with_the_reasons_kept(owner, lamp_shop):
    form = form_to(owner.get(URL), "/pause/")
    form.submit(status=422)
    form["reason"] = "the vendor moves house"
    assert "Paused" in words_of(form.submit(status=303).follow())
    form = form_to(owner.get(URL), "/resume/")
    form["reason"] = "they have moved"
    assert "Active" in words_of(form.submit(status=303).follow())
    office = Office(lamp_shop)
    assert office.trail("plugin.pause")[0].reason == "the vendor moves house"
    assert office.trail("plugin.resume")[0].reason == "they have moved"
