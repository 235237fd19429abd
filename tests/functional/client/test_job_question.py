"""A question of a set-up: the client finds it, answers it once, and sees nothing of what is inside."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.plugin_api.errors import Asked, NeedsInfo
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import order

QUESTION = "Which host name shall it have? <b>Yours</b>"
FIELDS = (Asked("host", "Host name", hint="With its domain"), Asked("size", "Size", "choice", ("S", "L")))


class Setup:
    """Ann's paid-for service, whose set-up asks something."""

    def __init__(self, shop, fields, ask="client"):
        self.shop, self.answers = shop, []
        with shop.work.write() as uow:
            service = uow.session.scalars(select(Service)).one()
            service.open_action = "create"
            client = uow.session.get_one(Client, service.client_id)
            kind = JobKind("test.ask", "Ask", PROVISIONING, [Step("ask", "Choose a name", run=self._run)])
            shop.kinds[kind.name] = kind
            self.signal = NeedsInfo(QUESTION, ask=ask, fields=fields)
            self.number = jobs.enqueue(
                uow, kind, "ask", {}, subject=("service", service.id), client_id=client.id
            ).id
            self.service = service.id
        drain(shop)

    def _run(self, context):
        self.answers.append(context.answer)
        if context.answer is None:
            raise self.signal

    def job(self):
        with self.shop.work.read() as uow:
            return uow.session.get_one(Job, self.number)


@pytest.fixture
def ann(as_client):
    browser = as_client()
    order(browser)
    return browser


def _form(page):
    return next(form for form in page.forms.values() if "/questions/" in form.action)


def test_the_service_page_leads_to_the_question_and_the_answer_goes_on(shop, ann):
    setup = Setup(shop, FIELDS)
    page = ann.get(f"/dashboard/services/{setup.service}/")
    assert "need do nothing" not in page.text
    page = page.click("We have a question for you")
    assert QUESTION in page.html.find("main").get_text()
    form = _form(page)
    form["host"], form["size"] = "web.example", "L"
    assert form.submit(status=303).location.endswith(f"/dashboard/services/{setup.service}/")
    drain(shop)
    assert setup.answers == [None, '{"host": "web.example", "size": "L"}']
    assert setup.job().state == "complete"
    assert "nothing to answer" in ann.get(f"/dashboard/questions/{setup.number}/").text


def test_a_wrong_answer_is_told_at_its_field_and_keeps_what_was_typed(shop, ann):
    setup = Setup(shop, FIELDS)
    form = _form(ann.get(f"/dashboard/questions/{setup.number}/"))
    form["host"] = "web.example"
    page = form.submit(status=422)
    assert page.html.select_one("#size")["aria-invalid"] == "true"
    assert page.html.select_one("#host")["value"] == "web.example"
    assert setup.job().state == "needs_info"


def test_a_choice_that_was_not_offered_is_refused(shop, ann):
    setup = Setup(shop, FIELDS)
    form = _form(ann.get(f"/dashboard/questions/{setup.number}/"))
    form["host"] = "web.example"
    form["size"].force_value("XXL")
    assert "choose one of: S, L" in form.submit(status=422).text.replace("Choose one", "choose one")


def test_one_line_is_enough_where_the_question_has_no_fields(shop, ann):
    setup = Setup(shop, ())
    form = _form(ann.get(f"/dashboard/questions/{setup.number}/"))
    assert form.submit(status=422).html.select_one("#answer")["aria-invalid"] == "true"
    form["answer"] = "web.example"
    form.submit(status=303)
    form.submit(status=409)
    drain(shop)
    assert setup.answers == [None, "web.example"]


def test_another_client_and_a_visitor_find_no_question(shop, ann, as_client, browser):
    setup = Setup(shop, FIELDS)
    ben = as_client(email="ben@client.example", name="Ben")
    ben.get(f"/dashboard/questions/{setup.number}/", status=404)
    token = ben.get("/pricing/web-pro/").html.find("input", {"name": "csrf_token"})["value"]
    ben.post(f"/dashboard/questions/{setup.number}/", {"csrf_token": token, "host": "x"}, status=404)
    browser.get(f"/dashboard/questions/{setup.number}/", status=303)
    assert setup.job().state == "needs_info"


def test_a_question_to_staff_and_the_causes_inside_are_not_for_clients(shop, ann):
    setup = Setup(shop, (), ask="staff")
    ann.get(f"/dashboard/questions/{setup.number}/", status=404)
    page = ann.get(f"/dashboard/services/{setup.service}/")
    assert "Which host name" not in page.text
    assert "need do nothing" in page.text
    with shop.work.write() as uow:
        uow.session.get_one(Job, setup.number).cause = "node pve7.internal refused token abc"
    assert "pve7" not in ann.get(f"/dashboard/services/{setup.service}/").text
