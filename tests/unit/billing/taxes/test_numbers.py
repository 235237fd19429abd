"""Tax numbers of clients: asked at the register, kept as evidence, decided by staff where it is silent (B020)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries as account_queries
from ezcore.accounts.inputs import ProfileInput
from ezcore.accounts.models import Client
from ezcore.audit.models import AuditRow
from ezcore.billing.taxes import jobs, queries
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.models import TaxNumberCheck
from ezcore.jobs.models import Job, JobState
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.plugin_api.ports.tax_numbers import TaxNumberAnswer
from tests.fixtures_trade import open_trade
from tests.fixtures_vat import company

STAFF = Actor("staff", 1, permissions=frozenset({"billing.manage"}), name="Kadri")
MUSTER = "DE136695976"


def state(trade, client_id):
    with trade.work.read() as uow:
        return account_queries.client(uow, client_id).tax_number_state


def treatment(trade, client_id):
    with trade.work.read() as uow:
        return queries.case_of(uow, client_id, trade.today()).treatment


def answers(trade, client_id):
    with trade.work.read() as uow:
        return [(row.source, row.answer) for row in reversed(queries.evidence(uow, client_id))]


def decide(trade, client_id, *, valid, reason="Seen on the register's own page"):
    with trade.work.write(STAFF) as uow:
        taxes.decide_number(uow, client_id, valid=valid, reason=reason)


def profile(trade, client_id, **changes):
    owner = Actor("client", 1, client_id, frozenset({"client.billing"}), "Muster")
    with trade.work.write(owner) as uow:
        client = uow.session.get_one(Client, client_id)
        stands = {name: getattr(client, name) for name in ProfileInput.model_fields}
        accounts.update_profile(uow, ProfileInput.model_validate({**stands, **changes}))


def checked(trade):
    with trade.work.read() as uow:
        rows = uow.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "TaxNumberChecked"))
        return [row.payload["state"] for row in rows]


def test_a_number_that_the_register_knows_moves_the_tax_to_the_buyer(eu_trade, vies):
    client = company(eu_trade)
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("unverified", "taxed")
    eu_trade.settle()
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("valid", "reverse_charge")
    with eu_trade.work.read() as uow:
        (row,) = queries.evidence(uow, client)
        assert (row.number, row.answer, row.requester) == (MUSTER, "valid", "EE100931558")
        assert row.consultation.startswith("WAPI")
        assert row.raw["requestIdentifier"] == row.consultation
        assert row.at == eu_trade.clock.now()
        assert uow.session.scalars(
            select(AuditRow.after).where(AuditRow.verb == "client.tax_number")
        ).all() == [{"state": "valid"}]
    assert checked(eu_trade) == ["valid"]
    assert vies.calls() == 1


def test_a_number_that_the_register_does_not_know_is_taxed(eu_trade, vies):
    vies.put(MUSTER, valid=False)
    client = company(eu_trade)
    eu_trade.settle()
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("invalid", "taxed")


def test_B020_while_the_register_is_down_tax_is_charged_and_it_is_asked_again(eu_trade, vies):
    vies.away("DE")
    client = company(eu_trade)
    eu_trade.settle()
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("unverified", "taxed")
    vies.away("DE", away=False)
    eu_trade.settle()
    assert state(eu_trade, client) == "unverified"  # it is not its turn yet
    eu_trade.clock.advance(timedelta(minutes=1))
    eu_trade.settle()
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("valid", "reverse_charge")
    assert answers(eu_trade, client) == [("register", "unavailable"), ("register", "valid")]


def test_a_register_that_stays_silent_becomes_a_question_to_staff(eu_trade, vies):
    vies.away("DE")
    client = company(eu_trade)
    for _ in range(80):
        eu_trade.settle()
        eu_trade.clock.advance(timedelta(hours=6))
    with eu_trade.work.read() as uow:
        job = uow.session.scalars(select(Job).where(Job.kind == jobs.CHECK.name)).one()
        assert job.state == JobState.NEEDS_INFO
        assert "MS_UNAVAILABLE" in job.question
    assert state(eu_trade, client) == "unverified"


def test_staff_decide_by_hand_with_a_reason_and_a_check_under_way_yields(eu_trade, vies):
    vies.away("DE")
    client = company(eu_trade)
    eu_trade.settle()
    decide(eu_trade, client, valid=True)
    assert treatment(eu_trade, client) == "reverse_charge"
    vies.away("DE", away=False)
    vies.put(MUSTER, valid=False)
    eu_trade.clock.advance(timedelta(hours=1))
    eu_trade.settle()
    assert state(eu_trade, client) == "valid"
    assert answers(eu_trade, client) == [("register", "unavailable"), ("staff", "valid")]
    with eu_trade.work.read() as uow:
        row = uow.session.scalars(select(AuditRow).where(AuditRow.verb == "client.tax_number")).one()
        assert (row.actor_name, row.reason) == ("Kadri", "Seen on the register's own page")
        assert uow.session.scalars(select(Job.state).where(Job.kind == jobs.CHECK.name)).all() == [
            JobState.COMPLETE
        ]


def test_a_decision_needs_a_reason_a_number_and_the_right(eu_trade):
    client = company(eu_trade)
    with pytest.raises(InvalidInput) as refusal:
        decide(eu_trade, client, valid=True, reason="  ")
    assert refusal.value.field == "reason"
    with pytest.raises(Refused):
        decide(eu_trade, eu_trade.newcomer().client_id, valid=True)
    support = Actor("staff", 2, permissions=frozenset({"staff.read"}), name="Support")
    with pytest.raises(NotAllowed), eu_trade.work.write(support) as uow:
        taxes.decide_number(uow, client, valid=True, reason="because")
    with pytest.raises(NotAllowed), eu_trade.work.write(support) as uow:
        jobs.check_again(uow, client)


def test_another_number_or_another_country_is_checked_anew(eu_trade, vies):
    client = company(eu_trade)
    eu_trade.settle()
    profile(eu_trade, client, country="FI", tax_number="FI20774740")
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("unverified", "taxed")
    eu_trade.settle()
    assert state(eu_trade, client) == "valid"
    profile(eu_trade, client, name="Another name")
    assert state(eu_trade, client) == "valid"
    profile(eu_trade, client, tax_number="")
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("none", "taxed")
    assert vies.calls() == 2


def test_a_number_that_is_gone_before_its_turn_is_not_asked_for(eu_trade, vies):
    client = company(eu_trade)
    profile(eu_trade, client, country="FI", tax_number="FI20774740")
    eu_trade.settle()
    assert vies.calls() == 1
    assert answers(eu_trade, client) == [("register", "valid")]


def test_an_answer_about_a_number_that_changed_meanwhile_is_only_evidence(eu_trade):
    client = company(eu_trade)
    profile(eu_trade, client, country="FI", tax_number="FI20774740")
    with eu_trade.work.write() as uow:
        answer = TaxNumberAnswer(status="valid")
        taxes.take_answer(uow, client, MUSTER, answer, after=0)
    assert state(eu_trade, client) == "unverified"
    assert answers(eu_trade, client) == [("register", "valid")]


def test_staff_ask_again_and_until_the_answer_what_stood_stands(eu_trade, vies):
    client = company(eu_trade)
    eu_trade.settle()
    vies.put(MUSTER, valid=False)
    with eu_trade.work.write(STAFF) as uow:
        jobs.check_again(uow, client)
    assert treatment(eu_trade, client) == "reverse_charge"
    eu_trade.settle()
    assert (state(eu_trade, client), treatment(eu_trade, client)) == ("invalid", "taxed")
    american = company(eu_trade, "US", "12-3456789", "Sample")
    with pytest.raises(Refused, match="by hand"), eu_trade.work.write(STAFF) as uow:
        jobs.check_again(uow, american)


def test_an_exempt_client_has_a_reason_that_is_printed(eu_trade):
    client = eu_trade.newcomer().client_id
    with pytest.raises(InvalidInput), eu_trade.work.write(STAFF) as uow:
        accounts.set_tax_exempt(uow, client, exempt=True, reason=" ")
    with eu_trade.work.write(STAFF) as uow:
        accounts.set_tax_exempt(uow, client, exempt=True, reason="Embassy, Art. 151")
    with eu_trade.work.read() as uow:
        case = queries.case_of(uow, client, eu_trade.today())
        assert (case.treatment, case.note) == ("exempt", "Embassy, Art. 151")
    with eu_trade.work.write(STAFF) as uow:
        accounts.set_tax_exempt(uow, client, exempt=False, reason="")
    assert treatment(eu_trade, client) == "taxed"
    with pytest.raises(NotAllowed), eu_trade.work.write(Actor("client", 1, client)) as uow:
        accounts.set_tax_exempt(uow, client, exempt=True, reason="I wish")


def test_a_shop_that_charges_no_vat_asks_nobody(migrated_sqlite, tmp_path, vies):
    (tmp_path / "plain.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    url = f"sqlite:///{tmp_path / 'plain.sqlite3'}"
    for trade in open_trade(url, tmp_path, tax__vies_url=vies.address):
        client = company(trade)
        trade.settle()
        assert state(trade, client) == "unverified"
        with trade.work.read() as uow:
            assert uow.session.scalars(select(TaxNumberCheck)).all() == []
    assert vies.calls() == 0
