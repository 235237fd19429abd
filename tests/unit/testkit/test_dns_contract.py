"""The DNS suite passes a good toy provider and catches each way of being a bad one."""

from __future__ import annotations

import inspect

import pytest

from ezcore.testkit import DnsCase, DnsContract
from tests.unit.testkit.toy_names import TOKEN, ToyDns, ToySandbox, Wire

CALLS = {
    "create_zone": "make_zone", "find_zone": "zone", "delete_zone": "drop_zone", "records": "records",
    "change_records": "change",
}  # fmt: skip


def case_of(provider_changes=None, wire_changes=None):
    app = ToySandbox()
    provider = type("Provider", (ToyDns,), provider_changes or {})
    wire = type("Wire", (Wire,), wire_changes or {})

    def stranger(name):
        app.store.put("zone", name, {"name": name, "tag": "theirs", "records": []})

    return DnsCase(
        provider=provider(wire(app)),
        sandbox=app,
        calls=CALLS,
        zones=lambda name: int(app.store.get("zone", name) is not None),
        stranger=stranger,
        remove=lambda name: app.store.delete("zone", name),
        wait=lambda _seconds: None,
        secrets=(TOKEN,),
        paged=30,
    )


class TestGoodToy(DnsContract):
    @pytest.fixture
    def dns_case(self):
        return case_of()


RED = (Exception, pytest.fail.Exception)
DEFECTS = {
    "creates without looking": ({"looks_first": False}, {}, "test_a_zone_is_made_once_and_carries_our_mark", {}),
    "adopts what is not ours": (
        {"asks_about_strangers": False}, {},
        "test_a_zone_of_somebody_else_is_neither_adopted_nor_deleted", {},
    ),
    "adds what is there": (
        {"merges": False}, {}, "test_what_is_there_is_not_added_and_what_is_not_there_is_not_missed", {},
    ),
    "gives up when the answer is lost": (
        {}, {"lost_is_unknown": False}, "test_a_vendor_that_falls_silent_makes_one_zone", {"fault": "lose_answer"},
    ),
    "believes any answer": (
        {}, {"believes_anything": True}, "test_a_list_that_makes_no_sense_is_not_an_empty_zone",
        {"reply": "nothing"},
    ),
    "has one word for both refusals": (
        {}, {"one_word_for_refusals": True}, "test_a_bad_credential_and_a_missing_right_are_told_apart", {},
    ),
    "logs its token": ({}, {"shows_headers": True}, "test_no_secret_is_seen_in_logs_or_errors", {}),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_turns_the_suite_red(defect, caplog):
    provider, wire, promise, given = DEFECTS[defect]
    test = getattr(DnsContract(), promise)
    wanted = {"caplog": caplog} if "caplog" in inspect.signature(test).parameters else {}
    test(case_of(), **given, **wanted)
    caplog.clear()
    with pytest.raises(RED):
        test(case_of(provider, wire), **given, **wanted)
