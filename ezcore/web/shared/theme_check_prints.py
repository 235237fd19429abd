"""Mails and documents of a theme, made once with samples in every language: `ez theme check` prints what is wrong.

A running shop passes over what a child theme broke and prints its parent's instead; here it is said aloud.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

from pypdf import PdfReader

from ezcore.billing.documents.document import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Note,
    Party,
    TaxGroup,
)
from ezcore.billing.documents.printed import DEFAULT_LANGUAGE, known_language, print_money
from ezcore.billing.documents.typesetter import TEMPLATE, BadDocumentTemplate, Typesetter
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.language import names, parse
from ezcore.messaging.rules import fill_in
from ezcore.messaging.templates import is_language
from ezcore.messaging.texts.contract import MailKind, mail_kinds
from ezcore.themes.chain import ThemeChain, theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import find_themes
from ezcore.web.shared.theme_check import Problem

SHOP: Final = "EZ Solutions"
SITE: Final = "https://shop.example"
ZONE: Final = "Europe/Tallinn"
_LINK: Final = "link"
_NUMBER: Final = "2026-00042"
_SELLER: Final = Party(
    "EZ Solutions", address=("Pikk 1", "10123 Tallinn"), country="EE", tax_number="EE101234567"
)
_BUYER: Final = Party("Ann Tamm", company="Tamm & Co", address=("Weg 2", "80331 München"), country="DE")


def check_prints(folder: Path, folders: tuple[Path, ...] = ()) -> list[Problem]:
    """What is wrong with mails and documents of the theme in `folder`; nothing when it has no chain to look at.

    Kinds: `mail`, `document`, `words`. The files named lie in the theme itself: parents answer for their own.
    """
    try:
        found = find_themes((*folders, folder))
        name = next(one.name for one in found.usable.values() if one.folder.resolve() == folder.resolve())
        chain = theme_chain(name, found)
    except (ThemeError, StopIteration):
        return []  # `check_theme` says why
    return [*_mails(chain), *_words(chain), *_documents(chain)]


def _mails(chain: ThemeChain) -> Iterator[Problem]:
    kinds = mail_kinds()
    for file in sorted((chain.folders[0] / "mail").glob("*.txt")):
        name, _, language = file.stem.partition(".")
        path = f"mail/{file.name}"
        if name not in kinds:
            continue  # not of the contract; `check_theme` says so
        if language and not is_language(language):
            yield Problem("mail", path, f"{language} is no language; write it as de or pt_BR")
            continue
        yield from _mail(chain, kinds[name], file, language or DEFAULT_LANGUAGE)


def _mail(chain: ThemeChain, kind: MailKind, file: Path, language: str) -> Iterator[Problem]:
    path = f"mail/{file.name}"
    try:
        source = file.read_text(encoding="utf-8")
        text = fill_in(source, kind.samples(SHOP, SITE), language=known_language(language), time_zone=ZONE)
        asked = {name for name, _ in names(parse(source))}
    except UnicodeDecodeError:
        yield Problem("mail", path, "this is not UTF-8")
        return
    except BadTemplate as error:
        yield Problem("mail", path, error.message)
        return
    if not text.subject.strip() or not text.body.strip():
        yield Problem("mail", path, "the subject or the text is empty when it is printed")
    for name in sorted(_links(chain, kind) - asked):
        yield Problem("mail", path, f"it leaves out {{{{{name}}}}}, which its reader needs to go on")


def _links(chain: ThemeChain, kind: MailKind) -> set[str]:
    """The links that base's own text has: a mail without them leads nowhere."""
    base = chain.folders[-1] / "mail" / f"{kind.name}.txt"
    return {name for name, _ in names(parse(base.read_text(encoding="utf-8"))) if name.endswith(_LINK)}


def _words(chain: ThemeChain) -> Iterator[Problem]:
    base = chain.folders[-1] / "pdf"
    known = set(tomllib.loads((base / f"words.{DEFAULT_LANGUAGE}.toml").read_text(encoding="utf-8")))
    for file in sorted((chain.folders[0] / "pdf").glob("words.*.toml")):
        path, language = f"pdf/{file.name}", file.name.split(".")[1]
        if not is_language(language):
            yield Problem("words", path, f"{language} is no language; write it as de or pt_BR")
            continue
        try:
            said = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            yield Problem("words", path, f"it cannot be read: {error}")
            continue
        for name in sorted(set(said) - known):
            yield Problem("words", path, f"no document prints {name}")
        for name in sorted(
            key for key, value in said.items() if not isinstance(value, str) or not value.strip()
        ):
            yield Problem("words", path, f"{name} is no text")
        missing = sorted(known - _said_by_any(chain, language)) if language != DEFAULT_LANGUAGE else []
        if missing:
            yield Problem("words", path, f"English is printed for {', '.join(missing)}")


def _said_by_any(chain: ThemeChain, language: str) -> set[str]:
    said: set[str] = set()
    for folder in chain.folders:
        for name in {language, language.partition("_")[0]}:
            try:
                said |= set(tomllib.loads((folder / f"pdf/words.{name}.toml").read_text(encoding="utf-8")))
            except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
                continue
    return said


def _documents(chain: ThemeChain) -> Iterator[Problem]:
    """Each kind in each language that a theme of the chain has words for."""
    try:
        setter = Typesetter(chain)
    except (BadDocumentTemplate, tomllib.TOMLDecodeError, KeyError) as error:
        yield Problem("document", TEMPLATE, _short(error))
        return
    files = {file for folder in chain.folders for file in (folder / "pdf").glob("words.*.toml")}
    told: set[str] = set()
    for language in sorted(
        {file.name.split(".")[1] for file in files if is_language(file.name.split(".")[1])}
    ):
        for kind in DocumentKind:
            try:
                missing = _left_out(setter, sample(kind, known_language(language)))
            except (BadDocumentTemplate, tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
                words = _short(error)
            else:
                words = f"it does not print {', '.join(missing)}" if missing else ""
            if words and words not in told:  # the same in every kind and language is said once
                told.add(words)
                yield Problem("document", TEMPLATE, f"{kind} in {language}: {words}")


def _left_out(setter: Typesetter, document: InvoiceDocument) -> list[str]:
    """What must be on a document and is not: looked for in the text of the PDF."""
    pages = PdfReader(BytesIO(setter.pdf(document))).pages
    text = _bare("".join(page.extract_text() for page in pages))
    wanted = {
        "the number": document.number,
        "the seller": document.seller.legal_name,
        "the seller's tax number": document.seller.tax_number,
        "the buyer": document.buyer.legal_name,
        "the lines": document.lines[0].description,
        "the total": print_money(document.total, document.language),
    }
    return [what for what, value in wanted.items() if _bare(value) not in text]


def sample(kind: DocumentKind, language: str) -> InvoiceDocument:
    """Two servers and a tax, dated, with everything that a document of this kind can carry."""
    euro, zero = Money(1000, "EUR"), Money.zero("EUR")
    period = Period(date(2026, 3, 1), date(2026, 4, 1))
    line = DocumentLine("VPS Atlas 2", euro, 1, euro, detail="2 cores", period=period, taxes=(0,))
    net, tax = Money(2000, "EUR"), Money(440, "EUR")
    is_credit = kind == DocumentKind.CREDIT_NOTE
    return InvoiceDocument(
        kind=kind, number=_NUMBER, issued_on=date(2026, 3, 1), due_on=None if is_credit else date(2026, 3, 8),
        tax_point=date(2026, 2, 28), seller=_SELLER, buyer=_BUYER, currency="EUR", lines=(line, line),
        taxes=(TaxGroup("VAT", 220_000, "S", net, tax),), net=net, tax=tax, total=net + tax, paid=zero, credited=zero,
        prepaid=zero, notes=(Note("Bank transfer", "IBAN EE382200221020145685"),), pay_link=f"{SITE}/pay/sample/",
        corrects="2026-00041" if is_credit else "", corrects_on=date(2026, 2, 1) if is_credit else None,
        reason="Ended early" if is_credit else "", language=language,
    )  # fmt: skip


def _bare(text: str) -> str:
    """Without blanks of any kind: where a PDF breaks lines is of no interest."""
    return "".join(text.split())


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:400]
