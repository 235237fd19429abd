"""The imitation's memory: ordered, atomic and deaf to kill -9."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ezcore.plugin_api.sandbox import Store


def test_documents_come_back_in_the_order_they_were_first_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db")
    for name in ("b", "a", "c"):
        store.put("vm", name, {"name": name})
    store.put("vm", "b", {"name": "b", "changed": True})
    assert [doc["name"] for doc in store.all("vm")] == ["b", "a", "c"]
    assert store.get("vm", "b") == {"name": "b", "changed": True}


def test_changing_a_read_document_changes_nothing_until_it_is_put() -> None:
    store = Store()
    store.put("vm", "1", {"tags": []})
    copy = store.get("vm", "1")
    assert copy is not None
    copy["tags"].append("x")
    assert store.get("vm", "1") == {"tags": []}


def declined_charge(store: Store) -> None:
    with store.lock(), store.lock():
        store.put("charge", "ch_1", {"status": "failed"})
        raise LookupError("declined")


def test_what_was_written_before_a_refusal_inside_a_lock_stays(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.db")
    with pytest.raises(LookupError):
        declined_charge(store)
    store.close()
    assert Store(tmp_path / "state.db").all("charge") == [{"status": "failed"}]


def test_a_killed_process_loses_nothing_but_its_unfinished_change(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    script = (
        "import os, signal, sys; from pathlib import Path; from ezcore.plugin_api.sandbox import Store\n"
        "store = Store(Path(sys.argv[1])); store.put('a', '1', {}); store.next_number('n')\n"
        "with store.lock():\n    store.put('a', '2', {}); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False, timeout=30)
    store = Store(path)
    assert (store.get("a", "1"), store.get("a", "2"), store.next_number("n")) == ({}, None, 2)


def test_two_threads_never_get_the_same_number() -> None:
    store = Store()
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda: seen.extend(store.next_number("id") for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 201))


def test_forgetting_everything_never_gives_an_id_twice() -> None:
    store = Store()
    store.put("a", "1", {})
    before = store.next_number("id")
    store.clear()
    assert store.kinds() == []
    assert store.next_number("id") > before


def test_deleting_says_whether_there_was_something() -> None:
    store = Store()
    store.put("a", "1", {})
    assert (store.delete("a", "1"), store.delete("a", "1")) == (True, False)
