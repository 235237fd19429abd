"""What we ask of a server, in its own words: is this account there, what has it, which address do sites get."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ez_hestiacp.account import Account, account_of
from ez_hestiacp.api import HestiaApi
from ez_hestiacp.errors import HestiaError, Kind

LISTS = {
    "web": "v-list-web-domains",
    "dns": "v-list-dns-domains",
    "mail": "v-list-mail-domains",
    "database": "v-list-databases",
}


class Panel:
    """Typed questions over one HestiaApi. Everything raises HestiaError."""

    def __init__(self, api: HestiaApi) -> None:
        self.api = api

    def account(self, user: str) -> Account | None:
        """The account of that name; None only if the server says that there is none."""
        try:
            answer = self.api.read("v-list-user", user)
        except HestiaError as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise
        if set(answer) != {user}:
            raise HestiaError(Kind.UNREACHABLE, f"the answer is not about user {user}")
        return account_of(user, answer[user])

    def accounts(self) -> list[Account]:
        """Every account but the administrators'."""
        answer = self.api.read("v-list-users")
        if not answer:
            raise HestiaError(Kind.UNREACHABLE, "a server without any user is not believed")
        every = [account_of(name, values) for name, values in answer.items()]
        return [account for account in every if account.text("ROLE") != "admin"]

    def objects(self, part: str, user: str) -> dict[str, dict[str, Any]]:
        """The account's domains ("web", "dns", "mail") or databases by name."""
        answer = self.api.read(LISTS[part], user)
        if not all(isinstance(values, dict) for values in answer.values()):
            raise HestiaError(Kind.UNREACHABLE, f"{LISTS[part]} gave something else")
        return answer

    def packages(self) -> frozenset[str]:
        """The names of the packages."""
        return frozenset(self.api.read("v-list-user-packages"))

    def shared_address(self) -> str:
        """The IPv4 address that sites of clients get.

        Raises: HestiaError when the server has none that is shared.
        """
        for address, values in self.api.read("v-list-sys-ips").items():
            if isinstance(values, dict) and values.get("STATUS") == "shared" and _is_ipv4(address):
                nat = values.get("NAT")
                return nat if isinstance(nat, str) and _is_ipv4(nat) else address
        raise HestiaError(Kind.PERMANENT, "the server has no shared IP address; set one in its settings")

    def local_address(self) -> str:
        """The same address as `shared_address`, as the server itself knows it (behind NAT they differ)."""
        for address, values in self.api.read("v-list-sys-ips").items():
            if isinstance(values, dict) and values.get("STATUS") == "shared" and _is_ipv4(address):
                return address
        raise HestiaError(Kind.PERMANENT, "the server has no shared IP address; set one in its settings")

    def version(self) -> tuple[str, str]:
        """Version of HestiaCP, and host name."""
        info = self.api.read("v-list-sys-info").get("sysinfo")
        if not isinstance(info, dict) or not re.fullmatch(
            r"[0-9][0-9.]*[0-9A-Za-z~.-]*", str(info.get("HESTIA", ""))
        ):
            raise HestiaError(Kind.UNREACHABLE, "the server does not tell its version; is this HestiaCP?")
        return str(info["HESTIA"]), str(info.get("HOSTNAME", ""))[:253]

    def own_user(self) -> str:
        """The administrator's user name: never touched."""
        config = self.api.read("v-list-sys-config").get("config")
        name = config.get("ROOT_USER") if isinstance(config, dict) else None
        if not isinstance(name, str) or not name:
            raise HestiaError(Kind.UNREACHABLE, "the server does not tell its administrator")
        return name


def _is_ipv4(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 4  # noqa: PLR2004 - IP version
    except ValueError:
        return False
