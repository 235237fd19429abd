"""What a DNS provider must be able to promise; a plugin inherits the class and gives one fixture."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re
from typing import Any

import pytest

from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StepSignal
from ezcore.plugin_api.ports.dns import RecordChanges
from ezcore.testkit.dns_capabilities import DnsCapabilities
from ezcore.testkit.dns_case import ZONE, DnsCase, in_order, sample, samples
from ezcore.testkit.elsewhere import REDIRECTS, another_host
from ezcore.testkit.hostile import ODD_REPLIES, OUTAGES, assert_inert, says_away

SILENCE = ["lose_answer", "lose_request", "rate_limit"]
REFUSED = (PermanentFailure, NeedsInfo)


class DnsContract(DnsCapabilities):
    """Inherit as `class TestCloudflareDns(DnsContract)` and give the fixture `dns_case`."""

    @pytest.fixture
    def dns_case(self) -> DnsCase:
        """The provider under test."""
        raise NotImplementedError("give a fixture dns_case that returns a DnsCase")

    def test_it_has_a_name_for_code_and_a_label_for_people(self, dns_case: DnsCase) -> None:
        provider = dns_case.provider
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", provider.name)
        assert provider.label.strip()
        assert all(limit.strip() for limit in provider.limits)

    def test_the_connection_test_answers_in_a_sentence(self, dns_case: DnsCase) -> None:
        assert dns_case.provider.test_connection().strip()

    def test_a_zone_is_made_once_and_carries_our_mark(self, dns_case: DnsCase) -> None:
        case = dns_case
        made, again = case.zone("job-1"), case.zone("job-1")
        assert made.name == ZONE
        assert made.ours
        assert made.nameservers
        assert again.external_id == made.external_id
        assert case.zones(ZONE) == 1
        found = case.read(lambda: case.provider.find_zone(ZONE))
        assert found is not None
        assert found.external_id == made.external_id
        assert found.ours

    def test_a_zone_that_was_never_made_is_not_found(self, dns_case: DnsCase) -> None:
        assert dns_case.read(lambda: dns_case.provider.find_zone("never-made.example.net")) is None

    def test_a_second_job_does_not_take_the_zone_of_the_first(self, dns_case: DnsCase) -> None:
        case = dns_case
        case.zone("job-2")
        with pytest.raises(REFUSED):
            case.provider.create_zone(case.call("job-3"), ZONE)
        assert case.zones(ZONE) == 1

    def test_a_zone_of_somebody_else_is_neither_adopted_nor_deleted(self, dns_case: DnsCase) -> None:
        case = dns_case
        case.stranger(ZONE)
        with pytest.raises(NeedsInfo):
            case.provider.create_zone(case.call("job-4"), ZONE)
        found = case.read(lambda: case.provider.find_zone(ZONE))
        assert found is not None
        assert not found.ours
        with pytest.raises(REFUSED):
            case.insist("job-4", lambda call: case.provider.delete_zone(call, found))
        assert case.zones(ZONE) == 1

    @pytest.mark.parametrize("fault", SILENCE)
    def test_a_vendor_that_falls_silent_makes_one_zone(self, dns_case: DnsCase, fault: str) -> None:
        case = dns_case
        case.misbehave(fault, "create_zone")
        assert case.zone("job-5").ours
        assert case.zones(ZONE) == 1
        assert case.signals, "the fault was not felt"

    @pytest.mark.parametrize("fault", SILENCE)
    def test_a_vendor_that_falls_silent_changes_records_once(self, dns_case: DnsCase, fault: str) -> None:
        case = dns_case
        zone = case.zone()
        old, new, third = (sample("www", "A", f"192.0.2.{last}") for last in (1, 2, 3))
        case.change(zone, add=[old, third])
        case.misbehave(fault, "change_records")
        case.change(zone, add=[new], delete=[old])
        assert case.identities(zone) == in_order([new, third])
        assert case.signals, "the fault was not felt"

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_a_reply_that_makes_no_sense_is_no_zone(self, dns_case: DnsCase, reply: str) -> None:
        case = dns_case
        case.misbehave("hostile", "create_zone", **ODD_REPLIES[reply])
        made = case.zone("job-6")
        assert made.name == ZONE
        assert made.ours
        assert case.zones(ZONE) == 1
        assert_inert(case.sandbox, case.everything_said())

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_a_list_that_makes_no_sense_is_not_an_empty_zone(self, dns_case: DnsCase, reply: str) -> None:
        case = dns_case
        zone, record = case.zone(), sample("www", "A", "192.0.2.1")
        case.change(zone, add=[record])
        case.misbehave("hostile", "records", **ODD_REPLIES[reply])
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.provider.records(zone)
        assert_inert(case.sandbox, repr(heard.value))
        assert case.identities(zone) == [record.identity]

    @pytest.mark.parametrize("status", REDIRECTS)
    @pytest.mark.parametrize("verb", ["create_zone", "records"])
    def test_nothing_is_sent_where_a_redirect_leads(self, dns_case: DnsCase, verb: str, status: int) -> None:
        case = dns_case
        case.needs_http()
        with another_host() as other:
            if verb == "create_zone":
                case.misbehave("error", verb, **other.redirect(status))
            zone = case.zone("job-away")
            if verb == "records":
                case.misbehave("error", verb, **other.redirect(status))
                with pytest.raises(StepSignal):
                    case.provider.records(zone)
            assert other.heard == []
        assert case.zones(ZONE) == 1

    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_an_outage_is_told_from_a_vendor_who_is_there(
        self, dns_case: DnsCase, fault: str, args: dict[str, Any], *, away: bool
    ) -> None:
        case = dns_case
        zone = case.zone()
        case.misbehave(fault, "records", **args)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.provider.records(zone)
        assert says_away(heard.value) is away

    def test_a_limit_is_told_with_the_time_to_wait(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        case.misbehave("rate_limit", "records", retry_after=77)
        with pytest.raises(RetryAfter) as caught:
            case.provider.records(zone)
        assert caught.value.seconds >= 77

    def test_a_bad_credential_and_a_missing_right_are_told_apart(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        case.misbehave("unauthorized", "records")
        with pytest.raises(REFUSED) as unknown:
            case.provider.records(zone)
        case.misbehave("error", "records", **case.forbidden)
        with pytest.raises(REFUSED) as forbidden:
            case.provider.records(zone)
        assert str(unknown.value) != str(forbidden.value)

    def test_records_of_every_declared_type_come_back_as_they_were_sent(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone, sent = case.zone(), samples(case.provider.record_types)
        assert {record.type for record in sent} == case.provider.record_types
        case.change(zone, add=sent, doubled=True)
        assert case.identities(zone) == in_order(sent)
        assert {record.ttl for record in case.seen(zone)} == {300}
        gone = sent[::2]
        case.change(zone, delete=gone, doubled=True)
        assert case.identities(zone) == in_order([record for record in sent if record not in gone])

    def test_what_is_there_is_not_added_and_what_is_not_there_is_not_missed(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        here, absent = sample("www", "A", "192.0.2.1"), sample("www", "A", "192.0.2.9")
        case.change(zone, add=[here])
        case.change(zone, add=[here], delete=[absent])
        assert case.identities(zone) == [here.identity]

    def test_a_record_sent_with_another_ttl_stays_one_record(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        case.change(zone, add=[sample("www", "A", "192.0.2.1")])
        case.change(zone, add=[sample("www", "A", "192.0.2.1", ttl=900)])
        assert [(one.content, one.ttl) for one in case.seen(zone)] == [("192.0.2.1", 900)]

    def test_a_refused_record_is_named_and_nothing_of_its_batch_is_done(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone, address = case.zone(), sample("www", "A", "192.0.2.1")
        case.change(zone, add=[address])
        batch = RecordChanges(
            add=(sample("new", "A", "192.0.2.2"), sample("www", "CNAME", "other.example.net"))
        )
        with pytest.raises(PermanentFailure, match=r"www"):
            case.insist("job-7", lambda call: case.provider.change_records(call, zone, batch))
        assert case.identities(zone) == [address.identity]

    def test_every_page_of_a_long_list_is_read(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        many = [sample(f"host{number}", "A", "192.0.2.7") for number in range(case.paged)]
        case.change(zone, add=many)
        assert case.identities(zone) == in_order(many)

    def test_what_was_deleted_by_hand_is_reported_and_not_made_again(self, dns_case: DnsCase) -> None:
        case = dns_case
        zone = case.zone()
        case.remove(ZONE)
        assert case.read(lambda: case.provider.find_zone(ZONE)) is None
        with pytest.raises(PermanentFailure):
            case.read(lambda: case.provider.records(zone))
        with pytest.raises(PermanentFailure):
            case.change(zone, add=[sample("www", "A", "192.0.2.1")])
        assert case.zones(ZONE) == 0

    @pytest.mark.parametrize("fault", [None, *SILENCE])
    def test_a_zone_is_deleted_once_and_for_all(self, dns_case: DnsCase, fault: str | None) -> None:
        case = dns_case
        zone = case.zone()
        if fault:
            case.misbehave(fault, "delete_zone")
        case.insist("job-8", lambda call: case.provider.delete_zone(call, zone), doubled=True)
        assert case.zones(ZONE) == 0
        assert case.zone("job-9").ours

    def test_no_secret_is_seen_in_logs_or_errors(
        self, dns_case: DnsCase, caplog: pytest.LogCaptureFixture
    ) -> None:
        case = dns_case
        caplog.set_level("DEBUG")
        case.misbehave("unauthorized", "create_zone")
        said: list[str] = []
        try:
            case.provider.create_zone(case.call("job-10"), ZONE)
        except StepSignal as refusal:
            said.append(repr(refusal))
        zone = case.zone("job-10")
        case.change(zone, add=[sample("www", "A", "192.0.2.1")])
        everything = "\n".join([case.everything_said(), *said, caplog.text, repr(case.provider), repr(zone)])
        assert case.log, "what changes something is written to the request log"
        assert [secret for secret in case.secrets if secret in everything] == []
