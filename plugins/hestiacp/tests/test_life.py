"""Suspend, give back, change, remove: what is already so is done, what is not ours is left alone."""

from __future__ import annotations

import pytest
from ez_hestiacp.settings import DomainInput, ProductSettings

from ezcore.plugin_api import NeedsInfo, PermanentFailure
from ezcore.plugin_api.values import Resource


def test_suspended_by_hand_already_is_done_and_no_bad_key(house):
    made = house.created()
    house.fault("v-list-user", "stale_read")  # the look is too old: the server says 5, with status 401
    house.by_hand(made.external_id, suspended=True)
    house.app.store.put(
        "before", made.external_id, {**house.app.store.get("user", made.external_id), "suspended": False}
    )
    report = house.run("suspend", "op_1", made)
    assert report.state == "complete", report.said
    assert house.calls("v-suspend-user")[-1]["status"] == 401


@pytest.mark.parametrize("verb", ["suspend", "unsuspend", "terminate", "change_password", "rebuild"])
@pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "rate_limit"])
def test_every_verb_survives_a_lost_answer(house, verb, fault):
    made = house.created()
    if verb == "unsuspend":
        house.run("suspend", "op_1", made)
    command = {
        "terminate": "v-delete-user",
        "change_password": "v-change-user-password",
        "rebuild": "v-rebuild-user",
    }
    house.fault(command.get(verb, f"v-{verb}-user"), fault, retry_after=1)
    report = house.run(verb, "op_1", made)
    assert report.state == "complete", report.said
    left = house.users().get(made.external_id)
    assert (left is None) is (verb == "terminate")
    if left:
        assert left["suspended"] is (verb == "suspend")


@pytest.mark.parametrize(
    "verb", ["suspend", "unsuspend", "terminate", "change_package", "change_password", "rebuild"]
)
def test_the_administrator_is_never_touched_whoever_says_so(house, verb):
    root = Resource(external_id="admin", operation_key="op_admin")
    report = house.run(verb, "op_admin", root, answer="ours")
    assert report.state == "failed"
    assert "never touched" in report.said
    changes = [call for call in house.app.calls.all() if not call["call"].startswith("v-list-")]
    assert changes == []


@pytest.mark.parametrize("verb", ["suspend", "unsuspend", "terminate", "change_package", "change_password"])
def test_an_account_outside_our_books_is_left_alone_until_a_person_says_ours(house, verb):
    stranger = house.stranger()
    report = house.run(verb, "other", stranger)
    assert isinstance(report.signals[-1], NeedsInfo)
    assert house.users()["stranger"]["suspended"] is False
    told = house.run(verb, "other", stranger, answer="ours")
    assert told.state == "complete", told.said


def test_an_account_deleted_by_hand_is_reported_and_not_made_anew(house):
    made = house.created()
    house.app.server.remove(made.external_id)
    assert house.run("suspend", "op_1", made).state == "needs_info"
    assert house.run("terminate", "op_1", made).state == "complete"
    assert house.users() == {}


def test_a_name_is_free_again_after_its_account_is_gone(house):
    made = house.created()
    house.run("terminate", "op_1", made)
    assert house.module.find(house.server, "op_1") is None
    assert house.created().external_id == made.external_id


def test_a_bigger_package_is_read_back(house):
    made = house.created()
    report = house.run("change_package", "op_1", made, size=ProductSettings(package="web-agency"))
    assert report.state == "complete"
    assert house.users()[made.external_id]["package"] == "web-agency"


def test_a_smaller_package_that_does_not_cover_the_use_is_refused_in_words(house):
    made = house.created()
    house.by_hand(made.external_id, counted={"disk": 20_000, "bandwidth": 0})
    report = house.run("change_package", "op_1", made, size=ProductSettings(package="web-start"))
    assert isinstance(report.signals[-1], PermanentFailure)
    assert "uses more than package web-start" in report.said
    assert house.users()[made.external_id]["package"] == "web-pro"


def test_a_package_is_changed_while_suspended(house):
    made = house.created()
    house.run("suspend", "op_1", made)
    report = house.run("change_package", "op_1", made, size=ProductSettings(package="web-agency"))
    assert report.state == "complete"


def test_a_password_of_a_suspended_account_is_refused_in_words(house):
    made = house.created()
    house.run("suspend", "op_1", made)
    report = house.run("change_password", "op_1", made)
    assert report.state == "failed"
    assert "suspended" in report.said


def test_a_new_password_is_in_effect_and_never_seen(house):
    made = house.created()
    runner = house.runner("op_1")
    report = runner.run("change_password", made)
    stored = house.app.store.get("user", made.external_id)["password"]
    assert stored == report.secrets["password"]
    assert stored not in report.said


def test_a_certificate_by_lets_encrypt_takes_minutes_and_is_asked_for_once(house):
    made = house.created()
    house.fault("v-add-letsencrypt-domain", "lose_answer")
    report = house.run("lets_encrypt", "op_1", made)
    assert report.state == "complete", report.said
    assert len(house.calls("v-add-letsencrypt-domain")) == 1


def test_what_the_authority_refuses_is_tried_three_times_and_then_asked_about(house):
    made = house.created()
    refused = {
        "status": 400,
        "body": "Error: Let's Encrypt new auth status 429",
        "headers": {"Hestia-Exit-Code": "15"},
    }
    house.fault("v-add-letsencrypt-domain", "error", times=-1, **refused)
    report = house.run("lets_encrypt", "op_1", made)
    assert report.state == "needs_info"
    assert "Does the name lead to the server?" in report.said
    assert len(house.calls("v-add-letsencrypt-domain")) == 3


def test_a_certificate_for_a_name_of_somebody_else_is_refused(house):
    made = house.created()
    runner = house.runner("op_1")
    call = runner._call(
        "lets_encrypt", house.module.steps("lets_encrypt")[0], made, runner.run("rebuild", made)
    )
    step = house.module.steps("lets_encrypt")[0]
    with pytest.raises(PermanentFailure, match="no website of this account"):
        step.run(type(call)(**{**vars(call), "input": DomainInput(domain="other.example")}))


@pytest.mark.parametrize("verb", ["suspend", "unsuspend"])
def test_a_server_that_says_yes_and_does_nothing_is_asked_again(house, verb):
    made = house.created()
    if verb == "unsuspend":
        house.run("suspend", "op_1", made)
    house.fault(f"v-{verb}-user", "late_failure")
    assert house.run(verb, "op_1", made).state == "complete"
    assert house.users()[made.external_id]["suspended"] is (verb == "suspend")
