"""Every picture of the gallery has its line and its hash in the checklist; what people wrote there is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import checklist
from tests.browser.routes import NEVER, ONLY_LEAD_ON

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
HEAVIEST = 48_000_000


def test_every_picture_has_its_line_and_its_hash():
    pictures = {path.name: checklist.hash_of(path) for path in FOLDER.glob("*.png")}
    assert pictures
    assert {name: mark for name, (mark, _) in checklist.read(FOLDER).items()} == pictures


def test_every_page_is_there_in_four_looks_and_the_whole_is_no_burden():
    looks: dict[str, set[str]] = {}
    for path in FOLDER.glob("*.png"):
        found = checklist.PICTURE.match(path.name)
        assert found, path.name
        looks.setdefault(found["page"], set()).add(f"{found['mode']} {found['width']}")
    assert {page for page, seen in looks.items() if len(seen) != 4} == set()
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) <= HEAVIEST


def test_no_page_is_without_a_picture_but_those_that_say_why():
    """A new page that the demo shows nothing of stands in this list: give the demo such a record."""
    if checklist.NO_PAGES not in (FOLDER / checklist.NAME).read_text(encoding="utf-8"):
        pytest.skip("the gallery is older than this promise: make screenshots")
    assert checklist.without_picture(FOLDER) == NEVER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("home", "cart"):
        (tmp_path / f"{name}-light-390.png").write_bytes(name.encode())
    checklist.write(tmp_path)
    return tmp_path


def test_what_was_written_stays_while_the_picture_is_the_same(folder: Path):
    cells = ["ok", "ok", "too dense", "-", "-", "-", "-"]
    assert checklist.fill(folder, ["home-light-390.png", "cart-light-390.png"], cells) == 2
    (folder / "cart-light-390.png").write_bytes(b"another picture")
    checklist.write(folder, {"/x/": "it answers 404"})
    rows = checklist.read(folder)
    assert rows["home-light-390.png"][1] == cells
    assert rows["cart-light-390.png"] == (checklist.hash_of(folder / "cart-light-390.png"), [""] * 7)
    assert "- `/x/`: it answers 404" in (folder / checklist.NAME).read_text(encoding="utf-8")


def test_a_picture_that_went_has_no_line(folder: Path):
    (folder / "cart-light-390.png").unlink()
    checklist.write(folder)
    assert list(checklist.read(folder)) == ["home-light-390.png"]


def test_what_only_leads_on_and_files_stand_apart(folder: Path):
    old = min(ONLY_LEAD_ON)
    found = {old: checklist.LEADS_ON, "/zone.txt": checklist.FILE, "/x/": checklist.LEADS_ON, "/y/": "why"}
    checklist.write(folder, found, ONLY_LEAD_ON)
    assert checklist.without_picture(folder) == {"/x/": checklist.LEADS_ON, "/y/": "why"}
    assert checklist.not_reached(folder) == found
