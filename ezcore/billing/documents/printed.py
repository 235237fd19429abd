"""A document in words: every amount and date as the reader's language writes it, ready to be set."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from ezcore.billing.documents.document import DocumentKind, InvoiceDocument, Party, TaxGroup, rate_text
from ezcore.kernel.money import Money
from ezcore.themes.chain import ThemeChain

DEFAULT_LANGUAGE: Final = "en"
Words = Mapping[str, str]


def known_language(language: str) -> str:
    """The language as babel knows it, English where it does not: `de`, `pt_BR`."""
    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        return DEFAULT_LANGUAGE


def find_words(chain: ThemeChain, language: str) -> Words:
    """The labels of a language, from `pdf/words.<language>.toml` of each theme: a child says only what is different.

    What no theme says in this language is said in English.
    """
    found: dict[str, str] = {}
    for name in dict.fromkeys((DEFAULT_LANGUAGE, language.partition("_")[0], language)):
        for folder in reversed(chain.folders):
            file = folder / "pdf" / f"words.{name}.toml"
            if file.is_file():
                found |= {key: str(words) for key, words in tomllib.loads(file.read_text("utf-8")).items()}
    return found


def print_money(amount: Money, language: str) -> str:
    """An amount with its currency, as the language writes it."""
    return str(format_currency(amount.decimal, amount.currency, locale=language))


def print_day(day: date, language: str) -> str:
    """A day, as the language writes it."""
    return str(format_date(day, "medium", locale=language))


def print_rate(group: TaxGroup, language: str) -> str:
    """A rate in percent."""
    percent = format_decimal(Decimal(rate_text(group.rate_ppm)), "#,##0.####", locale=language)
    return f"{percent} %"


def title_of(document: InvoiceDocument, words: Words) -> str:
    """What the document is called: `Invoice 2026-00042`."""
    return f"{words[document.kind]} {document.number}"


def printed(document: InvoiceDocument, words: Words) -> dict[str, Any]:
    """What the template is given, as JSON; `tokens` and `logo` are added by the setter."""
    has_rates = any(line.taxes for line in document.lines)
    seller = document.seller
    return {
        "title": title_of(document, words),
        "kind": str(document.kind),
        "number": document.number,
        "language": document.language.partition("_")[0],
        "words": dict(words),
        "seller": _party(seller, document.language, words) | {"company": seller.legal_name, "name": ""},
        "buyer": _party(document.buyer, document.language, words),
        "seller_line": ", ".join((seller.legal_name, *seller.address)),
        "facts": list(_facts(document, words)),
        "has_rates": has_rates,
        "head": [
            words[name]
            for name in ("description", "quantity", "unit", "tax_rate", "amount")
            if has_rates or name != "tax_rate"
        ],
        "lines": list(_lines(document)),
        "sums": list(_sums(document, words)),
        "remarks": list(_remarks(document, words)),
        "notes": [{"title": note.title, "text": note.text} for note in document.notes],
        "pay": {"word": words["pay"], "link": document.pay_link if document.due.is_positive else ""},
    }


def _country(code: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(code, code))


def _party(party: Party, language: str, words: Words) -> dict[str, Any]:
    extra = [f"{words['tax_number']}: {party.tax_number}"] if party.tax_number else []
    return {
        "name": party.name,
        "company": party.company,
        "lines": [*party.address, *([_country(party.country, language)] if party.country else [])],
        "extra": [*extra, *([party.email] if party.email else [])],
    }


def _facts(document: InvoiceDocument, words: Words) -> Iterator[tuple[str, str]]:
    language = document.language
    yield words["issued"], print_day(document.issued_on, language)
    if document.due_on is not None:
        yield words["due_on"], print_day(document.due_on, language)
    if document.tax_point is not None and document.tax_point != document.issued_on:
        yield words["tax_point"], print_day(document.tax_point, language)
    if document.corrects:
        yield words["corrects"], document.corrects


def _lines(document: InvoiceDocument) -> Iterator[dict[str, str]]:
    language = document.language
    for line in document.lines:
        detail = [line.detail] if line.detail else []
        if line.period is not None:
            first, last = line.period.start, line.period.last_day
            detail.append(f"{print_day(first, language)} – {print_day(last, language)}")  # noqa: RUF001 - en dash
        yield {
            "description": line.description,
            "detail": " · ".join(detail),
            "quantity": format_decimal(line.quantity, locale=language),
            "unit": print_money(line.unit, language),
            "rate": " + ".join(print_rate(group, language) for group in document.groups_of(line)),
            "amount": print_money(line.net, language),
        }


def _sums(document: InvoiceDocument, words: Words) -> Iterator[dict[str, Any]]:
    def row(word: str, amount: Money, *, strong: bool = False) -> dict[str, Any]:
        return {"word": word, "value": print_money(amount, document.language), "strong": strong}

    if document.taxes:
        yield row(words["net"], document.net)
    for group in document.taxes:
        rate, base = print_rate(group, document.language), print_money(group.base, document.language)
        yield row(f"{group.name} {rate} {words['on']} {base}", group.tax)
    if document.kind == DocumentKind.CREDIT_NOTE:
        yield row(words["credited_total"], document.total, strong=True)
        return
    yield row(words["total"], document.total, strong=True)
    if not document.paid.is_zero:
        yield row(words["paid"], -document.paid)
    if not document.credited.is_zero:
        yield row(words["credited"], -document.credited)
    yield row(words["due"], document.due, strong=True)


def _remarks(document: InvoiceDocument, words: Words) -> Iterator[str]:
    if document.reason:
        yield f"{words['reason']}: {document.reason}"
    if document.tax_note:
        yield document.tax_note
    if document.kind == DocumentKind.PROFORMA:
        yield words["not_an_invoice"]
    elif document.kind == DocumentKind.CREDIT_NOTE:
        yield words["nothing_to_pay"]
    elif document.pay_link and document.due.is_positive:
        yield words["later"]
