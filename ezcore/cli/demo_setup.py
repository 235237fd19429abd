"""Prepares the demo: its state folder, ports that stay, an ini of its own that points the plugins at the sandboxes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ezcore.cli.configured import ini_values
from ezcore.cli.sandboxes import specs
from ezcore.kernel.errors import EzError
from ezcore.plugin_api.sandbox.tls import make_ca
from ezcore.settings import load, read_ini
from ezcore.simulation.logins import CLIENT, STAFF
from ezcore.simulation.shop_seed import open_shop


@dataclass(frozen=True)
class Demo:
    """A prepared demo: its ini, its plan of sandboxes, its addresses."""

    ini: Path
    plan: Path
    address: str
    sandboxes: dict[str, str]
    ca: Path
    console_port: int

    def sandboxes_answer(self) -> bool:
        """Do all sandboxes answer?"""
        return all(self._answers(f"{address}/_control/health") for address in self.sandboxes.values())

    def web_answers(self) -> bool:
        """Does the web process answer?"""
        return self._answers(f"{self.address}/api/health/")

    def console_answers(self) -> bool:
        """Does the console process answer?"""
        return self._answers(f"http://127.0.0.1:{self.console_port}/health")

    def seed(self, *, history: bool) -> None:
        """Open the shop if the database is empty."""
        open_shop(load(read_ini(self.ini)), history=history)

    def welcome(self) -> str:
        """What a newcomer is told."""
        lines = ["", f"  ezcore demo:  {self.address}/", ""]
        lines += [f"  {login.role:<14} {login.email:<24} {login.password}" for login in (CLIENT, STAFF)]
        lines += ["", f"  admin area     {self.address}/admin/", f"  mail sink      {self.address}/_mail/"]
        lines += [f"  {name:<14} {address}/ (sandbox)" for name, address in self.sandboxes.items()]
        return "\n".join([*lines, "", "  Ctrl-C ends everything.", ""])

    def _answers(self, url: str) -> bool:
        context = ssl.create_default_context(cafile=str(self.ca)) if url.startswith("https") else None
        try:
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)  # noqa: PLR2004
        except OSError:
            return False


def prepare(state: Path, *, port: int, fresh: bool, config: str | None) -> Demo:
    """Make the folder, the plan and the ini. Ports of an earlier start are kept, so open pages go on working.

    Raises: EzError when the web port is taken.
    """
    state = state.resolve()
    if fresh and state.exists():
        shutil.rmtree(state)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)  # personal data: the owner's eyes only
    _refuse_taken(port)
    base = ini_values(config)
    names = (
        base.get("ez.plugins", "stripe proxmox hestiacp acme cloudflare banktransfer")
        .replace(",", " ")
        .split()
    )
    plan = _plan(state, names, f"http://127.0.0.1:{port}")
    ca = make_ca(state / "ca").certificate
    addresses = {
        name: f"{'https' if entry['tls'] else 'http'}://127.0.0.1:{entry['port']}"
        for name, entry in plan.items()
    }
    console_port = _kept_port(state, port)
    base = base | {"ez.consoles.url": f"ws://127.0.0.1:{console_port}/"}
    ini = _write_ini(state, base, names, port, addresses, ca)
    _write_private(state / "sandboxes.json", plan)
    demo = Demo(ini, state / "sandboxes.json", f"http://127.0.0.1:{port}", addresses, ca, console_port)
    logins = [
        {"role": login.role, "email": login.email, "password": login.password} for login in (CLIENT, STAFF)
    ]
    _write_private(
        state / "demo.json",
        {
            "address": demo.address,
            "logins": logins,
            "sandboxes": addresses,
            "ca": str(ca),
            "console_port": console_port,
        },
    )
    return demo


def _plan(state: Path, names: list[str], site: str) -> dict[str, Any]:
    old_file = state / "sandboxes.json"
    old = json.loads(old_file.read_text(encoding="utf-8")) if old_file.exists() else {}
    plan: dict[str, Any] = {}
    for name, spec in specs(names).items():
        plan[name] = {
            "tls": spec.tls,
            "port": old.get(name, {}).get("port") or _free_port(),
            "folder": str(state / "sandbox" / name),
            "ca_folder": str(state / "ca"),
            "webhook_url": f"{site}/webhooks/{name}/",
            "webhook_secret": spec.settings("http://127.0.0.1", None).get("webhook_secret"),
            "extra": {},
        }
    return plan


def _write_ini(
    state: Path, base: dict[str, str], names: list[str], port: int, addresses: dict[str, str], ca: Path
) -> Path:
    values = {key: value for key, value in base.items() if key != "here"}
    values |= {
        "ez.plugins": " ".join(names),
        "ez.state_dir": str(state),
        "ez.database.url": f"sqlite:///{state}/ezcore.sqlite3",
        "ez.queue.file": f"{state}/queue.sqlite3",
        "ez.shop.site_url": f"http://127.0.0.1:{port}",
        "ez.jobs.sweep_seconds": "1",
        "ez.certificates.resolver": "none",  # the imitated zones are on no public DNS
        "ez.billing.gateway_bills": base.get("ez.billing.gateway_bills", "stripe"),
        "ez.tax.seller_country": base.get("ez.tax.seller_country", "EE"),  # so that the demo has e-invoices
    }
    for name, spec in specs(names).items():
        for key, value in spec.settings(addresses[name], ca).items():
            values[f"{name}.{key}"] = value
    lines = [f"{key} = {value.replace('%', '%%')}" for key, value in sorted(values.items())]
    ini = state / "demo.ini"
    ini.write_text("\n".join(["[app:main]", *lines, ""]), encoding="utf-8")
    ini.chmod(0o600)
    return ini


def _write_private(file: Path, values: dict[str, Any]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(values, out, indent=2)


def _kept_port(state: Path, web_port: int) -> int:
    """The console's port of the last start, so that open pages go on working; never the web's."""
    file = state / "demo.json"
    kept = json.loads(file.read_text(encoding="utf-8")).get("console_port") if file.exists() else None
    return kept if kept and kept != web_port else _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise EzError(f"port {port} is taken; choose another with --port") from error
