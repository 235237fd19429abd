"""The compare table: feature lines of several plans as rows, so that "2 GB memory" stands under "4 GB memory"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from ezcore.catalog.products.models import Product
from ezcore.web.shared.markup import money
from ezcore.web.shared.wish import prices_in

_MEASURED: Final = re.compile(r"((?:up to )?[0-9][0-9.,]*(?: ?[GTMK]B(?=\s))?)\s+(.+)", re.IGNORECASE)
YES: Final = "Included"
NO: Final = "\u2013"


def compare(products: Sequence[Product], currency: str, on: date) -> list[tuple[str, list[str]]]:
    """Rows of (what, value per product); nothing to compare when there is one product."""
    if len(products) < 2:  # noqa: PLR2004 - a comparison needs two
        return []
    rows: dict[str, tuple[str, list[str]]] = {}
    for column, product in enumerate(products):
        for feature in product.features:
            key, title, value = split(feature.text)
            row = rows.setdefault(key, (title, [NO] * len(products)))
            row[1][column] = value
    found = list(rows.values())
    found.append(("Setup fee", [_setup(product, currency, on) for product in products]))
    found.append(("Shortest term", [_term(product, currency, on) for product in products]))
    return found


def split(text: str) -> tuple[str, str, str]:
    """Key, title and value of a feature line: "10 GB storage" is 10 GB of storage; "Free TLS" is included."""
    measured = _MEASURED.fullmatch(text.strip())
    if measured is None:
        return text.casefold(), text, YES
    value, noun = measured.groups()
    return noun.casefold().rstrip("s"), noun[:1].upper() + noun[1:] if noun[1:2].islower() else noun, value


def _setup(product: Product, currency: str, on: date) -> str:
    fees = [price.setup for price in prices_in(product, currency, on) if price.setup.is_positive]
    return money(min(fees)) if fees else "None"


def _term(product: Product, currency: str, on: date) -> str:
    prices = prices_in(product, currency, on)
    if not prices:
        return NO
    return "One payment" if not prices[0].cycle.recurs else str(prices[0].cycle)
