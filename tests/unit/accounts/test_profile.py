"""Billing details: changed by who pays, checked field by field, copied by others through facts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.countries import countries
from ezcore.accounts.inputs import ProfileInput, SignUpInput
from ezcore.accounts.models import Membership, MembershipRole
from ezcore.accounts.permissions import CLIENT, of_member
from ezcore.accounts.rules import local_path
from ezcore.audit.models import AuditRow
from ezcore.kernel.errors import NotAllowed

ODD_NAMES = ["=cmd|'/c calc'!A0", "${7*7}", "{{7*7}}", "<svg onload=alert(1)>", "'; DROP TABLE client;--"]


def profile(**changes):
    return ProfileInput.model_validate({"name": "Ann", "country": "EE", **changes})


def change(work, ann, **changes):
    with work.read() as uow:
        actor = queries.actor_for(uow, uow.session.merge(ann.user))
    with work.write(actor) as uow:
        accounts.update_profile(uow, profile(**changes))


def test_facts_and_billing_address_follow_the_profile(work, ann):
    change(work, ann, company="Ann & Co", line1="Pikk 2", postcode="10133", city="Tallinn", language="de")
    with work.read() as uow:
        facts = queries.client_facts(uow, ann.client.id)
        assert (facts.name, facts.country, facts.language) == ("Ann & Co", "EE", "de")
        assert queries.billing_address(uow, ann.client.id)["address"] == "Pikk 2\n10133 Tallinn"


def test_the_trail_names_what_changed_but_not_the_address(work, ann):
    change(work, ann, line1="Secret street 5", city="Tallinn")
    with work.read() as uow:
        row = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "client.update")).one()
        assert row.after == {"changed": ["line1"]}


@pytest.mark.parametrize("role", [MembershipRole.TECHNICAL, MembershipRole.READ_ONLY])
def test_who_does_not_pay_does_not_change_who_pays(work, ann, role):
    with work.write() as uow:
        uow.session.scalars(select(Membership)).one().role = role
    with pytest.raises(NotAllowed):
        change(work, ann, name="Evil")


def test_a_closed_client_can_pay_but_not_order():
    assert of_member("owner", verified=True, status="closed") == CLIENT - {"client.order"}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_kept_literally(work, ann, name):
    change(work, ann, name=name)
    with work.read() as uow:
        assert queries.client(uow, ann.client.id).name == name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country", "XX"), ("country", "ee"), ("country", "EU"), ("country", "ZZ"), ("country", ""),
        ("name", ""), ("name", "   "), ("name", "x" * 1000), ("language", "xx"),
        ("postcode", "<b>"), ("postcode", "1" * 40),
        ("line1", "x" * 121),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(field, value):
    with pytest.raises(ValidationError) as refusal:
        profile(**{field: value})
    assert [error["loc"] for error in refusal.value.errors()] == [(field,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a"), ("email", "a@"), ("email", "a@b"), ("email", "x" * 255 + "@a.example"),
        ("email", "a@b.c\nBcc:x@y"), ("email", '"<script>"@x.de'), ("email", "ann@bücher.example"),
        ("email", "a@b.example."), ("terms", "no"), ("terms", ""), ("leave_empty", "http://spam.example"),
        ("password", ""),
    ],
)  # fmt: skip
def test_a_sign_up_is_refused_by_field(typed, field, value):
    with pytest.raises(ValidationError) as refusal:
        typed(**{field: value})
    assert [error["loc"] for error in refusal.value.errors()] == [(field,)]


def test_what_nobody_asked_for_is_not_taken():
    extra = {"is_staff": "1", "role": "owner", "status": "closed", "client_id": "2", "staff_role_id": "1"}
    values = {"name": "A", "email": "a@b.example", "password": "p", "country": "EE", "terms": "yes"}
    assert not set(extra) & set(SignUpInput.model_validate({**values, **extra}).model_dump())


def test_line_breaks_and_invisible_characters_are_no_part_of_a_name(work, ann):
    change(work, ann, name="Ann\r\nBcc: x@y.example\u202egpj\x00")
    with work.read() as uow:
        assert queries.client(uow, ann.client.id).name == "Ann Bcc: x@y.example gpj"


def test_countries_are_those_of_iso_3166():
    assert len(countries()) in range(245, 252)
    assert countries("de")["EE"] == "Estland"
    assert countries("no such language")["EE"] == "Estonia"


@pytest.mark.parametrize(
    "value",
    [
        "//evil.example", "https:evil", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example", "/a\r\nSet-Cookie:x=1", " /x", "", None, "x", "/" + "a" * 600, "/é", "/\x00",
    ],
)  # fmt: skip
def test_only_paths_of_this_site_are_followed(value):
    assert local_path(value, "/dashboard/") == "/dashboard/"


@pytest.mark.parametrize(
    "value", ["/", "/billing/checkout/", "/pricing/vps-s/?cycle=1+month", "/a%0d%0aSet-Cookie:x=1"]
)
def test_a_path_of_this_site_is_followed(value):
    assert local_path(value) == value
