"""Staff's own words: in use at once, never the reason why a mail is lost."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.jobs.models import StaffTask
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.kernel.resources import find_tree
from ezcore.messaging import queries
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Text
from ezcore.messaging.texts import operations as texts
from ezcore.messaging.texts.contract import mail_kind, mail_kinds
from ezcore.messaging.texts.models import MailText
from ezcore.messaging.texts.operations import Where

VALUES = {"name": "Ann", "service": "web-1", "product": "VPS", "link": "http://x.example/"}
WHERE = Where(mail_kind("service_active"), "en")


def write(work, body="Hi {{ name }}", where=WHERE, based_on=0):
    with work.write() as uow:
        texts.save(uow, where, Text("Your {{ service }}", body), based_on=based_on)


def body_of(work, key="k", language="en"):
    with work.write() as uow:
        return queries.body_of(
            uow, queue_mail(uow, "service_active", "a@b.example", VALUES, key=key, language=language)
        )


def tasks(work):
    with work.read() as uow:
        return [(one.title, one.closed_at is None) for one in uow.session.scalars(select(StaffTask))]


def test_every_template_of_the_base_theme_has_its_values_in_the_contract():
    files = {path.name.partition(".")[0] for path in (find_tree("themes") / "base" / "mail").glob("*.txt")}
    assert set(mail_kinds()) == files
    assert mail_kind("invoice_issued").values["total"] == "Money"


def test_the_clients_language_stands_before_english_whoever_wrote_it(each_work):
    write(each_work, "Hi {{ name }}")
    write(each_work, "Hallo {{ name }}", Where(WHERE.kind, "de"))
    assert (body_of(each_work), body_of(each_work, "d", "de"), body_of(each_work, "f", "fr")) == (
        "Hi Ann\n", "Hallo Ann\n", "Hi Ann\n",
    )  # fmt: skip


def test_a_broken_text_is_passed_over_for_the_themes_and_staff_are_asked_once(work):
    write(work)
    with work.write() as uow:  # a release took a value away
        uow.session.execute(update(MailText).values(body="Hi {{ gone }}"))
    assert body_of(work).startswith("Hello Ann")
    body_of(work, "k2")
    assert [is_open for _, is_open in tasks(work)] == [True]
    assert "service_active (en)" in tasks(work)[0][0]
    write(work, "Hi again, {{ name }}", based_on=1)
    assert body_of(work, "k3") == "Hi again, Ann\n"
    assert [is_open for _, is_open in tasks(work)] == [False]


def test_only_who_may_change_settings_writes_texts(work):
    with pytest.raises(NotAllowed), work.write(Actor("staff", permissions=frozenset({"mail.read"}))) as uow:
        texts.save(uow, WHERE, Text("x", "y"), based_on=0)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("subject", Text("{{ oops }}", "y")), ("body", Text("x", "{{ oops }}")), ("html", Text("x", "y", "{{ oops }}")),
        ("subject", Text(" ", "y")), ("body", Text("x", "\n")), ("subject", Text("x" * 201, "y")),
    ],
)  # fmt: skip
def test_the_refusal_names_the_field(work, field, text):
    with pytest.raises(InvalidInput) as refused, work.write() as uow:
        texts.save(uow, WHERE, text, based_on=0)
    assert refused.value.field == field
