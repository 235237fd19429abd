"""Who pays which tax: the decision, pure. What it costs is in `rules.py`.

Sources: Directive 2006/112/EC, Art. 44 (services to a business are taxed where it is), 45 and 58 (to a consumer: where
the seller is; electronic services above the threshold: where the consumer is, One Stop Shop), 59 (consumers outside the
Union), 196 (reverse charge). Limits: places inside a member state that are outside its VAT (Canary Islands,
Büsingen, Livigno, Mount Athos, ...) share its ISO code; such a client is marked exempt by staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ezcore.accounts.models import TaxNumberState
from ezcore.accounts.regions import region_code
from ezcore.accounts.tax_numbers import MEMBERS, place_of, prefix_of
from ezcore.billing.taxes.rules import NO_TAX, STANDARD, UNTAXED, TaxCase, TaxRate, Treatment
from ezcore.kernel.errors import Refused

REVERSE_CHARGE_NOTE: Final = "Reverse charge, Art. 196 Directive 2006/112/EC"
OUTSIDE_NOTE: Final = "Not subject to EU VAT: the place of supply is outside the Union"
EXEMPT_NOTE: Final = "Exempt from tax"


class NoTaxRate(Refused):
    """Tax is due and nobody said how much: a rule is missing."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """What decides about a client's tax. `region` as typed."""

    country: str
    region: str = ""
    tax_number: str = ""
    number_state: str = TaxNumberState.NONE
    exempt: bool = False
    exempt_reason: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the shop charges tax (settings `ez.tax`)."""

    kind: str = "none"
    seller_country: str = ""
    inclusive: bool = False
    oss: bool = False


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule that is valid on the day in question."""

    country: str
    region: str
    tax_class: str
    rate: TaxRate


class Rates:
    """The rules of one day, found by place."""

    def __init__(self, rules: Iterable[RuleFacts]) -> None:
        self._rules: dict[tuple[str, str], dict[tuple[str, int], TaxRate]] = {}
        for rule in rules:
            here = self._rules.setdefault((rule.country, rule.region), {})
            here[rule.tax_class, rule.rate.level] = rule.rate
        self._found: dict[tuple[str, str], dict[str, tuple[TaxRate, ...]]] = {}

    def at(self, country: str, region: str = "") -> Mapping[str, tuple[TaxRate, ...]]:
        """Rates by tax class; per level the most precise place counts (region, country, everywhere)."""
        region = region_code(country, region)
        key = (country, region)
        if key not in self._found:
            merged: dict[tuple[str, int], TaxRate] = {}
            for place in dict.fromkeys((("", ""), (country, ""), key)):
                merged.update(self._rules.get(place, {}))
            classes = {tax_class for tax_class, _ in merged}
            self._found[key] = {
                name: tuple(merged[name, level] for level in (1, 2) if (name, level) in merged)
                for name in classes
            }
        return self._found[key]


def decide(buyer: Buyer, scheme: Scheme, rates: Rates) -> TaxCase:
    """What this client pays. Raises: NoTaxRate when the Union's VAT is due and its rate is unknown."""
    if scheme.kind == "none":
        return NO_TAX
    if buyer.exempt:
        return _nothing("E", Treatment.EXEMPT, buyer.exempt_reason or EXEMPT_NOTE, scheme)
    if scheme.kind == "rules":
        found = rates.at(buyer.country, buyer.region)
        return _taxed(found, scheme) if found else NO_TAX
    return _eu_vat(buyer, scheme, rates)


def _eu_vat(buyer: Buyer, scheme: Scheme, rates: Rates) -> TaxCase:
    home, place = place_of(scheme.seller_country), place_of(buyer.country)
    if place != home:
        if place not in MEMBERS:
            return _nothing("O", Treatment.OUTSIDE, OUTSIDE_NOTE, scheme)
        if buyer.number_state == TaxNumberState.VALID and buyer.tax_number.startswith(prefix_of(place)):
            return _nothing("AE", Treatment.REVERSE_CHARGE, REVERSE_CHARGE_NOTE, scheme)
    taxing = place if scheme.oss else home
    found = rates.at(taxing, buyer.region if taxing == buyer.country else "")
    if STANDARD not in found:
        raise NoTaxRate(f"There is no standard VAT rate for {taxing} on this day: add it under Taxes")
    return _taxed(found, scheme)


def _taxed(rates: Mapping[str, tuple[TaxRate, ...]], scheme: Scheme) -> TaxCase:
    untaxed = (TaxRate("Not taxed", 0, category="E"),)
    return TaxCase({**rates, UNTAXED: untaxed}, scheme.inclusive, Treatment.TAXED)


def _nothing(category: str, treatment: str, note: str, scheme: Scheme) -> TaxCase:
    name = "VAT" if scheme.kind == "eu_vat" else "Tax"
    zero = (TaxRate(name, 0, category=category),)
    return TaxCase({STANDARD: zero}, scheme.inclusive, treatment, note)
