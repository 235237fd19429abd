"""What a certificate authority's plugin must be able to promise; inherit the class and give one fixture."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from ezcore.plugin_api.errors import (
    NeedsInfo,
    OutcomeUnknown,
    PermanentFailure,
    RetryAfter,
    StepSignal,
    StillRunning,
)
from ezcore.testkit.certificate_case import CertificateCase, request_for
from ezcore.testkit.elsewhere import REDIRECTS, another_host
from ezcore.testkit.hostile import ODD_REPLIES, OUTAGES, assert_inert, says_away

NAMES = ("example.com", "*.example.com")
VERBS = ("order", "answer", "finish")


class CertificateContract:
    """Inherit as `class TestAcme(CertificateContract)` and give the fixture `certificate_case`."""

    @pytest.fixture
    def certificate_case(self) -> CertificateCase:
        """The authority under test."""
        raise NotImplementedError("give a fixture certificate_case that returns a CertificateCase")

    def test_it_has_a_name_for_code_and_a_label_for_people(self, certificate_case: CertificateCase) -> None:
        authority = certificate_case.authority
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", authority.name)
        assert authority.label.strip()
        assert authority.challenges <= {"dns-01", "http-01"}
        assert authority.challenges

    def test_the_connection_test_answers_in_a_sentence(self, certificate_case: CertificateCase) -> None:
        assert certificate_case.authority.test_connection().strip()

    def test_apex_and_wildcard_are_proved_by_two_values_at_one_name(
        self, certificate_case: CertificateCase
    ) -> None:
        case = certificate_case
        order = case.insist("job-1", lambda call: case.authority.order(call, NAMES, "dns-01"))
        assert {challenge.record_name for challenge in order.challenges} == {"_acme-challenge.example.com"}
        assert len({challenge.value for challenge in order.challenges}) == 2

    def test_what_is_issued_covers_the_names_and_runs_now(self, certificate_case: CertificateCase) -> None:
        case = certificate_case
        made = case.obtained("job-2", NAMES)
        leaf = x509.load_pem_x509_certificates(made.chain_pem.encode())[0]
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert set(found.get_values_for_type(x509.DNSName)) >= set(NAMES)
        assert made.serial == f"{leaf.serial_number:x}"
        assert made.not_before < made.not_after
        assert made.not_before.utcoffset() == timedelta(0)
        assert case.issued() == 1

    def test_a_process_that_dies_after_every_verb_gets_one_certificate(
        self, certificate_case: CertificateCase
    ) -> None:
        case = certificate_case
        first, again = (
            case.insist("job-3", lambda call: case.authority.order(call, NAMES, "dns-01")) for _ in range(2)
        )
        assert first.url == again.url
        case.proved("job-3", NAMES)
        order = case.proved("job-3", NAMES)
        csr = request_for(NAMES)
        one, two = (
            case.insist("job-3", lambda call: case.authority.finish(call, order, csr)) for _ in range(2)
        )
        assert one == two
        assert case.issued() == 1

    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "rate_limit"])
    def test_an_authority_that_falls_silent_or_asks_to_wait_issues_once(
        self, certificate_case: CertificateCase, fault: str, verb: str
    ) -> None:
        case = certificate_case
        case.misbehave(fault, verb)
        case.obtained("job-4", NAMES)
        assert case.issued() == 1
        assert case.signals, "the fault was not felt"

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    @pytest.mark.parametrize("verb", VERBS)
    def test_a_reply_that_makes_no_sense_is_not_believed(
        self, certificate_case: CertificateCase, reply: str, verb: str
    ) -> None:
        case = certificate_case
        case.misbehave("hostile", verb, **ODD_REPLIES[reply])
        made = case.obtained("job-5", NAMES)
        assert x509.load_pem_x509_certificates(made.chain_pem.encode())
        assert case.issued() == 1
        assert_inert(case.sandbox, "\n".join([*case.log, *map(repr, case.signals)]))

    @pytest.mark.parametrize("status", REDIRECTS)
    @pytest.mark.parametrize("verb", VERBS)
    def test_nothing_is_sent_where_a_redirect_leads(
        self, certificate_case: CertificateCase, verb: str, status: int
    ) -> None:
        case = certificate_case
        with another_host() as other:
            case.misbehave("error", verb, **other.redirect(status))
            case.obtained("job-away", NAMES)
            assert other.heard == []
        assert case.issued() == 1

    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_an_outage_is_told_from_an_authority_that_is_there(
        self, certificate_case: CertificateCase, fault: str, args: dict[str, Any], *, away: bool
    ) -> None:
        case = certificate_case
        case.misbehave(fault, "order", **args)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.authority.order(case.call("job-outage"), NAMES, "dns-01")
        assert says_away(heard.value) is away

    def test_a_limit_is_told_with_the_time_to_wait(self, certificate_case: CertificateCase) -> None:
        case = certificate_case
        case.misbehave("rate_limit", "order", retry_after=77)
        with pytest.raises(RetryAfter) as caught:
            case.authority.order(case.call("job-6"), NAMES, "dns-01")
        assert caught.value.seconds >= 77

    def test_a_refused_account_is_for_a_person(self, certificate_case: CertificateCase) -> None:
        case = certificate_case
        case.misbehave("unauthorized", "order")
        with pytest.raises((PermanentFailure, NeedsInfo)):
            case.authority.order(case.call("job-7"), NAMES, "dns-01")

    def test_a_proof_that_is_not_believed_is_never_sent_again(
        self, certificate_case: CertificateCase
    ) -> None:
        case = certificate_case
        case.misbehave("late_failure", "answer", detail="No TXT records found")
        order = case.insist("job-8", lambda call: case.authority.order(call, ("example.com",), "dns-01"))
        case.insist("job-8", lambda call: case.authority.answer(call, order))
        asked = len(case.sandbox.calls.all(case.calls["answer"]))
        now = case.insist("job-8", lambda call: case.authority.check(call, order))
        assert now.status == "invalid"
        assert "No TXT records found" in now.error
        for _ in range(3):
            with pytest.raises(PermanentFailure, match="No TXT records found"):
                case.authority.answer(case.call("job-8"), order)
        assert len(case.sandbox.calls.all(case.calls["answer"])) == asked
        with pytest.raises(PermanentFailure):
            case.authority.finish(case.call("job-8"), order, request_for(("example.com",)))
        assert case.issued() == 0

    def test_an_authority_that_takes_its_time_is_asked_again_later(
        self, certificate_case: CertificateCase
    ) -> None:
        case = certificate_case
        case.misbehave("stale_read", "finish", seconds=2)
        case.obtained("job-9", NAMES)
        assert any(isinstance(signal, StillRunning) for signal in case.signals)
        assert case.issued() == 1

    def test_a_certificate_may_be_revoked_twice(self, certificate_case: CertificateCase) -> None:
        case = certificate_case
        made = case.obtained("job-10", NAMES)
        for _ in range(2):
            case.insist("job-10", lambda call: case.authority.revoke(call, made.chain_pem, 4))

    def test_no_secret_is_seen_in_logs_or_errors(
        self, certificate_case: CertificateCase, caplog: pytest.LogCaptureFixture
    ) -> None:
        case = certificate_case
        caplog.set_level("DEBUG")
        case.misbehave("unauthorized", "order")
        said: list[str] = []
        try:
            case.authority.order(case.call("job-11"), NAMES, "dns-01")
        except StepSignal as refusal:
            said.append(repr(refusal))
        case.obtained("job-11", NAMES)
        everything = "\n".join([*case.log, *said, *map(repr, case.signals), caplog.text])
        assert [secret for secret in case.secrets if secret in everything] == []
        assert "PRIVATE KEY" not in everything
