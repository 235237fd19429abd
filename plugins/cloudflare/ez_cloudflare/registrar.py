"""The registrar: search, registration as an asynchronous workflow, transfers in, auto-renewal, lock, privacy."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from ez_cloudflare import contacts
from ez_cloudflare.api import CloudflareApi
from ez_cloudflare.offers import Offers, availability, terms_of
from ez_cloudflare.office import Office
from ez_cloudflare.refusals import Missing, Refusal
from ez_cloudflare.registrations import seen_at, shown
from ez_cloudflare.workflows import Failed, Workflow, wait_for
from ezcore.plugin_api import NeedsInfo, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.registrar import (
    Availability,
    DomainRequest,
    Registrar,
    RegistrarCapability,
    Registration,
    TldTerms,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

SLICE: Final = 20
LAG: Final = 5.0
GONE: Final = frozenset({404, 405, 410})
ADOPT, AGAIN = "adopt", "again"


class CloudflareRegistrar(Registrar):
    """Names at Cloudflare Registrar. Renewal is the vendor's own: `set_auto_renew`."""

    name: ClassVar[str] = "cloudflare"
    label: ClassVar[str] = "Cloudflare Registrar"
    capabilities: ClassVar[frozenset[RegistrarCapability]] = frozenset(
        {
            RegistrarCapability.SUGGEST,
            RegistrarCapability.TRANSFER,
            RegistrarCapability.AUTO_RENEW,
            RegistrarCapability.LOCK,
            RegistrarCapability.PRIVACY,
            RegistrarCapability.PRICES,
        }
    )
    limits: ClassVar[tuple[str, ...]] = (
        "A registration is paid for at once and never refunded; there is no deleting.",
        "The domain name has to use Cloudflare's nameservers as long as it is registered here.",
        "An account holds at most 500 domain names.",
        "Names are renewed by the registrar itself, for one year, up to 30 days before they expire.",
        "Contacts are sent with the order and changed in Cloudflare's dashboard only.",
        "The authorisation code for moving a name away is given by Cloudflare's dashboard only.",
        "Cloudflare is ending changes of lock and privacy by API; where it refuses, its dashboard changes them.",
        "A name is transferred in only after its zone is active at Cloudflare.",
        "Premium names are not sold, nor the endings giving, mom, inc, lol, sh, link, cc and new.",
    )

    def __init__(self, office: Office) -> None:
        self._office = office

    def test_connection(self) -> str:
        """Is the token good?"""
        return self._office.test_connection()

    def check(self, names: Sequence[str]) -> Sequence[Availability]:
        """Ask the registries themselves, at most 20 names at a time."""
        with self._office.api() as api:
            answers: dict[str, Availability] = {}
            for at in range(0, len(names), SLICE):
                some = list(names[at : at + SLICE])
                offers = api.read(
                    Offers,
                    api.client.registrar.with_raw_response.check,
                    account_id=api.account_id,
                    domains=some,
                )
                answers |= {one.name: availability(one) for one in offers.domains}
        odd = {
            name: Availability(name=name, available=False, reason="not a name that can be sold")
            for name in names
        }
        return [answers.get(name, odd[name]) for name in names]

    def suggest(self, words: str, tlds: Sequence[str], limit: int) -> Sequence[Availability]:
        """Cloudflare's suggestions; they may be stale, so a chosen one is checked again."""
        given: dict[str, Any] = {"extensions": list(tlds)} if tlds else {}
        with self._office.api() as api:
            offers = api.read(
                Offers,
                api.client.registrar.with_raw_response.search,
                account_id=api.account_id,
                q=words[:200],
                limit=limit,
                **given,
            )
        return [availability(one) for one in offers.domains if one.registrable][:limit]

    def info(self, name: str) -> Registration | None:
        """The name in our account."""
        mark = self._office.marks("name").of(name)
        with self._office.api() as api:
            seen = seen_at(api, name)
        return shown(seen, mark.operation_key if mark else None) if seen else None

    def register(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Order it once, then follow the workflow to its end."""

        def order(api: CloudflareApi) -> Workflow:
            [offer] = self.check([request.name])
            if not offer.available:
                raise PermanentFailure(f"{request.name} cannot be registered: {offer.reason}")
            return api.change(
                Workflow,
                api.client.registrar.registrations.with_raw_response.create,
                account_id=api.account_id,
                domain_name=request.name,
                years=request.years,
                auto_renew=False,
                prefer="respond-async",
                **self._terms(request),
            )

        def status(api: CloudflareApi) -> Workflow:
            return api.read(
                Workflow,
                api.client.registrar.registration_status.with_raw_response.get,
                domain_name=request.name,
                account_id=api.account_id,
            )

        return self._followed(call, request, order, status)

    def transfer(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Bring it here. Takes days; the zone has to be active at Cloudflare first."""

        def order(api: CloudflareApi) -> Workflow:
            given = self._terms(request)
            if request.auth_code:
                given["auth_code"] = base64.b64encode(request.auth_code.encode()).decode()
            return api.change(
                Workflow,
                api.client.registrar.transfer_in.with_raw_response.create,
                domain_name=request.name,
                account_id=api.account_id,
                auto_renew=False,
                prefer="respond-async",
                **given,
            )

        def status(api: CloudflareApi) -> Workflow:
            return api.read(
                Workflow,
                api.client.registrar.transfer_in_status.with_raw_response.get,
                domain_name=request.name,
                account_id=api.account_id,
            )

        return self._followed(call, request, order, status)

    def set_auto_renew(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """True allows Cloudflare to charge our account up to 30 days before the name expires."""
        with self._office.api(call.log) as api:
            seen = seen_at(api, name)
            if seen is None:
                raise PermanentFailure(f"{name} is not in our Cloudflare account")
            if seen.auto_renew == on:
                return
            workflow = api.change(
                Workflow,
                api.client.registrar.registrations.with_raw_response.edit,
                domain_name=name,
                account_id=api.account_id,
                auto_renew=on,
            )
            wait_for(workflow, name)

    def set_lock(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """Forbid transfers away, or allow them."""
        self._save(call, name, locked=on)

    def set_privacy(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """Redact the contacts in the public directory, or not."""
        self._save(call, name, privacy=on)

    def prices(self) -> Sequence[TldTerms]:
        """Cloudflare has no price list: one free name of each ending is checked, 20 at a time."""
        with self._office.api() as api:
            return terms_of(api)

    def _save(self, call: VendorCall, name: str, **wish: bool) -> None:
        with self._office.api(call.log) as api:
            if seen_at(api, name) is None:
                raise PermanentFailure(f"{name} is not in our Cloudflare account")
            try:
                with warnings.catch_warnings():
                    # The library calls the endpoint outdated; the newer ones cannot change lock and privacy.
                    warnings.simplefilter("ignore", DeprecationWarning)
                    api.change(
                        dict[str, Any],
                        api.client.registrar.domains.with_raw_response.update,
                        domain_name=name,
                        account_id=api.account_id,
                        **wish,
                    )
            except Refusal as error:
                if error.status not in GONE:
                    raise
                raise NeedsInfo(
                    f"Cloudflare no longer changes lock and privacy of {name} by API. "
                    "Change it in Cloudflare's dashboard, then mark this as done."
                ) from None

    def _terms(self, request: DomainRequest) -> dict[str, Any]:
        given: dict[str, Any] = {
            "contacts": contacts.sent(request.contacts),
            "privacy_mode": "redaction" if request.privacy else "off",
        }
        extra = contacts.extensions(request.contacts)
        return {**given, "contact_extensions": extra} if extra else given

    def _followed(
        self,
        call: VendorCall,
        request: DomainRequest,
        order: Callable[[CloudflareApi], Workflow],
        status: Callable[[CloudflareApi], Workflow],
    ) -> Registration:
        """Look before ordering; the mark is written before the order goes out, so a lost answer is found."""
        name, marks = request.name, self._office.marks("name")
        with self._office.api(call.log) as api:
            mark = marks.of(name)
            seen = seen_at(api, name)
            answer = (call.answer or "").strip().lower()
            if seen and (mark is None or mark.operation_key != call.operation_key) and answer != ADOPT:
                raise NeedsInfo(
                    f"{name} is in our Cloudflare account already, and not by this order. "
                    f'Answer "{ADOPT}" if it belongs to this service.'
                )
            if seen and seen.status not in ("registration_pending", "transfer_pending"):
                marks.set(name, call.operation_key, "made")
                return shown(seen, call.operation_key)
            workflow = None
            if (
                mark
                and mark.operation_key == call.operation_key
                and (mark.state != "failed" or answer != AGAIN)
            ):
                workflow = _known(status, api)
            if workflow is None:
                marks.set(name, call.operation_key, "asked")
                workflow = self._ordered(order, api, name)
            try:
                wait_for(workflow, name)
            except Failed:
                marks.set(name, call.operation_key, "failed")
                raise
            seen = seen_at(api, name)
            if seen is None or seen.expires_at is None:
                raise RetryAfter(LAG, f"{name} is done and not listed yet")
            marks.set(name, call.operation_key, "made")
            return shown(seen, call.operation_key)

    def _ordered(self, order: Callable[[CloudflareApi], Workflow], api: CloudflareApi, name: str) -> Workflow:
        try:
            return order(api)
        except (Refusal, PermanentFailure, NeedsInfo):
            # A clear no: nothing was bought, and the next order of this name starts afresh.
            self._office.marks("name").drop(name)
            raise


def _known(status: Callable[[CloudflareApi], Workflow], api: CloudflareApi) -> Workflow | None:
    try:
        return status(api)
    except Missing:
        return None
