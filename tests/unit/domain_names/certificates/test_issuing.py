"""A certificate from order to site and through its renewal, at the real pebble."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select

from ezcore.automation import certificates as automation
from ezcore.domain_names.certificates import issuing as rounds
from ezcore.domain_names.certificates import keys, operations
from ezcore.domain_names.certificates.models import CertificateState
from ezcore.domain_names.certificates.resolver import Trusting
from ezcore.jobs.models import Job, JobLog, JobState, StaffTask
from ezcore.kernel.errors import Refused
from ezcore.messaging.models import Mail

NAMES = "example.com\n*.example.com"


def names_of(chain_pem):
    leaf = x509.load_pem_x509_certificates(chain_pem.encode())[0]
    return set(
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.DNSName
        )
    )


def belongs(key_pem, chain_pem):
    leaf = x509.load_pem_x509_certificates(chain_pem.encode())[0]
    key = serialization.load_pem_private_key(key_pem.encode(), None)
    return leaf.public_key().public_numbers() == key.public_key().public_numbers()


def issued(town, names=NAMES, **other):
    report = town.runner(names, **other).run("create")
    assert report.state == "complete", report.said
    return report


def test_apex_and_wildcard_are_issued_installed_and_renewed(town):
    report = issued(town)
    first = town.certificate()
    assert first.state == CertificateState.ACTIVE
    assert names_of(first.chain_pem) == {"example.com", "*.example.com"}
    assert report.resource.facts["serial"] == first.serial
    assert belongs(*town.panel.served["example.com"])
    assert town.dns.most == 2, "both texts stood at one name at once"
    assert town.dns.texts == [], "the proofs are gone"

    assert automation.renew(town.trade.work, town.trade.today(), False).done == 0
    town.trade.clock.move_to(first.renew_at + timedelta(minutes=1))
    assert automation.renew(town.trade.work, town.trade.today(), False).done == 1
    assert automation.renew(town.trade.work, town.trade.today(), False).done == 0, "one round at a time"
    town.let_time_pass()

    second = town.certificate()
    assert second.serial != first.serial
    assert second.open_job_id is None
    assert second.problem is None
    key, chain = town.panel.served["example.com"]
    assert chain == second.chain_pem
    assert belongs(key, chain)
    assert town.dns.texts == []
    assert [place["serial"] for place in second.installed] == [second.serial]


def test_a_process_that_dies_after_every_step_ends_with_one_certificate(town):
    report = issued(town, doubled=True)
    assert town.certificate().serial == report.resource.facts["serial"]
    assert (town.pebble.folder / "pebble.log").read_text().count("Issued certificate serial") == 1


def test_a_site_without_a_zone_here_is_proved_by_http(town):
    town.dns.zone = town.dns.zone.model_copy(update={"name": "example.org"})
    issued(town, "example.com")
    assert town.certificate().state == CertificateState.ACTIVE
    assert town.panel.proofs == {}


def test_the_authority_is_not_asked_before_the_proof_is_seen(town):
    town.dns.deaf = True
    report = town.runner("example.com").run("create")
    assert report.state == "gave_up"
    assert "not visible" in report.said
    assert town.certificate().serial is None


def test_what_the_authority_does_not_believe_fails_with_its_words_and_leaves_no_proof(town, monkeypatch):
    monkeypatch.setattr(rounds, "make_resolver", lambda _setting: Trusting())
    town.dns.deaf = True
    report = town.runner("example.com").run("create")
    assert report.state == "failed"
    assert "TXT" in report.said
    assert report.undone == ["publish"]
    assert town.dns.texts == []
    assert town.panel.served == {}


def test_a_renewal_that_fails_keeps_the_old_one_waits_and_warns_seven_days_before(town):
    issued(town)
    first = town.certificate()
    town.dns.zone = town.dns.zone.model_copy(update={"name": "example.org"})
    town.trade.clock.move_to(first.renew_at + timedelta(minutes=1))
    automation.renew(town.trade.work, town.trade.today(), False)
    town.trade.settle()
    with town.trade.work.read() as uow:
        job = uow.session.get_one(Job, town.certificate().open_job_id)
    assert job.state == JobState.NEEDS_INFO
    assert "no DNS provider" in job.question
    assert automation.watch(town.trade.work, town.trade.today(), False).done == 0

    town.trade.clock.move_to(first.not_after - timedelta(days=6, hours=23))
    assert automation.watch(town.trade.work, town.trade.today(), False).done == 1
    assert automation.watch(town.trade.work, town.trade.today(), False).done == 0, "once per certificate"
    town.trade.settle()
    with town.trade.work.read() as uow:
        mails = uow.session.scalars(select(Mail).where(Mail.template == "certificate_expires")).all()
        tasks = uow.session.scalars(select(StaffTask).where(StaffTask.key.like("certificate:%"))).all()
    assert len(mails) == 1
    assert len(tasks) == 1
    assert town.certificate().serial == first.serial


def test_no_key_is_readable_in_the_database_or_the_log_of_requests(town):
    issued(town)
    row = town.certificate()
    assert "PRIVATE" not in row.key_sealed
    with town.trade.work.read() as uow:
        logged = " ".join(f"{one.request}{one.answer}" for one in uow.session.scalars(select(JobLog)))
    assert "PRIVATE" not in logged


def test_the_key_is_shown_once(town):
    issued(town)
    with town.trade.work.write() as uow:
        row = uow.session.get_one(type(town.certificate()), town.certificate().id)
        pem = operations.show_key(uow, row)
    assert belongs(pem, town.certificate().chain_pem)
    with town.trade.work.write() as uow, pytest.raises(Refused, match="shown once"):
        operations.show_key(uow, uow.session.get_one(type(row), row.id))


def test_an_ended_service_forgets_the_key_and_is_not_renewed(town):
    town.product["revoke_at_end"] = True
    report = issued(town)
    for _ in range(2):
        assert town.runner(NAMES).run("terminate", report.resource).state == "complete"
    row = town.certificate()
    assert (row.state, row.key_sealed, row.renew_at) == (CertificateState.REVOKED, None, None)
    assert town.module.find(None, "create-1") is None


def test_with_an_own_request_there_is_no_key_here_and_nothing_is_installed(town):
    key = keys.make_key("ec")
    issued(town, "", csr=keys.make_request(key, ("example.com",)))
    row = town.certificate()
    assert row.key_sealed is None
    assert belongs(key, row.chain_pem)
    assert town.panel.served == {}
    with town.trade.work.write() as uow, pytest.raises(Refused, match="own request"):
        operations.show_key(uow, uow.session.get_one(type(row), row.id))
