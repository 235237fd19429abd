"""What every payment gateway must be able to promise; a plugin inherits the class and gives one fixture."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from ezcore.kernel.errors import Refused
from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StepSignal
from ezcore.plugin_api.ports.gateway import CheckoutStarted, Gateway, GatewayCapability, PaymentResult
from ezcore.plugin_api.ports.webhook_source import Fact, Parked, WebhookSource
from ezcore.testkit.elsewhere import REDIRECTS, another_host
from ezcore.testkit.gateway_case import GatewayCase
from ezcore.testkit.hostile import ODD_REPLIES, OUTAGES, assert_inert, says_away

VERBS = {
    GatewayCapability.CHECKOUT: "start_checkout",
    GatewayCapability.OFFLINE: "start_checkout",
    GatewayCapability.CAPTURE: "capture",
    GatewayCapability.REFUND: "refund",
    GatewayCapability.FIND: "find",
    GatewayCapability.SETUP: "start_setup",
    GatewayCapability.DELETE_METHOD: "delete_method",
    GatewayCapability.EXPIRE: "expire_checkout",
    GatewayCapability.SUBSCRIBE: "start_subscription",
    GatewayCapability.PORTAL: "portal_url",
    GatewayCapability.EVENTS: "list_events",
    GatewayCapability.AGREEMENTS: "list_agreements",
}

PAGES = ("start_setup", "start_subscription")
"""Verbs that open a page on which no invoice is paid."""


class GatewayContract:
    """Inherit as `class TestStripe(GatewayContract)` and give the fixture `gateway_case`.

    Tests of capabilities that are not declared are skipped by name.
    """

    @pytest.fixture
    def gateway_case(self) -> GatewayCase:
        """The gateway under test."""
        raise NotImplementedError("give a fixture gateway_case that returns a GatewayCase")

    def test_it_has_a_name_for_code_and_a_label_for_people(self, gateway_case: GatewayCase) -> None:
        gateway = gateway_case.gateway
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", gateway.name)
        assert gateway.label.strip()

    def test_it_can_take_money_one_way_or_another(self, gateway_case: GatewayCase) -> None:
        ways = {GatewayCapability.CHECKOUT, GatewayCapability.OFFLINE, GatewayCapability.CAPTURE}
        assert gateway_case.gateway.capabilities & ways

    def test_every_declared_capability_has_its_verb(self, gateway_case: GatewayCase) -> None:
        gateway = gateway_case.gateway
        missing = [
            str(capability)
            for capability in gateway.capabilities
            if getattr(type(gateway), VERBS[capability]) is getattr(Gateway, VERBS[capability])
        ]
        assert missing == []

    def test_who_charges_cards_can_say_what_became_of_a_charge(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        assert GatewayCapability.FIND in gateway_case.gateway.capabilities

    def test_a_checkout_leads_to_a_page(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CHECKOUT)
        started = gateway_case.gateway.start_checkout(gateway_case.checkout("page"))
        assert started.url
        assert re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", started.url)
        assert started.external_id

    def test_an_offline_checkout_says_what_to_pay_and_under_which_reference(
        self, gateway_case: GatewayCase
    ) -> None:
        _only(gateway_case, GatewayCapability.OFFLINE)
        request = gateway_case.checkout("offline")
        started = gateway_case.gateway.start_checkout(request)
        assert started.url is None
        assert started.instructions
        assert request.reference in started.instructions or request.description in started.instructions
        assert str(request.amount.decimal) in started.instructions

    def test_a_checkout_started_twice_is_one_checkout(self, gateway_case: GatewayCase) -> None:
        _one_of(gateway_case, GatewayCapability.CHECKOUT, GatewayCapability.OFFLINE)
        before = gateway_case.effects("start_checkout")
        first = gateway_case.gateway.start_checkout(gateway_case.checkout("twice"))
        second = gateway_case.gateway.start_checkout(gateway_case.checkout("twice"))
        assert second.external_id == first.external_id
        assert second.instructions == first.instructions
        assert gateway_case.effects("start_checkout") - before <= 1

    def test_a_page_that_nobody_paid_is_not_paid(self, gateway_case: GatewayCase) -> None:
        """Whoever comes back from the page, by the address of success too, proves nothing."""
        _only(gateway_case, GatewayCapability.CHECKOUT)
        _only(gateway_case, GatewayCapability.FIND)
        started = gateway_case.gateway.start_checkout(gateway_case.checkout("unpaid"))
        found = gateway_case.gateway.find("unpaid", started.external_id)
        assert found is None or found.status not in ("succeeded", "declined")

    def test_a_stored_method_is_charged_the_amount_that_was_asked(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        result = gateway_case.gateway.capture(gateway_case.capture("charge"))
        assert result.status == "succeeded"
        assert result.amount == gateway_case.amount
        assert result.external_id
        assert gateway_case.gateway.find("charge") == result

    def test_a_charge_asked_twice_moves_money_once(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        before = gateway_case.effects("capture")
        first = gateway_case.gateway.capture(gateway_case.capture("again"))
        second = gateway_case.gateway.capture(gateway_case.capture("again"))
        assert second.external_id == first.external_id
        assert gateway_case.effects("capture") - before == 1

    @pytest.mark.parametrize("fault", ["lose_answer", "lose_request"])
    def test_a_charge_without_an_answer_is_unknown_and_moves_money_once(
        self, gateway_case: GatewayCase, fault: str
    ) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        before = gateway_case.effects("capture")
        gateway_case.misbehave("capture", fault)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            gateway_case.gateway.capture(gateway_case.capture("lost"))
        assert fault == "lose_request" or heard.type is OutcomeUnknown
        found = gateway_case.gateway.find("lost")
        assert (found is not None) == (fault == "lose_answer")
        assert gateway_case.gateway.capture(gateway_case.capture("lost")).status == "succeeded"
        assert gateway_case.effects("capture") - before == 1

    def test_a_vendor_that_asks_to_wait_is_waited_for(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        before = gateway_case.effects("capture")
        gateway_case.misbehave("capture", "rate_limit", retry_after=3)
        with pytest.raises(RetryAfter) as asked:
            gateway_case.gateway.capture(gateway_case.capture("slowly"))
        assert asked.value.seconds > 0
        assert gateway_case.effects("capture") == before

    def test_a_broken_vendor_is_no_decline(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        gateway_case.misbehave("capture", "error", status=500, body="oops")
        with pytest.raises((OutcomeUnknown, RetryAfter)):
            gateway_case.gateway.capture(gateway_case.capture("broken"))

    def test_a_refused_credential_is_for_staff_not_for_the_ladder(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        gateway_case.misbehave("capture", "unauthorized")
        with pytest.raises((PermanentFailure, NeedsInfo)):
            gateway_case.gateway.capture(gateway_case.capture("locked"))

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_a_reply_that_makes_no_sense_is_not_believed(self, gateway_case: GatewayCase, reply: str) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        before = gateway_case.effects("capture")
        gateway_case.misbehave("capture", "hostile", **ODD_REPLIES[reply])
        with pytest.raises(StepSignal) as heard:
            gateway_case.gateway.capture(gateway_case.capture("odd"))
        assert not isinstance(heard.value, PermanentFailure), "the charge may have happened"
        assert gateway_case.sandbox is not None
        assert_inert(gateway_case.sandbox, repr(heard.value))
        assert gateway_case.gateway.capture(gateway_case.capture("odd")).status == "succeeded"
        assert gateway_case.effects("capture") - before == 1

    @pytest.mark.parametrize("status", REDIRECTS)
    @pytest.mark.parametrize("verb", ["start_checkout", "capture", "refund"])
    def test_nothing_is_sent_where_a_redirect_leads(
        self, gateway_case: GatewayCase, verb: str, status: int
    ) -> None:
        ask = _ask(gateway_case, verb)
        with another_host() as other:
            gateway_case.misbehave(verb, "error", **other.redirect(status))
            with pytest.raises(StepSignal):
                ask()
            assert other.heard == []

    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_an_outage_is_told_from_a_vendor_who_is_there(
        self, gateway_case: GatewayCase, fault: str, args: dict[str, Any], *, away: bool
    ) -> None:
        _only(gateway_case, GatewayCapability.CAPTURE)
        gateway_case.misbehave("capture", fault, **args)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            gateway_case.gateway.capture(gateway_case.capture("outage"))
        assert says_away(heard.value) is away

    def test_a_key_never_used_finds_nothing(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.FIND)
        assert gateway_case.gateway.find("never-asked") is None

    def test_a_refund_asked_twice_gives_money_back_once(self, gateway_case: GatewayCase) -> None:
        paid = _paid(gateway_case, "refunded")
        before = gateway_case.effects("refund")
        first = gateway_case.gateway.refund(gateway_case.refund("back", paid))
        second = gateway_case.gateway.refund(gateway_case.refund("back", paid))
        assert first.status in ("succeeded", "pending")
        assert first.amount == gateway_case.amount
        assert second.external_id == first.external_id
        assert gateway_case.effects("refund") - before == 1

    def test_a_refund_without_an_answer_gives_money_back_once(self, gateway_case: GatewayCase) -> None:
        paid = _paid(gateway_case, "refund-lost")
        before = gateway_case.effects("refund")
        gateway_case.misbehave("refund", "lose_answer")
        with pytest.raises(OutcomeUnknown):
            gateway_case.gateway.refund(gateway_case.refund("back-lost", paid))
        assert gateway_case.gateway.refund(gateway_case.refund("back-lost", paid)).status != "failed"
        assert gateway_case.effects("refund") - before == 1

    @pytest.mark.parametrize("verb", PAGES)
    def test_a_page_without_a_payment_leads_somewhere_and_is_one_when_opened_twice(
        self, gateway_case: GatewayCase, verb: str
    ) -> None:
        open_page = _page(gateway_case, verb)
        before = gateway_case.effects(verb)
        first, second = open_page("page"), open_page("page")
        assert first.url
        assert re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", first.url)
        assert first.external_id
        assert second.external_id == first.external_id
        assert gateway_case.effects(verb) - before == 1

    @pytest.mark.parametrize("verb", PAGES)
    def test_a_page_whose_answer_was_lost_is_still_one_page(
        self, gateway_case: GatewayCase, verb: str
    ) -> None:
        open_page = _page(gateway_case, verb)
        before = gateway_case.effects(verb)
        gateway_case.misbehave(verb, "lose_answer")
        with pytest.raises(OutcomeUnknown):
            open_page("lost-page")
        assert open_page("lost-page").url
        assert gateway_case.effects(verb) - before == 1

    def test_a_forgotten_method_cannot_be_charged_and_may_be_forgotten_twice(
        self, gateway_case: GatewayCase
    ) -> None:
        _only(gateway_case, GatewayCapability.DELETE_METHOD)
        assert gateway_case.method is not None
        for _ in range(2):
            gateway_case.gateway.delete_method(gateway_case.method)
        if GatewayCapability.CAPTURE in gateway_case.gateway.capabilities:
            assert gateway_case.gateway.capture(gateway_case.capture("forgotten")).status == "declined"

    def test_a_closed_checkout_says_so_each_time(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.EXPIRE)
        started = gateway_case.gateway.start_checkout(gateway_case.checkout("closed"))
        assert started.external_id
        for _ in range(2):
            assert gateway_case.gateway.expire_checkout(started.external_id).status == "expired"

    def test_a_checkout_paid_a_moment_before_it_was_closed_is_paid(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.EXPIRE)
        started = gateway_case.gateway.start_checkout(gateway_case.checkout("too-late"))
        gateway_case.paid(started.url)
        assert started.external_id
        result = gateway_case.gateway.expire_checkout(started.external_id)
        assert (result.status, result.amount) == ("succeeded", gateway_case.amount)

    @pytest.mark.parametrize("at_period_end", [True, False], ids=["with its period", "now"])
    def test_a_subscription_is_stopped_once_and_for_all(
        self, gateway_case: GatewayCase, *, at_period_end: bool
    ) -> None:
        _only(gateway_case, GatewayCapability.SUBSCRIBE)
        gateway_case.paid(gateway_case.gateway.start_subscription(gateway_case.subscribe("monthly")).url)
        (subscription,) = gateway_case.still_billed()
        for key in ("stop-1", "stop-1", "stop-2"):
            gateway_case.gateway.cancel_subscription(
                subscription, at_period_end=at_period_end, operation_key=key
            )
        assert gateway_case.still_billed() == []

    def test_a_known_client_has_a_portal(self, gateway_case: GatewayCase) -> None:
        _only(gateway_case, GatewayCapability.PORTAL)
        url = gateway_case.gateway.portal_url(gateway_case.portal())
        assert re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url)

    @pytest.mark.parametrize("customer_id", [None, "nobody-of-this-name"], ids=["never paid", "forgotten"])
    def test_a_client_whom_the_gateway_does_not_know_hears_that_there_is_nothing(
        self, gateway_case: GatewayCase, customer_id: str | None
    ) -> None:
        _only(gateway_case, GatewayCapability.PORTAL)
        client = gateway_case.client.model_copy(update={"customer_id": customer_id})
        stranger = gateway_case.portal().model_copy(update={"client": client})
        with pytest.raises(Refused):
            gateway_case.gateway.portal_url(stranger)

    def test_missed_events_are_listed_oldest_first_as_their_webhook_would_tell_them(
        self, gateway_case: GatewayCase
    ) -> None:
        _only(gateway_case, GatewayCapability.EVENTS)
        assert gateway_case.webhooks is not None, "a gateway that declares EVENTS gives its webhooks"
        assert gateway_case.sandbox is not None
        since = gateway_case.sandbox.clock.now() - timedelta(hours=1)
        _paid(gateway_case, "listed")
        gateway_case.sandbox.clock.advance(timedelta(minutes=1))
        _paid(gateway_case, "listed-later")
        listed = gateway_case.gateway.list_events(since)
        messages = [gateway_case.webhooks.source.parse(event.body) for event in listed]
        assert messages
        assert [message.external_id for message in messages] == [event.external_id for event in listed]
        assert len({event.external_id for event in listed}) == len(listed)
        assert [message.park_reason for message in messages] == [None] * len(messages)
        source = gateway_case.webhooks.source
        first = [_meaning(source, event.body) for event in listed]
        again = [_meaning(source, event.body) for event in reversed(listed)]
        assert first == again[::-1], "what happened does not depend on when or how often it is heard"
        assert any(first), "something of it means something"
        made = [message.created for message in messages if message.created is not None]
        assert made == sorted(made)
        assert made[0] < made[-1], "a minute lies between them"
        tomorrow = gateway_case.sandbox.clock.now() + timedelta(days=1)
        assert list(gateway_case.gateway.list_events(tomorrow)) == []

    def test_no_secret_is_seen_in_logs_results_or_errors(
        self, gateway_case: GatewayCase, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        said = [repr(gateway_case.gateway), *_everything_it_says(gateway_case)]
        everything = "\n".join([*said, caplog.text])
        assert [secret for secret in gateway_case.secrets if secret in everything] == []


def _meaning(source: WebhookSource, body: bytes) -> Sequence[Fact] | str:
    try:
        return list(source.interpret(source.parse(body), body))
    except Parked as parked:
        return str(parked)


def _everything_it_says(case: GatewayCase) -> list[str]:
    said = []
    capabilities = case.gateway.capabilities
    if capabilities & {GatewayCapability.CHECKOUT, GatewayCapability.OFFLINE}:
        said.append(repr(case.gateway.start_checkout(case.checkout("secrets"))))
    if GatewayCapability.CAPTURE in capabilities:
        said.append(repr(case.gateway.capture(case.capture("secrets-1"))))
        for number, fault in enumerate(("unauthorized", "error", "lose_answer"), start=2):
            case.misbehave("capture", fault)
            with pytest.raises(StepSignal) as heard:
                case.gateway.capture(case.capture(f"secrets-{number}"))
            said.append(repr(heard.value))
    return said


def _ask(case: GatewayCase, verb: str) -> Callable[[], object]:
    if verb == "start_checkout":
        _only(case, GatewayCapability.CHECKOUT)
        return lambda: case.gateway.start_checkout(case.checkout("away"))
    if verb == "capture":
        _only(case, GatewayCapability.CAPTURE)
        return lambda: case.gateway.capture(case.capture("away"))
    paid = _paid(case, "paid-before")
    return lambda: case.gateway.refund(case.refund("away", paid))


def _paid(case: GatewayCase, key: str) -> str:
    _only(case, GatewayCapability.REFUND)
    _only(case, GatewayCapability.CAPTURE)
    result: PaymentResult = case.gateway.capture(case.capture(key))
    assert result.external_id
    return result.external_id


def _page(case: GatewayCase, verb: str) -> Callable[[str], CheckoutStarted]:
    if verb == "start_setup":
        _only(case, GatewayCapability.SETUP)
        return lambda key: case.gateway.start_setup(case.setup(key))
    _only(case, GatewayCapability.SUBSCRIBE)
    return lambda key: case.gateway.start_subscription(case.subscribe(key))


def _only(case: GatewayCase, capability: GatewayCapability) -> None:
    if capability not in case.gateway.capabilities:
        pytest.skip(f"{case.gateway.name} does not declare {capability}")


def _one_of(case: GatewayCase, *capabilities: GatewayCapability) -> None:
    if not case.gateway.capabilities & set(capabilities):
        pytest.skip(f"{case.gateway.name} declares none of {', '.join(capabilities)}")
