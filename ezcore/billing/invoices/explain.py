"""Pure: tells in one sentence how the amount of a line came about, from the facts that were stored with it.

The facts are written by whoever makes the line and never change; these are the words for them. A line without
facts has nothing to explain: its quantity and unit price say it all. Facts (all amounts as the shop states prices, in
minor units):

* period: `cycle`, `base_minor`, `options` ([title, choice, minor]), `first_term`, `days` and `of_days` (of a term)
* discount: `code`, `of_minor`, `percent_ppm`, `left` (billings that still follow; absent: for as long as it runs)
* proration: `rule` "proration", `side` (old, new), `days`, `of_days`, `from`
* usage: `rule` "usage", `unit`, `used`, `included`, `tiers` ([units, unit price])
* late fee: `invoice`, `open_minor`, `late_days`, `percent_ppm`
* by hand: `quantity`, `each_minor`; a billable item also `cycle` and `on`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.billing.taxes.rules import percent
from ezcore.kernel.money import Money

Show = Callable[[Money], str]


def explain(line: InvoiceLine, show: Show = str) -> str:
    """One sentence (or two), or nothing when there is nothing to tell. `show` prints an amount."""
    facts = line.explain or {}
    if not facts:
        return ""

    def amount(name: str) -> str:
        return show(Money(int(facts[name]), line.currency))

    words = _WORDS.get(str(facts.get("rule", line.kind)), _by_hand)
    try:
        return words(facts, amount, line, show)
    except (KeyError, TypeError, ValueError):
        # Facts of an older release, or of a plugin: better no sentence than a wrong one.
        return ""


def _period(facts: Mapping[str, Any], amount: Callable[[str], str], line: InvoiceLine, show: Show) -> str:
    first = "for the first term" if facts.get("first_term") else f"every {_cycle(facts['cycle'])}"
    if facts["cycle"] == "once":
        first = "once"
    parts = [f"{amount('base_minor')} {first}"]
    parts += [
        f"{title} ({choice}) {show(Money(int(minor), line.currency))}"
        for title, choice, minor in facts.get("options", ())
        if int(minor)
    ]
    text = " plus ".join(parts)
    if "days" in facts:
        return f"{text}; of which {_days(facts)}."
    return f"{text}."


def _discount(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    code, of = facts["code"], amount("of_minor")
    what = (
        f"{percent(int(facts['percent_ppm']))} % of {of}" if facts.get("percent_ppm") else f"Taken off {of}"
    )
    left = facts.get("left", 0)
    follows = "" if not left else f", and off {left} more {'billing' if left == 1 else 'billings'}"
    return f"Promotion {code}: {what}{follows}."


def _proration(
    facts: Mapping[str, Any], _amount: Callable[[str], str], _line: InvoiceLine, _show: Show
) -> str:
    since = f" from {_day(facts['from'])}" if facts.get("from") else ""
    side = {"old": "The old price is given back", "new": "The new price is charged"}.get(
        str(facts.get("side")), "Charged"
    )
    return f"{side} for {_days(facts)}{since}."


def _usage(facts: Mapping[str, Any], _amount: Callable[[str], str], line: InvoiceLine, _show: Show) -> str:
    unit = facts["unit"]
    tiers = " + ".join(f"{units} {unit} at {rate} {line.currency}" for units, rate in facts["tiers"])
    return f"{facts['used']} {unit} used, {facts['included']} {unit} included: {tiers or 'nothing more'}."


def _late_fee(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    late = int(facts["late_days"])
    part = f"{percent(int(facts['percent_ppm']))} % of " if facts.get("percent_ppm") else "A fixed fee: "
    return (
        f"{part}{amount('open_minor')} that {'is' if facts.get('percent_ppm') else 'was'} open on invoice"
        f" {facts['invoice']}, {late} {'day' if late == 1 else 'days'} after it was due."
    )


def _by_hand(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    quantity = int(facts["quantity"])
    if "cycle" in facts:
        return (
            f"{quantity} x {amount('each_minor')}, every {_cycle(facts['cycle'])}, for {_day(facts['on'])}."
        )
    return f"{quantity} x {amount('each_minor')}." if quantity > 1 else ""


def _days(facts: Mapping[str, Any]) -> str:
    return f"{int(facts['days'])} of {int(facts['of_days'])} days"


def _cycle(name: str) -> str:
    count, _, unit = str(name).partition(" ")
    return unit if count == "1" else str(name)


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


_WORDS: dict[str, Callable[[Mapping[str, Any], Callable[[str], str], InvoiceLine, Show], str]] = {
    "period": _period,
    "addon": _period,
    "option": _period,
    "discount": _discount,
    "proration": _proration,
    "usage": _usage,
    "late_fee": _late_fee,
    "item": _by_hand,
}
