"""One order makes one account, whatever is lost; a stranger's is never adopted; nothing is left out in silence."""

from __future__ import annotations

import pytest
from ez_hestiacp.names import fingerprint
from ez_hestiacp.settings import ProductSettings

from ezcore.plugin_api import NeedsInfo, PermanentFailure

PARTS = ("v-add-web-domain", "v-add-dns-domain", "v-add-mail-domain", "v-add-database")


def only(house):
    (user,) = house.users().values()
    return user


def test_an_account_has_a_website_a_zone_mail_and_a_database(house):
    made = house.created()
    user = only(house)
    assert user["web"] == user["dns"] == user["mail"] == ["shop.example"]
    assert user["database"] == [f"{made.external_id}_main"]
    assert user["contact"] == "ana@example.test"
    assert house.calls("v-add-domain") == []


def test_the_resource_tells_what_the_server_says(house):
    made = house.created()
    facts = made.facts
    assert made.external_id.startswith("shop")
    assert made.external_id.endswith(fingerprint("op_1"))
    assert (facts["package"], facts["domain"], facts["ip"]) == ("web-pro", "shop.example", "192.0.2.10")
    assert facts["nameservers"] == ["ns1.domain.tld", "ns2.domain.tld"]
    assert facts["limits"]["disk_quota"] == str(50 * 1024)
    assert facts["panel"].startswith("https://127.0.0.1:")


def test_passwords_are_made_once_and_never_seen(house):
    runner = house.runner("op_1", doubled=True)
    report = runner.run("create")
    assert set(report.secrets) == {"password", "database_password"}
    assert house.app.store.get("user", report.resource.external_id)["password"] == report.secrets["password"]
    seen = report.said + str(house.app.calls.all())
    assert not any(secret in seen for secret in report.secrets.values())


@pytest.mark.parametrize("command", ["v-add-user", *PARTS])
@pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "rate_limit", "late_failure"])
def test_every_step_survives_a_lost_answer_and_makes_one_thing(house, command, fault):
    house.fault(command, fault, retry_after=1)
    made = house.created()
    user = only(house)
    assert user["user"] == made.external_id
    assert [len(user[kind]) for kind in ("web", "dns", "mail", "database")] == [1, 1, 1, 1]


@pytest.mark.parametrize("command", ["v-add-user", *PARTS])
def test_a_restart_that_fails_after_the_effect_repeats_nothing(house, command):
    house.fault(command, "partial_failure", code=20)
    house.created()
    assert len(house.calls(command)) == 1


def test_a_look_that_lags_behind_makes_no_second_account(house):
    house.fault("v-list-user", "stale_read", times=3, after=1)
    house.created()
    assert len(house.users()) == 1


def test_a_name_that_was_there_before_we_asked_is_never_adopted(house):
    runner = house.runner("op_1")
    name = f"shop{fingerprint('op_1')}"
    house.stranger(name)
    report = runner.run("create")
    assert report.state == "needs_info"
    assert "before we asked" in report.said
    assert only(house)["contact"] == "who@example.test"
    assert house.calls("v-add-user") == []


def test_a_domain_of_somebody_else_takes_everything_back(house):
    house.created("op_1")
    report = house.run("create", "op_2")
    assert report.state == "failed"
    assert "somebody else's" in report.said
    assert report.left_behind == []
    assert len(house.users()) == 1
    assert house.module.workshop.reservations(house.server).of("op_2") is None


def test_what_cannot_be_taken_back_is_written_down(house):
    house.created("op_1")
    house.fault("v-delete-user", "error", times=-1, status=500, body="no")
    report = house.run("create", "op_2")
    assert report.state == "failed"
    assert any("is left on" in line for line in report.left_behind)
    assert house.module.workshop.reservations(house.server).of("op_2") is not None


def test_a_package_without_room_asks_and_leaves_out_only_when_told(house):
    size = ProductSettings(package="tiny")  # no databases
    report = house.run("create", size=size)
    assert report.state == "needs_info"
    assert "database of shop.example cannot be made" in report.said
    told = house.run("create", size=size, answer="leave out")
    assert told.state == "complete", told.said
    assert told.resource.facts["left_out"] == ["database"]


def test_a_part_that_is_not_sold_is_not_made(house):
    house.created(size=ProductSettings(package="tiny", database=False, mail=False))
    assert only(house)["mail"] == only(house)["database"] == []


def test_a_package_that_is_not_there_asks_before_anything_is_made(house):
    report = house.run("create", size=ProductSettings(package="nopkg"))
    assert isinstance(report.signals[-1], NeedsInfo)
    assert 'no package "nopkg"' in report.said
    assert house.users() == {}


@pytest.mark.parametrize(
    "name", ["Conan O'Brien", 'Ana "Bo" <x>', "Zoë Müller-Lüdenscheidt", "李雷", "", "a\nb"]
)
def test_any_name_of_a_client_is_taken(house, name):
    house.created(service=house.service(name=name))


def test_a_service_called_like_a_domain_needs_no_question(house):
    service = house.service("").model_copy(update={"label": "Bücher.Example"})
    house.created(service=service)
    assert only(house)["web"] == ["xn--bcher-kva.example"]


def test_an_order_without_a_domain_asks_and_takes_the_answer(house):
    report = house.run("create", service=house.service(""))
    assert report.state == "needs_info"
    assert "Which domain name" in report.said
    house.created(service=house.service(""), answer="late.example")
    assert only(house)["web"] == ["late.example"]


def test_a_complaint_with_exit_code_0_is_no_failure(house_with):
    house = house_with(imap_system="")
    made = house.created()
    report = house.run("suspend", "op_1", made)
    assert report.state == "complete"
    assert "IMAP_SYSTEM is not enabled" in report.said


def test_hestias_own_billing_profile_is_not_enough_and_says_so(house_with):
    house = house_with(permissions="billing")
    report = house.run("create")
    assert report.state == "needs_info"
    assert "Mend its permissions" in report.said
    assert house.users() == {}


def test_an_address_that_is_not_allowed_asks_a_person(house_with):
    report = house_with(allowed_ip="").run("create")
    assert report.state == "needs_info"
    assert "API_ALLOWED_IP" in report.said


def test_an_email_address_that_the_panel_refuses_is_asked_about(house):
    service = house.service()
    client = service.client.model_copy(update={"email": "ana@localhost"})
    report = house.run("create", service=service.model_copy(update={"client": client}))
    assert report.state == "needs_info"
    assert not isinstance(report.signals[-1], PermanentFailure)
    assert house.users() == {}
