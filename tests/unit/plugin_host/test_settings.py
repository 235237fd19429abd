"""A plugin's settings: environment > ini > database; secrets sealed, every wrong field told in words."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select, update

from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.plugin_host import operations
from ezcore.plugin_host.errors import WrongSettings
from ezcore.plugin_host.models import PluginSetting
from ezcore.settings import SettingsError
from tests.unit.plugin_host.made_plugins import plugin_class


class CloudSettings(BaseModel):
    address: str
    key: SecretStr
    spare_keys: tuple[SecretStr, ...] = ()
    retries: int = Field(default=3, ge=0)
    regions: tuple[str, ...] = ()
    labels: dict[str, str] = {}


CLOUD = plugin_class("cloud", settings_model=CloudSettings, environment={"key": "CLOUD_API_KEY"})
GOOD = {"address": "https://cloud.test", "key": "k-0123456789"}


def save(shop, host, values, actor=None):
    with shop.work.write(*([actor] if actor else [])) as uow:
        operations.save_settings(uow, host, "cloud", values)


def settings_of(host):
    return host.plugin("cloud").context.settings()


def test_environment_wins_over_the_ini_and_the_ini_over_the_database(shop):
    shop_wide = shop.host(CLOUD)
    save(shop, shop_wide, {**GOOD, "retries": 7, "address": "https://database.test"})
    host = shop.host(
        CLOUD,
        ini={"cloud.address": "https://ini.test", "cloud.key": "ini-key"},
        environ={"CLOUD_API_KEY": "environment-key"},
    )
    settings = settings_of(host)
    assert (settings.address, settings.key.get_secret_value(), settings.retries) == (
        "https://ini.test",
        "environment-key",
        7,
    )
    effective = host.effective_settings("cloud")
    assert effective.sources == {
        "address": "ini",
        "key": "environment",
        "spare_keys": "default",
        "retries": "database",
        "regions": "default",
        "labels": "default",
    }
    assert effective.shown["key"] is True
    assert "environment-key" not in repr(effective)


def test_a_variable_by_rule_and_a_variable_in_a_file(shop, tmp_path):
    secret = tmp_path / "key"
    secret.write_text("from-a-file\n")
    host = shop.host(CLOUD, environ={"EZ_CLOUD_ADDRESS": "https://e.test", "CLOUD_API_KEY_FILE": str(secret)})
    assert settings_of(host).address == "https://e.test"
    assert settings_of(host).key.get_secret_value() == "from-a-file"


def test_lists_are_written_with_commas_or_as_json(shop):
    ini = {
        **{f"cloud.{name}": value for name, value in GOOD.items()},
        "cloud.regions": "eu, us",
        "cloud.spare_keys": '["a", "b"]',
        "cloud.labels": '{"owner": "ops"}',
    }
    settings = settings_of(shop.host(CLOUD, ini=ini))
    assert settings.regions == ("eu", "us")
    assert [key.get_secret_value() for key in settings.spare_keys] == ["a", "b"]
    assert settings.labels == {"owner": "ops"}


def test_what_is_saved_survives_the_process_and_secrets_are_sealed(each_shop):
    shop = each_shop
    save(shop, shop.host(CLOUD), {**GOOD, "spare_keys": ["old-1", "old-2"], "regions": ["eu"]})
    settings = settings_of(shop.host(CLOUD))
    assert settings.key.get_secret_value() == "k-0123456789"
    assert [key.get_secret_value() for key in settings.spare_keys] == ["old-1", "old-2"]
    with shop.work.read() as uow:
        stored = {row.field: row.value for row in uow.session.scalars(select(PluginSetting))}
    assert "k-0123456789" not in stored["key"]
    assert "old-1" not in stored["spare_keys"]


def test_a_sealed_secret_does_not_open_in_another_row(shop):
    save(shop, shop.host(CLOUD), GOOD)
    with shop.work.write() as uow:
        uow.session.execute(update(PluginSetting).where(PluginSetting.field == "key").values(plugin="other"))
    other = plugin_class("other", settings_model=CloudSettings)
    with pytest.raises(InvalidInput):
        shop.host(other).plugin("other").context.settings()
    assert shop.host(other).effective_settings("other").shown["key"] is False


def test_a_blank_secret_stays_as_it_is(shop):
    host = shop.host(CLOUD)
    save(shop, host, GOOD)
    save(shop, host, {"address": "https://new.test", "key": ""})
    save(shop, host, {"key": None, "retries": 5})
    settings = settings_of(host)
    assert (settings.address, settings.key.get_secret_value(), settings.retries) == (
        "https://new.test",
        "k-0123456789",
        5,
    )


@pytest.mark.parametrize(
    ("environ", "ini", "where"),
    [
        ({"EZ_CLOUD_ADDRESS": "https://e.test"}, {}, "EZ_CLOUD_ADDRESS"),
        ({}, {"cloud.address": "https://i.test"}, "cloud.address in the ini"),
    ],
)
def test_a_form_may_not_change_what_is_fixed_elsewhere(shop, environ, ini, where):
    host = shop.host(CLOUD, environ=environ, ini=ini)
    with pytest.raises(InvalidInput, match=f"fixed by {where}") as refused:
        save(shop, host, {"address": "https://form.test"})
    assert refused.value.field == "address"
    same = environ.get("EZ_CLOUD_ADDRESS") or ini["cloud.address"]
    save(shop, host, {"address": same, "key": "k-2"})
    assert settings_of(host).key.get_secret_value() == "k-2"


def test_every_wrong_field_is_told_and_nothing_is_saved(shop):
    host = shop.host(CLOUD)
    with pytest.raises(WrongSettings) as refused:
        save(shop, host, {"key": "k", "retries": "-1"})
    assert refused.value.errors == {
        "address": "Field required",
        "retries": "Input should be greater than or equal to 0",
    }
    assert refused.value.field == "address"
    with shop.work.read() as uow:
        assert uow.session.scalars(select(PluginSetting)).all() == []


def test_a_field_nobody_knows_is_refused(shop):
    with pytest.raises(InvalidInput, match="cloud has no setting colour"):
        save(shop, shop.host(CLOUD), {"colour": "red"})


def test_saving_needs_the_permission(shop):
    with pytest.raises(NotAllowed):
        save(shop, shop.host(CLOUD), GOOD, Actor("staff", name="Bo"))


def test_the_audit_trail_says_what_changed_and_no_secret(shop):
    host = shop.host(CLOUD)
    save(shop, host, GOOD)
    save(shop, host, {"address": "https://new.test", "key": "k-new"})
    with shop.work.read() as uow:
        row = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "plugin.settings")).all()[-1]
    assert row.before == {"address": "https://cloud.test", "key": "(a secret)"}
    assert row.after == {"address": "https://new.test", "key": "(a secret)"}


def test_saving_the_same_again_writes_nothing(shop):
    host = shop.host(CLOUD)
    save(shop, host, GOOD)
    save(shop, host, {"address": GOOD["address"], "key": "", "retries": 3})
    with shop.work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "plugin.settings")).all()
    assert len(rows) == 1


def test_settings_that_are_not_complete_are_an_input_error_with_the_field(shop):
    host = shop.host(CLOUD)
    with pytest.raises(InvalidInput, match=r"cloud.address: Field required") as missing:
        settings_of(host)
    assert missing.value.field == "address"
    assert host.effective_settings("cloud").sources["address"] == "missing"


@pytest.mark.parametrize(
    ("ini", "environ", "sentence"),
    [
        ({"cloud.retries": "many"}, {}, r"the setting cloud.retries \(from ini\) is wrong"),
        ({}, {"EZ_CLOUD_RETRIES": "-2"}, r"the setting EZ_CLOUD_RETRIES \(from environment\) is wrong"),
        ({"cloud.street": "x"}, {}, "the ini names cloud.street, which is no setting"),
    ],
)
def test_a_wrong_setting_stops_start_up_with_a_sentence(shop, ini, environ, sentence):
    with pytest.raises(SettingsError, match=sentence):
        shop.host(CLOUD, ini=ini, environ=environ)


def test_a_plugin_without_settings_has_none_to_save(shop):
    host = shop.host(plugin_class("plain"))
    with shop.work.write() as uow:
        operations.save_settings(uow, host, "plain", {})
    assert host.effective_settings("plain").values == {}
