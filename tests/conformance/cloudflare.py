"""Mistakes in a DNS provider and a registrar."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

PAGE = "        return self._result(what, self._asked(ask, given, changes=False), changes=False)\n\n    def change"
NOTHING = (
    "        try:\n            return self._result(what, self._asked(ask, given, changes=False), changes=False)\n"
    "        except RetryAfter:\n            return [], Info()\n\n    def change"
)

PLANTED = Planted(
    "cloudflare",
    ("test_conformance.py",),
    (
        Defect(
            "make a zone without looking",
            "zones.py",
            "mark, seen = marks.of(name), _find(api, name)",
            "mark, seen = marks.of(name), None",
        ),
        Defect(
            "order a name again without looking",
            "registrar.py",
            "workflow = _known(status, api)",
            "workflow = None",
        ),
        Defect(
            "take a lost answer for a failure",
            "api.py",
            "return _open(cause, changes=changes)\n\n\ndef _nonsense",
            "return PermanentFailure(cause)\n\n\ndef _nonsense",
        ),
        Defect(
            "adopt a zone without our mark", "zones.py", "if seen and not ours and", "if seen and False and"
        ),
        Defect("delete a zone without our mark", "zones.py", "if marks.of(zone.name) is None:", "if False:"),
        Defect(
            "take the zone of another order",
            "zones.py",
            "if mark and mark.operation_key != call.operation_key and seen:",
            "if False:",
        ),
        Defect(
            "adopt a name that is not ours",
            "registrar.py",
            "if seen and (mark is None or mark",
            "if False and seen and (mark is None or mark",
        ),
        Defect(
            "order a failed name again",
            "registrar.py",
            '(mark.state != "failed" or answer != AGAIN)',
            'mark.state != "failed"',
        ),
        Defect(
            "log the token",
            "api.py",
            "self._log(asked.strip(),",
            "self._log(asked.strip() + str(self.client.api_token),",
        ),
        Defect("take an unreadable list for an empty zone", "api.py", PAGE, NOTHING),
        Defect("read the first page only", "batch.py", "if number >= (info.total_pages or 1):", "if True:"),
        Defect(
            "ignore how long the vendor asks to wait",
            "api.py",
            "return min(max(seconds, 1.0), 3600.0) if math.isfinite(seconds) else 300.0",
            "return 1.0",
        ),
        Defect(
            "trust the redirect: send the token where it leads",
            "transport.py",
            "if answer.status_code in REDIRECT:",
            "if False:",
            also=(("api.py", "follow_redirects=False", "follow_redirects=True"),),
        ),
        Defect(
            "read an answer of any size into memory",
            "transport.py",
            "if len(body) > LARGEST_ANSWER:",
            "if False:",
        ),
        Defect(
            "take an outage for a server that is there",
            "api.py",
            "RetryAfter(SOON, cause, unreachable=unreachable)",
            "RetryAfter(SOON, cause)",
        ),
    ),
)
