"""Mistakes in a provisioning module of virtual machines."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

PLANTED = Planted(
    "proxmox",
    ("test_conformance.py",),
    (
        Defect(
            "retry without looking for what was made",
            "creation.py",
            "guest = cluster.find(call.operation_key, book.number(call.operation_key), QEMU)",
            "guest = None",
        ),
        Defect(
            "take a lost answer for a failure",
            "signals.py",
            "Kind.UNKNOWN: _unknown",
            "Kind.UNKNOWN: lambda error: PermanentFailure(error.text)",
        ),
        Defect(
            "remove a machine that does not carry our mark",
            "removal.py",
            "if guest is None or guest.is_for(call.operation_key):",
            "if True:",
        ),
        Defect(
            "make a machine without our mark",
            "creation.py",
            '"description": marks.description(call.operation_key, vmid)',
            '"description": "a machine"',
        ),
        Defect(
            "log the client's password",
            "api.py",
            'SECRETS: Final = frozenset({"cipassword", "password"})',
            "SECRETS: Final[frozenset[str]] = frozenset()",
        ),
        Defect(
            "log the token's secret",
            "api.py",
            "        self._log = log\n",
            "        self._log = lambda asked, *said: log(settings.token_secret.get_secret_value() + asked, *said)\n",
        ),
        Defect(
            "give up when the cluster is busy",
            "signals.py",
            "Kind.BUSY: _busy",
            "Kind.BUSY: lambda error: PermanentFailure(error.text)",
        ),
        Defect(
            "take an unreadable answer for a refusal",
            "cluster.py",
            'raise ProxmoxError(Kind.UNKNOWN, "the answer is neither',
            'raise ProxmoxError(Kind.PERMANENT, "the answer is neither',
        ),
        Defect(
            "say that it is stopped without asking",
            "power.py",
            "            if not cluster.is_running(guest):\n",
            "            if True:\n",
        ),
        Defect(
            "say that it is removed without asking",
            "removal.py",
            '            if guest is None:\n                return {"gone": True}\n',
            '            if True:\n                return {"gone": True}\n',
        ),
        Defect(
            "fail when what shall be removed is gone",
            "removal.py",
            "    if guest is None or guest.is_for(call.operation_key):\n",
            '    if guest is None:\n        raise PermanentFailure("it is gone")\n'
            "    if guest.is_for(call.operation_key):\n",
        ),
        Defect(
            "never switch it on",
            "creation.py",
            '            if cluster.is_running(guest):\n                return {"node": guest.node}\n',
            '            return {"node": guest.node}\n',
        ),
        Defect(
            "trust the redirect: send the token where it leads",
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
            "signals.py",
            "raise RetryAfter(BUSY_SECONDS, error.text, unreachable=error.away)",
            "raise RetryAfter(BUSY_SECONDS, error.text)",
        ),
    ),
)
