"""Makes what vendors and errors say fit to keep: short, storable, and without secrets.

A second look behind the plugins, which mask what they know: whatever stands beside a key that names a secret is
replaced, in JSON, XML, headers, query strings and forms.
"""

from __future__ import annotations

import re
from typing import Any, Final

MASK: Final = "********"
LOG_LIMIT: Final = 4000
CUT: Final = " ... (cut)"

# Names that end like these hold a secret; a public key or an idempotency key does not.
_NAME: Final = (
    r"[\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|auth|account|master|shared)[_-]?key|"
    r"auth(?:orization|[_-]?(?:code|info))?|epp(?:[_-]?code)?|credentials?|signature|cookie|otp|csrf\w*)"
)
_KEY: Final = r"(?:key|pw|hmac)"  # too short to be found inside other names
_NAMES: Final = rf"(?:{_NAME}|{_KEY})"
_RULES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", MASK),
        # "name": "value" (also cut off in the middle), 'name': 'value', "name": 12
        (
            rf"""(["']{_NAMES}["']\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\Z)|'(?:[^'\\]|\\.)*(?:'|\Z)|[^\s,}}\]]+)""",
            rf'\g<1>"{MASK}"',
        ),
        # <pw>value</pw>, <domain:pw>value</domain:pw>
        (rf"(<(?:\w+:)?{_NAMES}(?:\s[^<>]*)?>)[^<]+", rf"\g<1>{MASK}"),
        # Authorization: Bearer value
        (
            r"\b((?:proxy-)?authorization|x-auth-[\w-]+|(?:set-)?cookie)(\s*[:=]\s*)[^\r\n]+",
            rf"\g<1>\g<2>{MASK}",
        ),
        (r"\b(bearer|basic)(\s+)[\w.~+/=-]{8,}", rf"\g<1>\g<2>{MASK}"),
        # name=value, name: value
        (
            rf"""(?<![\w"'<])({_NAMES})(\s*=\s*|:\s+)("[^"]*"?|'[^']*'?|[^\s&,;"'<>]+)""",
            rf"\g<1>\g<2>{MASK}",
        ),
        # https://user:password@host
        (r"(\w://[^\s/:@]*:)[^\s/@]+(?=@)", rf"\g<1>{MASK}"),
    )
)
_NOT_STORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(words: Any, limit: int = LOG_LIMIT) -> str:
    """Text that any database keeps: at most `limit` characters, no control characters, secrets masked by key.

    A body of any size costs the same: it is cut before it is looked at.
    """
    whole = len(words) if isinstance(words, str | bytes | bytearray) else None
    head = words[: limit * 2] if whole is not None else str(words)[: limit * 2]
    text = bytes(head).decode("utf-8", "replace") if isinstance(head, bytes | bytearray) else head
    text = masked(_NOT_STORABLE.sub("\ufffd", text))
    if len(text) > limit or (whole is not None and whole > limit * 2):
        text = text[: limit - len(CUT)] + CUT
    return text


def masked(text: str) -> str:
    """The text with every value masked that stands beside the name of a secret."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
