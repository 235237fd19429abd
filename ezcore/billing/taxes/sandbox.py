"""A small stateful imitation of VIES, for the demo, the simulation and tests.

Knows the companies of `COMPANIES` and whatever is put to `/_control/numbers/`; every other number is invalid. A member
state that is away is scripted as a fault of the call `check`, or for good by `/_control/away/`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from ezcore.billing.taxes.vies import Fetch
from ezcore.plugin_api.sandbox import (
    LoseAnswer,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    json_response,
)

COMPANIES: Final = {
    "EE100931558": "Hansa Näidis AS",
    "DE136695976": "Muster Hosting GmbH",
    "FI20774740": "Esimerkki Oy",
    "FR40303265045": "Exemple SA",
    "IE6433435F": "Example Ireland Ltd",
    "EL094259216": "Paradeigma SA",
}
"""Numbers with right check digits. Name and address are told by some member states only, as in life."""
_NUMBER: Final = "number"
_AWAY: Final = "away"
_SILENT: Final = ("DE", "ES")  # these tell neither name nor address


class ViesSandbox(SandboxApp):
    """Answers as the REST interface does."""

    name = "vies"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        for number, company in COMPANIES.items():
            if store.get(_NUMBER, number) is None:
                store.put(_NUMBER, number, {"id": number, "name": company, "valid": True})
        self.route("GET", "/ms/{country}/vat/{number}", self._check, "check")
        self.route("POST", "/_control/numbers/", self._put)
        self.route("POST", "/_control/away/", self._away)

    def _check(self, request: SandboxRequest) -> SandboxResponse:
        country, number = request.args["country"], request.args["number"]
        if self.store.get(_AWAY, country):
            return json_response({"isValid": False, "userError": "MS_UNAVAILABLE"})
        found = self.store.get(_NUMBER, country + number)
        valid = bool(found and found["valid"])
        told = found["name"] if found and valid and country not in _SILENT else "---"
        asked = request.query.get("requesterNumber")
        return json_response(
            {
                "isValid": valid,
                "requestDate": self.clock.now().isoformat(),
                "userError": "VALID" if valid else "INVALID",
                "name": told,
                "address": "---" if told == "---" else "Main street 1\n10111 Town",
                "requestIdentifier": f"WAPIAAAA{self.store.next_number('consultation'):08d}" if asked else "",
                "originalVatNumber": number,
                "vatNumber": number,
            }
        )

    def _put(self, request: SandboxRequest) -> SandboxResponse:
        """`{"number": "EE...", "name": "...", "valid": true}`."""
        told = request.json()
        number = str(told["number"])
        name, valid = str(told.get("name", "")), bool(told.get("valid", True))
        self.store.put(_NUMBER, number, {"id": number, "name": name, "valid": valid})
        return json_response({"ok": True})

    def _away(self, request: SandboxRequest) -> SandboxResponse:
        """`{"country": "DE", "away": true}`: this member state does not answer until told otherwise."""
        told = request.json()
        if told.get("away", True):
            self.store.put(_AWAY, str(told["country"]), {"id": str(told["country"])})
        else:
            self.store.delete(_AWAY, str(told["country"]))
        return json_response({"ok": True})


def fetch_from(app: SandboxApp) -> Fetch:
    """Leads `Vies` to the imitation without a socket, for the simulation."""

    def fetch(address: str, _seconds: int) -> tuple[int, bytes]:
        parts = urlsplit(address)
        environ: dict[str, object] = {"REQUEST_METHOD": "GET", "QUERY_STRING": parts.query}
        setup_testing_defaults(environ)
        environ["PATH_INFO"] = parts.path
        try:
            answer = app.handle(SandboxRequest.from_environ(environ))
        except LoseAnswer as lost:
            raise TimeoutError("the answer is lost") from lost
        return answer.status, answer.body

    return fetch


def make(folder: Path, options: SandboxOptions) -> ViesSandbox:
    """The imitation with its state in `folder`."""
    return ViesSandbox(Store(folder / "vies.sqlite3"), options)
