"""A client orders a VPS, pays, and gets exactly the machine that was ordered."""

from __future__ import annotations

from ez_stripe.sandbox import clicks

from ezcore.billing.ledger import operations as ledger
from ezcore.catalog.entitlements.operations import live_of
from ezcore.services.services.queries import progress, resource_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJH8kJx2dI0gkC4Vx0Vw6b1H1oVnq8d2cV8sZ5m3cXyZ mira@laptop"


def test_the_redirect_alone_activates_nothing_and_the_webhook_does(town):
    mira = town.newcomer()
    number = town.order(mira)
    landed = clicks.pay(town.go_to_checkout(mira, number))
    assert landed.location.startswith("http://localhost/billing/invoices/")
    town.life.settle()
    assert town.service().state == "pending"
    assert town.vms() == []
    town.carry_webhooks()
    town.life.settle()
    assert town.service().state == "active"
    assert set(town.webhook_statuses) == {200}


def test_the_machine_is_exactly_what_was_ordered(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira, ssh_keys=KEY))
    [vm] = town.vms()
    service = town.service()
    with town.shop.work.read() as uow:
        resource = resource_of(uow, service.id)
        done = progress(uow, service.id)
        assert [step.state for step in done.steps] == ["done"] * len(done.steps)
        assert all(step.finished_at for step in done.steps)
        assert [grant.service_id for grant in live_of(uow, mira.client_id)] == [service.id]
        assert ledger.total(uow) == {"EUR": 0}
        assert ledger.balance(uow, ledger.RECEIVABLE, "EUR").is_zero
    assert resource.external_id == str(vm["vmid"])
    assert resource.address in vm["config"]["ipconfig0"]
    assert (str(vm["config"]["cores"]), str(vm["config"]["memory"])) == ("1", "2048")
    assert resource.operation_key in vm["config"]["description"]


def test_webhooks_that_arrive_twice_and_in_any_order_pay_once(town):
    mira = town.newcomer()
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    for _ in range(3):
        for delivery in town.stripe.account.webhooks.deliveries():
            post = town.stripe.account.webhooks._post(delivery)
            assert town._knock(post) == 200
    town.life.settle()
    assert len(town.vms()) == 1
    with town.shop.work.read() as uow:
        assert ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR").is_zero
    assert [mail[1] for mail in town.mails()].count("payment_received") == 1
