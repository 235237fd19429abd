"""A form in error loses nothing that was typed, says what to do at each field, and never prints a secret."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator
from webob.multidict import MultiDict

from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.form_fields import NEEDED, fields_of
from ezcore.web.shared.forms import read_form

BOX = "/plugins/demo/box/"


class Sent:
    def __init__(self, *pairs):
        self.POST = MultiDict(pairs)


class Colour(Enum):
    DEEP_BLUE = "b"
    RED = "r"


class Everything(BaseModel):
    name: str = ""
    count: int | None = None
    price: Decimal | None = None
    start: date | None = None
    colour: Colour = Colour.RED
    hosts: tuple[str, ...] = ()
    key: SecretStr | None = None
    on: bool = True

    @field_validator("name")
    @classmethod
    def _known(cls, value):
        if value == "bad":
            raise InvalidInput("this name is taken", field="name")
        return value


def test_a_form_in_error_is_422_with_summary_fields_and_all_that_was_typed(app, token):
    typed = {
        "name": "a",
        "size": "many",
        "price": "1,5",
        "plan": "large",
        "aliases": "x\ny",
        "catch_all": "1",
    }

    page = app.post(BOX, {**typed, "password": "hunter2", "csrf_token": token}, status=422)

    summary = page.html.find(id="errors")
    assert [a["href"] for a in summary.find_all("a")] == ["#name", "#price", "#size"]
    assert summary.find("a", href="#size").get_text() == "Size: Write a whole number"
    assert page.html.title.string.startswith("Error: ")
    form = page.form
    assert {name: form[name].value for name in ("name", "size", "price", "plan", "aliases", "catch_all")} == {
        **typed, "aliases": "x\ny",
    }  # fmt: skip
    assert page.html.find(id="size-error").get_text().strip().endswith("Write a whole number")
    assert page.html.find(id="size")["aria-invalid"] == "true"
    assert "size-error" in page.html.find(id="size")["aria-describedby"]
    assert page.html.find(id="price")["aria-describedby"] == "price-error"
    assert "hunter2" not in page.text


def test_every_input_has_a_label_and_its_hint(app):
    page = app.get(BOX).html

    for control in page.form.find_all(["input", "select", "textarea"]):
        if control.get("type") != "hidden":
            assert page.find("label", attrs={"for": control["id"]}) or control.find_parent("label"), control
    assert "leave blank to keep" in page.find(id="password-hint").string
    assert page.find(id="password")["type"] == "password"


@pytest.mark.parametrize("name", ["name", "size", "plan", "catch_all"])
def test_a_field_that_was_sent_twice_is_refused(app, kept, token, name):
    sent = [("name", "post"), ("csrf_token", token), (name, "1"), (name, "2")]

    assert "sent more than once" in app.post(BOX, sent, status=422).text
    assert kept() == []


def test_fields_that_the_form_does_not_have_are_ignored():
    form = read_form(Sent(("name", "x"), ("is_staff", "1"), ("price_paid", "0")), Everything)

    assert form.checked().model_dump(exclude_defaults=True) == {"name": "x", "on": False}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("count", "1_000"), ("count", "\uff11\uff12"), ("count", "1e3"), ("count", "1.0"), ("count", "0x1"),
        ("count", "9" * 19), ("price", "NaN"), ("price", "1,5"), ("price", "1e5"), ("price", "Infinity"),
        ("price", ".5"), ("start", "20260301"), ("start", "1772323200"), ("start", "2026-02-30"),
        ("colour", "DEEP_BLUE"), ("name", "a\0b"), ("name", "\ud800"), ("name", "x" * 20_001),
    ],
)  # fmt: skip
def test_every_kind_has_one_strict_shape(field, text):
    form = read_form(Sent((field, text)), Everything)

    assert list(form.errors) == [field]
    assert form.model is None


def test_blank_means_nothing_and_spaces_around_numbers_do_not_matter():
    form = read_form(
        Sent(("count", ""), ("price", " 12.50 "), ("start", ""), ("hosts", " a \n\n b ")), Everything
    )

    made = form.checked()
    assert (made.count, made.price, made.start, made.hosts) == (None, Decimal("12.50"), None, ("a", "b"))


def test_an_optional_secret_is_a_secret_too():
    form = read_form(Sent(("key", "hunter2"), ("count", "x")), Everything)

    printed = fields_of(Everything, form.values, form.errors)
    assert "hunter2" not in repr(form.values) + repr(printed)
    assert next(field.kind for field in printed if field.name == "key") == "secret"


def test_only_what_may_stay_empty_is_called_optional():
    class Account(BaseModel):
        name: str
        title: str = Field("", json_schema_extra=NEEDED)
        note: str = ""
        limit: int | None = None
        years: int = 1

    called = {field.name: field.required for field in fields_of(Account, {}, {})}
    assert called == {"name": True, "title": True, "note": False, "limit": False, "years": True}


def test_a_blank_secret_keeps_what_stands():
    class Account(BaseModel):
        key: SecretStr = Field(min_length=3)
        address: str

    kept = read_form(Sent(("key", ""), ("address", "x")), Account, standing={"key": "stored"}).checked()
    changed = read_form(
        Sent(("key", "other"), ("address", "x")), Account, standing={"key": "stored"}
    ).checked()

    assert (kept.key.get_secret_value(), changed.key.get_secret_value()) == ("stored", "other")


def test_a_refusal_of_the_model_in_the_words_of_the_trade_stands_at_its_field():
    assert read_form(Sent(("name", "bad")), Everything).errors == {"name": "This name is taken"}


def test_the_kinds_of_a_model_come_from_its_types():
    kinds = {field.name: field.kind for field in fields_of(Everything, {}, {})}

    assert kinds == {
        "name": "text", "count": "number", "price": "number", "start": "date", "colour": "select",
        "hosts": "textarea", "key": "secret", "on": "bool",
    }  # fmt: skip


def test_a_default_is_printed_as_a_person_would_type_it():
    colour = next(field for field in fields_of(Everything, {}, {}) if field.name == "colour")

    assert (colour.value, colour.choices) == ("r", (("b", "Deep blue"), ("r", "Red")))
