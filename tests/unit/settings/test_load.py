"""Settings: environment over ini over database over default; what is wrong stops start-up with a sentence."""

from __future__ import annotations

import pytest

from ezcore.settings import SECTIONS, SettingsError, env_name, load, read_ini

KEY = "k" * 32


def test_an_installation_without_any_setting_is_the_embedded_profile():
    settings = load({}, {})
    assert settings.database.url.startswith("sqlite:///")
    assert settings.queue.storage == "sqlite"
    assert set(settings.sources.values()) == {"default"}


@pytest.mark.parametrize(
    ("environ", "ini", "stored", "value", "source"),
    [
        ({"EZ_SHOP_NAME": "E"}, {"ez.shop.name": "I"}, {"shop.name": "D"}, "E", "environment"),
        ({}, {"ez.shop.name": "I"}, {"shop.name": "D"}, "I", "ini"),
        ({}, {}, {"shop.name": "D"}, "D", "database"),
        ({"EZ_SHOP_NAME": ""}, {"ez.shop.name": "I"}, {}, "I", "ini"),
    ],
)
def test_environment_wins_over_ini_over_database(environ, ini, stored, value, source):
    settings = load(ini, environ, stored)
    assert (settings.shop.name, settings.sources["shop.name"]) == (value, source)


def test_the_seeds_names_work_and_others_follow_the_rule():
    environ = {"SITE_URL": "https://shop.example/", "EZ_JOBS_WORKERS": "8", "EZ_DEBUG": "true"}
    settings = load({}, environ)
    assert (settings.shop.site_url, settings.jobs.workers) == ("https://shop.example", 8)
    assert settings.security.debug is True


def test_a_value_may_stand_in_a_file(tmp_path):
    secret = tmp_path / "keys"
    secret.write_text(KEY + "\n")
    settings = load({"ez.security.secret_keys": "i" * 32}, {"EZ_SECRET_KEYS_FILE": str(secret)})
    assert settings.security.secret_keys == KEY
    assert settings.sources["security.secret_keys"] == "environment"


def test_a_file_that_is_not_there_stops_start_up(tmp_path):
    with pytest.raises(SettingsError, match=r"DATABASE_URL_FILE points to .*none, which cannot be read"):
        load({}, {"DATABASE_URL_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("ini", "environ", "sentence"),
    [
        ({}, {"EZ_JOBS_WORKERS": "many"}, r"EZ_JOBS_WORKERS \(from environment\) is wrong: .*integer"),
        ({}, {"EZ_JOBS_WORKERS": "0"}, r"EZ_JOBS_WORKERS .*greater than or equal to 1"),
        (
            {"ez.shop.time_zone": "Mars/Base"},
            {},
            r"ez\.shop\.time_zone \(from ini\).*no time zone 'Mars/Base'",
        ),
        ({"ez.shop.currency": "XXQ"}, {}, r"ez\.shop\.currency \(from ini\)"),
        ({}, {"SITE_URL": "shop.example"}, r"SITE_URL \(from environment\).*http"),
        (
            {},
            {"DATABASE_URL": "mysql://x/y"},
            r"DATABASE_URL \(from environment\).*sqlite:/// or postgresql://",
        ),
        ({}, {"DATABASE_URL": "shop.db"}, r"DATABASE_URL"),
        ({}, {"EZ_DEBUG": "perhaps"}, r"EZ_DEBUG .*boolean"),
        ({"ez.dunning.reminder_days": "1,x"}, {}, r"ez\.dunning\.reminder_days .*whole numbers"),
        ({"ez.shop.nmae": "x"}, {}, r"ez\.shop\.nmae, which is not a setting"),
        ({"ez.queue.storage": "rabbit"}, {}, r"ez\.queue\.storage \(from ini\)"),
    ],
)
def test_what_is_wrong_stops_start_up_and_says_which_setting_and_where(ini, environ, sentence):
    with pytest.raises(SettingsError, match=sentence):
        load(ini, environ)


def test_what_staff_stored_wrong_is_named_too():
    with pytest.raises(SettingsError, match=r"ez\.jobs\.workers \(from database\)"):
        load({}, {}, {"jobs.workers": "-1"})


def test_a_secret_is_never_shown():
    password = "hunter2-hunter2"
    environ = {
        "DATABASE_URL": f"postgresql://ez:{password}@db/ez",
        "REDIS_URL": f"redis://:{password}@cache/0",
        "EZ_SECRET_KEYS": password * 3,
        "EMAIL_HOST_PASSWORD": password,
    }
    assert password not in repr(load({}, environ))
    with pytest.raises(SettingsError) as refused:
        load({}, {"EZ_SECRET_KEYS": f"{KEY},{password}"})
    assert "32 characters" in str(refused.value)
    assert password not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_address_means_the_driver_we_ship(scheme):
    assert load({}, {"DATABASE_URL": f"{scheme}://u@h/d"}).database.url == "postgresql+psycopg://u@h/d"


def test_who_names_a_redis_uses_it_unless_told_otherwise():
    settings = load({}, {"REDIS_URL": "redis://cache/1"})
    assert (settings.queue.storage, settings.sources["queue.storage"]) == ("redis", "environment")
    told = load({"ez.queue.storage": "sqlite"}, {"REDIS_URL": "redis://cache/1"})
    assert told.queue.storage == "sqlite"


def test_an_ini_is_read_with_its_own_folder(tmp_path):
    ini = tmp_path / "shop.ini"
    ini.write_text(
        "[app:main]\nez.plugins = stripe, proxmox\n  banktransfer\nez.state_dir = %(here)s/state\n"
    )
    settings = load(read_ini(ini), {})
    assert settings.plugins == ("stripe", "proxmox", "banktransfer")
    assert settings.state_dir == tmp_path / "state"


@pytest.mark.parametrize(
    "text", [None, "[app:main", "[server:main]\n", "[app:main]\nez.shop.name = %(nowhere)s\n"]
)
def test_an_ini_that_cannot_be_read_stops_start_up(tmp_path, text):
    ini = tmp_path / "shop.ini"
    if text is not None:
        ini.write_text(text)
    with pytest.raises(SettingsError, match=r"shop\.ini"):
        read_ini(ini)


def test_no_two_settings_share_a_variable():
    names = [env_name(section, key) for section, model in SECTIONS.items() for key in model.model_fields]
    assert len(names) == len(set(names))
