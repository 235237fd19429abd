"""What a provisioning module must be able to promise; a plugin inherits the class and gives one fixture."""

# ruff: noqa: D102 - a test is named by its promise

from __future__ import annotations

import re
from typing import Any

import pytest

from ezcore.plugin_api.errors import OutcomeUnknown, RetryAfter
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.plugin_api.values import Resource
from ezcore.testkit.elsewhere import REDIRECTS, another_host
from ezcore.testkit.hostile import ODD_REPLIES, OUTAGES, assert_inert, says_away
from ezcore.testkit.provisioning_case import ProvisioningCase

LIFE = {Capability.CREATE, Capability.TERMINATE}
NOT_VERBS = {
    Capability.ONE_TIME_SECRET,
    Capability.TEST_CONNECTION,
    Capability.LOOK,
    Capability.LIST_ACCOUNTS,
    Capability.USAGE,
    Capability.LOGIN_LINK,
    Capability.CONSOLE,
}


class ProvisioningContract:
    """Inherit as `class TestProxmox(ProvisioningContract)` and give the fixture `provisioning_case`."""

    @pytest.fixture
    def provisioning_case(self) -> ProvisioningCase:
        """The module under test."""
        raise NotImplementedError("give a fixture provisioning_case that returns a ProvisioningCase")

    def test_it_has_a_name_for_code_and_a_label_for_people(self, provisioning_case: ProvisioningCase) -> None:
        module = provisioning_case.module
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", module.name)
        assert module.label.strip()

    def test_it_can_create_and_terminate(self, provisioning_case: ProvisioningCase) -> None:
        assert provisioning_case.module.capabilities >= LIFE

    def test_every_declared_verb_is_a_list_of_steps_with_names_of_their_own(
        self, provisioning_case: ProvisioningCase
    ) -> None:
        module = provisioning_case.module
        for verb in module.capabilities - NOT_VERBS:
            steps = module.steps(str(verb))
            names = [step.name for step in steps]
            assert names, f"{verb} has no step"
            assert len(names) == len(set(names)), f"{verb} has two steps of one name"
            assert all(step.title.strip() for step in steps)

    def test_a_verb_that_is_not_declared_is_not_there(self, provisioning_case: ProvisioningCase) -> None:
        with pytest.raises(KeyError):
            provisioning_case.module.steps("levitate")

    def test_create_makes_one_thing_that_runs_and_carries_our_key(
        self, provisioning_case: ProvisioningCase
    ) -> None:
        case = provisioning_case
        made = _created(case, "job-1")
        assert made.operation_key == "job-1"
        assert case.count("job-1") == 1
        assert case.is_running(made)
        found = case.module.find(case.server, "job-1")
        assert found is not None
        assert found.external_id == made.external_id

    def test_a_key_never_used_finds_nothing(self, provisioning_case: ProvisioningCase) -> None:
        assert provisioning_case.module.find(provisioning_case.server, "never-asked") is None

    def test_a_process_that_dies_after_every_step_makes_one_thing(
        self, provisioning_case: ProvisioningCase
    ) -> None:
        case = provisioning_case
        report = case.runner("job-2", doubled=True).run("create")
        assert report.state == "complete", report.said
        assert case.count("job-2") == 1

    def test_a_job_run_again_from_the_start_adopts_what_it_made(
        self, provisioning_case: ProvisioningCase
    ) -> None:
        case = provisioning_case
        first, second = _created(case, "job-3"), _created(case, "job-3")
        assert first.external_id == second.external_id
        assert case.count("job-3") == 1

    def test_two_jobs_make_two_things(self, provisioning_case: ProvisioningCase) -> None:
        case = provisioning_case
        assert _created(case, "job-4").external_id != _created(case, "job-5", number=42).external_id

    @pytest.mark.parametrize("fault", ["lose_answer", "lose_request", "rate_limit"])
    def test_a_vendor_that_falls_silent_or_asks_to_wait_gets_one_thing_made(
        self, provisioning_case: ProvisioningCase, fault: str
    ) -> None:
        case = provisioning_case
        case.misbehave(fault)
        _created(case, f"job-{fault}")
        assert case.count(f"job-{fault}") == 1

    @pytest.mark.parametrize("reply", ODD_REPLIES)
    def test_a_reply_that_makes_no_sense_is_not_believed(
        self, provisioning_case: ProvisioningCase, reply: str
    ) -> None:
        case = provisioning_case
        case.misbehave("hostile", **ODD_REPLIES[reply])
        report = case.runner("job-odd").run("create")
        assert report.state in ("complete", "needs_info"), report.said
        assert case.count("job-odd") == 1
        if report.resource:
            assert case.is_running(report.resource)
        assert_inert(case.sandbox, report.said)

    @pytest.mark.parametrize("call", [None, "*"], ids=["while making", "at the first question"])
    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_an_outage_is_told_from_a_vendor_who_is_there(
        self,
        provisioning_case: ProvisioningCase,
        fault: str,
        args: dict[str, Any],
        call: str | None,
        *,
        away: bool,
    ) -> None:
        case = provisioning_case
        case.misbehave(fault, call, **args)
        report = case.runner("job-outage").run("create")
        assert report.state == "complete", report.said
        felt = [signal for signal in report.signals if isinstance(signal, OutcomeUnknown | RetryAfter)]
        assert felt, "the fault was not felt"
        assert says_away(felt[0]) is away

    @pytest.mark.parametrize(("fault", "args", "away"), OUTAGES)
    def test_a_look_tells_an_outage_from_a_vendor_who_is_there(
        self, provisioning_case: ProvisioningCase, fault: str, args: dict[str, Any], *, away: bool
    ) -> None:
        case = provisioning_case
        _declares(case.module, Capability.LOOK)
        made = _created(case, "job-look")
        case.misbehave(fault, "*", times=-1, **args)
        with pytest.raises((OutcomeUnknown, RetryAfter)) as heard:
            case.module.look(case.server, made)
        case.sandbox.faults.clear()
        assert says_away(heard.value) is away

    @pytest.mark.parametrize("status", REDIRECTS)
    def test_nothing_is_sent_where_a_redirect_leads(
        self, provisioning_case: ProvisioningCase, status: int
    ) -> None:
        case = provisioning_case
        with another_host() as other:
            case.misbehave("error", **other.redirect(status))
            report = case.runner("job-away").run("create")
            assert other.heard == []
        assert report.state in ("complete", "needs_info"), report.said
        assert case.count("job-away") == (report.state == "complete")

    def test_what_fails_late_is_taken_back_or_written_down(self, provisioning_case: ProvisioningCase) -> None:
        case = provisioning_case
        if case.late_failure_call is None:
            pytest.skip(f"{case.module.name} names no call that fails late")
        case.misbehave("late_failure", case.late_failure_call, times=-1)
        runner = case.runner("job-late")
        runner.limit = 12
        report = runner.run("create")
        case.sandbox.faults.clear()
        assert report.state != "complete"
        if report.state == "failed":
            assert case.count("job-late") == 0 or report.left_behind, report.said

    def test_suspend_twice_stops_it_and_unsuspend_gives_it_back(
        self, provisioning_case: ProvisioningCase
    ) -> None:
        case = provisioning_case
        _declares(case.module, Capability.SUSPEND, Capability.UNSUSPEND)
        made = _created(case, "job-6")
        for verb, runs in (("suspend", False), ("suspend", False), ("unsuspend", True), ("unsuspend", True)):
            report = case.runner("job-6", doubled=True).run(verb, made)
            assert report.state == "complete", report.said
            assert case.is_running(made) is runs
        assert case.count("job-6") == 1

    def test_terminate_twice_leaves_nothing(self, provisioning_case: ProvisioningCase) -> None:
        case = provisioning_case
        made = _created(case, "job-7")
        for _ in range(2):
            report = case.runner("job-7", doubled=True).run("terminate", made)
            assert report.state == "complete", report.said
            assert case.count("job-7") == 0

    def test_what_is_not_ours_is_left_alone(self, provisioning_case: ProvisioningCase) -> None:
        case = provisioning_case
        if case.stranger is None or case.exists is None:
            pytest.skip(f"the case of {case.module.name} has no stranger")
        stranger = case.stranger()
        case.runner("job-8").run("terminate", stranger)
        assert case.exists(stranger)

    def test_no_secret_is_seen_in_logs_or_errors(
        self, provisioning_case: ProvisioningCase, caplog: pytest.LogCaptureFixture
    ) -> None:
        case = provisioning_case
        caplog.set_level("DEBUG")
        case.misbehave("unauthorized")
        refused = case.runner("job-9").run("create")
        made = case.runner("job-9").run("create")
        everything = "\n".join([refused.said, made.said, caplog.text, repr(made.results), repr(case.server)])
        secrets = [*case.secrets, *refused.secrets.values(), *made.secrets.values()]
        assert [secret for secret in secrets if secret in everything] == []


def _created(case: ProvisioningCase, key: str, number: int = 41) -> Resource:
    report = case.runner(key, number=number).run("create")
    assert report.state == "complete", report.said
    assert report.resource is not None
    return report.resource


def _declares(module: ProvisioningModule, *capabilities: Capability) -> None:
    missing = set(capabilities) - module.capabilities
    if missing:
        pytest.skip(f"{module.name} does not declare {', '.join(sorted(missing))}")
