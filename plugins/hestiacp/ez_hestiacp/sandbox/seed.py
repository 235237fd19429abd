"""The server a fresh imitation starts with: an administrator, four packages, one shared address.

`SandboxOptions.extra` (texts): `access_key`, `secret_key`, `permissions` ("*" or commands separated by commas,
"billing" for the profile of that name that Hestia ships), `allowed_ip` ("allow-all", or empty as after installation),
`api_system` ("0", "1"), `db_system`, `imap_system`, `dns_system`, `mail_system` (empty: not installed), `ip`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ezcore.plugin_api.sandbox import Document, Store

ACCESS_KEY: Final = "AKIDAKIDAKIDAKIDAKID"
SECRET_KEY: Final = "S" * 40
ROOT: Final = "admin"
ADDRESS: Final = "192.0.2.10"
BILLING: Final = frozenset(
    {
        "v-add-user",
        "v-delete-user",
        "v-suspend-user",
        "v-unsuspend-user",
        "v-change-user-shell",
        "v-list-user",
        "v-list-users",
        "v-make-tmp-file",
        "v-add-domain",
        "v-change-user-package",
        "v-change-user-password",
    }
)


@dataclass(frozen=True)
class Settings:
    """How this imitation behaves when no fault is scripted."""

    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY
    permissions: str = "*"
    allowed_ip: str = "allow-all"
    api_system: str = "1"
    db_system: str = "mysql"
    imap_system: str = "dovecot"
    dns_system: str = "bind9"
    mail_system: str = "exim4"
    ip: str = ADDRESS

    @classmethod
    def read(cls, extra: Mapping[str, str]) -> Settings:
        """Read the texts of `SandboxOptions.extra`; unknown names are ignored."""
        return cls(**{name: extra[name] for name in cls.__dataclass_fields__ if name in extra})

    def permits(self, command: str) -> bool:
        """Whether the key may run a command."""
        if self.permissions == "*":
            return True
        if self.permissions == "billing":
            return command in BILLING
        return command in self.permissions.split(",")


def package(**limits: str) -> Document:
    """A package with these limits; what is not named has none."""
    free = {
        "WEB_TEMPLATE": "default",
        "PROXY_TEMPLATE": "default",
        "DNS_TEMPLATE": "default",
        "WEB_DOMAINS": "unlimited",
        "WEB_ALIASES": "unlimited",
        "DNS_DOMAINS": "unlimited",
        "DNS_RECORDS": "unlimited",
        "MAIL_DOMAINS": "unlimited",
        "MAIL_ACCOUNTS": "unlimited",
        "DATABASES": "unlimited",
        "CRON_JOBS": "unlimited",
        "DISK_QUOTA": "unlimited",
        "CPU_QUOTA": "unlimited",
        "CPU_QUOTA_PERIOD": "unlimited",
        "MEMORY_LIMIT": "unlimited",
        "SWAP_LIMIT": "unlimited",
        "BANDWIDTH": "unlimited",
        "NS": "ns1.domain.tld,ns2.domain.tld",
        "SHELL": "nologin",
        "BACKUPS": "1",
        "TIME": "18:00:00",
        "DATE": "2026-01-15",
    }
    return free | limits


def _sold(sites: str, gigabytes: int, boxes: str, databases: str) -> Document:
    return package(
        WEB_DOMAINS=sites,
        DNS_DOMAINS=sites,
        MAIL_DOMAINS=sites,
        MAIL_ACCOUNTS=boxes,
        DATABASES=databases,
        DISK_QUOTA=str(gigabytes * 1024),
        BANDWIDTH=str(gigabytes * 10_240),
    )


PACKAGES: Final[Mapping[str, Document]] = {
    "default": package(),
    "tiny": package(
        WEB_DOMAINS="1",
        WEB_ALIASES="2",
        DNS_DOMAINS="1",
        MAIL_DOMAINS="1",
        MAIL_ACCOUNTS="1",
        DATABASES="0",
        CRON_JOBS="1",
        DISK_QUOTA="1000",
        BANDWIDTH="2000",
    ),
    "system": package(
        WEB_DOMAINS="1", WEB_ALIASES="1", DNS_DOMAINS="1", MAIL_DOMAINS="1", MAIL_ACCOUNTS="1", DATABASES="0"
    ),
    "web-start": _sold("1", 10, "5", "2"),
    "web-pro": _sold("10", 50, "50", "20"),
    "web-agency": _sold("100", 200, "unlimited", "unlimited"),
}


def seed(store: Store, settings: Settings, now: datetime) -> None:
    """Build the server when the store is empty (first start, or after a reset)."""
    with store.lock():
        if store.get("ip", settings.ip) is not None:
            return
        store.put("ip", settings.ip, {"address": settings.ip})
        for name, limits in PACKAGES.items():
            store.put("package", name, {"name": name, "limits": limits})
        root = new_user(ROOT, "admin@example.test", "default", "Root Admin", now)
        store.put("user", ROOT, root | {"role": "admin"})


def new_user(name: str, email: str, package_name: str, full_name: str, now: datetime) -> Document:
    """A user without anything. `used` is what is really there, `counted` what the last night's count saw."""
    nothing = {"disk": 0, "bandwidth": 0}
    return {
        "user": name,
        "contact": email,
        "package": package_name,
        "name": full_name,
        "role": "user",
        "suspended": False,
        "password": "",
        "used": dict(nothing),
        "counted": dict(nothing),
        "counted_on": now.date().isoformat(),
        "time": f"{now:%H:%M:%S}",
        "date": f"{now:%Y-%m-%d}",
    }
