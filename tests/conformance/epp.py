"""Mistakes in a registrar that speaks EPP."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

PLANTED = Planted(
    "epp",
    ("test_conformance.py",),
    (
        Defect(
            "adopt without the mark",
            "registrar.py",
            "if not mine and seen.registrant != tag and answer != ADOPT:",
            "if False:",
        ),
        Defect(
            "take a lost answer for a failure",
            "registry.py",
            "        return OutcomeUnknown(cause, unreachable=away)",
            "        return PermanentFailure(cause)",
        ),
        Defect(
            "renew without looking",
            "registrar.py",
            "if seen.expires is None or seen.expires <= expires_on:",
            "if True:",
        ),
        Defect(
            "order again what failed",
            "registrar.py",
            'mark.state == "failed" and answer != AGAIN',
            'mark.state == "never"',
        ),
        Defect(
            "ignore what the queue says of our order",
            "queue.py",
            'kind == "failed" and mark.state == "asked"',
            'kind == "never"',
        ),
        Defect(
            "show a name of another registrar as ours",
            "registrar.py",
            "return seen if seen and seen.client == self._registry.settings().username else None",
            "return seen",
        ),
        Defect(
            "take an answer that makes no sense for a name that is gone",
            "domains.py",
            "            return None\n        raise\n    data = answer.data",
            "            return None\n        raise\n"
            "    except RetryAfter:\n        return None\n    data = answer.data",
        ),
        Defect(
            "ignore how long the registry asks to wait",
            "refusals.py",
            "float(wait[1]) if wait else SOON",
            "SOON",
        ),
        Defect(
            "try a refused login for ever",
            "refusals.py",
            'return NeedsInfo("The registry does not accept our login. Mend it in the settings, then retry.")',
            'return RetryAfter(SOON, "login refused")',
        ),
        Defect(
            "log the authorisation code",
            "registry.py",
            "        log(what, said, answer.code)",
            "        log(what + xml.etree.tostring(verb).decode(), said, answer.code)",
        ),
        Defect(
            "read a frame of any size into memory",
            "wire.py",
            "if not HEADER < length <= LARGEST_FRAME:",
            "if not HEADER < length:",
        ),
        Defect(
            "take an outage for a registry that is there",
            "registry.py",
            "RetryAfter(SOON, cause, unreachable=away)",
            "RetryAfter(SOON, cause)",
        ),
        Defect(
            "add DS records and leave the old ones",
            "registrar.py",
            "add, remove = wanted - have, have - wanted\n        extension",
            "add, remove = wanted - have, set()\n        extension",
        ),
    ),
)
