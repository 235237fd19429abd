"""What a module can do with a running service: once per click, with its input, in its states, secrets sealed."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.lifecycle.actions import offered, request_action
from ezcore.services.services import operations as services
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.services.services.rules import IllegalMove
from ezcore.simulation.history import CLIENT_RIGHTS


@pytest.fixture
def service(trade, panel):
    return trade.active_service()


def module(trade):
    return trade.shop.host.ports.get(ProvisioningModule, "panel")


def ask(trade, service, name, actor=None, **values):
    with trade.work.write(*([actor] if actor else [])) as uow:
        return request_action(uow, uow.session.get_one(Service, service), module(trade), name, values).id


def client_of(trade, service):
    return Actor("client", 1, trade.service(service).client_id, CLIENT_RIGHTS, "Ann")


def test_an_action_runs_once_with_its_input_and_leaves_the_state_alone(trade, panel, service):
    ask(trade, service, "snapshot", client_of(trade, service), label="monday")
    with pytest.raises(Refused, match="another action"):
        ask(trade, service, "restart")
    trade.settle()
    assert panel.snapshots == ["monday"]
    row = trade.service(service)
    assert (row.state, row.open_action) == ("active", None)
    with trade.work.read() as uow:
        found = queries.progress(uow, service)
        assert (found.job.kind, found.job.state) == ("services.action", "complete")
        assert found.message == "snapshot is done"
        assert found.title == "Take a snapshot"


def test_a_wrong_input_names_its_field_and_queues_nothing(trade, panel, service):
    with pytest.raises(InvalidInput) as refusal:
        ask(trade, service, "snapshot", label="x")
    assert refusal.value.field == "label"
    assert trade.service(service).open_action is None


def test_what_is_secret_in_an_input_lies_sealed_and_reaches_the_module(trade, panel, service):
    number = ask(trade, service, "snapshot", label="locked", phrase="open sesame 7")
    with trade.work.read() as uow:
        assert "open sesame 7" not in json.dumps(uow.session.get_one(Job, number).payload)
    trade.settle()
    [call] = [call for verb, call in panel.calls if verb == "snapshot"]
    assert call.input.phrase.get_secret_value() == "open sesame 7"


def test_clients_ask_for_their_own_services_and_for_what_is_theirs_to_ask(trade, panel, service):
    stranger = Actor("client", 99, 99, CLIENT_RIGHTS, "Eve")
    with pytest.raises(NotAllowed):
        ask(trade, service, "restart", stranger)
    with pytest.raises(NotFound):
        ask(trade, service, "rebuild", client_of(trade, service))
    with pytest.raises(NotFound):
        ask(trade, service, "explode")
    assert "rebuild" not in [one.name for one in offered(module(trade), "active", to_client=True)]
    assert "rebuild" in [one.name for one in offered(module(trade), "active", to_client=False)]


def test_an_action_is_refused_in_a_state_that_it_is_not_for(trade, panel, service):
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.get_one(Service, service), "suspend", "unpaid")
    trade.settle()
    with pytest.raises(IllegalMove):
        ask(trade, service, "restart")


def test_an_action_that_is_given_up_frees_the_service(trade, panel, service):
    panel.refuses = "restart"
    ask(trade, service, "restart")
    trade.settle()
    assert trade.service(service).open_action is None
    assert trade.service(service).state == "active"


def test_a_new_password_is_made_anew_even_when_the_first_was_never_looked_at(trade, panel, service):
    ask(trade, service, "change_password")
    trade.settle()
    [account] = panel.accounts.values()
    assert account.password not in ("", "first")
    with trade.work.write() as uow:
        shown = services.reveal_secret(uow, uow.session.get_one(Service, service), "password")
    assert shown == account.password


def test_renew_runs_in_both_living_states_and_changes_neither(trade, panel, service):
    for state in ("active", "suspended"):
        with trade.work.write() as uow:
            row = uow.session.get_one(Service, service)
            row.state = state
            uow.session.flush()
            lifecycle.request(uow, row, "renew", "paid")
        trade.settle()
        assert trade.service(service).state == state
    assert panel.count("renew") == 2


def test_a_look_is_taken_after_every_action(trade, panel, service):
    ask(trade, service, "restart")
    trade.settle()
    with trade.work.read() as uow:
        jobs = uow.session.scalars(select(Job.key).where(Job.kind == "looks.take")).all()
    assert len(jobs) == 2  # after the set-up and after the restart
