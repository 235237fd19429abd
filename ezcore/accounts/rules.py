"""Pure rules of accounts: addresses, local links, how long things last, what a throttle counts by."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from ezcore.messaging.rules import check_address

VERIFY_FOR: Final = timedelta(hours=24)
RESET_FOR: Final = timedelta(hours=1)
INVITED_FOR: Final = timedelta(days=3)
SEEN_EVERY: Final = timedelta(minutes=1)
KEEP_HISTORY: Final = timedelta(days=90)
KNOWN_PLACE_FOR: Final = timedelta(days=30)
MAILS_AN_HOUR: Final = 3
NO_PASSWORD: Final = "!"  # noqa: S105 - what no password opens
LONGEST_LINK: Final = 500


def normal_email(typed: str) -> str:
    """One address is one user, however it is typed. Raises: BadRecipient."""
    return check_address(typed.strip(" ")).lower()


def digest(secret: str) -> str:
    """What is stored of a token: it has 256 random bits, so one round of SHA-256 is enough."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


def local_path(value: str | None, default: str = "/") -> str:
    """`value` when it is a path on this site, else `default`. Browsers read backslashes as slashes."""
    if not value or len(value) > LONGEST_LINK or not value.startswith("/"):
        return default
    if not value.isascii() or not value.isprintable() or " " in value or "\\" in value:
        return default
    try:
        parts = urlsplit(value)
    except ValueError:
        return default
    return default if value.startswith("//") or parts.scheme or parts.netloc else value


def place(ip: str | None) -> str:
    """What an address of the network counts as: IPv6 customers own a /64, so that is one place."""
    try:
        address = ip_address(ip or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
