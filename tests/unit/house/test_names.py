"""A file is named by what it holds, and its test stands where one guesses."""

from __future__ import annotations

from tests.unit.house.source_files import PLUGINS, ROOMS, ROOT, files, shown

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
ALLOWED = {"ezcore/db/base.py"}


def test_no_file_has_a_name_that_says_nothing():
    nameless = [
        shown(path)
        for below in (ROOMS, PLUGINS, ROOT / "tests", ROOT / "migrations")
        for path in files(".py", below=below)
        if NAMELESS & {path.stem, path.parent.name} and shown(path) not in ALLOWED
    ]
    assert nameless == []


def test_the_unit_tests_mirror_the_rooms():
    mirrors = [
        folder
        for folder in (ROOT / "tests/unit").iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    ]
    strays = [
        folder.name
        for folder in mirrors
        if folder.name != "house" and not list(ROOMS.glob(f"{folder.name}*"))
    ]
    assert strays == []
