"""Themes are found as folders of the ini, as distributions and as ours; what is wrong names the file and the field."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from ezcore.settings import SettingsError, load
from ezcore.themes import finding
from ezcore.themes.chain import theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import find_themes


def made(folder, name, text=""):
    (folder / name).mkdir(parents=True)
    (folder / name / "theme.toml").write_text(f'name = "{name}"\n{text}')
    return folder / name


def test_a_folder_of_the_ini_is_a_theme_or_holds_themes(tmp_path):
    reef, shelf = made(tmp_path, "reef"), tmp_path / "shelf"
    kelp, sand = made(shelf, "kelp", 'parent = "reef"\n'), made(shelf, "sand")

    found = find_themes([reef, shelf])

    assert {one.name: one.folder for one in found.usable.values() if one.source == "folder"} == {
        "reef": reef, "kelp": kelp, "sand": sand,
    }  # fmt: skip
    assert {"base", "harbour"} <= set(found.usable)
    assert theme_chain("kelp", found).names == ("kelp", "reef", "base")


def test_the_ini_names_several_folders(tmp_path):
    settings = load({"ez.themes.folders": f"{tmp_path}, {tmp_path / 'b'}"}, {})
    assert settings.themes.places == (tmp_path, tmp_path / "b")


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"ez\.themes\.folders names .*nowhere, which is no folder"):
        find_themes([tmp_path / "nowhere"])


def test_a_distribution_brings_a_theme_by_its_entry_point(tmp_path, monkeypatch):
    package = tmp_path / "ez_theme_dune"
    made(tmp_path, "ez_theme_dune")
    (package / "theme.toml").write_text('name = "dune"\n')
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = EntryPoint("dune", "ez_theme_dune", finding.GROUP)
    monkeypatch.setattr(finding, "entry_points", lambda group: [entry])

    found = find_themes()

    assert (found.usable["dune"].source, found.usable["dune"].folder) == ("distribution", package)


def test_nobody_else_is_called_base(monkeypatch):
    monkeypatch.setattr(finding, "entry_points", lambda group: [EntryPoint("base", "json", finding.GROUP)])
    with pytest.raises(ThemeError, match="called base"):
        find_themes()


def test_two_themes_of_one_name_are_both_named(tmp_path):
    first, second = made(tmp_path / "a", "reef"), made(tmp_path / "b", "reef")
    with pytest.raises(ThemeError) as told:
        find_themes([first, second])
    assert str(first) in told.value.message
    assert str(second) in told.value.message


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('brand = "blue"', "brand: is a colour such as #0f766e"),
        ('name = "Reef!"', "name: is a name of small letters"),
        ('colour = "#000000"', "colour: is no field of a theme.toml"),
        ("contract = 0", "contract: "),
        ('areas = ["shop"]', "areas.0: "),
        (
            '[tokens]\nr2 = "9px; } body { display: none"',
            "tokens: r2 = '9px; } body { display: none' is not a plain",
        ),
        ('[tokens]\nbg = "url(//evil.example/x)"', "tokens: bg"),
        ("brand = ", "this is not TOML"),
    ],
)
def test_what_is_wrong_in_a_theme_toml_names_the_file_and_the_field(tmp_path, text, field):
    reef = tmp_path / "reef"
    reef.mkdir()
    (reef / "theme.toml").write_text(text if text.startswith("name") else f'name = "reef"\n{text}\n')

    found = find_themes([reef])

    assert found.broken[reef].startswith(f"{reef / 'theme.toml'}: {field}")
    with pytest.raises(ThemeError):
        theme_chain("reef", found)


def test_one_broken_theme_does_not_hide_the_others(tmp_path):
    made(tmp_path, "reef", "brand = 1\n")
    made(tmp_path, "kelp")
    found = find_themes([tmp_path])
    assert "kelp" in found.usable
    assert list(found.broken) == [tmp_path / "reef"]


def test_a_parent_that_is_not_there_is_named_by_its_child(tmp_path):
    reef = made(tmp_path, "reef", 'parent = "ocean"\n')
    with pytest.raises(ThemeError, match=r"reef/theme\.toml: parent: there is no theme 'ocean'"):
        theme_chain("reef", find_themes([reef]))
