"""The PDF: one light page for a normal invoice, the theme's own look, and client text that is only text."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ezcore.billing.documents import typesetter as setting
from ezcore.billing.documents.document import DocumentKind, Note, Party
from ezcore.billing.documents.models import FileFormat
from ezcore.billing.documents.rendering import render
from ezcore.billing.documents.typesetter import BadDocumentTemplate, Typesetter
from ezcore.themes.chain import theme_chain
from ezcore.themes.finding import find_themes
from tests.unit.billing.documents.made import SELLER, document, euro, group, many_lines
from tests.unit.billing.documents.reading import attached, pages, words

BASE = theme_chain("base", find_themes())


@pytest.fixture
def child(tmp_path):
    """A theme whose parent is base; gives its folder and how to make its setter."""
    (tmp_path / "pdf").mkdir()
    (tmp_path / "theme.toml").write_text('name = "child"\nparent = "base"\n[print]\nbrand = "#aa0000"\n')
    return tmp_path, lambda: Typesetter(theme_chain("child", find_themes([tmp_path])))


def test_it_shows_what_was_sold_to_whom_and_what_is_owed():
    shown = words(render(document(), FileFormat.PDF, BASE))
    for expected in (
        "Invoice 2026-00042", "Arbor GmbH", "Ann Arbor", "80331 München", "Germany", "Tax number: DE136695976",
        "EZ Solutions OÜ", "Estonia", "VPS Atlas 2 · atlas-1.example.test", "Mar 1, 2026 – Mar 31, 2026", "22 %",
        "Net €20.00", "VAT 22 % on €20.00 €4.40", "Total €24.40", "Amount due €24.40", "IBAN EE382200221020145685",
        "https://shop.example/billing/invoices/2026-00042/", "Page 1 of 1",
    ):  # fmt: skip
        assert expected in shown


def test_it_is_pdf_a_3_with_the_e_invoice_inside():
    pdf = render(document(), FileFormat.PDF, BASE)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in pdf
    assert list(attached(pdf)) == ["factur-x.xml"]
    assert pdf.count(b"%PDF-") == 1


def test_the_same_document_gives_the_same_bytes_whenever_it_is_made():
    first = render(document(), FileFormat.PDF, BASE)
    time.sleep(1.1)  # stamps are whole seconds
    setting.typesetter.cache_clear()
    assert render(document(), FileFormat.PDF, BASE) == first
    assert render(document(number="2026-00043"), FileFormat.PDF, BASE) != first


def test_what_happened_after_the_issue_does_not_change_the_file():
    later = document(paid=euro(1000), credited=euro(500))
    for form in FileFormat:
        assert render(later, form, BASE) == render(document(), form, BASE)


def test_eighteen_lines_fit_on_one_page_and_sixty_repeat_the_head():
    assert len(pages(render(many_lines(18), FileFormat.PDF, BASE))) == 1
    many = pages(render(many_lines(60), FileFormat.PDF, BASE))
    assert len(many) > 1
    for number, page in enumerate(many, 1):
        assert f"Page {number} of {len(many)}" in page
        assert "Invoice 2026-00042" in " ".join(page.split())
    assert all("UNIT PRICE" in page for page in many if "atlas-" in page)


@pytest.mark.parametrize(
    "text", ['#panic("x")', "$x$ *b* _i_", '#image("/etc/passwd")', "= Head", "`raw`", "\\u{1f}"]
)
def test_what_a_client_typed_is_printed_as_it_is(text):
    shown = document(buyer=Party(text, country="DE"), notes=(Note(text, text),))
    assert " ".join(text.split()) in words(render(shown, FileFormat.PDF, BASE))


def test_a_character_that_no_font_has_becomes_a_question_mark_and_stays_in_the_e_invoice():
    pdf = render(
        document(buyer=Party("Ann 🚀 Müller \U0001f468\u200d\U0001f469", country="DE")),
        FileFormat.PDF,
        BASE,
    )
    assert "Ann ? Müller" in words(pdf)
    assert "Ann 🚀 Müller" in attached(pdf)["factur-x.xml"].decode()


def test_a_client_reads_it_in_their_language_and_english_where_there_is_none():
    german = words(render(document(language="de"), FileFormat.PDF, BASE))
    for expected in (
        "Rechnung 2026-00042",
        "Deutschland",
        "01.03.2026",
        "24,40\u00a0€".replace("\u00a0", " "),
    ):
        assert expected in german
    finnish = words(render(document(language="fi"), FileFormat.PDF, BASE))
    assert "Invoice 2026-00042" in finnish
    assert "24,40 €" in finnish


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (DocumentKind.PROFORMA, "This is not a tax invoice."),
        (DocumentKind.CREDIT_NOTE, "Credited to you €24.40"),
        (DocumentKind.DEBIT_NOTE, "Debit note"),
    ],
)
def test_each_kind_says_what_it_is(kind, expected):
    assert expected in words(render(document(kind=kind), FileFormat.PDF, BASE))


def test_two_levels_of_tax_are_printed_and_have_no_e_invoice_inside():
    # 5 % of 20.00 is 1.00; 7 % on top of 21.00 is 1.47.
    two = document(
        lines=tuple(replace(line, taxes=(0, 1)) for line in document().lines),
        taxes=(group(50_000, "S", 2000, 100), group(70_000, "S", 2100, 147, level=2, compound=True)),
        tax=euro(247), total=euro(2247),
    )  # fmt: skip
    pdf = render(two, FileFormat.PDF, BASE)
    assert "VAT 7 % on €21.00 €1.47" in words(pdf)
    assert "5 % + 7 %" in words(pdf)
    assert attached(pdf) == {}


def test_a_child_theme_changes_the_colour_only(child):
    _, setter = child
    pdf = setter().pdf(document())
    assert words(pdf) == words(Typesetter(BASE).pdf(document()))
    assert pdf != Typesetter(BASE).pdf(document())


def test_a_child_theme_brings_its_own_template_and_words(child):
    folder, setter = child
    (folder / "pdf/invoice.typ").write_text(
        "#let data = json(bytes(sys.inputs.data))\n#set document(title: data.title)\n#data.words.total: #data.number"
    )
    (folder / "pdf/words.en.toml").write_text('total = "All in all"')
    assert words(setter().pdf(document())) == "All in all: 2026-00042"


def test_a_template_cannot_read_files_outside_its_folder(child):
    folder, setter = child
    (folder / "pdf/invoice.typ").write_text('#read("../../../../../../etc/passwd")')
    with pytest.raises(BadDocumentTemplate):
        setter().pdf(document())


def test_a_wrong_colour_is_said_in_words(child):
    folder, setter = child
    (folder / "theme.toml").write_text('name = "child"\nparent = "base"\n[print]\nbrand = "blue; #panic()"\n')
    with pytest.raises(BadDocumentTemplate, match="brand"):
        setter()


def test_an_old_copy_of_an_address_is_read_as_well():
    old = Party.from_copy({"name": "EZ", "address": "Pikk 1; 10123 Tallinn;"})
    assert old.address == ("Pikk 1", "10123 Tallinn")
    new = {"name": "Ann", "line1": "Pikk 1", "city": "Tallinn", "postcode": "10123", "address": "x"}
    assert Party.from_copy(new).address == SELLER.address
    assert Party.from_copy({"name": "A\x00nn\u202e\u2028", "company": None}).name == "Ann"
