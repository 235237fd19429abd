"""The conformance suites pass a good plugin and catch each way of being a bad one."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from types import SimpleNamespace

import pytest

from ezcore.plugin_api import BadSignature, Malformed, OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.gateway import (
    Gateway,
    GatewayCapability,
    PaymentResult,
    RefundResult,
    StoredMethod,
)
from ezcore.plugin_api.ports.webhook_source import WebhookMessage, WebhookSource
from ezcore.plugin_api.sandbox import (
    LoseAnswer,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    Store,
    json_response,
)
from ezcore.testkit import GatewayCase, GatewayContract, SignedWebhooks, WebhookSourceContract

SECRET = "sk_toy_0123456789"
CAN = GatewayCapability


class ToyVendor(SandboxApp):
    """A vendor with charges and refunds, idempotent by key."""

    name = "toy"

    def __init__(self):
        super().__init__(Store(None), SandboxOptions())
        for kind in ("charges", "refunds"):
            self.route("POST", f"/{kind}", self._maker(kind), f"{kind}.create")
            self.route("GET", f"/{kind}/{{key}}", self._finder(kind), f"{kind}.find")

    def _maker(self, kind):
        def make(request):
            wanted = request.json()
            done = self.store.get(kind, wanted["key"])
            if done is None:
                done = {"id": f"{kind}-{self.store.next_number(kind)}", **wanted}
                self.store.put(kind, wanted["key"], done)
            return json_response(done)

        return make

    def _finder(self, kind):
        def find(request):
            found = self.store.get(kind, request.args["key"])
            return json_response(found or {"error": "none"}, 200 if found else 404)

        return find


class ToyGateway(Gateway):
    name, label = "toy", "Toy"
    capabilities = frozenset({CAN.CAPTURE, CAN.REFUND, CAN.FIND})

    def __init__(self, vendor):
        self.vendor = vendor

    def capture(self, request):
        return self._payment(self._post("/charges", request.operation_key, request.amount), request.amount)

    def refund(self, request):
        made = self._post("/refunds", request.operation_key, request.amount)
        return RefundResult(status="succeeded", external_id=made["id"], amount=request.amount)

    def find(self, operation_key, checkout_id=None):
        status, made = self._send("GET", f"/charges/{operation_key}", b"")
        from ezcore.plugin_api import Money

        return self._payment(made, Money(made["amount"], made["currency"])) if status == 200 else None

    def _payment(self, made, amount):
        return PaymentResult(status="succeeded", external_id=made["id"], amount=amount)

    def _post(self, path, key, amount):
        body = {"key": key, "amount": amount.minor, "currency": amount.currency}
        status, made = self._send("POST", path, json.dumps(body).encode())
        if status == 429:
            raise RetryAfter(3)
        if status in (401, 403):
            raise PermanentFailure("the vendor refuses our key")
        if status >= 500 or not self._makes_sense(made, key, amount):
            raise OutcomeUnknown(f"answer {status}")
        return made

    def _makes_sense(self, made, key, amount):
        return isinstance(made, dict) and made.get("key") == key and made.get("amount") == amount.minor

    def _send(self, method, path, body):
        headers = {"authorization": f"Bearer {SECRET}", "content-type": "application/json"}
        try:
            answer = self.vendor.handle(SandboxRequest(method, path, "", headers, body, "http://toy.test"))
        except LoseAnswer as error:
            raise OutcomeUnknown from error
        try:
            return answer.status, json.loads(answer.body)
        except ValueError:
            return answer.status, None


def case_of(kind=ToyGateway):
    vendor = ToyVendor()
    return GatewayCase(
        gateway=kind(vendor),
        sandbox=vendor,
        calls={"capture": "charges.create", "refund": "refunds.create"},
        effects=lambda verb: len(
            vendor.store.all({"capture": "charges", "refund": "refunds"}.get(verb, verb))
        ),
        method=StoredMethod(external_id="pm_1", customer_id="c_1", label="Toy 4242"),
        secrets=(SECRET,),
    )


class TestToyGateway(GatewayContract):
    @pytest.fixture
    def gateway_case(self):
        return case_of()


class ForgetsTheKey(ToyGateway):
    numbers = itertools.count()

    def _post(self, path, key, amount):
        made = super()._post(path, f"{key}-{next(self.numbers)}", amount)
        return {**made, "key": key}

    def _makes_sense(self, made, key, amount):
        return True


class BelievesAnything(ToyGateway):
    def _makes_sense(self, made, key, amount):
        return isinstance(made, dict)


class TellsItsSecret(ToyGateway):
    def _post(self, path, key, amount):
        try:
            return super()._post(path, key, amount)
        except PermanentFailure:
            raise PermanentFailure(f"the vendor refuses {SECRET}") from None


class HasNoVerb(Gateway):
    name, label = "toy", "Toy"
    capabilities = frozenset({CAN.CAPTURE, CAN.FIND})

    def __init__(self, vendor):
        pass


class CallsABrokenVendorADecline(ToyGateway):
    def capture(self, request):
        try:
            return super().capture(request)
        except OutcomeUnknown:
            return PaymentResult(status="declined")


@pytest.mark.parametrize(
    ("kind", "test", "args"),
    [
        (ForgetsTheKey, "test_a_charge_asked_twice_moves_money_once", {}),
        (ForgetsTheKey, "test_a_refund_asked_twice_gives_money_back_once", {}),
        (
            BelievesAnything,
            "test_a_reply_that_makes_no_sense_is_not_believed",
            {"reply": "values of other types"},
        ),
        (TellsItsSecret, "test_no_secret_is_seen_in_logs_results_or_errors", {"caplog": True}),
        (HasNoVerb, "test_every_declared_capability_has_its_verb", {}),
        (CallsABrokenVendorADecline, "test_a_broken_vendor_is_no_decline", {}),
        (
            CallsABrokenVendorADecline,
            "test_a_charge_without_an_answer_is_unknown_and_moves_money_once",
            {"fault": "lose_answer"},
        ),
    ],
)
def test_a_bad_gateway_is_caught(caplog, kind, test, args):
    given = {**args, **({"caplog": caplog} if "caplog" in args else {})}
    caught = (AssertionError, pytest.fail.Exception, TypeError, KeyError, ValueError)
    with pytest.raises(caught):
        getattr(GatewayContract(), test)(case_of(kind), **given)


class ToySource(WebhookSource):
    name = "toy"

    def verify(self, headers, body, now):
        stamp, _, given = headers.get("toy-signature", "").partition(",")
        if not (stamp.isascii() and stamp.isdigit() and given.isascii()) or len(stamp) > 12:
            raise BadSignature("no signature")
        if abs(now.timestamp() - int(stamp)) > 300:
            raise BadSignature("too old or too new")
        if not hmac.compare_digest(given, signature(stamp, body)):
            raise BadSignature("signed by somebody else")

    def parse(self, body):
        try:
            message = json.loads(body)
        except ValueError:
            raise Malformed("no JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("id"), str):
            raise Malformed("no id")
        return WebhookMessage(external_id=message["id"], kind="charge")

    def interpret(self, message, body):
        return []


def signature(stamp, body):
    return hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(source):
    def sign(body, at):
        stamp = str(int(at.timestamp()))
        return {"toy-signature": f"{stamp},{signature(stamp, body)}"}

    return SignedWebhooks(source=source, sign=sign, body=b'{"id": "evt_1"}')


class TestToySource(WebhookSourceContract):
    @pytest.fixture
    def signed_webhooks(self):
        return signed(ToySource())


class BelievesEverybody(ToySource):
    def verify(self, headers, body, now):
        return None


@pytest.mark.parametrize(
    "test",
    [
        "test_a_message_without_a_signature_stays_outside",
        "test_an_altered_message_stays_outside",
    ],
)
def test_a_source_that_believes_everybody_is_caught(test):
    with pytest.raises(pytest.fail.Exception):
        getattr(WebhookSourceContract(), test)(signed(BelievesEverybody()))


def test_a_plugin_that_gives_no_fixture_is_told_so():
    with pytest.raises(NotImplementedError, match="give a fixture gateway_case"):
        GatewayContract.gateway_case.__wrapped__(SimpleNamespace())
