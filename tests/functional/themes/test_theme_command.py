"""`ez theme`: what there is, what is wrong with a theme, a new one that is right at once."""

from __future__ import annotations

import json

import pytest

from ezcore.cli.main import main

INI = "[app:main]\nez.database.url = sqlite:///{folder}/shop.sqlite3\nez.themes.folders = {folder}/themes\n"
FOOT = "<p metal:use-macro=\"theme('layouts/client.pt').macros['page']\"><b metal:fill-slot=\"foot\"/></p>"


@pytest.fixture
def ez(tmp_path, capsys):
    """Runs a command with an ini that names the folder of themes; gives the exit code and what it printed."""
    (tmp_path / "themes").mkdir()
    ini = tmp_path / "shop.ini"
    ini.write_text(INI.format(folder=tmp_path))

    def run(*words):
        code = main(["theme", *words, *([] if words[0] == "new" else ["-c", str(ini)])])
        printed = capsys.readouterr()
        return code, printed.out or printed.err

    return run


@pytest.fixture
def write(tmp_path):
    def put(path, text):
        file = tmp_path / "themes" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    put("reef/theme.toml", 'name = "reef"\n')
    return put


def problems(ez, name="reef"):
    code, out = ez("check", name, "--json")
    found = json.loads(out)["problems"]
    assert code == (1 if found else 0)
    return [(one["kind"], one["file"], one["words"]) for one in found]


def test_a_new_theme_is_right_at_once_and_is_listed(ez, tmp_path):
    code, _ = ez("new", str(tmp_path / "themes/my-shop"))
    assert code == 0
    assert problems(ez, "my-shop") == problems(ez, str(tmp_path / "themes/my-shop")) == []
    _, out = ez("list", "--json")
    rows = {row["name"]: row for row in json.loads(out)["themes"]}
    assert (rows["my-shop"]["source"], rows["my-shop"]["parent"]) == ("folder", "base")
    assert (rows["base"]["state"], rows["harbour"]["state"]) == ("active", "available")


def test_nothing_is_written_over(ez, tmp_path):
    ez("new", str(tmp_path / "themes/my-shop"))
    code, out = ez("new", str(tmp_path / "themes/my-shop"))
    assert code == 1
    assert "nothing was written" in out


@pytest.mark.parametrize("name", ["base", "harbour"])
def test_shipped_themes_have_no_problem(ez, name):
    assert problems(ez, name) == []


@pytest.mark.parametrize(
    ("file", "text", "kind", "words"),
    [
        ("client/abuot.pt", "<p/>", "unknown file", "nothing asks for it"),
        ("templates/about.pt", "<p/>", "unknown file", "a theme has theme.toml and the folders"),
        ("static/shop.php", "", "unknown file", ".php is not served"),
        ("client/code.py", "", "unknown file", "a theme has no code"),
        ("mail/no_such_mail.txt", "Subject: x", "unknown file", "nothing asks for it"),
        ("client/about.pt", '<p tal:condition="1 +">x</p>', "template", ""),
        ("client/about.pt", "<p>${theme('layouts/ocean.pt')}</p>", "template", "theme('layouts/ocean.pt') is not in"),
        ("client/about.pt", "<p metal:use-macro=\"theme('ui/ui.pt').macros['crad']\"/>", "template", "no macro crad"),
        ("client/about.pt", FOOT, "template", "has a slot foot"),
        ("client/about.pt", "<p>${static('no.png')}</p>", "template", "static('no.png') is not in the chain"),
        ("client/about.pt", '<p style="color:red">x</p>', "inline", "content security policy"),
        ("client/about.pt", "<script>x</script>", "inline", "content security policy"),
        ("static/reef.css", ":root { --bran: #fff }", "token", "--bran is no token"),
        ("static/reef.css", "@layer theme { :root { --muted: #aaaaaa } }", "contrast", "--muted on --surface"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_file(ez, write, file, text, kind, words):
    write(f"reef/{file}", text)
    found = problems(ez)
    named = "theme.toml" if kind == "contrast" else file
    assert [one for one in found if one[0] == kind and one[1] == named and words in one[2]], found


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("contract = 99", "contract", "made for version 99 of the components, base has"),
        ("[components]\ncard = 99", "contract", "made for card 99, base has 1"),
        ("[components]\ncrad = 1", "contract", "base has no component crad"),
        ('[tokens]\nbran = "#000000"', "token", "there is no token bran"),
        (
            '[tokens]\ntext = ["#999999", "#e9eef5"]',
            "contrast",
            "--text on --surface has 2.85:1 in light mode",
        ),
        ("brand = 7", "theme.toml", "brand: "),
        ('parent = "ocean"', "theme.toml", "parent: there is no theme 'ocean'"),
    ],
)
def test_what_is_wrong_in_theme_toml_is_named(ez, write, text, kind, words):
    write("reef/theme.toml", f'name = "reef"\n{text}\n')
    found = problems(ez, "reef") if kind != "theme.toml" else None
    if found is None:
        code, out = ez("check", "reef", "--json")
        assert code == 1
        assert words in out
    else:
        assert [one for one in found if one[0] == kind and words in one[2]], found


def test_a_healthy_child_theme_has_no_problem(ez, write):
    write(
        "reef/client/about.pt",
        FOOT.replace("foot", "main"),
    )
    write("reef/static/reef.css", "@layer theme { :root { --r2: 99px } }")
    assert problems(ez) == []


def test_a_mail_that_asks_for_what_it_does_not_have_is_named_with_its_line(ez, write):
    write("reef/mail/invoice_issued.txt", "Subject: Bill\n\nDear {{name}},\n{{totl}} is due.\n")
    assert [
        one for one in problems(ez) if one[:2] == ("mail", "mail/invoice_issued.txt") and "totl" in one[2]
    ]


def test_a_mail_that_leaves_out_its_link_is_named_also_in_a_language_of_its_own(ez, write):
    write("reef/mail/reset_password.fr.txt", "Subject: Nouveau code\n\nBonjour {{name}}\n")
    kinds = {one[:2]: one[2] for one in problems(ez)}
    assert list(kinds) == [("mail", "mail/reset_password.fr.txt")], "a new language is no unknown file"
    assert "leaves out {{link}}" in kinds["mail", "mail/reset_password.fr.txt"]


def test_words_of_documents_that_nothing_prints_or_that_are_missing_are_named(ez, write):
    write("reef/pdf/words.fr.toml", 'invoice = "Facture"\ninvioce = "Facture"\ntotal = 7\n')
    said = [one[2] for one in problems(ez) if one[:2] == ("words", "pdf/words.fr.toml")]
    assert any("no document prints invioce" in one for one in said)
    assert any("total is no text" in one for one in said)
    assert any("English is printed for" in one and "proforma" in one for one in said)


def test_a_document_that_cannot_be_set_or_leaves_out_the_total_is_named(ez, write):
    write("reef/pdf/invoice.typ", "#let d = json(bytes(sys.inputs.data))\n#d.numero\n")
    assert [one for one in problems(ez) if one[0] == "document" and "numero" in one[2]]
    write(
        "reef/pdf/invoice.typ", "#set document(title: [x])\n#let d = json(bytes(sys.inputs.data))\n#d.title\n"
    )
    assert [
        one
        for one in problems(ez)
        if one[0] == "document" and "does not print" in one[2] and "the total" in one[2]
    ]
