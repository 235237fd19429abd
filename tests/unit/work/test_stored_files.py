"""Files are whole or not there; what is lost is said."""

from __future__ import annotations

import os

import pytest

from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.work.stored_files import FolderStore


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "files")


def test_what_is_put_is_got_and_may_be_replaced(store):
    store.put("documents/invoice/7-ab.pdf", b"one")
    store.put("documents/invoice/7-ab.pdf", b"two")
    assert store.get("documents/invoice/7-ab.pdf") == b"two"


def test_a_file_that_is_not_there_is_lost(store):
    with pytest.raises(FileLost):
        store.get("documents/none.pdf")


@pytest.mark.parametrize(
    "key", ["../x", "/etc/passwd", "a/../b", "a//b", "", "A", "a\\b", "a\0", ".hidden", "x" * 201]
)
def test_a_key_never_leaves_the_folder(store, key):
    for use in (lambda: store.put(key, b""), lambda: store.get(key)):
        with pytest.raises(InvalidInput):
            use()


def test_a_full_disk_leaves_no_half_of_a_file(store, tmp_path, monkeypatch):
    store.put("a/b.pdf", b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        store.put("a/b.pdf", b"new")
    assert store.get("a/b.pdf") == b"old"
    assert [path.name for path in (tmp_path / "files/a").iterdir()] == ["b.pdf"]
