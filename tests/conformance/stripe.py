"""Mistakes in a gateway of cards and in its webhooks."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

NO_KEY = (
    "gateway.py",
    '    return f"{operation_key}.{verb}"',
    "    return json.dumps([id(object()), str(datetime.now().timestamp())])",
)
LOST = "return OutcomeUnknown(cause) if writes else RetryAfter(_WAIT, cause, unreachable=True)"

PLANTED = Planted(
    "stripe",
    ("test_gateway.py::TestStripe", "test_webhooks.py::TestStripeWebhooks"),
    (
        Defect(
            "retry a charge without looking and without a key",
            "gateway.py",
            "known = self._charged_before(request)",
            "known = None",
            also=(NO_KEY,),
        ),
        Defect(
            "refund again without looking and without a key",
            "gateway.py",
            "if ours(known, OPERATION) == request.operation_key:",
            "if False:",
            also=(NO_KEY,),
        ),
        Defect(
            "take a charge without our key for ours",
            "gateway.py",
            "if ours(doc, OPERATION) == operation_key), None)",
            "if doc), None)",
        ),
        Defect("take a lost answer for a failure", "classify.py", LOST, "return PermanentFailure(cause)"),
        Defect(
            "trust the redirect: a page that was opened is paid",
            "results.py",
            'return PaymentResult(status="pending", customer_id=customer, reason=error_of(intent))',
            'return PaymentResult(status="succeeded", customer_id=customer)',
        ),
        Defect(
            "give up when the vendor asks to wait",
            "classify.py",
            'return RetryAfter(_asked_to_wait(error), "Stripe asks to slow down")',
            'return PermanentFailure("Stripe asks to slow down")',
        ),
        Defect(
            "try a refused key for ever",
            "classify.py",
            'return PermanentFailure(f"Stripe does not accept our key: {_said(error)}")',
            "return RetryAfter(_WAIT, _said(error))",
        ),
        Defect(
            "show the secret key",
            "gateway.py",
            "        self._opening = Opening(account)\n",
            "        self._opening = Opening(account)\n\n    def __repr__(self) -> str:\n"
            "        return self._account.settings.secret_key.get_secret_value()\n",
        ),
        Defect(
            "charge half of what was asked",
            "params.py",
            '        "amount": to_stripe(request.amount),\n        "currency"',
            '        "amount": to_stripe(request.amount) // 2,\n        "currency"',
        ),
        Defect(
            "keep a method that shall be forgotten",
            "gateway.py",
            "                api.detach_method(method.external_id)\n",
            "                return\n",
        ),
        Defect(
            "believe a webhook that nobody signed",
            "signature.py",
            "if not any(hmac",
            "if False and not any(hmac",
        ),
        Defect(
            "believe a webhook that is replayed",
            "signature.py",
            "if abs(now.timestamp() - at) > TOLERANCE:",
            "if False:",
        ),
        Defect(
            "trust the redirect: send the client's data where it leads",
            "transport.py",
            "if response.status_code in REDIRECT:",
            "if False:",
        ),
        Defect(
            "read an answer of any size into memory",
            "transport.py",
            "if len(body) > LARGEST_ANSWER:",
            "if False:",
        ),
        Defect(
            "take an outage for a server that is there",
            "classify.py",
            "return OutcomeUnknown(cause) if writes else",
            "return OutcomeUnknown(cause, unreachable=False) if writes else",
        ),
    ),
)
