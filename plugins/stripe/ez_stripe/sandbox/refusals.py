"""Stripe's refusals, word for word where an integration is known to read them."""

from __future__ import annotations

from typing import Any

_DOC = "https://docs.stripe.com/error-codes#"


class StripeRefusal(Exception):
    """An error answer: HTTP status and the fields of its `error` object."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(str(error.get("message", status)))
        self.status = status
        self.error = error

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON that Stripe answers."""
        log = f"https://dashboard.stripe.com/acct_sandbox/test/workbench/logs?object={request_id}"
        return {"error": {**self.error, "request_log_url": log}}


def invalid(
    message: str, param: str | None = None, code: str | None = None, status: int = 400
) -> StripeRefusal:
    """A request that cannot be carried out."""
    error: dict[str, Any] = {"type": "invalid_request_error", "message": message}
    if param is not None:
        error["param"] = param
    if code is not None:
        error |= {"code": code, "doc_url": _DOC + code.replace("_", "-")}
    return StripeRefusal(status, **error)


def no_such(kind: str, id_: str, param: str = "id", status: int = 404) -> StripeRefusal:
    """An id nobody knows; 404 in the address, 400 in a parameter."""
    return invalid(f"No such {kind}: '{id_}'", param, "resource_missing", status)


def missing(param: str) -> StripeRefusal:
    """A required parameter was left out."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown(param: str) -> StripeRefusal:
    """A parameter that this call does not have."""
    return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")


def other_parameters(key: str) -> StripeRefusal:
    """An idempotency key that was used for something else."""
    return StripeRefusal(
        400,
        type="idempotency_error",
        message=(
            "Keys for idempotent requests can only be used with the same parameters "
            "they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        ),
    )


def bad_key(key: str) -> StripeRefusal:
    """A secret key that is none."""
    if not key:
        return invalid(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    return invalid(f"Invalid API Key provided: {key[:8]}{'*' * 12}{key[-4:]}", status=401)


def too_many() -> StripeRefusal:
    """More calls than Stripe takes."""
    return invalid(
        "Request rate limit exceeded. You can learn more about rate limits here "
        "https://docs.stripe.com/rate-limits.",
        code="rate_limit",
        status=429,
    )


def card_error(code: str, decline_code: str | None, message: str, **objects: Any) -> StripeRefusal:
    """A card that was not charged: 402."""
    error: dict[str, Any] = {"type": "card_error", "code": code, "message": message, **objects}
    if decline_code:
        error["decline_code"] = decline_code
    error["doc_url"] = _DOC + code.replace("_", "-")
    return StripeRefusal(402, **error)
