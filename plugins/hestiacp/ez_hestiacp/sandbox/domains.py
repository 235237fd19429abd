"""Commands about domain names, mailboxes and databases: add, list, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ez_hestiacp.sandbox import refusals
from ez_hestiacp.sandbox.refusals import Refusal
from ez_hestiacp.sandbox.server import Server, argument, checked_domain
from ezcore.plugin_api.sandbox import Document

TITLES = {"web": "Web", "dns": "DNS", "mail": "Mail"}
SYSTEMS = {"dns": "dns_system", "mail": "mail_system", "database": "db_system"}


def add_web(server: Server, args: Sequence[str]) -> str:
    """v-add-web-domain USER DOMAIN [IP] [RESTART] [ALIASES] [PROXY_EXTENSIONS]."""
    ip = argument(args, 3, server.settings.ip)
    facts = {"ip": ip, "alias": argument(args, 5, f"www.{args[1]}"), "ssl": False, "letsencrypt": False}
    _add(server, "web", args, facts)
    return ""


def add_dns(server: Server, args: Sequence[str]) -> str:
    """v-add-dns-domain USER DOMAIN IP [NS1..NS8] [RESTART]."""
    _add(server, "dns", args, {"ip": args[2]})
    return ""


def add_mail(server: Server, args: Sequence[str]) -> str:
    """v-add-mail-domain USER DOMAIN ..."""
    _add(server, "mail", args, {})
    return ""


def add_bundle(server: Server, args: Sequence[str]) -> str:
    """v-add-domain USER DOMAIN [IP] [RESTART]: leaves out, in silence, each part whose limit is reached."""
    user = server.active(args[0])
    room = [kind for kind in TITLES if _has_room(server, user, kind)]
    if not room:
        raise Refusal(8, "Package limit reached")
    ip = argument(args, 3, server.settings.ip)
    steps = {
        "web": lambda: add_web(server, [args[0], args[1], ip]),
        "dns": lambda: add_dns(server, [args[0], args[1], ip]),
        "mail": lambda: add_mail(server, [args[0], args[1]]),
    }
    for kind in room:
        steps[kind]()
    return ""


def add_mailbox(server: Server, args: Sequence[str]) -> str:
    """v-add-mail-account USER DOMAIN ACCOUNT PASSWORD."""
    user, domain = server.active(args[0]), _owned(server, "mail", args[0], args[1])
    allowed = server.limits(user).get("MAIL_ACCOUNTS", "unlimited")
    there = list(server.store.where("mailbox", user=args[0], domain=domain["name"]))
    if any(box["name"] == args[2] for box in there):
        raise Refusal(4, f"mail account {args[2]} exists")
    if allowed != "unlimited" and len(there) >= int(allowed):
        raise refusals.limit("MAIL_ACCOUNTS")
    key = f"{args[2]}@{domain['name']}"
    server.store.put("mailbox", key, {"key": key, "user": args[0], "domain": domain["name"], "name": args[2]})
    return ""


def add_database(server: Server, args: Sequence[str]) -> str:
    """v-add-database USER DATABASE DBUSER DBPASS [TYPE] [HOST] [CHARSET]."""
    if not server.settings.db_system:
        raise refusals.disabled("DB_SYSTEM")
    user = server.active(args[0])
    name = f"{args[0]}_{args[1]}"
    if server.store.get("database", name) is not None:
        raise Refusal(4, f"DB {name} already exists")
    server.has_room(user, "database")
    facts = {"dbuser": f"{args[0]}_{args[2]}", "type": argument(args, 5, "mysql")}
    _put(server, "database", args[0], name, facts)
    return ""


def list_web(server: Server, args: Sequence[str]) -> Any:
    """v-list-web-domains USER [FORMAT]."""
    return {site["name"]: _site(site) for site in _of(server, "web", args[0])}


def list_web_one(server: Server, args: Sequence[str]) -> Any:
    """v-list-web-domain USER DOMAIN [FORMAT]."""
    server.user(args[0])
    return {args[1]: _site(_owned(server, "web", args[0], args[1]))}


def list_dns(server: Server, args: Sequence[str]) -> Any:
    """v-list-dns-domains USER [FORMAT]."""
    return {zone["name"]: _zone(server, zone) for zone in _of(server, "dns", args[0])}


def list_mail(server: Server, args: Sequence[str]) -> Any:
    """v-list-mail-domains USER [FORMAT]."""
    return {domain["name"]: _mail(server, domain) for domain in _of(server, "mail", args[0])}


def list_databases(server: Server, args: Sequence[str]) -> Any:
    """v-list-databases USER [FORMAT]."""
    return {
        base["name"]: {
            "DATABASE": base["name"],
            "DBUSER": base["dbuser"],
            "HOST": "localhost",
            "TYPE": base["type"],
            "CHARSET": "UTF8MB4",
            "U_DISK": "0",
            **_end(base),
        }
        for base in _of(server, "database", args[0])
    }


def lets_encrypt(server: Server, args: Sequence[str]) -> str:
    """v-add-letsencrypt-domain USER DOMAIN [ALIASES] [MAIL]: the authority refuses when a fault says so."""
    server.active(args[0])
    site = _owned(server, "web", args[0], args[1])
    server.store.put("web", site["key"], site | {"ssl": True, "letsencrypt": True})
    return ""


def _add(server: Server, kind: str, args: Sequence[str], facts: Document) -> None:
    name = checked_domain(args[1])
    system = SYSTEMS.get(kind)
    if system and not getattr(server.settings, system):
        raise refusals.disabled(system.upper())
    user = server.active(args[0])
    there = server.store.get(kind, name)
    # A name that is taken is refused before the limit, another user's name too.
    if there is not None:
        raise Refusal(4, f"{TITLES[kind]} domain {name} exists")
    server.has_room(user, kind)
    if "ip" in facts and server.store.get("ip", facts["ip"]) is None and kind == "web":
        raise refusals.missing("IP", facts["ip"])
    _put(server, kind, args[0], name, facts)


def _put(server: Server, kind: str, user: str, name: str, facts: Document) -> None:
    base = {"key": name, "user": user, "name": name, "suspended": False, **server.stamp()}
    server.store.put(kind, name, base | facts)


def _has_room(server: Server, user: Document, kind: str) -> bool:
    try:
        server.has_room(user, kind)
    except Refusal:
        return False
    return True


def _of(server: Server, kind: str, user: str) -> list[Document]:
    server.user(user)
    return server.owned(kind, user)


def _owned(server: Server, kind: str, user: str, name: str) -> Document:
    server.user(user)
    found = server.store.get(kind, name)
    if found is None or found["user"] != user:
        raise refusals.missing(f"{kind} domain", name)
    return found


def site_of(server: Server, user: str, name: str) -> Document:
    """A website that is not suspended. Raises: Refusal 3 or 5."""
    server.active(user)
    return _owned(server, "web", user, name)


def _end(item: Document) -> dict[str, str]:
    off = "yes" if item["suspended"] else "no"
    return {"SUSPENDED": off, "TIME": item["time"], "DATE": item["date"]}


def _site(site: Document) -> dict[str, str]:
    return {
        "IP": site["ip"],
        "IP6": "",
        "DOCUMENT_ROOT": f"/home/{site['user']}/web/{site['name']}/public_html/",
        "U_DISK": "0",
        "U_BANDWIDTH": "0",
        "TPL": "default",
        "ALIAS": site["alias"],
        "STATS": "",
        "STATS_USER": "",
        "SSL": "yes" if site["ssl"] else "no",
        "SSL_HOME": "same",
        "LETSENCRYPT": "yes" if site["letsencrypt"] else "no",
        "FTP_USER": "",
        "FTP_PATH": "",
        "AUTH_USER": "",
        "BACKEND": "default",
        "PROXY": "default",
        "PROXY_EXT": "",
        **_end(site),
    }


def _zone(server: Server, zone: Document) -> dict[str, str]:
    return {
        "IP": zone["ip"],
        "TPL": "default",
        "TTL": "14400",
        "EXP": f"{server.now() + timedelta(days=365):%Y-%m-%d}",
        "SOA": "ns1.domain.tld",
        "SERIAL": "3000000001",
        "DNSSEC": "no",
        "SRC": "",
        "RECORDS": "16",
        **_end(zone),
    }


def _mail(server: Server, domain: Document) -> dict[str, str]:
    boxes = list(server.store.where("mailbox", user=domain["user"], domain=domain["name"]))
    return {
        "ANTIVIRUS": "no",
        "ANTISPAM": "no",
        "REJECT": "no",
        "RATE_LIMIT": "200",
        "DKIM": "yes",
        "CATCHALL": "",
        "ACCOUNTS": str(len(boxes)),
        "U_DISK": "0",
        "SSL": "no",
        **_end(domain),
        "WEBMAIL_ALIAS": "",
        "WEBMAIL": "",
    }
