"""What the forms of this area share: a page of fields with a long text, its preview, and what can be done beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from markupsafe import Markup
from pydantic import BaseModel
from pydantic.config import JsonDict

from ezcore.kernel.errors import InvalidInput
from ezcore.publishing.text import LONGEST, render
from ezcore.web.shared.form_fields import Field, fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge

FORM: Final = "admin/publishing/form.pt"
LIST: Final = "admin/publishing/list.pt"
BODY: Final[JsonDict] = {"ui": {"widget": "textarea"}}
MARKDOWN: Final = "CommonMark: # heading, *emphasis*, - list, [words](address). HTML is shown as it is typed"
T = TypeVar("T")


@dataclass(frozen=True)
class Act:
    """A form of one button beside the fields; `at` asks for an instant as well, with what stands."""

    title: str
    words: str
    button: str
    href: str
    danger: bool = False
    at: str | None = None


def read(request: Any, model: type[BaseModel]) -> Form[Any]:
    """The form; its long text may be as long as a text may."""
    return read_form(request, model, longest=LONGEST + 2_000)


def wants_preview(request: Any) -> bool:
    """Was the other button pressed? Then nothing is kept."""
    found: bool = request.POST.getall("do")[:1] == ["preview"]
    return found


def attempt(form: Form[Any], act: Callable[[Any], T]) -> T | None:
    """Do it with what was typed; None, with the errors in the form, when something is wrong."""
    if not form.is_valid:
        return None
    try:
        return act(form.checked())
    except InvalidInput as error:
        form.refuse(error)
        return None


def status_of(publish_at: datetime | None, now: datetime) -> Markup:
    """Draft, later or published."""
    if publish_at is None:
        return badge("draft")
    return badge("pending", "Later") if publish_at > now else badge("active", "Published")


def form_page(
    model: type[BaseModel],
    form: Form[Any],
    *,
    title: str,
    here: str,
    back: tuple[str, str],
    standing: Mapping[str, Any] | None = None,
    choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The values for `admin/publishing/form.pt`: what was typed, else what stands; `back` is (words, address)."""
    values = form.values if form.values or form.errors else dict(standing or {})
    fields = [_chosen(field, choices or {}) for field in fields_of(model, values, form.errors)]
    body = next((field for field in fields if field.name == "body"), None)
    return {
        "title": title, "here": here, "back": back, "errors": form.errors,
        "labels": {field.name: field.label for field in fields},
        "fields": [field for field in fields if field is not body],
        "body": body, "preview": _preview(form, body), "acts": [], "status": "", "lead": "", "file_hint": None,
        "shown_at": None, "boxes": None, "links": [], "told": None, "form": form, **more,
    }  # fmt: skip


def _preview(form: Form[Any], body: Field | None) -> Markup | None:
    """The text as readers see it; a text that is refused has none."""
    if body is None or not str(body.value).strip():
        return None
    try:
        return render(str(body.value))
    except InvalidInput as error:
        form.errors.setdefault("body", error.message)
        return None


def _chosen(field: Field, choices: Mapping[str, Sequence[tuple[str, str]]]) -> Field:
    offered = choices.get(field.name)
    return field if offered is None else replace(field, kind="select", choices=tuple(offered))
