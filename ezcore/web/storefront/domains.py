"""Search for a domain name: which endings are free, what they cost now and later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.domain_names.names import search as names
from ezcore.domain_names.names.rules import parse_words, split
from ezcore.domain_names.tlds import queries as tlds
from ezcore.domain_names.tlds.models import Tld, TldPrice
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle, next_start
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

_ECHO: Final = 100


@dataclass(frozen=True)
class Row:
    """One name of the answer, with its shortest term's price and what it renews at, on which day."""

    answer: names.Answer
    price: TldPrice | None
    renews_on: date | None

    @property
    def transfer_price(self) -> Money | None:
        """What bringing it here costs, for a name that is registered elsewhere."""
        return self.price.transfer_price if self.price and self.answer.verdict == "taken" else None


@page("domains.home", "/domains/", public="storefront")
def home(request: EzRequest) -> Any:
    """The search is the home of names."""
    return HTTPSeeOther(request.route_path("domains"))


@page(
    "domains", "/domains/search/", public="storefront", rate="search", template="client/domains/search.pt",
    ambient=False,
)  # fmt: skip
def search(request: EzRequest) -> dict[str, Any]:
    """The form; with `?q=` what is free. Registrars are asked at once, within one deadline."""
    currency = request.settings.shop.currency
    with request.work.read(request.actor) as uow:
        sold = tlds.sold(uow)
        today = uow.today()
    found: dict[str, Any] = {
        "typed": "", "rows": [], "suggested": [], "errors": {},
        "sold": [(tld, tlds.cheapest(tld, currency)) for tld in sold if tlds.cheapest(tld, currency)],
    }  # fmt: skip
    if "q" not in request.GET:
        return found
    found["typed"] = typed = str(request.GET["q"])[:_ECHO]
    try:
        wanted = names.candidates(parse_words(typed, "q"), sold)
    except InvalidInput as error:
        request.response.status_code = 422
        found["errors"] = {"q": sentence(error.message)}
        return found
    answers = names.look(request.work, request.host_of_plugins.ports, wanted)
    found["rows"] = [_row(answer, currency, today) for answer in answers]
    if answers and answers[0].verdict != "free":
        label = split(answers[0].name, [tld.name for tld in sold])[0]
        more = names.suggest(request.work, request.host_of_plugins.ports, label)
        known = {answer.name for answer in answers}
        found["suggested"] = [_row(one, currency, today) for one in more if one.name not in known]
    return found


def renews_on(today: date, years: int) -> date:
    """The day on which a term that begins today ends."""
    return next_start(today, Cycle(years, "year"))


def price_of(tld: Tld | None, currency: str) -> TldPrice | None:
    """The shortest term's price."""
    return tlds.cheapest(tld, currency) if tld is not None else None


def _row(answer: names.Answer, currency: str, today: date) -> Row:
    price = price_of(answer.tld, currency)
    return Row(answer, price, renews_on(today, price.years) if price else None)
