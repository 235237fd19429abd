"""What is particular to zones and records at Cloudflare."""

from __future__ import annotations

import pytest
from ez_cloudflare.record_data import quoted, unquoted
from ez_cloudflare.settings import CloudflareSettings
from pydantic import ValidationError

from ezcore.plugin_api import NeedsInfo, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.dns import RecordChanges
from ezcore.testkit import DnsCase
from ezcore.testkit.dns_case import ZONE, sample


@pytest.fixture
def case(house):
    return DnsCase(
        provider=house.dns,
        sandbox=house.app,
        calls={"batch": "dns_records.batch"},
        zones=len,
        stranger=print,
        remove=print,
        wait=house.wait,
    )


def test_a_zone_is_pending_until_the_registry_names_its_nameservers(case, house):
    assert case.zone().status == "pending"
    house.wait(30)
    assert house.dns.find_zone(ZONE).status == "active"


def test_a_zone_made_again_has_other_nameservers(case, house):
    first = case.zone("job-1")
    house.dns.delete_zone(case.call("job-1"), first)
    assert case.zone("job-2").nameservers != first.nameservers


def test_a_zone_in_somebody_elses_account_is_a_question(case, house):
    house.app.store.put("elsewhere_zone", ZONE, {"name": ZONE})
    with pytest.raises(NeedsInfo, match="not in our account"):
        house.dns.create_zone(case.call("job-1"), ZONE)
    house.app.store.clear("elsewhere_zone")
    assert case.zone("job-1").ours


def test_a_zone_that_is_not_listed_yet_is_not_made_twice(case, house):
    house.fault("zones.create", "lose_answer")
    house.fault("zones.list", "stale_read", after=1, seconds=60)
    made = case.zone("job-1")
    assert made.ours
    assert len(house.app.store.all("zone")) == 1
    assert any(isinstance(signal, RetryAfter) for signal in case.signals)


def test_a_zone_that_came_with_its_name_is_ours(case, house):
    house.plugin.office.marks("name").set(ZONE, "job-name", "made")
    house.app.zones.made(ZONE)
    assert house.dns.create_zone(case.call("job-zone"), ZONE).ours


def test_a_person_may_let_us_adopt_a_zone(case, house):
    house.app.zones.made(ZONE)
    assert house.dns.create_zone(case.call("job-1", answer="adopt"), ZONE).ours


def test_a_record_that_somebody_adds_meanwhile_is_found_by_the_next_try(case, house):
    zone, record = case.zone(), sample("www", "A", "192.0.2.1")
    case.change(zone, add=[record])
    body = {
        "success": False, "messages": [], "result": None,
        "errors": [{"code": 81057, "message": "The record already exists."}],
    }  # fmt: skip
    house.fault("dns_records.batch", "error", status=400, body=body)
    with pytest.raises(RetryAfter):
        house.dns.change_records(case.call("k"), zone, RecordChanges(add=(sample("www", "A", "192.0.2.2"),)))


def test_success_false_with_status_200_is_a_refusal(case, house):
    zone = case.zone()
    body = {
        "success": False, "messages": [], "result": None,
        "errors": [{"code": 81053, "message": "An A, AAAA, or CNAME record with that host already exists."}],
    }  # fmt: skip
    house.fault("dns_records.batch", "error", status=200, body=body)
    with pytest.raises(PermanentFailure, match=r"CNAME www\.example\.com"):
        house.dns.change_records(
            case.call("k"), zone, RecordChanges(add=(sample("www", "CNAME", "other.example.net"),))
        )


def test_nothing_is_sent_when_nothing_has_to_change(case):
    zone, record = case.zone(), sample("www", "A", "192.0.2.1")
    case.change(zone, add=[record])
    case.change(zone, add=[record], delete=[sample("www", "A", "192.0.2.9")])
    assert case.asked("batch") == 1


def test_a_type_that_cloudflare_lacks_is_refused_by_name(case):
    with pytest.raises(PermanentFailure, match=r"ALIAS \(www\.example\.com\)"):
        case.change(case.zone(), add=[sample("www", "ALIAS", "other.example.net")])


@pytest.mark.parametrize(
    "text", ["", "v=spf1 -all", 'a "quoted" \\ text', "x" * 700, "õun; šokolaad", "a\tb"]
)
def test_text_survives_its_quotes(text):
    assert unquoted(quoted(text)) == text
    assert all(len(part) <= 257 for part in quoted("x" * 700).split(" "))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_token", "has space"),
        ("account_id", "xyz"),
        ("api_base", "http://api.example.com/client/v4"),
        ("timeout", 0),
    ],
)
def test_settings_name_the_field_that_is_wrong(field, value):
    with pytest.raises(ValidationError) as wrong:
        CloudflareSettings.model_validate({field: value})
    assert wrong.value.errors()[0]["loc"] == (field,)


def test_without_settings_it_says_what_to_fill_in(house):
    house.context.values.clear()
    with pytest.raises(PermanentFailure, match="API token"):
        house.dns.test_connection()
