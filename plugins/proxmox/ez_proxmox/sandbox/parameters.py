"""The parameters each imitated call accepts, and how their texts are checked.

Proxmox refuses unknown parameters with 400, so a client that invents one must fail here too.
Source of rules: the generated API schema of pve-docs 9.1.3; a test compares the table with it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.call_table import BOOLEANS, CALLS, INTEGERS, NUMBERED, REQUIRED, is_config

VMIDS: Final = range(100, 10**9)

_URLENCODED = re.compile(r"[-%a-zA-Z0-9_.!~*'()]*")
_DNS_NAME = re.compile(
    r"(?=.{1,253}$)([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_TAGS = re.compile(r"[a-z0-9_][a-z0-9_\-+.]*([;, ][a-z0-9_][a-z0-9_\-+.]*)*", re.IGNORECASE)
_CONFIG_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{1,39}")
_SIZE = re.compile(r"\+?\d+(\.\d+)?[KMGT]?")
_IPCONFIG = re.compile(r"(ip6?|gw6?)=[0-9a-fA-F.:/a-z]+(,(ip6?|gw6?)=[0-9a-fA-F.:/a-z]+)*")

_SHAPES: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "sshkeys": (_URLENCODED, "invalid format - invalid urlencoded string: {}"),
    "tags": (_TAGS, "invalid format - invalid characters in tag"),
    "snapname": (_CONFIG_ID, "invalid format - invalid configuration ID '{}'"),
    "size": (_SIZE, "value does not match the regex pattern"),
    "ipconfig": (_IPCONFIG, "invalid format - format error"),
}


def check(call: str, given: Mapping[str, str]) -> None:
    """Refuse what the schema of the call refuses.

    Raises: Refusal 400 with one text per wrong parameter.
    """
    allowed = CALLS[call]
    strange = [n for n in given if n not in allowed and not (is_config(call) and NUMBERED.fullmatch(n))]
    if strange:
        raise refusals.unknown(strange)
    absent = [n for n in REQUIRED.get(call, ()) if not given.get(n)]
    if absent:
        raise refusals.missing(*absent)
    wrong = {name: text for name, value in given.items() if (text := _fault_of(call, name, value))}
    if wrong:
        raise refusals.parameters(wrong)


def _fault_of(call: str, name: str, value: str) -> str | None:
    if name in INTEGERS and not re.fullmatch(r"-?\d+", value):
        return f"type check ('integer') failed - got '{value}'"
    if name in BOOLEANS and value not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
        return f"type check ('boolean') failed - got '{value}'"
    if name in ("newid", "vmid") and int(value) not in VMIDS:
        return "invalid format - value does not look like a valid VM ID"
    return _format_fault(call, name, value)


def _format_fault(call: str, name: str, value: str) -> str | None:
    if name in ("name", "hostname") and not call.endswith("/ipset") and not _DNS_NAME.fullmatch(value):
        return f"invalid format - value does not look like a valid DNS name\nvalue '{value}'"
    if name == "tags" and not value:
        return None
    pattern, text = _SHAPES.get("ipconfig" if name.startswith("ipconfig") else name, (None, ""))
    return None if pattern is None or pattern.fullmatch(value) else text.format(value)


def check_ssh_keys(encoded: str) -> None:
    """Do what the server does with ssh-keygen: every line must be one public key.

    Raises: Refusal 500 when a line is not a key (for example because it was encoded only once).
    """
    for line in unquote(encoded).splitlines():
        if line.strip() and not _is_public_key(line.split()):
            raise refusals.bad_ssh_key()


def _is_public_key(words: list[str]) -> bool:
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        return False
    kind = words[0].encode()
    return blob[:4] == len(kind).to_bytes(4, "big") and blob[4 : 4 + len(kind)] == kind


def truth(value: str | None) -> bool:
    """Perl's idea of a boolean parameter."""
    return value in ("1", "true", "yes", "on")
