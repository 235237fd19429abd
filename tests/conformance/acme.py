"""Mistakes in a certificate authority."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

PLANTED = Planted(
    "acme",
    ("test_conformance.py",),
    (
        Defect(
            "retry without looking for the order",
            "authority.py",
            "url = call.handle if isinstance(call.handle, str) else self._known(call.operation_key)",
            "url = None",
        ),
        Defect(
            "take a lost answer for a failure",
            "errors.py",
            'return OutcomeUnknown(f"no answer from',
            'return PermanentFailure(f"no answer from',
        ),
        Defect(
            "take an unreadable answer for a refusal",
            "errors.py",
            'return OutcomeUnknown(f"unreadable answer of the authority: {type',
            'return PermanentFailure(f"unreadable answer of the authority: {type',
        ),
        Defect(
            "ignore how long the authority asks to wait",
            "errors.py",
            'return RetryAfter(retry_after or LONG_WAIT, f"the authority limits',
            'return RetryAfter(SOON, f"the authority limits',
        ),
        Defect(
            "give up when the authority asks to wait",
            "errors.py",
            'return RetryAfter(retry_after or LONG_WAIT, f"the authority limits us: {words}")',
            'return PermanentFailure(f"the authority limits us: {words}")',
        ),
        Defect(
            "try a refused account for ever",
            "errors.py",
            'return PermanentFailure(f"the authority refuses: {words}")',
            'return OutcomeUnknown(f"the authority refuses: {words}")',
        ),
        Defect(
            "log the secret: the account's key",
            "accounts.py",
            "            yield client\n",
            '            log("key", self.context.unseal(ROW, account.key_sealed), None)\n            yield client\n',
        ),
        Defect(
            "go on after a proof that was not believed",
            "authority.py",
            "if proof.status == messages.STATUS_INVALID:",
            "if False:",
        ),
        Defect(
            "do not wait for an authority that takes its time",
            "authority.py",
            'raise StillRunning(wait, now.url, "the authority is issuing the certificate")',
            'raise PermanentFailure("not issued")',
        ),
        Defect(
            "order the first name only",
            "authority.py",
            "client.open_order(sorted(names))",
            "client.open_order(sorted(names)[:1])",
        ),
        Defect(
            "fail when it is revoked already",
            "authority.py",
            'if "already" not in refusal.reason.lower():',
            "if refusal:",
        ),
        Defect(
            "trust the redirect: send a signed order where it leads",
            "network.py",
            "if response.status_code in REDIRECT:",
            "if False:",
        ),
        Defect(
            "read an answer of any size into memory",
            "network.py",
            "if len(body) > LARGEST_ANSWER:",
            "if False:",
        ),
        Defect(
            "take an outage for a server that is there",
            "errors.py",
            'return OutcomeUnknown(f"no answer from the authority: {type(error).__name__}")',
            'return OutcomeUnknown(f"no answer from the authority: {type(error).__name__}", unreachable=False)',
        ),
    ),
)
