"""The one way of every bulk form: from the ticked rows over the question to the answer.

No ambient unit of work: each thing gets its own (`running`), and reading happens before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.languages import many, say
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.running import Outcome, run
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.rendering import render

MOST: Final = 100
SHORTEST_REASON: Final = 3
BIGGEST: Final = 10**18


class Ticked(BaseModel):
    """The rows that are meant, what shall be done with them, and the query of the list to go back to."""

    do: Annotated[str, StringConstraints(max_length=80)] = ""
    id: list[Annotated[int, Field(ge=1, lt=BIGGEST)]] = Field(default_factory=list, max_length=MOST)
    back: Annotated[str, StringConstraints(max_length=1000)] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    sure: bool = False


def answer(request: Any, noun: Noun) -> Any:
    """Do it, or ask first. Raises: NotAllowed; InvalidInput for more than `MOST` rows or an unknown action."""
    form = read_form(request, Ticked)
    ticked = form.checked()
    numbers = list(dict.fromkeys(ticked.id))
    if not numbers or not ticked.do:
        flash(request, "warn", say("Tick at least one row and choose what to do with it"))
        return _back(request, noun, ticked)
    with request.work.read(request.actor) as uow:
        act = next((one for one in noun.acts(uow) if one.key == ticked.do), None)
        if act is None:
            raise InvalidInput("this list offers no such action", field="do")
        request.actor.require(act.permission)
        named = noun.named(request, uow, numbers)
    if act.consequence and not _is_sure(act, ticked, form):
        request.response.status_code = 422 if form.errors else 200
        facts = {"act": act, "named": named, "form": form, "errors": form.errors}
        return _page(request, "ask", noun, {**facts, "back": _address(request, noun, ticked)})
    outcome = run(request.work, request.actor, act, numbers, ticked.reason)
    if not outcome.refused:
        flash(request, "ok", told(act, outcome))
        return _back(request, noun, ticked)
    refused = [(_name(named, number), why) for number, why in outcome.refused.items()]
    facts = {"act": act, "told": told(act, outcome), "refused": refused}
    return _page(request, "answer", noun, {**facts, "back": _address(request, noun, ticked)})


def told(act: Act, outcome: Outcome) -> str:
    """What was done, in a line."""
    line = f"{act.words}: {many(len(outcome.done), '${n} done', '${n} done')}"
    same = len(outcome.same)
    return f"{line}, {many(same, '${n} was so already', '${n} were so already')}" if same else line


def _is_sure(act: Act, ticked: Ticked, form: Form[Ticked]) -> bool:
    """Was it confirmed, with a reason where one is kept? What is missing is put at its field."""
    if ticked.sure and act.wants_reason and len(ticked.reason) < SHORTEST_REASON:
        form.errors["reason"] = "Say why: the audit log keeps it"
    return ticked.sure and not form.errors


def _page(request: Any, name: str, noun: Noun, facts: dict[str, Any]) -> Any:
    response = request.response
    response.text = render(request, f"admin/bulk/{name}.pt", {"noun": noun, "errors": {}, **facts})
    response.content_type = "text/html"
    return response


def _name(named: Sequence[Named], number: int) -> Named:
    """What was ticked, by its name; by its number when it is gone."""
    return next((one for one in named if one.number == number), Named(number, f"#{number}", "", ""))  # type: ignore[arg-type]


def _address(request: Any, noun: Noun, ticked: Ticked) -> str:
    """The list as it was; only its query comes from the form."""
    query = urlencode(parse_qsl(ticked.back))
    path: str = request.route_path(noun.list_route)
    return f"{path}?{query}" if query else path


def _back(request: Any, noun: Noun, ticked: Ticked) -> HTTPSeeOther:
    return HTTPSeeOther(_address(request, noun, ticked))
