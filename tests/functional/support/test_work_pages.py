"""Human work through the browser: a project from its order to its end, a plan with its quota."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions import operations as transactions
from ezcore.catalog.products.models import ProductGroup
from ezcore.catalog.products.operations import NewProduct, create_product
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order

QUESTIONS = [
    "Company name | text | required | As it stands on the sign",
    "Style | choice(plain, bold) | required",
]


@pytest.fixture
def sold(shop):
    with shop.work.write() as uow:
        shelf = uow.session.scalars(select(ProductGroup).order_by(ProductGroup.id)).first()
        for slug, cycle, settings in (
            ("site-build", "once", {"questions": QUESTIONS, "checklist": ["Draft"], "hourly": "60.00"}),
            ("linux-care", "1 month", {"kind": "requests", "questions": QUESTIONS, "requests_per_month": 1}),
        ):
            prices = {cycle: Money.parse("90.00", "EUR")}
            create_product(
                uow, shelf, NewProduct(slug, slug, "work", module="manual", settings=settings, prices=prices)
            )


def pay(shop):
    with shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).order_by(Invoice.id.desc())).first()
        transactions.record_manual(uow, invoice, "banktransfer", invoice.balance_due, f"b{invoice.id}")
    drain(shop)


def form_to(page, ending):
    return next(form for form in page.forms.values() if form.action.endswith(ending))


def press(page, ending, value, **fields):
    form = form_to(page, ending)
    for name, text in fields.items():
        form[name] = text
    return form.submit("do", value=value)


def test_a_website_is_ordered_with_its_questions_and_built_by_people(shop, sold, as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    assert "As it stands on the sign" in ann.get("/pricing/site-build/").text
    order(ann, "site-build", **{"wish-q1": "Tamm Ltd", "wish-q2": "bold"})
    pay(shop)
    assert "Tamm Ltd" in ann.get("/work/1/").text
    desk = kadri.get("/admin/work/1/")
    press(desk, "/step/", "start").follow(status=200)
    press(desk, "/step/", "ask", words="Which colour?").follow(status=200)
    client = ann.get("/work/1/")
    answer = form_to(client, "/answer/")
    answer["answer"] = "Blue <b>please</b>"
    answer.submit(status=303)
    desk = kadri.get("/admin/work/1/")
    assert "Blue &lt;b&gt;please" in desk.text
    form = form_to(desk, "/step/")
    form["words"] = "It is online."
    refused = form.submit("do", value="complete", status=422)
    assert "checklist" in refused.text
    form_to(desk, "/tick/").submit(status=303)
    time = form_to(desk, "/time/")
    time["minutes"], time["text"], time["bill"] = "30", "Extra page", True
    time.submit(status=303)
    press(desk, "/step/", "complete", words="It is online.").follow(status=200)
    drain(shop)
    assert "Completed" in ann.get("/dashboard/services/1/").text
    assert "It is online." in ann.get("/work/1/").text
    assert "30 minutes" in kadri.get("/admin/billable/").text


def test_a_plan_shows_what_is_left_and_refuses_more(shop, sold, as_client):
    ann, ben = as_client(), as_client("ben@client.example", "Ben")
    order(ann, "linux-care")
    pay(shop)
    assert "1 of 1 left this month" in ann.get("/work/").text
    form = form_to(ann.get("/work/new/1/"), "/work/new/1/")
    form["title"], form["q1"], form["q2"] = "Update PHP", "Tamm", "plain"
    form.submit(status=303)
    assert "used up" in ann.get("/work/").text
    again = {"csrf_token": csrf_of(ann), "title": "More", "q1": "T", "q2": "plain"}
    assert ann.post("/work/new/1/", again, expect_errors=True).status_int == 409
    for path in ("/work/1/", "/work/new/1/"):
        assert ben.get(path, expect_errors=True).status_int == 404
    answer = ben.post("/work/1/answer/", {"csrf_token": csrf_of(ben), "answer": "x"}, expect_errors=True)
    assert answer.status_int == 404


def test_what_is_wrong_stands_at_its_question(shop, sold, as_client):
    ann = as_client()
    order(ann, "linux-care")
    pay(shop)
    fields = {"csrf_token": csrf_of(ann), "title": "", "q1": "", "q2": "loud"}
    page = ann.post("/work/new/1/", fields, expect_errors=True)
    assert page.status_int == 422
    assert "1 of 1 left" in page.text
    assert page.html.find(id="q1-error")
    assert page.html.find(id="q2-error")


def test_the_page_of_a_service_leads_to_a_ticket_and_to_work_about_it(shop, sold, as_client):
    ann = as_client()
    order(ann, "site-build", **{"wish-q1": "Tamm Ltd", "wish-q2": "bold"})
    pay(shop)
    page = ann.get("/dashboard/services/1/")
    assert "Request work" not in page.text, "without a plan of requests there is nothing to ask by"
    assert form_to(page.click("Open a ticket about this"), "/tickets/new/")["about"].value == "1"
    order(ann, "linux-care")
    pay(shop)
    work = form_to(ann.get("/dashboard/services/1/").click("Request work"), "/work/new/2/")
    assert work["title"].value == f"{label_of(shop, 1)}: "
    work = form_to(ann.get("/dashboard/services/2/").click("Request work"), "/work/new/2/")
    assert work["title"].value == ""
    for other in ("99", "x", "1%27"):
        page = ann.get(f"/work/new/2/?about={other}")
        assert form_to(page, "/work/new/2/")["title"].value == "", "not a service of this client"


def label_of(shop, service_id):
    with shop.work.read() as uow:
        return uow.session.get_one(Service, service_id).label
