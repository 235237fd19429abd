"""The step runner treats a module as the job engine does."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, Step, StillRunning
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule, ServerFacts
from ezcore.plugin_api.values import ClientFacts, Resource, ServiceFacts
from ezcore.testkit import StepRunner


class Nothing(BaseModel):
    pass


def module_of(*steps):
    class Module(ProvisioningModule):
        name, label = "toy", "Toy"
        capabilities = frozenset({Capability.CREATE, Capability.TERMINATE})
        server_model = product_model = order_model = Nothing

        def create(self):
            return steps

        suspend = unsuspend = terminate = create

        def find(self, server, operation_key):
            return None

    return Module()


def runner(*steps, **options):
    service = ServiceFacts(
        id=1, label="vps", client=ClientFacts(id=1, name="Ana", email="a@example.test"), product="VPS"
    )
    waits = []
    made = StepRunner(
        module_of(*steps),
        ServerFacts(1, "one", Nothing()),
        Nothing(),
        service,
        "job-1",
        wait=waits.append,
        **options,
    )
    return made, waits


def report_of(*steps, **options):
    return runner(*steps, **options)[0].run("create")


def resource(call):
    return Resource(external_id="100", operation_key=call.operation_key)


def raising(*signals, then="done"):
    left = list(signals)
    seen = []

    def run(call):
        seen.append((call.attempt, call.handle))
        if left:
            raise left.pop(0)
        return then(call) if callable(then) else then

    run.seen = seen
    return run


def test_a_job_that_goes_well_gives_its_resource_and_the_results_of_every_step():
    report = report_of(
        Step("choose", "Choose", run=lambda call: {"node": "a"}), Step("make", "Make", run=resource)
    )
    assert report.state == "complete"
    assert report.resource.external_id == "100"
    assert report.results["choose"] == {"node": "a"}
    assert report.tries == 2


def test_a_handle_comes_back_and_waiting_is_as_long_as_asked():
    run = raising(StillRunning(7, handle={"task": "x"}), then=resource)
    made, waits = runner(Step("make", "Make", run=run))
    assert made.run("create").state == "complete"
    assert run.seen == [(1, None), (2, {"task": "x"})]
    assert waits == [7]


@pytest.mark.parametrize("signal", [OutcomeUnknown(), RetryAfter(3), ZeroDivisionError()])
def test_a_failed_try_is_tried_again(signal):
    report = report_of(Step("make", "Make", run=raising(signal, then=resource)))
    assert report.state == "complete"
    assert report.signals == [signal]


def test_doubled_runs_each_step_again_after_it_did_its_work():
    run = raising(then=resource)
    assert report_of(Step("make", "Make", run=run), doubled=True).state == "complete"
    assert [attempt for attempt, _ in run.seen] == [1, 2]


def test_a_failure_for_good_undoes_in_reverse_and_says_what_is_left():
    undone = []

    def stuck(call):
        raise PermanentFailure("the vendor refuses")

    report = report_of(
        Step("one", "One", run=lambda call: 1, undo=lambda call: undone.append("one")),
        Step("two", "Two", run=lambda call: 2, undo=stuck),
        Step("three", "Three", run=raising(PermanentFailure("no")), undo=lambda call: undone.append("three")),
        Step("four", "Four", run=resource),
    )
    assert report.state == "failed"
    assert undone == ["three", "one"]
    assert report.left_behind == ["Two: the vendor refuses"]


def test_a_question_stops_the_job():
    report = report_of(Step("make", "Make", run=raising(NeedsInfo("which pool?"))))
    assert report.state == "needs_info"


def test_a_step_that_never_ends_gives_up():
    def never(call):
        raise StillRunning(1, handle=None)

    assert report_of(Step("make", "Make", run=never), limit=5).state == "gave_up"


def test_a_result_that_cannot_be_stored_is_found():
    with pytest.raises(TypeError, match="JSON"):
        report_of(Step("make", "Make", run=lambda call: object()))


def test_a_secret_is_made_once_and_kept():
    made = []

    def run(call):
        made.append(call.secret("password", lambda: f"secret-{len(made)}"))
        return resource(call)

    report = report_of(Step("make", "Make", run=run), doubled=True)
    assert made == ["secret-0", "secret-0"]
    assert report.secrets == {"password": "secret-0"}
