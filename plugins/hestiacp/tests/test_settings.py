"""Bad input names its field; names and passwords are such that Hestia reads them as they are meant."""

from __future__ import annotations

import pytest
from ez_hestiacp.names import domain_name, fingerprint, new_password, person_name, user_name
from ez_hestiacp.offers import kinds
from ez_hestiacp.plugin import HestiaPlugin
from ez_hestiacp.sandbox.seed import PACKAGES
from ez_hestiacp.sandbox.server import USER
from ez_hestiacp.settings import FirstServer, OrderSettings, ProductSettings, ServerSettings
from pydantic import ValidationError

GOOD = {"api_url": "https://panel.example:8083", "access_key": "A" * 20, "secret_key": "s" * 40}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_url", "http://panel.example:8083"),
        ("api_url", "https://u:p@panel.example"),
        ("api_url", ""),
        ("access_key", "short"),
        ("access_key", "A" * 19 + "-"),
        ("secret_key", "short"),
        ("secret_key", ""),
        ("ip", "not an address"),
        ("capacity", 0),
        ("timeout", 0),
        ("slow_timeout", 5),
    ],
)
def test_a_bad_setting_names_its_field_and_no_secret(field, value):
    with pytest.raises(ValidationError) as raised:
        ServerSettings.model_validate(GOOD | {field: value})
    assert raised.value.errors()[0]["loc"] == (field,)


def test_an_address_with_api_at_its_end_means_the_same():
    assert ServerSettings.model_validate(GOOD | {"api_url": "https://p.example:8083/api/"}).api_url.endswith(
        ":8083"
    )


def test_no_server_until_an_address_is_given_and_half_a_server_is_refused():
    assert FirstServer().server() is None
    assert FirstServer.model_validate(GOOD).server() is not None
    with pytest.raises(ValidationError):
        FirstServer(api_url="https://panel.example").server()


def test_settings_with_a_well_known_variable_are_fields():
    assert set(HestiaPlugin.environment) <= set(FirstServer.model_fields)


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "a..b",
        "-a.example",
        "a_b.example",
        "1.2.3.4",
        "x" * 64 + ".example",
        "a b.example",
        "<x>.example",
        "../x.example",
        "a.example;id",
    ],
)
def test_what_is_no_domain_name_is_refused(text):
    with pytest.raises(ValidationError) as raised:
        OrderSettings(domain=text)
    assert raised.value.errors()[0]["loc"] == ("domain",)


@pytest.mark.parametrize(
    ("text", "name"), [("Shop.Example.", "shop.example"), ("bücher.example", "xn--bcher-kva.example")]
)
def test_a_domain_name_is_written_in_one_way(text, name):
    assert domain_name(text) == name


@pytest.mark.parametrize(
    "domain",
    ["shop.example", "1und1.example", "xn--bcher-kva.example", "-.example", "averyverylongname.example"],
)
def test_a_user_name_is_one_that_hestia_takes_and_carries_the_order(domain):
    name = user_name("op_1", domain)
    assert USER.fullmatch(name)
    assert name == name.lower()
    assert len(f"{name}_main") <= 32
    assert name.endswith(fingerprint("op_1"))
    assert name != user_name("op_2", domain)


def test_passwords_are_strong_plain_and_never_the_name_of_a_file():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(p.isalnum() and len(p) == 20 and p[0].isalpha() and not p.startswith("/tmp/") for p in made)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Conan O'Brien", ("Conan", "OBrien")),
        ('"><x', ("x", "")),
        ("李雷", ("Client", "")),
        ("Zoë Müller", ("Zoe", "Muller")),
    ],
)
def test_a_persons_name_loses_what_hestia_refuses(name, parts):
    assert person_name(name) == parts


def test_the_offers_fit_the_module_and_the_imitated_server_has_their_packages():
    (kind,) = kinds("hestiacp")
    packages = {ProductSettings.model_validate(offer.settings).package for offer in kind.offers}
    assert packages <= set(PACKAGES)
    currencies = {amount.currency for offer in kind.offers for _, amount in offer.prices}
    assert currencies == {"EUR", "USD"}
    assert all(len(offer.prices) == 4 for offer in kind.offers)


@pytest.mark.parametrize("package", ["", "../x", "a b", "a;b", "-x"])
def test_a_package_name_that_cannot_be_one_is_refused(package):
    with pytest.raises(ValidationError):
        ProductSettings(package=package)
