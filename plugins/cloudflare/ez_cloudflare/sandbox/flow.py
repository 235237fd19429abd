"""Workflows of the imitated registrar: six states, moved on by time, by faults or by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ez_cloudflare.sandbox import ACCOUNT
from ez_cloudflare.sandbox.envelope import Refusal
from ezcore.plugin_api.sandbox import Document

if TYPE_CHECKING:
    from ez_cloudflare.sandbox.app import CloudflareSandbox

CALLS: Final = {"registration": "registrations.create", "transfer-in": "transfer_in.create"}
SECONDS: Final = {"registration": ("workflow_seconds", 4.0), "transfer-in": ("transfer_seconds", 20.0)}
BILLED: Final = "purchase"


class Flow:
    """Begins workflows and moves them on when somebody looks."""

    def __init__(self, app: CloudflareSandbox) -> None:
        self._app = app

    def begin(self, kind: str, name: str, given: dict[str, Any], *, years: int) -> dict[str, Any]:
        """Accept an order."""
        running = self._app.store.get("workflow", f"{kind} {name}")
        if running and not self._completed(self._moved(running)):
            raise Refusal(10005, "A workflow for this domain is in progress", 409)
        late = self._app.faults.take(CALLS[kind], "late_failure")
        option, default = SECONDS[kind]
        document: Document = {
            "kind": kind, "name": name, "given": {k: v for k, v in given.items() if k != "auth_code"}, "years": years,
            "created_at": self._app.stamp(), "seconds": self._app.option(option, default), "state": "pending",
            "ends": (late.args.get("state", "failed") if late else "succeeded"),
            "blocked": float(late.args.get("seconds", 60)) if late else 0.0,
            "message": late.args.get("message", "The registry refused the registration") if late else "",
        }  # fmt: skip
        self._app.store.put("workflow", f"{kind} {name}", document)
        return self._shown(self._moved(document))

    def done(self, kind: str, name: str) -> dict[str, Any]:
        """A change that needs no time."""
        document: Document = {
            "kind": kind, "name": name, "given": {}, "years": 0, "created_at": self._app.stamp(), "seconds": 0,
            "state": "succeeded", "ends": "succeeded", "blocked": 0.0, "message": "",
        }  # fmt: skip
        self._app.store.put("workflow", f"{kind} {name}", document)
        return self._shown(document)

    def status(self, kind: str, name: str) -> dict[str, Any]:
        """Where it is now. Raises: Refusal."""
        document = self._app.store.get("workflow", f"{kind} {name}")
        if document is None:
            raise Refusal(10001, "Workflow not found", 404)
        return self._shown(self._moved(document))

    def settle(self, name: str) -> None:
        """Let happen what is due for a name."""
        for kind in CALLS:
            document = self._app.store.get("workflow", f"{kind} {name}")
            if document is not None:
                self._moved(document)

    def decide(self, name: str, state: str) -> bool:
        """Somebody acted by hand: the workflow ends so (or goes on) from now on."""
        found = False
        for kind in CALLS:
            document = self._app.store.get("workflow", f"{kind} {name}")
            if document is not None:
                found = True
                self._moved({**document, "ends": state, "blocked": 0.0, "state": "in_progress"})
        return found

    def _moved(self, document: Document) -> Document:
        age, total = self._app.age(document["created_at"]), document["seconds"]
        if self._completed(document):
            return document
        ends = document["ends"]
        if ends == "blocked" and age >= document["blocked"]:
            ends = document["ends"] = "succeeded"
        document["state"] = "pending" if age < total / 3 else "in_progress" if age < total else ends
        if document["state"] == "succeeded":
            self._app.names.held(document["name"], document["given"], document["years"])
            number = self._app.store.next_number(BILLED)
            self._app.store.put(BILLED, str(number), {"name": document["name"], "kind": document["kind"]})
        self._app.store.put("workflow", f"{document['kind']} {document['name']}", document)
        return document

    def _completed(self, document: Document) -> bool:
        return document["state"] in ("succeeded", "failed")

    def _shown(self, document: Document) -> dict[str, Any]:
        at, name = f"/accounts/{ACCOUNT}/registrar/registrations/{document['name']}", document["name"]
        context: dict[str, Any] = {"domain_name": name}
        if document["state"] == "action_required":
            context["action"] = document["message"] or "confirm the registrant's e-mail address"
        shown: dict[str, Any] = {
            "completed": self._completed(document), "created_at": document["created_at"],
            "updated_at": self._app.stamp(), "state": document["state"], "context": context,
            "links": {"self": f"{at}/{document['kind']}-status", "resource": at},
        }  # fmt: skip
        if document["state"] == "failed":
            shown["error"] = {"code": "registry_rejected", "message": document["message"]}
        return shown


def in_years(moment: datetime, years: int) -> datetime:
    """The same day some years later."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
