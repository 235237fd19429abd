"""`ez plugin new`: writes a plugin for an invented vendor, which passes the conformance suite of its kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ezcore.kernel.errors import InvalidInput, Refused

TEMPLATES: Final = Path(__file__).parent / "new_plugin"
KINDS: Final = ("provisioning", "gateway", "registrar", "dns", "certificate")
ACCOUNT_KINDS: Final = {
    "registrar": {
        "hook": "registrars", "ports": "registrar", "Port": "Registrar", "module": "registrar",
        "Class": "Registrar",
    },
    "dns": {"hook": "dns_providers", "ports": "dns", "Port": "DnsProvider", "module": "dns", "Class": "Dns"},
    "certificate": {
        "hook": "certificate_authorities", "ports": "certificates", "Port": "CertificateAuthority",
        "module": "authority", "Class": "Authority",
    },
}  # fmt: skip
"""Kinds whose plugin is one port over one account: what their common templates call things."""
SUFFIX: Final = ".tmpl"
HISTORY: Final = '''    @classmethod
    def migrations(cls) -> Path:
        """The plugin's own history; `ez migrate` applies it after the core's."""
        return Path(__file__).parent / "migrations"

'''
"""What a plugin with a table of its own says of it."""


def write_plugin(name: str, kind: str, where: Path, *, table: bool = False) -> Path:
    """Write the folder `where`/`name`, with a table of its own and its migrations when `table` says so.

    Raises: InvalidInput for a name or kind that will not do; Refused.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
        raise InvalidInput(
            "a plugin's name has 2 to 31 small letters, digits or _ (hello_banner)", field="name"
        )
    if kind not in KINDS:
        raise InvalidInput(f"there are plugins of these kinds: {', '.join(KINDS)}", field="kind")
    target = where / name
    if target.exists():
        raise Refused(f"{target} is there already; nothing was written")
    words = {
        "name": name,
        "dash": name.replace("_", "-"),
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "title": name.replace("_", " ").capitalize(),
        "kind": kind,
        "more": (', "cryptography>=46"' if kind == "certificate" else "")
        + (', "alembic>=1.20", "sqlalchemy>=2.1"' if table else ""),
        "path": "from pathlib import Path\n" if table else "",
        "history": HISTORY if table else "",
        **ACCOUNT_KINDS.get(kind, {}),
    }
    folders = (
        "every",
        *(("account",) if kind in ACCOUNT_KINDS else ()),
        kind,
        *(("tables",) if table else ()),
    )
    for source in sorted(path for folder in folders for path in (TEMPLATES / folder).rglob(f"*{SUFFIX}")):
        _write(source, target, words)
    return target


def _write(source: Path, target: Path, words: dict[str, str]) -> None:
    parts = source.relative_to(TEMPLATES).parts[1:]
    named = [f"ez_{words['name']}" if part == "pkg" else part for part in parts]
    path = target.joinpath(*named).with_suffix("")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace("{{" + word + "}}", value)
    path.write_text(text, encoding="utf-8")
