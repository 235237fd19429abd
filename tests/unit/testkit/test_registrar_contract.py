"""The registrar suite passes a good toy registrar and catches each way of being a bad one."""

from __future__ import annotations

import inspect

import pytest

from ezcore.plugin_api.ports.registrar import RegistrarCapability
from ezcore.testkit import RegistrarCase, RegistrarContract
from tests.unit.testkit.toy_names import TOKEN, ToyRegistrar, ToySandbox, Wire


def case_of(registrar_changes=None, wire_changes=None):
    app = ToySandbox()
    registrar = type("Registrar", (ToyRegistrar,), registrar_changes or {})
    wire = type("Wire", (Wire,), wire_changes or {})

    def put(name, tag):
        app.store.put("name", name, {"name": name, "tag": tag, "state": "active", "lock": True})

    def bought(name):
        return (app.store.get("bought", name) or {"times": 0})["times"]

    return RegistrarCase(
        registrar=registrar(wire(app)),
        sandbox=app,
        calls={"check": "check", "register": "buy", "info": "name", "set_lock": "lock"},
        held=lambda name: sum(one["name"] == name for one in app.store.all("name")),
        bought=bought,
        taken=lambda name: put(name, "elsewhere"),
        stranger=lambda name: put(name, "theirs"),
        remove=lambda name: app.store.delete("name", name),
        wait=lambda _seconds: None,
        secrets=(TOKEN,),
    )


class TestGoodToy(RegistrarContract):
    @pytest.fixture
    def registrar_case(self):
        return case_of()


RED = (Exception, pytest.fail.Exception)
DEFECTS = {
    "orders without looking": ({"looks_first": False}, {}, "test_a_name_is_registered_once", {}),
    "adopts what is not ours": (
        {"asks_about_strangers": False}, {}, "test_a_name_in_our_account_that_is_not_ours_is_not_adopted", {},
    ),
    "orders again what failed": (
        {"buys_what_failed": True}, {}, "test_what_fails_late_is_told_and_not_paid_for_again", {},
    ),
    "declares what it cannot": (
        {"capabilities": frozenset(RegistrarCapability)}, {}, "test_every_declared_verb_is_really_written", {},
    ),
    "gives up when the answer is lost": (
        {}, {"lost_is_unknown": False}, "test_a_vendor_that_falls_silent_sells_once", {"fault": "lose_answer"},
    ),
    "has one word for both refusals": (
        {}, {"one_word_for_refusals": True}, "test_a_bad_credential_and_a_missing_right_are_told_apart", {},
    ),
    "logs its token": ({}, {"shows_headers": True}, "test_no_secret_is_seen_in_logs_or_errors", {}),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_turns_the_suite_red(defect, caplog):
    registrar, wire, promise, given = DEFECTS[defect]
    test = getattr(RegistrarContract(), promise)
    wanted = {"caplog": caplog} if "caplog" in inspect.signature(test).parameters else {}
    test(case_of(), **given, **wanted)
    caplog.clear()
    with pytest.raises(RED):
        test(case_of(registrar, wire), **given, **wanted)
