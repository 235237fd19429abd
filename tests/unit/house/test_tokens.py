"""Colours, corners and steps of space are said once: among the tokens, so that a theme and the dark mode reach all."""

from __future__ import annotations

import re

from tests.unit.house.source_files import ROOT, files, shown

BASE = ROOT / "themes" / "base"
NAMES = (
    "white|black|red|green|blue|gr[ae]y|silver|orange|yellow|purple|navy|teal|maroon|olive|lime|aqua|fuchsia"
)
COLOUR = re.compile(
    rf"#[0-9a-f]{{3,8}}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(|(?<![\w-])(?:{NAMES})(?![\w-])",
    re.IGNORECASE,
)
CORNER = re.compile(r"-radius:(?!\s*(?:0|1px|50%|inherit|var\(--[\w-]+\))\s*[;}])[^;}]*")
SPACE = re.compile(r"(?<![\w-])(?:gap|(?:padding|margin)[a-z-]*):\s*([^;}]+)")
# 1.5rem is left out: the admin area makes --s5 smaller, and not every 1.5rem shall shrink with it.
STEPS = {".25rem": "--s1", ".5rem": "--s2", ".75rem": "--s3", "1rem": "--s4", "2rem": "--s6", "3rem": "--s7"}


def literals(css, *, whole=True):
    """What a stylesheet says itself instead of naming a token, with its line; `whole`: it holds the tokens too."""
    css = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), css, flags=re.DOTALL)
    start = css.index("@layer reset {") if whole else 0
    first = css[:start].count("\n") + 1
    for number, line in enumerate(css[start:].splitlines(), first):
        for found in (*COLOUR.finditer(_values(line)), *CORNER.finditer(line)):
            yield f"{number}: {found[0].strip()}"
        for found in SPACE.finditer(line):
            for step in set(found[1].split()) & set(STEPS):
                yield f"{number}: {found[0].strip()} (var({STEPS[step]}))"


def _values(line):
    """The declarations of a line, without names of classes and custom properties."""
    return " ".join(re.findall(r":\s*([^;{}]+)(?=[;}]|$)", line))


def test_colours_corners_and_space_of_pages_are_tokens():
    found = []
    for path in files(".css", below=BASE / "static"):
        found += [
            f"{shown(path)}:{one}" for one in literals(path.read_text("utf-8"), whole=path.name == "app.css")
        ]
    assert not found, "\n".join(found)


def test_templates_bring_no_colours_of_their_own():
    # A mail has no stylesheet and a document no browser; their colours are in theme.toml, under [print].
    attribute = re.compile(r'\b(?:fill|stroke|color|bgcolor|stop-color)="(?!none|currentColor|\$\{)([^"]+)"')
    found = [
        f"{shown(path)}: {one[0]}"
        for path in files(".pt", below=BASE)
        for one in attribute.finditer(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


def test_a_literal_is_seen_wherever_it_hides():
    for said in (
        "color: #FFF",
        "background: rgba(0 0 0 / 50%)",
        "border: 1px solid white",
        "border-radius: 4px",
    ):
        assert list(literals(f".a {{ margin: 0 }}\n.b {{ {said} }}", whole=False)), said
    assert list(literals(".a { gap: .5rem .3rem; color: var(--text) }", whole=False)) == [
        "1: gap: .5rem .3rem (var(--s2))"
    ]


def test_what_is_no_literal_is_left_alone():
    said = ".white { white-space: nowrap; border-radius: 0 } .a:hover { --_c: var(--bad); color: CanvasText }"
    assert not list(literals(said, whole=False))
