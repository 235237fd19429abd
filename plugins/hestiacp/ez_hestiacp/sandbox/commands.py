"""The commands of the imitation by name: how many arguments they need, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ez_hestiacp.sandbox import domains, files, users
from ez_hestiacp.sandbox.refusals import Refusal
from ez_hestiacp.sandbox.seed import ROOT
from ez_hestiacp.sandbox.server import Server

Do = Callable[[Server, Sequence[str]], Any]


def list_ips(server: Server, _args: Sequence[str]) -> Any:
    """v-list-sys-ips [FORMAT]."""
    shared = {
        "OWNER": ROOT,
        "STATUS": "shared",
        "NAME": "",
        "U_SYS_USERS": "",
        "U_WEB_DOMAINS": "0",
        "INTERFACE": "eth0",
        "NETMASK": "255.255.255.0",
        "NAT": "",
        "TIME": "18:00:00",
        "DATE": "2026-01-15",
    }
    return {ip["address"]: shared for ip in server.store.all("ip")}


def list_info(_server: Server, _args: Sequence[str]) -> Any:
    """v-list-sys-info [FORMAT]."""
    return {
        "sysinfo": {
            "HOSTNAME": "panel.example.test",
            "OS": "Debian",
            "VERSION": "12.14",
            "ARCH": "x86_64",
            "HESTIA": "1.10.3",
            "RELEASE": "release",
            "UPTIME": "4711",
            "LOADAVERAGE": "0.10 / 0.10 / 0.10",
        }
    }


def list_config(server: Server, _args: Sequence[str]) -> Any:
    """v-list-sys-config [FORMAT], the part of it that concerns us."""
    own = server.settings
    return {
        "config": {
            "API_ALLOWED_IP": own.allowed_ip,
            "API_SYSTEM": own.api_system,
            "DB_SYSTEM": own.db_system,
            "DNS_SYSTEM": own.dns_system,
            "IMAP_SYSTEM": own.imap_system,
            "MAIL_SYSTEM": own.mail_system,
            "ROOT_USER": ROOT,
            "VERSION": "1.10.3",
            "WEB_SSL": "openssl",
            "WEB_SYSTEM": "nginx",
        }
    }


def _nothing(_server: Server, _args: Sequence[str]) -> str:
    return ""


ADD_USER: Final = "USER PASSWORD EMAIL [PACKAGE] [NAME]"
ONE: Final = "USER [RESTART]"
PART: Final = "USER DOMAIN [FORMAT]"
COMMANDS: Final[Mapping[str, tuple[int, str, Do]]] = {
    "v-add-user": (3, ADD_USER, users.add_user),
    "v-list-user": (1, "USER [FORMAT]", users.list_user),
    "v-list-users": (0, "[FORMAT]", users.list_users),
    "v-list-user-packages": (0, "[FORMAT]", users.list_packages),
    "v-suspend-user": (1, ONE, users.suspend),
    "v-unsuspend-user": (1, ONE, users.unsuspend),
    "v-delete-user": (1, ONE, users.delete),
    "v-change-user-password": (1, "USER [PASSWORD]", users.change_password),
    "v-change-user-package": (2, "USER PACKAGE [FORCE]", users.change_package),
    "v-rebuild-user": (1, ONE, users.rebuild),
    "v-rebuild-web-domains": (1, ONE, users.rebuild),
    "v-update-user-disk": (1, "USER", users.count_now),
    "v-update-user-stats": (1, "USER", users.count_now),
    "v-add-domain": (2, "USER DOMAIN [IP] [RESTART]", domains.add_bundle),
    "v-add-web-domain": (2, "USER DOMAIN [IP] [RESTART] [ALIASES] [PROXY_EXTENSIONS]", domains.add_web),
    "v-add-dns-domain": (3, "USER DOMAIN IP [NS1] [NS2] [NS3] [..] [NS8] [RESTART]", domains.add_dns),
    "v-add-mail-domain": (
        2,
        "USER DOMAIN [ANTISPAM] [ANTIVIRUS] [DKIM] [DKIM_SIZE] [RESTART]",
        domains.add_mail,
    ),
    "v-add-mail-account": (4, "USER DOMAIN ACCOUNT PASSWORD [QUOTA]", domains.add_mailbox),
    "v-add-database": (4, "USER DATABASE DBUSER DBPASS [TYPE] [HOST] [CHARSET]", domains.add_database),
    "v-add-letsencrypt-domain": (2, "USER DOMAIN [ALIASES] [MAIL]", domains.lets_encrypt),
    "v-list-web-domains": (1, "USER [FORMAT]", domains.list_web),
    "v-list-web-domain": (2, PART, domains.list_web_one),
    "v-list-dns-domains": (1, "USER [FORMAT]", domains.list_dns),
    "v-list-mail-domains": (1, "USER [FORMAT]", domains.list_mail),
    "v-list-databases": (1, "USER [FORMAT]", domains.list_databases),
    "v-list-sys-ips": (0, "[FORMAT]", list_ips),
    "v-list-sys-info": (0, "[FORMAT]", list_info),
    "v-list-sys-config": (0, "[FORMAT]", list_config),
    "v-make-tmp-file": (2, "CONTENT FILENAME", files.make_tmp_file),
    "v-add-fs-directory": (2, "USER DIR", files.add_directory),
    "v-copy-fs-file": (3, "USER SRC_FILE DST_FILE", files.copy_file),
    "v-delete-fs-file": (2, "USER FILE", files.delete_file),
    "v-add-web-domain-ssl": (3, "USER DOMAIN SSL_DIR [SSL_HOME] [RESTART]", files.add_ssl),
    "v-update-web-domain-ssl": (3, "USER DOMAIN SSL_DIR [RESTART]", files.update_ssl),
    "v-list-web-domain-ssl": (2, PART, files.list_ssl),
    "v-restart-web": (0, "[RESTART]", _nothing),
    "v-restart-proxy": (0, "[RESTART]", _nothing),
    "v-restart-dns": (0, "[RESTART]", _nothing),
}


def run(server: Server, command: str, args: Sequence[str]) -> Any:
    """What a command prints: a text, or a value for JSON. Raises: Refusal."""
    if command not in COMMANDS:
        raise Refusal(10, f"Command {command} not found")
    needed, usage, do = COMMANDS[command]
    if len(args) < needed:
        raise Refusal(1, f"Usage: {command} {usage}")
    return do(server, args)
