"""Commands about users: add, list, suspend, unsuspend, change, delete."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ez_hestiacp.sandbox import refusals
from ez_hestiacp.sandbox.refusals import Refusal
from ez_hestiacp.sandbox.seed import new_user
from ez_hestiacp.sandbox.server import KINDS, USER, Server, argument
from ezcore.plugin_api.sandbox import Document

RESERVED: Final = "aria aria_log mysql mysql_upgrade ib ib_buffer ddl ddl_recovery performance sudo"
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,63}")
NO_SHELL: Final = "Error: shell nologin is not valid"
"""What `v-change-user-package` says, with exit code 0, where /etc/shells lacks nologin."""


def add_user(server: Server, args: Sequence[str]) -> str:
    """v-add-user USER PASSWORD EMAIL [PACKAGE] [NAME] [LASTNAME]."""
    name, password, email = args[0], args[1], args[2]
    package = argument(args, 4, "default")
    full = " ".join(part for part in (argument(args, 5), argument(args, 6)) if part)
    if not USER.fullmatch(name):
        raise refusals.invalid("user", name)
    if not EMAIL.fullmatch(email):
        raise refusals.invalid("email", email)
    if re.search(r"[\"'<>]", full):
        raise Refusal(2, f"Invalid name contains qoutes (\" or ') :: {full}")
    if server.store.get("user", name) is not None:
        raise Refusal(4, f"user {name} exists")
    if name in RESERVED.split():
        text = f"The user name '{name}' is reserved and cannot be used. List of reserved names: {RESERVED}"
        raise Refusal(2, text)
    if server.package(package) is None:
        raise refusals.missing("package", package)
    server.put(new_user(name, email, package, full, server.now()) | {"password": password})
    return ""


def list_user(server: Server, args: Sequence[str]) -> Any:
    """v-list-user USER [FORMAT]."""
    user = server.user(args[0])
    return {user["user"]: _long(server, user)}


def list_users(server: Server, _args: Sequence[str]) -> Any:
    """v-list-users [FORMAT]."""
    every = {kind: _by_user(server, kind) for kind in (*KINDS, "mailbox")}
    users = server.users()
    return {
        user["user"]: _short(
            server, user, {kind: items.get(user["user"], []) for kind, items in every.items()}, len(users)
        )
        for user in users
    }


def list_packages(server: Server, _args: Sequence[str]) -> Any:
    """v-list-user-packages [FORMAT]."""
    return {row["name"]: row["limits"] for row in server.store.all("package")}


def suspend(server: Server, args: Sequence[str]) -> str:
    """v-suspend-user USER [RESTART]: with what is in it. Twice is exit code 5."""
    user = server.user(args[0])
    if server.touch_root(args[0]):
        return ""
    if user["suspended"]:
        raise refusals.suspended("user", args[0])
    _switch(server, user, off=True)
    return "" if server.settings.imap_system else "Error: IMAP_SYSTEM is not enabled"


def unsuspend(server: Server, args: Sequence[str]) -> str:
    """v-unsuspend-user USER [RESTART]. Twice is fine."""
    _switch(server, server.user(args[0]), off=False)
    return ""


def delete(server: Server, args: Sequence[str]) -> str:
    """v-delete-user USER [RESTART]: suspended or not."""
    server.user(args[0])
    if not server.touch_root(args[0]):
        server.remove(args[0])
    return ""


def change_password(server: Server, args: Sequence[str]) -> str:
    """v-change-user-password USER PASSWORD."""
    server.put(server.active(args[0]) | {"password": argument(args, 2)})
    return ""


def change_package(server: Server, args: Sequence[str]) -> str:
    """v-change-user-package USER PACKAGE [FORCE]: suspended or not; a package that is too small is refused."""
    user, wanted = server.user(args[0]), args[1]
    limits = server.package(wanted)
    if limits is None:
        raise refusals.missing("package", wanted)
    if argument(args, 3) != "yes":
        _covers(server, user, limits)
    server.put(user | {"package": wanted})
    return NO_SHELL


def rebuild(server: Server, args: Sequence[str]) -> str:
    """v-rebuild-user, v-rebuild-web-domains USER [RESTART]."""
    server.user(args[0])
    return ""


def count_now(server: Server, args: Sequence[str]) -> str:
    """v-update-user-disk, v-update-user-stats USER: the nightly count, now."""
    user = server.user(args[0])
    server.put(user | {"counted": dict(user["used"])})
    return ""


def _covers(server: Server, user: Document, limits: Document) -> None:
    for kind, name, said in (
        ("web", "WEB_DOMAINS", "WEB_DOMAIN"),
        ("dns", "DNS_DOMAINS", "DNS_DOMAIN"),
        ("mail", "MAIL_DOMAINS", "MAIL_DOMAIN"),
        ("database", "DATABASES", "DATABASE"),
    ):
        allowed = limits[name]
        if allowed != "unlimited" and int(allowed) < len(server.owned(kind, user["user"])):
            raise Refusal(8, f"Package doesn't cover {said} usage")
    for counter, name, said in (("disk", "DISK_QUOTA", "DISK"), ("bandwidth", "BANDWIDTH", "BANDWIDTH")):
        if limits[name] != "unlimited" and int(limits[name]) < user["counted"][counter]:
            raise Refusal(8, f"Package doesn't cover {said} usage")


def _switch(server: Server, user: Document, *, off: bool) -> None:
    for kind in KINDS:
        for item in server.owned(kind, user["user"]):
            server.store.put(kind, item["key"], item | {"suspended": off})
    server.put(user | {"suspended": off})


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _by_user(server: Server, kind: str) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for item in server.store.all(kind):
        found.setdefault(item["user"], []).append(item)
    return found


def _counters(user: Document, have: dict[str, list[Document]], users: int) -> dict[str, str]:
    off = {
        kind: sum(1 for item in items if item["suspended"])
        for kind, items in have.items()
        if kind != "mailbox"
    }
    counts = {
        "SUSPENDED_USERS": int(user["suspended"]),
        "SUSPENDED_WEB": off["web"],
        "SUSPENDED_DNS": off["dns"],
        "SUSPENDED_MAIL": off["mail"],
        "SUSPENDED_DB": off["database"],
        "SUSPENDED_CRON": 0,
        "IP_AVAIL": 1,
        "IP_OWNED": 0,
        "U_USERS": users,
        "U_DISK": user["counted"]["disk"],
        "U_DISK_DIRS": 0,
        "U_DISK_WEB": user["counted"]["disk"],
        "U_DISK_MAIL": 0,
        "U_DISK_DB": 0,
        "U_BANDWIDTH": user["counted"]["bandwidth"],
        "U_WEB_DOMAINS": len(have["web"]),
        "U_WEB_SSL": sum(1 for site in have["web"] if site["ssl"]),
        "U_WEB_ALIASES": len(have["web"]),
        "U_DNS_DOMAINS": len(have["dns"]),
        "U_DNS_RECORDS": 16 * len(have["dns"]),
        "U_MAIL_DOMAINS": len(have["mail"]),
        "U_MAIL_DKIM": len(have["mail"]),
        "U_MAIL_ACCOUNTS": len(have["mailbox"]),
        "U_DATABASES": len(have["database"]),
        "U_CRON_JOBS": 0,
        "U_BACKUPS": 0,
    }
    return {name: str(count) for name, count in counts.items()}


FIRST: Final = ("NAME", "PACKAGE", "WEB_TEMPLATE", "BACKEND_TEMPLATE", "PROXY_TEMPLATE", "DNS_TEMPLATE")
LIMITED: Final = tuple(
    "WEB_DOMAINS WEB_ALIASES DNS_DOMAINS DNS_RECORDS MAIL_DOMAINS MAIL_ACCOUNTS DATABASES CRON_JOBS DISK_QUOTA".split()  # noqa: SIM905
)
RATIONED: Final = ("CPU_QUOTA", "CPU_QUOTA_PERIOD", "MEMORY_LIMIT", "SWAP_LIMIT")


def _base(server: Server, user: Document, names: Sequence[str]) -> dict[str, str]:
    limits = server.limits(user)
    own: dict[str, str] = {"NAME": user["name"], "PACKAGE": user["package"], "BACKEND_TEMPLATE": "default"}
    return {name: own[name] if name in own else str(limits.get(name, "default")) for name in names}


def _long(server: Server, user: Document) -> dict[str, str]:
    have = {kind: server.owned(kind, user["user"]) for kind in (*KINDS, "mailbox")}
    return {
        **_base(server, user, (*FIRST, *LIMITED, "BANDWIDTH")),
        "HOME": f"/home/{user['user']}",
        **_base(server, user, ("NS", "SHELL", "BACKUPS")),
        "CONTACT": user["contact"],
        "CRON_REPORTS": "yes",
        "RKEY": "imitated",
        "TWOFA": "",
        "QRCODE": "",
        "ROLE": user["role"],
        "SUSPENDED": _yes(user["suspended"]),
        **_counters(user, have, len(server.users())),
        "BACKUPS_INCREMENTAL": "no",
        "LANGUAGE": "",
        "THEME": "",
        "NOTIFICATIONS": "no",
        "PREF_UI_SORT": "name",
        "LOGIN_DISABLED": "no",
        "LOGIN_USE_IPLIST": "no",
        "LOGIN_ALLOW_IPS": "",
        "PHPCLI": "",
        "TIME": user["time"],
        "DATE": user["date"],
    }


def _short(server: Server, user: Document, have: dict[str, list[Document]], users: int) -> dict[str, str]:
    return {
        **_base(server, user, (*FIRST, *LIMITED, *RATIONED, "BANDWIDTH", "NS", "SHELL", "BACKUPS")),
        "CONTACT": user["contact"],
        "CRON_REPORTS": "yes",
        "RKEY": "imitated",
        "ROLE": user["role"],
        "SUSPENDED": _yes(user["suspended"]),
        **_counters(user, have, users),
        "LANGUAGE": "",
        "TIME": user["time"],
        "DATE": user["date"],
    }
