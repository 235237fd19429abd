"""Starts the real `pdns_server` on loopback with a database of its own, for tests."""

from __future__ import annotations

import http.client
import shutil
import socket
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Final, Self

from ez_powerdns.sandbox import KEY, NAMESERVERS

SCHEMA: Final = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
LEFT_OUT: Final = "the real PowerDNS is not installed (Debian: pdns-server, pdns-backend-sqlite3): left out"
PATIENCE: Final = 20.0


def installed() -> bool:
    """Is the server there, with its SQLite backend?"""
    return _program() is not None and SCHEMA.exists()


class RealPowerDns:
    """A server for the length of one `with` block; `address` is its API's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.dns_port = _free_port()
        self.address = f"http://127.0.0.1:{self._port}"

    def settings(self) -> dict[str, str]:
        """The plugin's settings that lead here."""
        return {"api_url": self.address, "api_key": KEY, "nameservers": NAMESERVERS}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        database = self._folder / "pdns.sqlite3"
        with sqlite3.connect(database) as connection:
            connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        connection.close()
        wishes = {
            "launch": "gsqlite3", "gsqlite3-database": database, "gsqlite3-dnssec": "yes",
            "local-address": "127.0.0.1", "local-port": self.dns_port, "socket-dir": self._folder,
            "api": "yes", "api-key": KEY, "webserver": "yes", "webserver-address": "127.0.0.1",
            "webserver-port": self._port, "webserver-allow-from": "127.0.0.1/32", "setuid": "", "setgid": "",
            "daemon": "no", "guardian": "no", "loglevel": "3", "zone-cache-refresh-interval": "0",
        }  # fmt: skip
        text = "".join(f"{name}={value}\n" for name, value in wishes.items())
        (self._folder / "pdns.conf").write_text(text, encoding="utf-8")
        program = _program()
        assert program is not None, LEFT_OUT
        with (self._folder / "pdns.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the server of the machine, our arguments
                [program, f"--config-dir={self._folder}"], stdout=log, stderr=log
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _wait(self) -> None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)
                connection.request("GET", "/api/v1/servers/localhost", headers={"X-API-Key": KEY})
                with connection.getresponse() as answer:
                    if answer.status == 200:  # noqa: PLR2004
                        return
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        raise RuntimeError(f"pdns_server did not start: {(self._folder / 'pdns.log').read_text()[-500:]}")


def _program() -> str | None:
    return shutil.which("pdns_server") or shutil.which("pdns_server", path="/usr/sbin:/usr/local/sbin")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
