"""A mail is an intent in the same transaction as its reason, once per event, template and recipient."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ezcore.jobs.models import Job
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.kernel.resources import find_tree
from ezcore.messaging import queries
from ezcore.messaging.errors import BadRecipient, BadTemplate
from ezcore.messaging.models import Mail, MailState
from ezcore.messaging.operations import queue_mail

LINK = "http://127.0.0.1:6543/accounts/verify/t0ken/"
VERIFY = {"link": LINK, "expires": date(2026, 11, 23)}
EVERY_VALUE = {
    "name": "Ann", "link": LINK, "expires": date(2026, 11, 23), "changed": date(2026, 11, 22),
    "login_link": LINK, "reset_link": LINK, "number": "2026-00001", "total": Money.parse("9", "EUR"),
    "amount": Money.parse("9", "EUR"), "balance": Money.parse("9", "EUR"), "due_on": date(2026, 11, 22),
    "paid_on": date(2026, 11, 22), "suspend_on": date(2026, 11, 27), "suspended_on": date(2026, 11, 27),
    "terminated_on": date(2026, 12, 27), "ends_on": date(2026, 12, 1), "reason": "card declined", "method": "Visa 4242",
    "service": "web-1", "product": "VPS S", "pay_link": LINK, "price": Money.parse("9", "EUR"), "cycle": "1 month",
    "renews_on": date(2027, 1, 1), "title": "A new site", "valid_until": date(2026, 12, 1),
    "domain": "example.com", "expires_on": date(2027, 1, 1), "words": "was renewed.", "names": "example.com",
    "reference": "T-2026-000001", "subject": "Help", "message": "It is slow.", "hours": 5,
    "inviter": "Kadri", "role": "Support", "site_link": LINK, "client": "Ann & Co",
    "kept": "- Invoices",
}  # fmt: skip
TEMPLATES = sorted(
    {path.name.partition(".")[0] for path in (find_tree("themes") / "base" / "mail").glob("*.txt")}
)


def test_the_same_event_sends_one_mail(each_work):
    for _ in range(2):
        with each_work.write() as uow:
            queue_mail(uow, "verify_email", "ann@shop.example", VERIFY, key="signup:1")
    with each_work.read() as uow:
        assert len(queries.newest(uow)) == 1
        assert len(uow.session.scalars(select(Job)).all()) == 1


def test_another_recipient_of_the_same_event_gets_their_own(work):
    with work.write() as uow:
        for recipient in ("ann@shop.example", "bob@shop.example"):
            queue_mail(uow, "verify_email", recipient, VERIFY, key="signup:1")
        assert [mail.recipient for mail in queries.newest(uow)] == ["bob@shop.example", "ann@shop.example"]


def test_links_in_stored_mail_are_sealed(work):
    with work.write() as uow:
        mail = queue_mail(uow, "verify_email", "ann@shop.example", VERIFY, key="signup:1")
        assert LINK in queries.body_of(uow, mail)
        row = uow.session.execute(text("SELECT * FROM mail")).one()
        assert "t0ken" not in repr(row)


def test_nothing_is_queued_when_the_reason_is_rolled_back(work):
    with pytest.raises(Refused):
        sign_up_that_is_refused(work)
    with work.read() as uow:
        assert uow.session.scalars(select(Mail)).all() == []
        assert uow.session.scalars(select(Job)).all() == []


def test_a_mail_waits_until_its_job_has_run(work):
    with work.write() as uow:
        mail = queue_mail(uow, "verify_email", "ann@shop.example", VERIFY, key="signup:1")
        assert (mail.state, mail.sent_at, mail.queued_at) == (MailState.QUEUED, None, work.clock.now())


def test_an_unknown_template_is_an_error(work):
    with pytest.raises(BadTemplate), work.write() as uow:
        queue_mail(uow, "../../secret", "ann@shop.example", {}, key="x")


def test_a_recipient_cannot_add_a_header(work):
    with pytest.raises(BadRecipient), work.write() as uow:
        queue_mail(uow, "verify_email", "a@b.example\nBcc: x@y.example", VERIFY, key="x")


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_prints_with_the_values_its_readme_lists(work, template):
    with work.write() as uow:
        mail = queue_mail(uow, template, "ann@shop.example", documented(template), key="x")
        assert "{{" not in mail.subject + queries.body_of(uow, mail)


def sign_up_that_is_refused(work):
    with work.write() as uow:
        queue_mail(uow, "verify_email", "ann@shop.example", VERIFY, key="signup:1")
        raise Refused("no")


def documented(template: str) -> dict:
    """The values that the README promises for a template, and no others."""
    readme = (Path(find_tree("themes")) / "base" / "mail" / "README.md").read_text(encoding="utf-8")
    line = next(line for line in readme.splitlines() if line.startswith(f"| `{template}` |"))
    return {name: EVERY_VALUE[name] for name in re.findall(r"`(\w+)`", line)[1:]}
