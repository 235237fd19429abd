"""The imitated cluster as a process of its own: killed in the middle of a clone, it goes on where it was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ez_proxmox.api import ProxmoxApi
from ez_proxmox.cluster import Cluster
from ez_proxmox.settings import ServerSettings


@contextmanager
def running(folder: Path, end: int) -> Iterator[ServerSettings]:
    options = ["--option", "latency=1", "--option", "auth_delay=0"]
    command = [sys.executable, "-m", "ez_proxmox.sandbox", "--state", str(folder), *options]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout
        yield ServerSettings.model_validate(json.loads(process.stdout.readline()))
        process.send_signal(end)
        assert process.wait(timeout=10) == (0 if end == signal.SIGTERM else -end)


def test_a_clone_survives_the_death_of_the_imitation(tmp_path):
    with running(tmp_path, signal.SIGKILL) as settings, ProxmoxApi(settings) as api:
        upid = api.post("nodes/pve1/qemu/9000/clone", newid=100)
    with running(tmp_path, signal.SIGTERM) as settings, ProxmoxApi(settings) as api:
        cluster = Cluster(api)
        ends = time.monotonic() + 10
        while not cluster.finished(upid) and time.monotonic() < ends:
            time.sleep(0.1)
        guest = cluster.guest(100)
        assert guest
        assert guest.lock is None
