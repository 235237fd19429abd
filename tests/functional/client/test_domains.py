"""A client's names through the browser's door: own ones only, each change a job, codes shown once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.domain_names.names import queries
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.zones import queries as zones
from ezcore.jobs.models import Job
from ezcore.plugin_api.errors import StillRunning
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_domains import NameTrade, sell_names
from tests.fixtures_shop import csrf_of
from tests.fixtures_trade import Trade


@pytest.fixture
def names(shop):
    return NameTrade(Trade(shop, shop.work.clock), *sell_names(shop))


@pytest.fixture
def ann(shop, names, as_client):
    """Ann, who has tamm.com."""
    browser = as_client()
    _pay_for(shop, names, "ann@client.example", "tamm.com")
    drain(shop)
    return browser


def _pay_for(shop, names, email, name):
    from ezcore.accounts.models import User
    from ezcore.kernel.actor import Actor
    from ezcore.simulation.history import CLIENT_RIGHTS

    with shop.work.read() as uow:
        client = uow.session.scalars(select(Client).where(Client.email == email)).one()
        user = uow.session.scalars(select(User).where(User.email == email)).one()
    actor = Actor("client", user.id, client.id, CLIENT_RIGHTS, client.name)
    names.trade.pay(names.order(actor, name))


def domain(shop, name="tamm.com"):
    with shop.work.read() as uow:
        return queries.live(uow, name)


def press(page, do):
    for form in page.forms.values():
        if f'value="{do}"' in form.text:
            return form.submit("do", value=do, status=303)
    raise AssertionError(f"no button {do}")


def test_the_list_and_the_page_say_what_matters(shop, ann):
    page = ann.get("/dashboard/domains/")
    assert "tamm.com" in page
    assert "2 Mar 2027" in page
    page = page.click("tamm.com")
    for words in ("2 Mar 2027", "€12.00", "Names cannot be given back.", "Renew now"):
        assert words in page


def test_a_name_that_is_being_registered_shows_its_steps_until_it_is_there(shop, names, as_client):
    browser = as_client()
    names.registrar.says["register"] = StillRunning(60, "asked", "the registry takes its time")
    _pay_for(shop, names, "ann@client.example", "tamm.com")
    drain(shop)
    page = browser.get("/dashboard/domains/1/")
    assert domain(shop).state == "pending"
    assert "In progress" in page
    assert page.html.find(attrs={"data-live": True}) is not None
    asked = {"X-Fragment": "1"}
    assert "data-done" not in browser.get("/dashboard/domains/1/progress/", headers=asked)
    names.registrar.says.clear()
    names.later(minutes=5)
    assert domain(shop).state == "active"
    assert "data-done" in browser.get("/dashboard/domains/1/progress/", headers=asked)
    assert "In progress" not in browser.get("/dashboard/domains/1/")


def test_a_lock_is_taken_off_by_a_job_and_the_page_shows_it(shop, names, ann):
    page = ann.get("/dashboard/domains/1/")
    answer = press(page, "lock_off").follow()
    assert "In progress" in answer
    assert not [form for form in answer.forms.values() if "switch" in (form.action or "")]
    drain(shop)
    assert domain(shop).locked is False
    assert names.heard("set_lock") == [("set_lock", "tamm.com", False)]
    assert "lock_on" in ann.get("/dashboard/domains/1/")


@pytest.mark.parametrize(
    "typed", ["192.0.2.1\nns2.x.net", "ns1.tamm.com\nns2.x.net", "one.x.net", "a.x.net\na.x.net"]
)
def test_B064_nameservers_that_cannot_be_are_422_and_stay_typed(ann, names, typed):
    page = ann.get("/dashboard/domains/1/")
    form = next(form for form in page.forms.values() if form.action.endswith("/nameservers/"))
    form["nameservers"] = typed
    answer = form.submit(status=422)
    assert answer.html.find(id="nameservers-error") is not None
    assert typed.split("\n", maxsplit=1)[0] in answer
    assert names.heard("save_nameservers") == []


def test_the_transfer_code_wants_the_password_and_is_shown_once(shop, ann, names):
    press(ann.get("/dashboard/domains/1/"), "auth_code")
    drain(shop)
    page = ann.get("/dashboard/domains/1/")
    assert "code-of-tamm.com" not in page
    form = next(form for form in page.forms.values() if form.action.endswith("/reveal/"))
    form["password"] = "wrong"
    assert "code-of-tamm.com" not in form.submit(status=422)


def test_contacts_are_checked_and_told_to_the_registry(shop, ann, names):
    form = ann.get("/dashboard/domains/1/contacts/").forms["contacts"]
    assert form["city"].value == "Tallinn"
    form["name"] = "J\u00fcri"
    assert "Juri" in form.submit(status=422)
    form["name"] = "Mari Maasikas"
    form.submit(status=303)
    drain(shop)
    assert names.registrar.held["tamm.com"].contacts.registrant.name == "Mari Maasikas"
    assert "Mari Maasikas" in ann.get("/dashboard/domains/1/contacts/")


def test_glue_then_a_nameserver_below_the_name(shop, ann, names):
    form = ann.get("/dashboard/domains/1/advanced/").forms["glue-form"]
    form["hosts"] = "ns1.other.com 192.0.2.1"
    assert form.submit(status=422).html.find(id="hosts-error") is not None
    form["hosts"] = "ns1.tamm.com 192.0.2.1 2001:db8::1"
    form.submit(status=303)
    drain(shop)
    page = ann.get("/dashboard/domains/1/")
    form = next(form for form in page.forms.values() if form.action.endswith("/nameservers/"))
    form["nameservers"] = "ns1.tamm.com\nns2.x.net"
    form.submit(status=303)
    drain(shop)
    assert domain(shop).nameservers == ["ns1.tamm.com", "ns2.x.net"]


def test_dnssec_keys_are_checked(shop, ann, names):
    form = ann.get("/dashboard/domains/1/advanced/").forms["ds-form"]
    form["ds"] = "1 13 2 xyz"
    assert form.submit(status=422).html.find(id="ds-error") is not None
    form["ds"] = "2371 13 2 " + "AB" * 32
    form.submit(status=303)
    drain(shop)
    assert domain(shop).ds[0]["digest"] == "ab" * 32


def test_records_are_added_changed_and_deleted_by_jobs(shop, ann, names):
    press(ann.get("/dashboard/domains/1/dns/"), "create")
    drain(shop)
    form = ann.get("/dashboard/domains/1/dns/").forms["edit"]
    form["type"], form["name"], form["content"] = "A", "www", "192.0.2.1"
    form.submit("do", value="save", status=303)
    drain(shop)
    page = ann.get("/dashboard/domains/1/dns/")
    assert "192.0.2.1" in page
    form = page.click("Edit", index=0).forms["edit"]
    form["content"] = "192.0.2.9"
    form.submit("do", value="save", status=303)
    drain(shop)
    assert [one.content for one in names.dns.zones["tamm.com"][1]] == ["192.0.2.9"]
    form = ann.get("/dashboard/domains/1/dns/").forms["records"]
    form["key"] = True
    form.submit("do", value="delete", status=303)
    drain(shop)
    assert names.dns.zones["tamm.com"][1] == []


def test_a_record_that_cannot_be_is_422_at_its_field(shop, ann, names):
    press(ann.get("/dashboard/domains/1/dns/"), "create")
    drain(shop)
    form = ann.get("/dashboard/domains/1/dns/").forms["edit"]
    form["type"], form["name"], form["content"] = "A", "www", "not an address"
    answer = form.submit("do", value="save", status=422)
    assert answer.html.find(id="content-error") is not None
    assert answer.forms["edit"]["content"].value == "not an address"


def test_a_zone_is_signed_its_file_downloaded_and_the_name_pointed_at_it(shop, ann, names):
    press(ann.get("/dashboard/domains/1/dns/"), "create")
    drain(shop)
    press(ann.get("/dashboard/domains/1/dns/"), "delegate")
    press(ann.get("/dashboard/domains/1/dns/"), "sign")
    drain(shop)
    assert set(domain(shop).nameservers) == {"ns1.toydns.example", "ns2.toydns.example"}
    press(ann.get("/dashboard/domains/1/dns/"), "publish")
    drain(shop)
    assert domain(shop).ds[0]["key_tag"] == 1
    assert "$ORIGIN tamm.com." in ann.get("/dashboard/domains/1/dns/zone.txt")


def test_renewal_by_itself_is_the_services_own(shop, ann):
    press(ann.get("/dashboard/domains/1/"), "off")
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Service)).one().cancel_on is not None
    press(ann.get("/dashboard/domains/1/"), "on")
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Service)).one().cancel_on is None


def test_several_names_are_changed_at_once_and_the_refused_ones_named(shop, ann, names):
    _pay_for(shop, names, "ann@client.example", "second.ee")
    drain(shop)
    press(ann.get("/dashboard/domains/1/"), "lock_off")
    form = ann.get("/dashboard/domains/").forms["bulk"]
    for box in form.fields["id"]:
        box.checked = True
    form["do"] = "nameservers"
    form["nameservers"] = "a.x.net\nb.x.net"
    page = form.submit(status=303).follow()
    assert "Under way for 1 name" in page
    assert "another change of tamm.com" in page
    drain(shop)
    assert domain(shop, "second.ee").nameservers == ["a.x.net", "b.x.net"]


def test_nothing_ticked_and_nothing_chosen_is_422(ann):
    form = ann.get("/dashboard/domains/").forms["bulk"]
    assert "Tick the names" in form.submit(status=422)


def test_another_clients_name_is_404_on_every_page(shop, wsgi, ann, as_client):
    ben = as_client(email="ben@client.example", name="Ben")
    key = csrf_of(ben)
    paths = [
        one for one in wsgi.registry["ez.declarations"] if one.path.startswith("/dashboard/domains/{id}/")
    ]
    assert len(paths) > 12
    for one in paths:
        path = one.path.replace("{id}", "1")
        if one.method == "GET":
            assert ben.get(path, status=404), path
        else:
            assert ben.post(path, {"csrf_token": key, "password": "quiet lake heron 42"}, status=404), path
    with shop.work.read() as uow:
        kinds = set(uow.session.scalars(select(Job.kind)))
        assert not [kind for kind in kinds if kind.startswith("domain_names.")]
        assert uow.session.scalars(select(DomainName)).one().open_action is None
        assert zones.live(uow, "tamm.com") is None


def test_a_name_without_registrar_shows_and_offers_nothing(shop, ann):
    with shop.work.write() as uow:
        uow.session.scalars(select(DomainName)).one().registrar = "gone"
    page = ann.get("/dashboard/domains/1/")
    assert "cannot be reached" in page
    assert not [
        form for form in page.forms.values() if "switch" in (form.action or "") and "lock" in form.text
    ]
