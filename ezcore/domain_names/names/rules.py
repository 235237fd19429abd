"""Pure rules of domain names: how they are read, what may be typed as nameserver or code. No I/O.

Names are kept as lower case A-labels without the last dot (RFC 5891); people see U-labels. UTS 46 maps what was typed
first, as browsers do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import Final

import idna

from ezcore.kernel.errors import InvalidInput

LONGEST_NAME: Final = 253
LONGEST_LABEL: Final = 63
MOST_NAMESERVERS: Final = 13
LEAST_NAMESERVERS: Final = 2
LONGEST_CODE: Final = 100
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_CODE: Final = re.compile(r"[\x21-\x7e]+")
_TYPED: Final = 1000
# Scripts that one language writes together; everything else in one label is a disguise.
_TOGETHER: Final = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"CJK", "HANGUL", "LATIN"}),
    frozenset({"CJK", "BOPOMOFO", "LATIN"}),
)
_LOOKALIKE: Final = frozenset("асдеԁһіјӏорԛѕԝхуүοανρικυωτ")


def parse_name(typed: str, field: str = "domain") -> str:
    """A name as it was typed or pasted (`http://X.com/`), as A-labels. Raises: InvalidInput naming the field."""
    text = _cleaned(typed)
    if not text:
        raise InvalidInput("write a domain name, such as example.com", field=field)
    if "." not in text:
        raise InvalidInput("write the name with its ending, such as example.com", field=field)
    return to_ascii(text, field)


def parse_words(typed: str, field: str = "domain") -> str:
    """What was typed in a search: a whole name, or one label without an ending. Raises: InvalidInput."""
    text = _cleaned(typed)
    if not text:
        raise InvalidInput("write a name to look for", field=field)
    return to_ascii(text, field)


def to_ascii(text: str, field: str = "domain") -> str:
    """Labels as they stand in the DNS. Raises: InvalidInput, saying which part is wrong."""
    if any(not label for label in text.split(".")):
        raise InvalidInput("two dots follow each other, or the name begins with one", field=field)
    try:
        name = idna.encode(text, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise InvalidInput(_why_not(text), field=field) from error
    labels = name.split(".")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"a name has at most {LONGEST_NAME} characters", field=field)
    if any(_LABEL.fullmatch(label) is None for label in labels):
        raise InvalidInput(_why_not(text), field=field)
    return name.lower()


def to_unicode(name: str) -> str:
    """The name as people read it; what cannot be read so is shown as it is."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def split(name: str, tlds: Collection[str], field: str = "domain") -> tuple[str, str]:
    """The label that is registered, and its ending: the longest one that we sell. Raises: InvalidInput."""
    labels = name.split(".")
    for cut in range(1, len(labels)):
        ending = ".".join(labels[cut:])
        if ending in tlds:
            if cut > 1:
                short = to_unicode(".".join(labels[cut - 1 :]))
                raise InvalidInput(
                    f"write the name itself: {short}, without what stands before it", field=field
                )
            return labels[0], ending
    raise InvalidInput(f"we do not sell names that end in .{to_unicode('.'.join(labels[1:]))}", field=field)


def scripts_of(name: str) -> list[frozenset[str]]:
    """The alphabets that each label uses; digits and hyphens belong to all."""
    return [
        frozenset(_script(letter) for letter in label if letter.isalpha() or unicodedata.combining(letter))
        - {""}
        for label in to_unicode(name).split(".")
    ]


def mixes_scripts(name: str) -> bool:
    """Does a label mix alphabets that no language writes together (the Latin a and the Cyrillic one)?"""
    return any(
        len(found) > 1 and not any(found <= together for together in _TOGETHER) for found in scripts_of(name)
    )


def looks_like_latin(name: str) -> bool:
    """Does a label of another alphabet consist of letters that look like Latin ones?"""
    labels = to_unicode(name).split(".")[:1]
    letters = [letter for label in labels for letter in label if letter.isalpha()]
    return bool(letters) and all(letter in _LOOKALIKE for letter in letters)


def check_scripts(name: str, *, idn: bool, mixed: bool, field: str = "domain") -> str | None:
    """What to warn of; None when there is nothing. Raises: InvalidInput for what this ending does not take."""
    if name.split(".", maxsplit=1)[0].startswith("xn--") and not idn:
        raise InvalidInput("this ending takes only the letters a to z, digits and hyphens", field=field)
    if mixes_scripts(name):
        if not mixed:
            raise InvalidInput("this name mixes letters of different alphabets that look alike", field=field)
        return "This name mixes letters of different alphabets; browsers show it as " + name
    if looks_like_latin(name):
        return "Every letter of this name looks like a Latin one; browsers may show it as " + name
    return None


def parse_nameservers(typed: Sequence[str], domain: str, glued: Collection[str] = ()) -> tuple[str, ...]:
    """Host names to delegate to. Raises: InvalidInput(field="nameservers").

    A host below the name itself needs its address at the registry first (`glued`).
    """
    hosts: list[str] = []
    for line in typed:
        host = parse_host(line, "nameservers")
        if host in hosts:
            raise InvalidInput(f"{host} stands there twice", field="nameservers")
        if (host == domain or host.endswith(f".{domain}")) and host not in glued:
            raise InvalidInput(
                f"{host} is below the name itself: give it an address first (glue record)",
                field="nameservers",
            )
        hosts.append(host)
    if not LEAST_NAMESERVERS <= len(hosts) <= MOST_NAMESERVERS:
        raise InvalidInput(f"name {LEAST_NAMESERVERS} to {MOST_NAMESERVERS} nameservers", field="nameservers")
    return tuple(hosts)


def parse_host(typed: str, field: str, *, underscores: bool = False) -> str:
    """A host name with at least two labels. Raises: InvalidInput naming the field."""
    text = typed.strip(" \t").rstrip(".").lower()
    if any(ord(char) < ord(" ") for char in text):
        raise InvalidInput("a host name is one line", field=field)
    if is_address(text):
        raise InvalidInput(f"{text} is an address; write the name of a host", field=field)
    if underscores and text.isascii():
        return _plain_host(text, field)
    if "." not in text:
        raise InvalidInput(
            f"{text or 'nothing'} is no host name; write one such as ns1.example.com", field=field
        )
    return to_ascii(text, field)


def _plain_host(text: str, field: str) -> str:
    labels = text.split(".")
    whole = len(labels) > 1 and len(text) <= LONGEST_NAME
    if not whole or any(_HOST_LABEL.fullmatch(label) is None for label in labels):
        raise InvalidInput(f"{text[:80] or 'nothing'} is no host name", field=field)
    return text


def parse_address(typed: str, field: str, version: int | None = None) -> str:
    """An IP address in its usual form. Raises: InvalidInput naming the field."""
    try:
        found = ip_address(typed.strip())
    except ValueError as error:
        raise InvalidInput(f"{typed.strip()[:60] or 'nothing'} is no IP address", field=field) from error
    if version is not None and found.version != version:
        raise InvalidInput(f"{found} is no IPv{version} address", field=field)
    return str(found)


def is_address(text: str) -> bool:
    """Is this an IP address rather than a name?"""
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def parse_code(typed: str, field: str = "auth_code") -> str:
    """An authorisation code of a transfer (EPP authInfo). Raises: InvalidInput; the code is never in its text."""
    code = typed.strip()
    if not code:
        raise InvalidInput("write the code that your present registrar gave you", field=field)
    if len(code) > LONGEST_CODE:
        raise InvalidInput(f"a code has at most {LONGEST_CODE} characters", field=field)
    if _CODE.fullmatch(code) is None:
        raise InvalidInput("a code has no spaces and only plain characters", field=field)
    return code


def _cleaned(typed: str) -> str:
    """Without what comes along when an address is copied: scheme, path, port, `www.`, last dot."""
    text = typed.strip()[:_TYPED].lower()
    text = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text)
    text = re.split(r"[/?#]", text, maxsplit=1)[0]
    text = re.sub(r":[0-9]{1,5}$", "", text)
    text = text.removesuffix(".")
    short = text.removeprefix("www.")
    return short if "." in short else text


def _why_not(text: str) -> str:
    for label in text.split("."):
        if len(label) > LONGEST_LABEL:
            return f"no part between two dots has more than {LONGEST_LABEL} characters"
        if label.startswith("-") or label.endswith("-"):
            return "no part begins or ends with a hyphen"
        if label.startswith("xn--"):
            return f"{label[:70]} is no valid international name"
    strange = next((char for char in text if not (char.isalnum() or char in ".-")), None)
    if strange is not None:
        return f"the character {strange!r} cannot be in a domain name"
    return "this cannot be a domain name: letters, digits and hyphens only"


def _script(letter: str) -> str:
    try:
        word = unicodedata.name(letter).split(" ", 1)[0]
    except ValueError:
        return "UNKNOWN"
    return "" if word in ("COMBINING", "MODIFIER", "KATAKANA-HIRAGANA") else word
