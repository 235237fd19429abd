"""Names as Hestia takes them: users, people, domain names, databases; and passwords that it does not misread.

Source of rules: argument checks recorded in the vendor contract (func/main.sh).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import unicodedata
from typing import Final

LONGEST_BASE: Final = 8
FINGERPRINT: Final = 8
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_DOMAIN: Final = 253
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})")
ALPHABET: Final = string.ascii_letters + string.digits
PASSWORD_LENGTH: Final = 20


def domain_name(text: str) -> str:
    """A domain name in lower case A-labels.

    Raises: ValueError when it is none, or has no dot.
    """
    name = text.strip().rstrip(".").lower()
    try:
        ascii_name = name.encode("idna").decode("ascii") if name else ""
    except UnicodeError:
        ascii_name = ""
    labels = ascii_name.split(".")
    if len(ascii_name) > LONGEST_DOMAIN or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("write a domain name such as example.com")
    if len(labels) < 2 or labels[-1].isdigit():  # noqa: PLR2004 - a name and its ending
        raise ValueError("write a whole domain name such as example.com")
    return ascii_name


def fingerprint(operation_key: str) -> str:
    """What stands for the key in a user name: Hestia's accounts have no field for a note."""
    return hashlib.sha256(operation_key.encode()).hexdigest()[:FINGERPRINT]


def user_name(operation_key: str, domain: str) -> str:
    """The name of a new account: readable by its domain name, unmistakable by the key's fingerprint.

    Lower case only: Hestia takes capitals and makes another Unix user of them. With a letter first, and 17
    characters at most, so that `user_name` + `_main` fits into MySQL's 32.
    """
    base = re.sub(r"[^a-z0-9]", "", domain.split(".", maxsplit=1)[0].removeprefix("xn--"))
    if not base or base[0].isdigit():
        base = f"w{base}"
    return f"{base[:LONGEST_BASE]}{fingerprint(operation_key)}"


def person_name(text: str) -> tuple[str, str]:
    """First and last name without what Hestia refuses: quotes, angle brackets, line breaks, other scripts."""
    flat = unicodedata.normalize("NFKD", text)
    kept = "".join(char for char in flat if char.isascii() and (char.isalnum() or char in " .-"))
    first, _, last = " ".join(kept.split()).partition(" ")
    return first[:60] or "Client", last[:60]


def email_address(text: str) -> str:
    """The address, checked the way Hestia checks it. Raises: ValueError."""
    address = text.strip()
    if not EMAIL.fullmatch(address):
        raise ValueError(f"the panel takes no e-mail address such as {address[:80]!r}")
    return address


def new_password() -> str:
    """Letters of both cases and digits: nothing a shell, a form, or `chpasswd` reads otherwise.

    It can never begin with /tmp/, which Hestia would take for a file to read the password from.
    """
    while True:
        made = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
        if made[0].isalpha() and any(c.isdigit() for c in made) and made.lower() != made != made.upper():
            return made
