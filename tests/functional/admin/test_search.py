"""One box finds any record; a number goes straight to it; nobody finds what their role does not show."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import Client
from ezcore.billing.transactions.models import Transaction
from ezcore.domain_names.names.models import DomainName
from ezcore.services.services.models import Service, ServiceResource
from ezcore.support.tickets.models import Department, Ticket
from tests.functional.admin.conftest import words_of

SEARCH = "/admin/search/"


@pytest.fixture
def many(shop, paid, staff):
    """Ann's service has an address and a name; she asked something and moved an international name here."""
    with shop.work.write() as uow:
        session = uow.session
        service = session.scalars(select(Service)).one()
        ann = session.get_one(Client, service.client_id)
        now, module = uow.now(), {"module": "vps", "server_id": None}
        session.add(
            ServiceResource(
                service_id=service.id, external_id="qemu/4711", operation_key="k", address="203.0.113.7",
                created_at=now, **module,
            )
        )  # fmt: skip
        other = Service(
            reference="idn", client_id=ann.id, product_id=service.product_id, label="xn--unapuu-oxa.example",
            currency="EUR", price_minor=1000, cycle_name="1 year", anchor_day=2, created_at=now,
        )  # fmt: skip
        session.add(other)
        session.flush()
        name = "xn--unapuu-oxa.example"
        session.add(
            DomainName(
                service_id=other.id, client_id=ann.id, name=name, live_key=name, tld="example", registrar="acme",
                created_at=now,
            )
        )  # fmt: skip
        payment = session.scalars(select(Transaction)).first()
        assert payment is not None
        found = {"service": service.id, "client": ann.id, "paid": payment.external_id, "payment": payment.id}
        desk = Department(slug="printers", name="Printers")
        session.add(desk)
        session.flush()
        session.add(
            Ticket(
                reference="T-2026-123456", client_id=ann.id, department_id=desk.id, subject="The printer burns",
                opened_at=now, moved_at=now,
            )
        )  # fmt: skip
    return found


def find(staff, words):
    return staff.get(SEARCH, {"q": words}, status="*")


def leads_to(answer):
    return answer.location.removeprefix("http://shop.example") if answer.status_int == 303 else None


def kinds_of(page):
    return [heading.get_text() for heading in page.html.select("main section h2")]


def test_every_page_of_staff_has_the_box(staff):
    form = staff.get("/admin/plugins/").html.select_one("header form[role=search]")
    assert (form["method"], form["action"], form.input["name"]) == ("get", SEARCH, "q")
    assert form.select_one("label[for=admin-search]")


@pytest.mark.parametrize("typed", ["2026-00001", " 2026-00001 ", "invoice:2026-00001", "INVOICE: 2026-00001"])
def test_the_number_of_an_invoice_opens_it(staff, many, typed):
    assert leads_to(find(staff, typed)) == "/admin/invoices/2026-00001/"


def test_a_prefix_says_whose_number_it_is(staff, many):
    assert leads_to(find(staff, "order:1")) == "/admin/orders/1/"
    assert leads_to(find(staff, f"service:{many['service']}")) == f"/admin/services/{many['service']}/"
    assert leads_to(find(staff, f"client:#{many['client']}")) == f"/admin/clients/{many['client']}/"
    assert (
        leads_to(find(staff, f"transaction:{many['payment']}")) == f"/admin/transactions/{many['payment']}/"
    )


def test_a_number_that_several_records_have_shows_them_all(staff, many):
    page = find(staff, "1")
    assert page.status_int == 200
    assert {"Clients", "Orders", "Services"} <= set(kinds_of(page))


@pytest.mark.parametrize("typed", ["ip:203.0.113.7", "203.0.113.7", "ip: 203.0.113.7", "203.0.113.7/24"])
def test_an_address_of_the_network_opens_the_service(staff, many, typed):
    assert leads_to(find(staff, typed)) == f"/admin/services/{many['service']}/"


def test_what_the_module_calls_it_finds_the_service(staff, many):
    assert leads_to(find(staff, "service:qemu/4711")) == f"/admin/services/{many['service']}/"
    row = find(staff, "qemu/47").html.select_one("main li")
    assert "Web Pro" in row.get_text()
    assert "qemu/4711" in row.get_text()


@pytest.mark.parametrize("typed", ["õunapuu.example", "ÕUNAPUU.example", "xn--unapuu-oxa.example"])
def test_an_international_name_is_found_in_both_spellings(staff, many, typed):
    assert leads_to(find(staff, f"domain:{typed}")) == "/admin/domains/1/"
    assert "õunapuu.example" in words_of(find(staff, typed))


@pytest.mark.parametrize("typed", ["ann", "Ann", "client:nn@cli", "ANN@client.example"])
def test_a_client_is_found_by_name_and_address(staff, many, typed):
    answer = find(staff, typed)
    assert leads_to(answer) == f"/admin/clients/{many['client']}/" or "ann@client.example" in words_of(answer)


def test_a_payment_is_found_by_what_the_gateway_calls_it(staff, many):
    assert leads_to(find(staff, f"transaction:{many['paid']}")) == f"/admin/transactions/{many['payment']}/"


@pytest.mark.parametrize(
    "typed", ["%", "_", "%%%", "/%", "invoice:%", "zebra-of-nowhere", "x" * 4000, "9" * 300]
)
def test_signs_of_the_database_mean_themselves(staff, many, typed):
    assert "Nothing is called that" in words_of(find(staff, typed))


def test_nothing_typed_explains_the_box(staff):
    assert "invoice:" in words_of(staff.get(SEARCH, status=200))


def test_staff_without_billing_find_no_invoices_and_no_payments(as_staff, many):
    support = as_staff(email="sam@staff.example", role="support")
    for typed in ("2026-00001", "invoice:2026-00001", f"transaction:{many['paid']}"):
        page = find(support, typed)
        assert page.status_int == 200
        assert not {"Invoices", "Transactions"} & set(kinds_of(page))
    assert "Your role does not find" in words_of(find(support, "invoice:2026-00001"))
    assert leads_to(find(support, "order:1")) == "/admin/orders/1/"


def test_a_ticket_is_found_by_its_number_and_its_subject(staff, many):
    assert leads_to(find(staff, "t-2026-123456")) == "/admin/tickets/T-2026-123456/"
    assert "The printer burns" in words_of(find(staff, "printer"))


def test_billing_finds_no_tickets(as_staff, many):
    billing = as_staff(email="bo@staff.example", role="billing")
    assert "Your role does not find" in words_of(find(billing, "ticket:printer"))
    assert "The printer burns" not in words_of(find(billing, "printer"))


def test_a_search_asks_the_database_twelve_times_at_most_whatever_it_finds(shop, staff, many, count_queries):
    find(staff, "example")
    with count_queries(shop.engine) as few:
        find(staff, "client.example")
    with shop.work.write() as uow:
        for number in range(30):
            accounts.create_verified(uow, f"c{number}@client.example", f"C {number}")
    with count_queries(shop.engine) as more:
        page = find(staff, "client.example")
    assert len(more) == len(few) <= 12
    assert len(page.html.select("main li")) == 10
    assert "write more to see others" in words_of(page)
