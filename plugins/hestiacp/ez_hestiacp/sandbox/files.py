"""Commands about files and certificates: what a folder of the server holds, and what a website serves."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any

from ez_hestiacp.sandbox import refusals
from ez_hestiacp.sandbox.domains import site_of
from ez_hestiacp.sandbox.refusals import Refusal
from ez_hestiacp.sandbox.server import Server


def make_tmp_file(server: Server, args: Sequence[str]) -> str:
    """v-make-tmp-file CONTENT NAME: a file in /tmp, with a line feed at its end."""
    _write(server, f"/tmp/{posixpath.basename(args[1])}", args[0] + "\n")  # noqa: S108  # nosec B108
    return ""


def add_directory(server: Server, args: Sequence[str]) -> str:
    """v-add-fs-directory USER DIRECTORY."""
    _inside(server, args[0], args[1], "destination")
    return ""


def copy_file(server: Server, args: Sequence[str]) -> str:
    """v-copy-fs-file USER FROM TO."""
    server.user(args[0])
    found = server.store.get("file", args[1])
    if found is None:
        raise Refusal(3, f"{args[1]} doesn't exist")
    _write(server, _inside(server, args[0], args[2], "destination"), found["text"])
    return ""


def delete_file(server: Server, args: Sequence[str]) -> str:
    """v-delete-fs-file USER FILE: `rm -f`, so what is not there is fine."""
    server.store.delete("file", _inside(server, args[0], args[1], "destination"))
    return ""


def add_ssl(server: Server, args: Sequence[str]) -> str:
    """v-add-web-domain-ssl USER DOMAIN SSL_DIR [SSL_HOME] [RESTART]."""
    site = site_of(server, args[0], args[1])
    if site["ssl"]:
        raise Refusal(4, "SSL is already exist")
    return _install(server, args)


def update_ssl(server: Server, args: Sequence[str]) -> str:
    """v-update-web-domain-ssl USER DOMAIN SSL_DIR [RESTART]."""
    if not site_of(server, args[0], args[1])["ssl"]:
        raise refusals.missing("SSL", args[1])
    return _install(server, args)


def list_ssl(server: Server, args: Sequence[str]) -> Any:
    """v-list-web-domain-ssl USER DOMAIN [FORMAT]: empty texts when there is none."""
    server.user(args[0])
    site = server.store.get("web", args[1])
    if site is None or site["user"] != args[0]:
        raise refusals.missing("web domain", args[1])
    served = server.store.get("ssl", args[1]) or {}
    names = (
        "CRT",
        "KEY",
        "CA",
        "SUBJECT",
        "ALIASES",
        "NOT_BEFORE",
        "NOT_AFTER",
        "SIGNATURE",
        "PUB_KEY",
        "ISSUER",
    )
    return {args[1]: {name: served.get(name, "") for name in names}}


def _install(server: Server, args: Sequence[str]) -> str:
    site, folder = site_of(server, args[0], args[1]), args[2].rstrip("/")
    files = {end: server.store.get("file", f"{folder}/{args[1]}.{end}") for end in ("crt", "key", "ca")}
    for end in ("crt", "key"):
        if files[end] is None:
            raise Refusal(3, f"{folder}/{args[1]}.{end} not found")
    text = {end: file["text"].strip() for end, file in files.items() if file}
    if "BEGIN CERTIFICATE" not in text["crt"]:
        raise Refusal(2, "SSL Certificate is not valid")
    if sum("PRIVATE KEY" in line for line in text["key"].splitlines()) != 2:  # noqa: PLR2004 - first and last line
        raise Refusal(2, "SSL Key is not valid")
    if "ENCRYPTED" in text["key"]:
        raise Refusal(10, "SSL Key is protected (remove pass_phrase)")
    served = {"CRT": text["crt"], "KEY": "imitated", "CA": text.get("ca", ""), "SUBJECT": args[1]}
    server.store.put("ssl", args[1], served)
    server.store.put("web", site["key"], site | {"ssl": True, "letsencrypt": False})
    return ""


def _inside(server: Server, user: str, path: str, what: str) -> str:
    server.user(user)
    plain = posixpath.normpath(path)
    if not plain.startswith(("/tmp/", f"/home/{user}/")):  # noqa: S108  # nosec B108
        raise Refusal(2, f"invalid {what} path {path}")
    return plain


def _write(server: Server, path: str, text: str) -> None:
    server.store.put("file", path, {"path": path, "text": text})
