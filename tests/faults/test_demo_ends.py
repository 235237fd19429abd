"""`ez demo` as a process: it says where it is, and nothing of it is left, however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.ez_process import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# Children drain for ten seconds at most; two more for the machine.
GONE_IN = 12.0


def environment_of(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def is_alive(pid):
    """Not gone, and not a zombie that nobody has asked for yet."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def demo(tmp_path):
    """A demo with a mark in its environment, by which its children are found."""
    port, mark = free_port(), f"EZ_TEST_MARK={tmp_path.name}-{os.getpid()}"
    command = [sys.executable, "-m", "ezcore.cli.main", "demo", "--no-history", "--fresh"]
    command += ["--state", str(tmp_path / "state"), "--port", str(port)]
    name, _, value = mark.partition("=")
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {name: value},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    log.close()
    yield process, port, mark.encode(), tmp_path
    for pid in family(mark.encode()):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def family(mark):
    """Every living process that carries the mark."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if mark in environment_of(pid).split(b"\0") and is_alive(pid)]


def welcome(process):
    """What it prints, up to its last line."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    pytest.fail("the demo ended before it said anything")


def nothing_is_left(mark):
    end = time.monotonic() + GONE_IN
    while family(mark) and time.monotonic() < end:
        time.sleep(0.2)
    left = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ") for pid in family(mark)]
    assert left == []


def test_it_prints_its_address_answers_there_and_ends_with_ctrl_c(demo):
    process, port, mark, folder = demo
    text = welcome(process)
    address = re.search(r"ezcore demo:\s+(\S+)", text).group(1)
    assert address == f"http://127.0.0.1:{port}/"
    with urllib.request.urlopen(f"{address}api/health/", timeout=10) as answer:
        assert answer.status == 200
    for word in ("client", "@", "mail sink", "stripe", "proxmox"):
        assert word in text
    assert (folder / "state" / "demo.json").stat().st_mode & 0o777 == 0o600
    assert len(family(mark)) == 5, "the supervisor, the web, the worker, the consoles, the sandboxes"
    a_second_one_is_refused(port, folder / "second")
    process.send_signal(signal.SIGINT)
    nothing_is_left(mark)
    assert process.wait(timeout=1) == 0


def a_second_one_is_refused(port, state):
    command = [sys.executable, "-m", "ezcore.cli.main", "demo", "--no-history", "--port", str(port)]
    second = subprocess.run(
        [*command, "--state", str(state)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr


def test_term_ends_it_too(demo):
    process, _, mark, _ = demo
    welcome(process)
    process.terminate()
    nothing_is_left(mark)
    assert process.wait(timeout=1) == 0


def test_nothing_outlives_a_killed_supervisor(demo):
    process, _, mark, _ = demo
    welcome(process)
    process.kill()
    process.wait()
    assert family(mark), "the children are told by the end of their pipe, a moment later"
    nothing_is_left(mark)


def test_when_one_child_dies_the_demo_says_which_and_ends(demo):
    process, _, mark, folder = demo
    welcome(process)
    [pid] = [pid for pid in family(mark) if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(pid, signal.SIGKILL)
    nothing_is_left(mark)
    assert process.wait(timeout=1) == 1
    assert "the worker process ended" in (folder / "log").read_text()
