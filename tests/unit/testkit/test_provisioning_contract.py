"""The provisioning suite passes what `ez plugin new` writes and catches each way of being a bad module."""

from __future__ import annotations

import importlib
import sys

import pytest

from ezcore.cli.plugin_new import write_plugin
from ezcore.plugin_api import PermanentFailure, Step
from ezcore.plugin_api.ports.provisioning import Capability, ServerFacts
from ezcore.plugin_api.sandbox import SandboxOptions, Store, serve
from ezcore.plugin_api.values import Resource
from ezcore.testkit import ProvisioningCase, ProvisioningContract


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """The modules of a plugin just written."""
    folder = write_plugin("toybox", "provisioning", tmp_path_factory.mktemp("toy"))
    sys.path.insert(0, str(folder))
    yield {name: importlib.import_module(f"ez_toybox.{name}") for name in ("module", "sandbox", "settings")}
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("ez_toybox")]:
        del sys.modules[name]


@pytest.fixture
def case_of(toy):
    app = toy["sandbox"].ToyboxSandbox(Store(None), SandboxOptions())
    server = serve(app, port=0)
    settings = toy["settings"].ServerSettings(address=server.address, token=toy["sandbox"].TOKEN)

    def stranger():
        theirs = {"id": "m-x", "tag": "theirs", "address": "192.0.2.99", "state": "running"}
        app.store.put("machine", "m-x", {**theirs, "ready_at": "2026-01-01T00:00:00+00:00"})
        return Resource(external_id="m-x", operation_key="job-8")

    def make(module):
        return ProvisioningCase(
            module=module,
            server=ServerFacts(1, "first", settings),
            product_settings=toy["settings"].ProductSettings(),
            params={"hostname": "one.example.test"},
            sandbox=app,
            create_call="machines.create",
            count=lambda key: sum(one["tag"] == key for one in app.store.all("machine")),
            is_running=lambda resource: app.store.get("machine", resource.external_id)["state"] == "running",
            stranger=stranger,
            exists=lambda resource: app.store.get("machine", resource.external_id) is not None,
            secrets=(toy["sandbox"].TOKEN,),
        )

    yield make
    server.stop()


def never_looks(toy):
    """Creates without looking whether it has created before."""
    code = toy["module"]

    def make(call):
        machine = code._api(call.server).call(
            "POST", "/machines", {"tag": call.operation_key, "size": "small", "name": "x"}
        )
        return {"id": machine["id"]}

    class Module(code.ToyboxModule):
        def create(self):
            return [Step("make", "Make", run=make), *super().create()[1:]]

    return Module()


def removes_anything(toy):
    """Terminates what is not ours."""
    code = toy["module"]

    def remove(call):
        code._api(call.server).call("DELETE", f"/machines/{call.resource.external_id}")

    class Module(code.ToyboxModule):
        def terminate(self):
            return [Step("remove", "Remove", run=remove)]

    return Module()


def only_says_so(toy):
    """Declares suspend and does nothing."""
    code = toy["module"]

    class Module(code.ToyboxModule):
        def suspend(self):
            return [Step("stop", "Stop", run=lambda call: None)]

    return Module()


def tells_its_token(toy):
    """Writes its token into the log that staff read."""
    code = toy["module"]

    def make(call):
        call.log(f"POST /machines with {toy['sandbox'].TOKEN}", "?", None)
        return code._make(call)

    class Module(code.ToyboxModule):
        def create(self):
            return [Step("make", "Make", run=make), *super().create()[1:]]

    return Module()


def gives_up_at_once(toy):
    """Takes a lost answer for a failure for good, and undoes nothing."""
    code = toy["module"]

    def make(call):
        try:
            return code._make(call)
        except Exception as error:
            raise PermanentFailure(str(error)) from error

    class Module(code.ToyboxModule):
        def create(self):
            return [Step("make", "Make", run=make), *super().create()[1:]]

    return Module()


def promises_more(toy):
    """Declares a verb that it does not have."""

    class Module(toy["module"].ToyboxModule):
        capabilities = toy["module"].ToyboxModule.capabilities | {Capability.RENEW}

    return Module()


@pytest.mark.parametrize(
    ("bad", "test", "args"),
    [
        (never_looks, "test_a_job_run_again_from_the_start_adopts_what_it_made", {}),
        (never_looks, "test_a_process_that_dies_after_every_step_makes_one_thing", {}),
        (removes_anything, "test_what_is_not_ours_is_left_alone", {}),
        (only_says_so, "test_suspend_twice_stops_it_and_unsuspend_gives_it_back", {}),
        (tells_its_token, "test_no_secret_is_seen_in_logs_or_errors", {"caplog": True}),
        (
            gives_up_at_once,
            "test_a_vendor_that_falls_silent_or_asks_to_wait_gets_one_thing_made",
            {"fault": "lose_answer"},
        ),
        (promises_more, "test_every_declared_verb_is_a_list_of_steps_with_names_of_their_own", {}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_module_is_caught_and_a_good_one_passes(toy, case_of, caplog, bad, test, args):
    given = {**args, **({"caplog": caplog} if "caplog" in args else {})}
    check = getattr(ProvisioningContract(), test)
    with pytest.raises((AssertionError, AttributeError)):
        check(case_of(bad(toy)), **given)
    case = case_of(toy["module"].ToyboxModule())
    case.sandbox.store.clear()
    caplog.clear()
    check(case, **given)
