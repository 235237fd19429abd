"""What a registrar promises with the capabilities it declares; `RegistrarContract` inherits these tests."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest

from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.dns import DsRecord
from ezcore.plugin_api.ports.registrar import GlueHost, Registrar, RegistrarCapability, Registration
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.testkit.registrar_case import AUTH_CODE, CONTACT, RegistrarCase

T = TypeVar("T")
VERBS = {
    RegistrarCapability.SUGGEST: "suggest",
    RegistrarCapability.TRANSFER: "transfer",
    RegistrarCapability.RENEW: "renew",
    RegistrarCapability.AUTO_RENEW: "set_auto_renew",
    RegistrarCapability.NAMESERVERS: "save_nameservers",
    RegistrarCapability.GLUE: "save_glue",
    RegistrarCapability.CONTACTS: "save_contacts",
    RegistrarCapability.LOCK: "set_lock",
    RegistrarCapability.PRIVACY: "set_privacy",
    RegistrarCapability.AUTH_CODE: "auth_code",
    RegistrarCapability.DNSSEC: "save_ds",
    RegistrarCapability.RESTORE: "restore",
    RegistrarCapability.DELETE: "delete",
    RegistrarCapability.PRICES: "prices",
    RegistrarCapability.POLL: "poll",
}


class RegistrarCapabilities:
    """Each test is skipped by name where its capability is not declared."""

    def test_every_declared_verb_is_really_written(self, registrar_case: RegistrarCase) -> None:
        registrar = type(registrar_case.registrar)
        for capability, verb in VERBS.items():
            written = getattr(registrar, verb) is not getattr(Registrar, verb)
            assert written == (capability in registrar.capabilities), f"{capability}: {verb}"

    def test_suggestions_are_free_names(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.SUGGEST)
        found = case.read(lambda: case.registrar.suggest("tamm web", [case.tld], 3))
        assert 0 < len(found) <= 3
        assert all(one.name.endswith(f".{case.tld}") for one in found)

    def test_prices_are_money_per_year(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.PRICES)
        prices = {terms.tld: terms for terms in case.read(case.registrar.prices)}
        terms = prices[case.tld]
        assert terms.register_price.minor > 0
        assert terms.renew_price.currency == terms.register_price.currency
        assert 1 <= terms.min_years <= terms.max_years

    @pytest.mark.parametrize("fault", [None, "lose_answer", "lose_request", "rate_limit"])
    def test_a_name_is_transferred_in_once(self, registrar_case: RegistrarCase, fault: str | None) -> None:
        case, name = registrar_case, _moving(registrar_case)
        asked = case.request(name, auth_code=AUTH_CODE)
        if fault:
            case.misbehave(fault, "transfer")
        moved = case.insist("job-20", lambda call: case.registrar.transfer(call, asked), doubled=True)
        assert moved.state == "active"
        assert (case.held(name), case.bought(name)) == (1, 1)
        assert AUTH_CODE not in case.everything_said()

    def test_a_wrong_code_is_refused_in_words(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, _moving(registrar_case)
        asked = case.request(name, auth_code="not-the-code-000")
        with pytest.raises((PermanentFailure, NeedsInfo)) as refused:
            case.insist("job-21", lambda call: case.registrar.transfer(call, asked))
        assert "not-the-code-000" not in str(refused.value) + case.everything_said()
        assert case.bought(name) == 0

    @pytest.mark.parametrize("fault", [None, "lose_answer", "lose_request", "rate_limit"])
    def test_a_renewal_adds_its_years_once(self, registrar_case: RegistrarCase, fault: str | None) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.RENEW)
        made = _made(case)
        ends = made.expires_on
        assert ends is not None
        if fault:
            case.misbehave(fault, "renew")
        done = case.insist(
            "job-22", lambda call: case.registrar.renew(call, made.name, 2, ends), doubled=True
        )
        assert done.expires_on is not None
        assert done.expires_on.year == ends.year + 2

    def test_auto_renewal_is_switched_on_and_off(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.AUTO_RENEW)
        made = _made(case)
        for wish in (True, True, False):
            case.insist("job-23", partial(_switch, case.registrar.set_auto_renew, made.name, wish))
            assert _now(case, made.name).auto_renew is wish

    def test_the_lock_is_switched_off_and_on(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.LOCK)
        made = _made(case)
        case.misbehave("lose_answer", "set_lock")
        for wish in (False, False, True):
            case.insist("job-24", partial(_switch, case.registrar.set_lock, made.name, wish))
            assert _now(case, made.name).locked is wish

    def test_privacy_is_switched_off_and_on(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.PRIVACY)
        made = _made(case)
        for wish in (False, True):
            case.insist("job-25", partial(_switch, case.registrar.set_privacy, made.name, wish))
            assert _now(case, made.name).privacy is wish

    def test_nameservers_become_exactly_these(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.NAMESERVERS)
        made, hosts = _made(case), ("ns1.example.net", "ns2.example.net")
        case.insist(
            "job-26", lambda call: case.registrar.save_nameservers(call, made.name, hosts), doubled=True
        )
        assert set(_now(case, made.name).nameservers) == set(hosts)

    def test_glue_may_be_saved_twice(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.GLUE)
        made = _made(case)
        hosts = [GlueHost(name=f"ns1.{made.name}", addresses=("192.0.2.53", "2001:db8::53"))]
        case.insist("job-27", lambda call: case.registrar.save_glue(call, made.name, hosts), doubled=True)

    def test_contacts_are_kept(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.CONTACTS)
        made = _made(case)
        before = case.read(lambda: case.registrar.contacts(made.name))
        assert (before.registrant.name, before.registrant.email) == (CONTACT.name, CONTACT.email)
        wish = before.model_copy(update={"registrant": CONTACT.model_copy(update={"city": "Tartu"})})
        case.insist("job-28", lambda call: case.registrar.save_contacts(call, made.name, wish), doubled=True)
        assert case.read(lambda: case.registrar.contacts(made.name)).registrant.city == "Tartu"

    def test_the_auth_code_is_given_and_not_logged(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.AUTH_CODE)
        made = _made(case)
        code = case.insist("job-29", lambda call: case.registrar.auth_code(call, made.name))
        assert code.strip()
        assert code not in case.everything_said()

    def test_ds_records_become_exactly_these(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.DNSSEC)
        made, ds = _made(case), DsRecord(key_tag=12345, algorithm=13, digest_type=2, digest="A1" * 32)
        for wish in ([ds], [ds], []):
            case.insist("job-30", partial(_switch, case.registrar.save_ds, made.name, wish))
            assert list(_now(case, made.name).ds) == wish

    def test_a_name_is_given_up_once_and_for_all(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        _declares(case, RegistrarCapability.DELETE)
        made = _made(case)
        case.insist("job-31", lambda call: case.registrar.delete(call, made.name), doubled=True)
        seen = case.read(lambda: case.registrar.info(made.name))
        assert seen is None or seen.state in ("gone", "redemption")


def _declares(case: RegistrarCase, capability: RegistrarCapability) -> None:
    if capability not in case.registrar.capabilities:
        pytest.skip(f"{case.registrar.name} does not declare {capability}")


def _made(case: RegistrarCase) -> Registration:
    return case.registered("job-own", case.name("own"))


def _now(case: RegistrarCase, name: str) -> Registration:
    seen = case.read(lambda: case.registrar.info(name))
    assert seen is not None
    return seen


def _moving(case: RegistrarCase) -> str:
    _declares(case, RegistrarCapability.TRANSFER)
    if case.transferable is None:
        pytest.skip(f"the case of {case.registrar.name} has no name to bring in")
    name = case.name("moving")
    case.transferable(name)
    return name


def _switch(verb: Callable[[VendorCall, str, T], None], name: str, wish: T, call: VendorCall) -> None:
    verb(call, name, wish)
