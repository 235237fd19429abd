"""What the tests of the admin area share: a paid order, jobs that fail for real, forms found by their address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.accounts.queries import user_by_email
from ezcore.app import Ezcore
from ezcore.audit.models import AuditRow
from ezcore.billing.invoices.models import Invoice
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.plugin_api.errors import NeedsInfo
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.worker import drain
from tests.fixtures_shop import order


class Office:
    """A shop with something going on, and a look at its rows."""

    def __init__(self, shop: Ezcore) -> None:
        self.shop = shop
        self.answers: list[str | None] = []

    def job(self, number: int) -> Job:
        with self.shop.work.read() as uow:
            return uow.session.get_one(Job, number)

    def invoice(self, number: str = "2026-00001") -> Invoice:
        with self.shop.work.read() as uow:
            return uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()

    def trail(self, verb: str) -> list[AuditRow]:
        with self.shop.work.read() as uow:
            return list(
                uow.session.scalars(select(AuditRow).where(AuditRow.verb == verb).order_by(AuditRow.id))
            )

    def failing_job(self, key: str = "j1", words: str = "connection refused by node 7") -> int:
        """A job whose only step raises; run once, so it waits for its next try."""
        return self._run("test.failing", key, OSError(words))

    def asking_job(self, key: str = "j2", question: str = "Which of the two machines is ours?") -> int:
        """A job that asks a person; it goes well once somebody has answered."""
        return self._run("test.asking", key, NeedsInfo(question))

    def queued_job(self, key: str = "j3") -> int:
        """A job that no worker has taken yet."""
        return self._enqueue("test.failing", key, OSError("not run"))

    def _run(self, name: str, key: str, error: Exception) -> int:
        number = self._enqueue(name, key, error)
        drain(self.shop)
        return number

    def _enqueue(self, name: str, key: str, error: Exception) -> int:
        def step(context: Any) -> str:
            self.answers.append(context.job.answer)
            if context.job.answer:
                return "well"
            raise error

        kind = JobKind(name, "Do the test job", PROVISIONING, [Step("work", "Do it", run=step)])
        self.shop.kinds[name] = kind  # type: ignore[index]
        with self.shop.work.write() as uow:
            return jobs.enqueue(uow, kind, key, {}).id


@pytest.fixture
def office(shop: Ezcore) -> Office:
    """The shop as staff know it."""
    return Office(shop)


@pytest.fixture
def staff(as_staff: Callable[..., TestApp]) -> TestApp:
    """The owner's browser."""
    return as_staff()


@pytest.fixture
def ordered(as_client: Callable[..., TestApp], shop: Ezcore) -> int:
    """Ann has ordered Web Pro and not paid."""
    return order(as_client())


@pytest.fixture
def paid(ordered: int, staff: TestApp, shop: Ezcore) -> int:
    """Ann's order is paid and her service active."""
    pay = form_to(staff.get("/admin/invoices/2026-00001/"), "/receive/")
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    return ordered


def form_to(page: Any, ending: str) -> Any:
    """The form of a page whose address ends like this."""
    found = [form for form in page.forms.values() if form.action.endswith(ending)]
    assert found, f"no form to {ending}: {[form.action for form in page.forms.values()]}"
    return found[0]


def log_in_again(shop: Ezcore, browser: TestApp) -> TestApp:
    """The owner after some days: the session is over, the same person opens a new one."""
    with shop.work.write() as uow:
        user = user_by_email(uow, "kadri@staff.example")
        assert user is not None
        browser.set_cookie("ez_session", accounts.open_session(uow, user.id, ip="192.0.2.7", agent="test"))
    return browser


def token_of(browser: TestApp) -> str:
    """What forms of this browser carry."""
    return str(browser.get("/admin/automation/").html.find("input", {"name": "csrf_token"})["value"])


def words_of(page: Any) -> str:
    """The text of the main part, spaces evened out."""
    return " ".join(page.html.find("main").get_text(" ").split())
