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

from babel.dates import format_date

from ezcore.billing.invoices.models import InvoiceLine
from ezcore.billing.taxes.rules import percent
from ezcore.kernel.money import Money
from ezcore.languages import many, say, tongue

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
    first = say("for the first term") if facts.get("first_term") else _every(facts["cycle"])
    if facts["cycle"] == "once":
        first = say("once")
    parts = [f"{amount('base_minor')} {first}"]
    parts += [
        f"{title} ({choice}) {show(Money(int(minor), line.currency))}"
        for title, choice, minor in facts.get("options", ())
        if int(minor)
    ]
    text = say(" plus ").join(parts)
    if "days" in facts:
        return say("${text}; of which ${days}.", text=text, days=_days(facts))
    return f"{text}."


def _discount(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    code, of, left = facts["code"], amount("of_minor"), facts.get("left", 0)
    if facts.get("percent_ppm"):
        what = say("${percent} % of ${of}", percent=percent(int(facts["percent_ppm"])), of=of)
    else:
        what = say("Taken off ${of}", of=of)
    if left:
        what += many(left, ", and off ${n} more billing", ", and off ${n} more billings")
    return say("Promotion ${code}: ${what}.", code=code, what=what)


def _proration(
    facts: Mapping[str, Any], _amount: Callable[[str], str], _line: InvoiceLine, _show: Show
) -> str:
    days = _days(facts)
    if facts.get("from"):
        days = say("${days} from ${on}", days=days, on=_day(facts["from"]))
    side = str(facts.get("side"))
    if side == "old":
        return say("The old price is given back for ${days}.", days=days)
    if side == "new":
        return say("The new price is charged for ${days}.", days=days)
    return say("Charged for ${days}.", days=days)


def _usage(facts: Mapping[str, Any], _amount: Callable[[str], str], line: InvoiceLine, _show: Show) -> str:
    unit = facts["unit"]
    tiers = " + ".join(
        say(
            "${units} ${unit} at ${rate} ${currency}",
            units=units,
            unit=unit,
            rate=rate,
            currency=line.currency,
        )
        for units, rate in facts["tiers"]
    )
    return say(
        "${used} ${unit} used, ${included} ${unit} included: ${tiers}.",
        used=facts["used"], unit=unit, included=facts["included"], tiers=tiers or say("nothing more"),
    )  # fmt: skip


def _late_fee(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    after = many(int(facts["late_days"]), "${n} day after it was due", "${n} days after it was due")
    known = {"open": amount("open_minor"), "invoice": facts["invoice"], "after": after}
    if facts.get("percent_ppm"):
        part = percent(int(facts["percent_ppm"]))
        return say(
            "${percent} % of ${open} that is open on invoice ${invoice}, ${after}.", percent=part, **known
        )
    return say("A fixed fee: ${open} that was open on invoice ${invoice}, ${after}.", **known)


def _by_hand(facts: Mapping[str, Any], amount: Callable[[str], str], _line: InvoiceLine, _show: Show) -> str:
    quantity = int(facts["quantity"])
    if "cycle" in facts:
        return say(
            "${quantity} x ${each}, ${every}, for ${on}.",
            quantity=quantity, each=amount("each_minor"), every=_every(facts["cycle"]), on=_day(facts["on"]),
        )  # fmt: skip
    return f"{quantity} x {amount('each_minor')}." if quantity > 1 else ""


def _days(facts: Mapping[str, Any]) -> str:
    return say("${days} of ${all} days", days=int(facts["days"]), all=int(facts["of_days"]))


def _every(name: str) -> str:
    count, _, unit = str(name).partition(" ")
    number = int(count) if count.isdigit() else 1
    match unit.removesuffix("s"):
        case "day":
            return many(number, "every day", "every ${n} days")
        case "week":
            return many(number, "every week", "every ${n} weeks")
        case "month":
            return many(number, "every month", "every ${n} months")
        case "year":
            return many(number, "every year", "every ${n} years")
    return say("once")


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    here = tongue().locale
    return f"{day.day} {day:%B %Y}" if here == "en" else str(format_date(day, "long", locale=here))


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
