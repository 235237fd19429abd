"""Work that people do: a project ends its set-up when it is done; a plan allows what was paid for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from ezcore.billing.billable.models import BillableItem
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.products.models import ProductGroup
from ezcore.catalog.products.operations import NewProduct, create_product
from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.kernel.money import Money
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.services.manual import operations as manual
from ezcore.services.manual import queries
from ezcore.services.manual.models import WorkRequest, WorkState
from ezcore.services.manual.rules import cost_of, form_of, questions_of
from ezcore.services.services.models import Service
from ezcore.support.tickets.models import Ticket, TicketMessage

STAFF = Actor("staff", permissions=frozenset({"services.manage", "billing.manage"}), name="Kadri")
QUESTIONS = [
    "Company name | text | required",
    "Style | choice(plain, bold) | required",
    "Notes | textarea | optional",
]


def sell(trade, slug, cycle, **settings):
    with trade.work.write() as uow:
        shelf = uow.session.scalars(select(ProductGroup).order_by(ProductGroup.id)).first()
        prices = {cycle: Money.parse("90.00", "EUR")}
        create_product(
            uow, shelf, NewProduct(slug, slug, "work", module="manual", settings=settings, prices=prices)
        )


def buy(trade, actor, slug, cycle, params=None):
    with trade.work.write(actor) as uow:
        cart, _ = carts.open_cart(uow, actor.user_id)
        carts.add_line(uow, cart, slug, cycle, {}, params or {}, slug)
        invoice = orders.place(uow, cart, actor.client_id, f"form:{cart.id}").invoice_id
    trade.pay(invoice)
    trade.settle()
    with trade.work.read() as uow:
        return uow.session.scalars(select(Service.id).order_by(Service.id.desc())).first()


def project(trade, actor=None):
    sell(trade, "site-build", "once", questions=QUESTIONS, checklist=["Draft", "Publish"], hourly="60.00")
    answers = {"q1": "Tamm Ltd", "q2": "bold", "q3": ""}
    return buy(trade, actor or trade.newcomer(), "site-build", "once", answers)


def plan(trade, actor, quota=2):
    sell(trade, "linux-care", "1 month", kind="requests", questions=QUESTIONS, requests_per_month=quota)
    return buy(trade, actor, "linux-care", "1 month")


def act(trade, actor, verb, number, *more, **facts):
    with trade.work.write(actor) as uow:
        verb(uow, uow.session.get_one(WorkRequest, number), *more, **facts)
    trade.settle()


def work(trade, number=1):
    with trade.work.read() as uow:
        return queries.by_id(uow, number)


def ask_for(trade, actor, service, title="Update PHP", **values):
    with trade.work.write(actor) as uow:
        return manual.request(uow, uow.session.get_one(Service, service), title, values).id


def test_a_project_is_completed_when_its_work_is(trade):
    service = project(trade)
    assert trade.service(service).state == "pending"
    assert work(trade).answers == [["Company name", "Tamm Ltd"], ["Style", "bold"]]
    act(trade, STAFF, manual.start, 1)
    with pytest.raises(Refused, match="checklist"):
        act(trade, STAFF, manual.finish, 1, WorkState.COMPLETE, "It is online.")
    for item in (1, 2):
        act(trade, STAFF, manual.tick, 1, item, done=True)
    act(trade, STAFF, manual.finish, 1, WorkState.COMPLETE, "It is online.")
    assert trade.service(service).state == "completed"
    assert work(trade).state == "complete"
    with trade.work.read() as uow:
        [ticket] = uow.session.scalars(select(Ticket)).all()
        said = [one.body for one in uow.session.scalars(select(TicketMessage).order_by(TicketMessage.id))]
    assert ticket.state == "closed"
    assert "Tamm Ltd" in said[0]
    assert "It is online." in said[-1]
    assert trade.broken() == []


def test_a_project_that_is_given_up_fails_its_set_up(trade):
    service = project(trade)
    act(trade, STAFF, manual.finish, 1, WorkState.FAILED, "The client never wrote back.")
    with trade.work.read() as uow:
        job = uow.session.scalars(select(Job).where(Job.kind == "services.create")).one()
    assert job.state == "failed"
    assert trade.service(service).state == "pending"


def test_a_question_goes_to_the_client_and_the_answer_comes_back(trade):
    ann, ben = trade.newcomer(), trade.newcomer("Ben")
    project(trade, ann)
    act(trade, STAFF, manual.start, 1)
    act(trade, STAFF, manual.ask, 1, "Which colour?")
    assert (work(trade).state, work(trade).question) == ("needs_info", "Which colour?")
    with pytest.raises(NotFound):
        act(trade, ben, manual.answer, 1, "red")
    act(trade, ann, manual.answer, 1, "blue")
    assert (work(trade).state, work(trade).question) == ("queued", None)
    assert work(trade).answers[-1] == ["Which colour?", "blue"]
    with pytest.raises(Refused):
        act(trade, ann, manual.answer, 1, "green")


def test_only_staff_move_work(trade):
    ann = trade.newcomer()
    project(trade, ann)
    for verb, *more in (
        (manual.start,), (manual.ask, "?"), (manual.finish, WorkState.COMPLETE, "x"), (manual.assign, None),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act(trade, ann, verb, 1, *more)


def test_a_plan_allows_what_is_left_of_its_quota(trade):
    ann = trade.newcomer()
    service = plan(trade, ann)
    assert trade.service(service).state == "active"
    ask_for(trade, ann, service, q1="Tamm", q2="plain")
    second = ask_for(trade, ann, service, q1="Tamm", q2="plain")
    with pytest.raises(Refused, match="used up"):
        ask_for(trade, ann, service, q1="Tamm", q2="plain")
    with trade.work.read() as uow:
        [allowed] = queries.allowances(uow, ann.client_id)
        assert (allowed.left, allowed.quota) == (0, 2)
    act(trade, STAFF, manual.finish, second, WorkState.CANCELLED, "asked twice")
    ask_for(trade, ann, service, q1="Tamm", q2="plain")


def test_the_quota_is_whole_again_next_month(trade):
    ann = trade.newcomer()
    service = plan(trade, ann, quota=1)
    ask_for(trade, ann, service)
    trade.later(days=2)  # 31 January to 2 February
    ask_for(trade, ann, service)


def test_without_entitlement_nothing_can_be_asked_for(trade):
    ann, ben = trade.newcomer(), trade.newcomer("Ben")
    service = plan(trade, ann)
    with pytest.raises(NotFound):
        ask_for(trade, ben, service)
    with trade.work.write() as uow:
        entitlements.withdraw(uow, service, "suspended")
    with pytest.raises(Refused, match="nothing is paid"):
        ask_for(trade, ann, service)


def test_time_that_is_billed_becomes_a_billable_item(trade):
    project(trade)
    act(trade, STAFF, manual.note_time, 1, 45, "Extra page", bill=True)
    act(trade, STAFF, manual.note_time, 1, 10, "Mail", bill=False)
    with trade.work.read() as uow:
        [item] = uow.session.scalars(select(BillableItem)).all()
        assert item.unit == Money.parse("45.00", "EUR")
        assert [one.minutes for one in queries.times_of(uow, 1)] == [45, 10]
    with pytest.raises(InvalidInput):
        act(trade, STAFF, manual.note_time, 1, 0, "x", bill=False)
    plain = Actor("staff", permissions=frozenset({"services.manage"}), name="Mart")
    with pytest.raises(NotAllowed):
        act(trade, plain, manual.note_time, 1, 5, "x", bill=True)


def test_minutes_cost_to_the_nearest_cent():
    assert cost_of(20, Decimal("59.99"), "EUR") == Money.parse("20.00", "EUR")
    assert cost_of(1, Decimal(100), "EUR") == Money.parse("1.67", "EUR")


def test_the_form_is_what_staff_wrote():
    model = form_of(QUESTIONS)
    assert [field.title for field in model.model_fields.values()] == ["Company name", "Style", "Notes"]
    model.model_validate({"q1": "x", "q2": "bold"})
    for wrong in ({"q2": "bold"}, {"q1": "", "q2": "bold"}, {"q1": "x", "q2": "loud"}):
        with pytest.raises(ValueError, match="q"):
            model.model_validate(wrong)


@pytest.mark.parametrize(
    "line", ["| text", "A | number", "A | choice() | required", "A | text | maybe", "A|text||h|x"]
)
def test_a_line_that_is_no_question_is_named(line):
    with pytest.raises(InvalidInput, match="question 2"):
        questions_of(["Name", line])
