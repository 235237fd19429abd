"""Mistakes in a provisioning module of hosting accounts."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

LOOK = (
    '            account = panel.account(known["user"])\n'
    "            if account is None:\n                self._ask_for_user("
)
TAKEN = (
    "            if error.kind is not Kind.TAKEN:\n                raise\n\n    @speaking\n    def add_web"
)

PLANTED = Planted(
    "hestiacp",
    ("test_conformance.py",),
    (
        Defect(
            "retry without looking whether it was made",
            "creation.py",
            LOOK,
            LOOK.replace('panel.account(known["user"])', "None"),
            also=(("creation.py", TAKEN, "            raise\n\n    @speaking\n    def add_web"),),
        ),
        Defect(
            "say that it is made without asking",
            "creation.py",
            '        try:\n            panel.api.change("v-add-user"',
            '        try:\n            return\n            panel.api.change("v-add-user"',
            also=(
                (
                    "creation.py",
                    "raise OutcomeUnknown(f\"user {known['user']} was made but is not there\", unreachable=False)",
                    'return {"package": _size(call).package}',
                ),
            ),
        ),
        Defect(
            "ignore a lost answer: go on as if the account were there",
            "creation.py",
            TAKEN,
            "            return\n\n    @speaking\n    def add_web",
            also=(
                (
                    "creation.py",
                    "raise OutcomeUnknown(f\"user {known['user']} was made but is not there\", unreachable=False)",
                    'return {"package": _size(call).package}',
                ),
            ),
        ),
        Defect(
            "take a lost answer for a failure",
            "signals.py",
            "Kind.UNKNOWN: _unknown",
            "Kind.UNKNOWN: lambda error: PermanentFailure(error.text)",
        ),
        Defect(
            "adopt an account that is not in our books, and delete it",
            "removal.py",
            "        raise NeedsInfo(\n            f'User {named} on",
            "        return False\n        raise NeedsInfo(\n            f'User {named} on",
            also=(("workshop.py", "if reserved is None and _answered(call, OURS):", "if reserved is None:"),),
        ),
        Defect(
            "log the client's password",
            "api.py",
            "*(MASK if at in secret else arg for",
            "*(arg for",
        ),
        Defect(
            "log the access key's secret",
            "api.py",
            'shown = " ".join([command,',
            'shown = " ".join([self._settings.secret_key.get_secret_value(), command,',
        ),
        Defect(
            "give up when the server asks to wait",
            "signals.py",
            "Kind.BUSY: lambda error: RetryAfter(BUSY_SECONDS, error.text)",
            "Kind.BUSY: lambda error: PermanentFailure(error.text)",
        ),
        Defect(
            "take a proxy's error page for a refusal",
            "api.py",
            "raise HestiaError(lost, text, status=answer.status_code, away=True)",
            "raise HestiaError(Kind.PERMANENT, text, status=answer.status_code)",
        ),
        Defect(
            "say that it is suspended without asking",
            "life.py",
            "if account.suspended is off:",
            "if True:",
        ),
        Defect(
            "fail when what shall be removed is gone",
            "removal.py",
            "    if account is None:\n        return\n",
            '    if account is None:\n        raise PermanentFailure("it is gone")\n',
        ),
        Defect(
            "give two orders one name",
            "creation.py",
            "user_name(call.operation_key, domain)",
            'user_name("one", "example.com")',
        ),
        Defect(
            "trust the redirect: send the access key where it leads",
            "transport.py",
            "if response.status_code in REDIRECT:",
            "if False:",
            also=(("api.py", "allow_redirects=False", "allow_redirects=True"),),
        ),
        Defect(
            "read an answer of any size into memory",
            "transport.py",
            "if len(body) > LARGEST_ANSWER:",
            "if False:",
        ),
        Defect(
            "take an outage for a server that is there",
            "signals.py",
            "RetryAfter(SOON_SECONDS, error.text, unreachable=error.away)",
            "RetryAfter(SOON_SECONDS, error.text)",
        ),
    ),
)
