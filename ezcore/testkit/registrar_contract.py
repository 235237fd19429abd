"""What a registrar must be able to promise; a plugin inherits the class and gives one fixture."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re
from typing import Any

import pytest

from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StepSignal
from ezcore.testkit.elsewhere import REDIRECTS, another_host
from ezcore.testkit.hostile import ODD_REPLIES, OUTAGES, assert_inert, says_away
from ezcore.testkit.registrar_capabilities import RegistrarCapabilities
from ezcore.testkit.registrar_case import AUTH_CODE, RegistrarCase

REFUSED = (PermanentFailure, NeedsInfo)


class RegistrarContract(RegistrarCapabilities):
    """Inherit as `class TestCloudflareRegistrar(RegistrarContract)` and give the fixture `registrar_case`."""

    @pytest.fixture
    def registrar_case(self) -> RegistrarCase:
        """The registrar under test."""
        raise NotImplementedError("give a fixture registrar_case that returns a RegistrarCase")

    def test_it_has_a_name_for_code_and_a_label_for_people(self, registrar_case: RegistrarCase) -> None:
        registrar = registrar_case.registrar
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", registrar.name)
        assert registrar.label.strip()
        assert all(limit.strip() for limit in registrar.limits)

    def test_the_connection_test_answers_in_a_sentence(self, registrar_case: RegistrarCase) -> None:
        assert registrar_case.registrar.test_connection().strip()

    def test_free_and_taken_names_are_told_apart_in_the_order_asked(
        self, registrar_case: RegistrarCase
    ) -> None:
        case = registrar_case
        free, taken = case.name("free-one"), case.name("taken-one")
        case.taken(taken)
        answers = case.read(lambda: case.registrar.check([taken, free]))
        assert [(one.name, one.available) for one in answers] == [(taken, False), (free, True)]
        assert answers[0].reason.strip()

    def test_a_name_is_registered_once(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name()
        made = case.registered("job-1", name, doubled=True)
        assert made.name == name
        assert made.state == "active"
        assert made.expires_on is not None
        assert (case.held(name), case.bought(name)) == (1, 1)
        seen = case.read(lambda: case.registrar.info(name))
        assert seen is not None
        assert (seen.name, seen.expires_on) == (name, made.expires_on)

    def test_a_name_that_is_not_ours_has_no_info(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        case.taken(case.name("elsewhere"))
        assert case.read(lambda: case.registrar.info(case.name("elsewhere"))) is None
        assert case.read(lambda: case.registrar.info(case.name("never-seen"))) is None

    def test_a_taken_name_is_refused_for_good_and_not_paid_for(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name("taken-two")
        case.taken(name)
        with pytest.raises(PermanentFailure):
            case.registered("job-2", name)
        assert case.bought(name) == 0

    def test_a_premium_name_is_refused_in_words(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        if case.premium is None:
            pytest.skip(f"the case of {case.registrar.name} has no premium name")
        with pytest.raises(PermanentFailure, match=r"(?i)premium"):
            case.registered("job-3", case.premium)
        assert case.bought(case.premium) == 0

    def test_a_name_in_our_account_that_is_not_ours_is_not_adopted(
        self, registrar_case: RegistrarCase
    ) -> None:
        case, name = registrar_case, registrar_case.name("stranger")
        case.stranger(name)
        with pytest.raises(REFUSED):
            case.registered("job-4", name)
        assert case.bought(name) == 0

    def test_a_second_job_does_not_take_the_name_of_the_first(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name("wanted-twice")
        case.registered("job-5", name)
        with pytest.raises(REFUSED):
            case.registered("job-6", name)
        assert case.bought(name) == 1

    @pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "rate_limit"])
    def test_a_vendor_that_falls_silent_sells_once(self, registrar_case: RegistrarCase, fault: str) -> None:
        case, name = registrar_case, registrar_case.name("silent")
        case.misbehave(fault, "register")
        assert case.registered("job-7", name).state == "active"
        assert (case.held(name), case.bought(name)) == (1, 1)
        assert case.signals, "the fault was not felt"

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_a_reply_that_makes_no_sense_sells_once(self, registrar_case: RegistrarCase, reply: str) -> None:
        case, name = registrar_case, registrar_case.name("odd")
        case.misbehave("hostile", "register", **ODD_REPLIES[reply])
        assert case.registered("job-8", name).name == name
        assert case.bought(name) == 1
        assert_inert(case.sandbox, case.everything_said())

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_an_info_that_makes_no_sense_does_not_mean_gone(
        self, registrar_case: RegistrarCase, reply: str
    ) -> None:
        case, name = registrar_case, registrar_case.name("still-here")
        case.registered("job-9", name)
        case.misbehave("hostile", "info", **ODD_REPLIES[reply])
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.registrar.info(name)
        assert_inert(case.sandbox, repr(heard.value))

    @pytest.mark.parametrize("status", REDIRECTS)
    @pytest.mark.parametrize("verb", ["register", "info"])
    def test_nothing_is_sent_where_a_redirect_leads(
        self, registrar_case: RegistrarCase, verb: str, status: int
    ) -> None:
        case, name = registrar_case, registrar_case.name("sent-away")
        case.needs_http()
        with another_host() as other:
            case.misbehave("error", verb, **other.redirect(status))
            if verb == "register":
                case.registered("job-away", name)
            else:
                with pytest.raises(StepSignal):
                    case.registrar.info(name)
            assert other.heard == []
        assert case.bought(name) == (verb == "register")

    def test_a_check_that_makes_no_sense_is_no_offer(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name("odd-offer")
        for reply in ODD_REPLIES.values():
            case.misbehave("hostile", "check", **reply)
            try:
                answers = case.registrar.check([name])
            except StepSignal:
                continue
            assert [one.available for one in answers] == [False]

    def test_what_fails_late_is_told_and_not_paid_for_again(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name("late")
        case.misbehave("late_failure", "register", message="The registry refused the contact")
        with pytest.raises(PermanentFailure, match="The registry refused the contact"):
            case.registered("job-10", name)
        asked = case.asked("register")
        with pytest.raises((PermanentFailure, NeedsInfo)):
            case.registered("job-10", name)
        assert case.asked("register") == asked, "a failed order goes out again only when a person says so"

    def test_what_was_taken_away_by_hand_is_reported(self, registrar_case: RegistrarCase) -> None:
        case, name = registrar_case, registrar_case.name("drifted")
        case.registered("job-11", name)
        case.remove(name)
        seen = case.read(lambda: case.registrar.info(name))
        assert seen is None or seen.state == "gone"
        assert case.bought(name) == 1

    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_an_outage_is_told_from_a_vendor_who_is_there(
        self, registrar_case: RegistrarCase, fault: str, args: dict[str, Any], *, away: bool
    ) -> None:
        case = registrar_case
        if fault == "error":
            case.needs_http()
        case.misbehave(fault, "info", **args)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.registrar.info(case.name())
        assert says_away(heard.value) is away

    def test_a_limit_is_told_with_the_time_to_wait(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        case.misbehave("rate_limit", "info", retry_after=77)
        with pytest.raises(RetryAfter) as caught:
            case.registrar.info(case.name())
        assert caught.value.seconds >= 77

    def test_a_bad_credential_and_a_missing_right_are_told_apart(self, registrar_case: RegistrarCase) -> None:
        case = registrar_case
        case.misbehave("unauthorized", "info")
        with pytest.raises(REFUSED) as unknown:
            case.registrar.info(case.name())
        case.misbehave("error", "info", **case.forbidden)
        with pytest.raises(REFUSED) as forbidden:
            case.registrar.info(case.name())
        assert str(unknown.value) != str(forbidden.value)

    def test_no_secret_is_seen_in_logs_or_errors(
        self, registrar_case: RegistrarCase, caplog: pytest.LogCaptureFixture
    ) -> None:
        case, name = registrar_case, registrar_case.name("secretive")
        caplog.set_level("DEBUG")
        said: list[str] = []
        case.misbehave("unauthorized", "register")
        asked = case.request(name, auth_code=AUTH_CODE)
        try:
            case.insist("job-12", lambda call: case.registrar.register(call, asked))
        except StepSignal as refusal:
            said.append(repr(refusal))
        case.registered("job-12", name)
        everything = "\n".join(
            [case.everything_said(), *said, caplog.text, repr(case.registrar), repr(asked)]
        )
        assert case.log, "what changes something is written to the request log"
        assert [secret for secret in (*case.secrets, AUTH_CODE) if secret in everything] == []
