"""What every test of core and plugins gets: no way out to the network, and the project's fixtures."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

from hypothesis import settings

# Fixtures live in tests/fixtures_<subject>.py; pytest loads each as a plugin.
pytest_plugins = [f"tests.{path.stem}" for path in sorted(Path(__file__).parent.glob("tests/fixtures_*.py"))]

settings.register_profile("house", deadline=None, max_examples=60)
settings.register_profile("nightly", deadline=None, max_examples=1200)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


class OutsideWorld(AssertionError):
    """A test tried to speak to a host other than this one."""


def _is_loopback(host: Any) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_outside(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise OutsideWorld(f"a test may speak to 127.0.0.1 only, not to {address}")
        return connect(self, address)

    return guarded


socket.socket.connect = _refuse_outside(socket.socket.connect)
socket.socket.connect_ex = _refuse_outside(socket.socket.connect_ex)
