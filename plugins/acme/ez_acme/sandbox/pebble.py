"""Starts the real `pebble` and its DNS on loopback, for tests; nothing of a shop imports this."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.request import Request, urlopen

from ezcore.plugin_api.sandbox.tls import make_ca, server_pair

PROGRAMS = ("pebble", "pebble-challtestsrv")
LEFT_OUT = "the real ACME authority is not installed (Debian package pebble)"


def installed() -> bool:
    """Are both programs here?"""
    return all(shutil.which(name) for name in PROGRAMS)


@dataclass
class Pebble:
    """A real authority and the DNS it asks. `strict`: it refuses one nonce in twenty and reuses proofs, as usual."""

    folder: Path
    strict: bool = False
    days: int = 90
    ports: list[int] = field(default_factory=lambda: [_free() for _ in range(6)])
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def directory_url(self) -> str:
        """Where its directory is."""
        return f"https://127.0.0.1:{self.ports[0]}/dir"

    @property
    def ca_file(self) -> Path:
        """What its TLS certificate is checked with."""
        return make_ca(self.folder).certificate

    @property
    def dns(self) -> tuple[str, int]:
        """The DNS server that it asks."""
        return "127.0.0.1", self.ports[2]

    def __enter__(self) -> Self:
        self._start_dns()
        self._start_authority()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(10)

    def set_txt(self, name: str, value: str) -> None:
        """Add a TXT value at a name."""
        self._manage("set-txt", {"host": f"{name}.", "value": value})

    def clear_txt(self, name: str) -> None:
        """Remove all TXT values at a name."""
        self._manage("clear-txt", {"host": f"{name}."})

    def set_http(self, token: str, value: str) -> None:
        """Answer an http-01 question."""
        self._manage("add-http01", {"token": token, "content": value})

    def _manage(self, verb: str, body: dict[str, str]) -> None:
        asked = Request(f"http://127.0.0.1:{self.ports[3]}/{verb}", json.dumps(body).encode())
        urlopen(asked, timeout=5).close()  # noqa: S310 - loopback

    def _start_dns(self) -> None:
        self._run(
            [
                "pebble-challtestsrv", "-dns01", f"127.0.0.1:{self.ports[2]}", "-http01", f"127.0.0.1:{self.ports[4]}",
                "-https01", "", "-tlsalpn01", "", "-management", f"127.0.0.1:{self.ports[3]}",
                "-defaultIPv6", "", "-defaultIPv4", "127.0.0.1",
            ],
            {},
        )  # fmt: skip
        _listens(self.ports[3])

    def _start_authority(self) -> None:
        certificate, key = server_pair(self.folder)
        settings = {
            "pebble": {
                "listenAddress": f"127.0.0.1:{self.ports[0]}",
                "managementListenAddress": f"127.0.0.1:{self.ports[1]}",
                "certificate": str(certificate),
                "privateKey": str(key),
                "httpPort": self.ports[4],
                "tlsPort": self.ports[5],
                "ocspResponderURL": "",
                "externalAccountBindingRequired": False,
                "certificateValidityPeriod": self.days * 86_400,
            }
        }
        file = self.folder / "pebble.json"
        file.write_text(json.dumps(settings))
        calm = {} if self.strict else {"PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        self._run(
            ["pebble", "-config", str(file), "-dnsserver", f"127.0.0.1:{self.ports[2]}"],
            {"PEBBLE_VA_NOSLEEP": "1", **calm},
        )
        _listens(self.ports[0])

    def _run(self, command: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{command[0]}.log").open("wb") as log:
            self._running.append(
                subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})  # noqa: S603
            )


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as one:
            one.settimeout(0.2)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")
