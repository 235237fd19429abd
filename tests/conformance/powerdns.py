"""Mistakes in a DNS provider of one's own servers."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

PLANTED = Planted(
    "powerdns",
    ("test_conformance.py",),
    (
        Defect(
            "make a zone without looking",
            "provider.py",
            "        seen = self._find(api, name)\n        if seen is None:\n            seen = self._create",
            "        seen = None\n        if seen is None:\n            seen = self._create",
        ),
        Defect(
            "make a zone without our mark",
            "provider.py",
            '"account": tag,\n            "soa_edit_api"',
            '"account": "",\n            "soa_edit_api"',
            also=(
                (
                    "provider.py",
                    'if made.name != f"{name}." or made.account != tag:',
                    'if made.name != f"{name}.":',
                ),
                ("provider.py", "if seen.account == tag:", 'if seen.account in (tag, ""):'),
            ),
        ),
        Defect(
            "adopt a zone without our mark",
            "provider.py",
            'if (call.answer or "").strip().lower() != ADOPT:',
            "if False:",
        ),
        Defect(
            "take the zone of another order",
            "provider.py",
            "if seen.account == tag:",
            "if seen.account.startswith(MARK):",
        ),
        Defect(
            "delete a zone without our mark",
            "provider.py",
            "if not seen.account.startswith(MARK):",
            "if False:",
        ),
        Defect(
            "fail when what shall be deleted is gone",
            "provider.py",
            "        if seen is None:\n            return\n",
            '        if seen is None:\n            raise PermanentFailure("it is gone")\n',
        ),
        Defect(
            "take a lost answer for a failure",
            "api.py",
            '{type(error).__name__})"\n    return _open(cause, changes=changes)',
            '{type(error).__name__})"\n    return PermanentFailure(cause)',
        ),
        Defect(
            "take an unreadable list for an empty zone",
            "provider.py",
            '        seen = _as(ZoneSeen, answer)\n        if seen.name != f"{zone.name}."',
            "        try:\n            seen = _as(ZoneSeen, answer)\n"
            "        except RetryAfter:\n            return []\n"
            '        if seen.name != f"{zone.name}."',
        ),
        Defect(
            "forget the other values of a set",
            "rrsets.py",
            "wanted = left + [",
            "wanted = [",
        ),
        Defect(
            "send texts without quoting them",
            "contents.py",
            "        return quoted(content)\n",
            "        return f'\"{content}\"'\n",
        ),
        Defect(
            "ignore how long the vendor asks to wait",
            "api.py",
            "float(value) if value.isdigit() else BUSY",
            "1.0",
        ),
        Defect(
            "try a refused key for ever",
            "api.py",
            'raise NeedsInfo("PowerDNS does not accept our API key. Mend it in the settings, then retry.")',
            'raise RetryAfter(SOON, "PowerDNS does not accept our API key")',
        ),
        Defect(
            "log the key",
            "api.py",
            'shown = f"{method} {path} {_line(sent)}".strip()',
            'shown = f"{method} {path} {self._key} {_line(sent)}".strip()',
        ),
        Defect(
            "trust the redirect: send the key where it leads",
            "api.py",
            "            with connection.getresponse() as answer:\n",
            "            with connection.getresponse() as answer:\n"
            '                if answer.status in range(300, 400) and answer.getheader("Location"):\n'
            '                    return self(method, str(answer.getheader("Location")), headers, body)\n',
        ),
        Defect(
            "read an answer of any size into memory",
            "api.py",
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
