"""The imitated server as a process of its own: killed, it comes back with every account it had."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ez_hestiacp.api import HestiaApi
from ez_hestiacp.settings import ServerSettings


@contextmanager
def running(folder: Path, end: int) -> Iterator[ServerSettings]:
    command = [sys.executable, "-m", "ez_hestiacp.sandbox", "--state", str(folder)]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout
        yield ServerSettings.model_validate(json.loads(process.stdout.readline()))
        process.send_signal(end)
        assert process.wait(timeout=10) == (0 if end == signal.SIGTERM else -end)


def test_an_account_survives_the_death_of_the_imitation(tmp_path):
    with running(tmp_path, signal.SIGKILL) as settings, HestiaApi(settings) as api:
        api.change("v-add-user", "ana", "Passw0rdAA", "ana@example.test", "web-pro", secret=(2,))
    with running(tmp_path, signal.SIGTERM) as settings, HestiaApi(settings) as api:
        assert api.read("v-list-user", "ana")["ana"]["PACKAGE"] == "web-pro"
