"""Installs certificates on websites of accounts, and puts proofs for authorities under their document roots.

Hestia's commands read the key and the certificates from a folder of the server; `v-make-tmp-file` writes one file into
/tmp. So they lie there as long as the command runs, and are overwritten right after it.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

from ez_hestiacp.account import Account
from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.names import domain_name
from ez_hestiacp.panel import Panel
from ez_hestiacp.pem import serial_of, split_chain
from ez_hestiacp.signals import speaking
from ez_hestiacp.workshop import Workshop, not_an_administrator
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.certificates import CertificateTarget
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.values import Resource

FOLDER: Final = "/tmp"  # noqa: S108  # nosec B108 - where v-make-tmp-file writes, on the server
WELL_KNOWN: Final = re.compile(r"/?\.well-known/acme-challenge/([A-Za-z0-9_-]{1,128})")
WIPED: Final = "-"
ENDINGS: Final = ("key", "crt", "ca")


class HestiaTarget(CertificateTarget):
    """Websites of hosting accounts."""

    name: ClassVar[str] = "hestiacp"

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop

    @speaking
    def install(
        self,
        call: VendorCall,
        server: ServerFacts,
        resource: Resource,
        host: str,
        key_pem: str,
        chain_pem: str,
    ) -> None:
        """Serve `host` with this key and chain; already so is done.

        Raises: PermanentFailure for a host that is no website of the account.
        """
        wanted = serial_of(chain_pem)
        with self.workshop.panel(server, call.log) as panel:
            account, site = self._site(panel, server, resource, host)
            if _served(panel, account.name, site) == wanted:
                if call.attempt > 1:  # an earlier try may have died with the key still lying there
                    _wipe(panel, site)
                return
            secure = panel.objects("web", account.name)[site].get("SSL") == "yes"
            _install(panel, account.name, site, key_pem, chain_pem, secure=secure)
            if _served(panel, account.name, site) != wanted:
                raise OutcomeUnknown(
                    f"the server still serves another certificate for {site}", unreachable=False
                )

    def installed_serial(self, server: ServerFacts, resource: Resource, host: str) -> str | None:
        """Serial of what is served now, lower case hexadecimal. Raises: HestiaError, NeedsInfo."""
        with self.workshop.panel(server) as panel:
            account, site = self._site(panel, server, resource, host)
            return _served(panel, account.name, site)

    @speaking
    def publish_proof(
        self, call: VendorCall, server: ServerFacts, resource: Resource, host: str, path: str, value: str
    ) -> None:
        """Put an http-01 proof under the site's document root; the same again when repeated."""
        token = _token(path)
        with self.workshop.panel(server, call.log) as panel:
            account, folder = self._proofs(panel, server, resource, host)
            panel.api.change("v-add-fs-directory", account.name, folder)
            panel.api.change("v-make-tmp-file", value, token)
            try:
                panel.api.change("v-copy-fs-file", account.name, f"{FOLDER}/{token}", f"{folder}/{token}")
            finally:
                panel.api.change("v-make-tmp-file", WIPED, token)

    @speaking
    def withdraw_proof(
        self, call: VendorCall, server: ServerFacts, resource: Resource, host: str, path: str
    ) -> None:
        """Take it away again; not found is done."""
        token = _token(path)
        with self.workshop.panel(server, call.log) as panel:
            account, folder = self._proofs(panel, server, resource, host)
            try:
                panel.api.change("v-delete-fs-file", account.name, f"{folder}/{token}")
            except HestiaError as error:
                if error.kind is not Kind.NOT_FOUND:
                    raise

    def _site(self, panel: Panel, server: ServerFacts, resource: Resource, host: str) -> tuple[Account, str]:
        """The account in our books and the website that answers for a host. Raises: NeedsInfo, PermanentFailure."""
        reserved = self.workshop.reservations(server).of(resource.operation_key)
        if reserved is None or not reserved.asked or reserved.user_name != resource.external_id:
            raise NeedsInfo(
                f"User {resource.external_id} on {server.name} is not in our books; not touching it."
            )
        account = panel.account(reserved.user_name)
        if account is None:
            raise NeedsInfo(
                f"User {reserved.user_name} is not on the server any more. Was it removed by hand?"
            )
        wanted = domain_name(host.removeprefix("*."))
        sites = panel.objects("web", not_an_administrator(account).name)
        for site, values in sites.items():
            if wanted == site or wanted in str(values.get("ALIAS", "")).split(","):
                return account, site
        raise PermanentFailure(f"{wanted} is no website of user {account.name}")

    def _proofs(
        self, panel: Panel, server: ServerFacts, resource: Resource, host: str
    ) -> tuple[Account, str]:
        account, site = self._site(panel, server, resource, host)
        root = f"/home/{account.name}/web/{site}/public_html"
        return account, f"{root}/.well-known/acme-challenge"


def _install(panel: Panel, user: str, site: str, key_pem: str, chain_pem: str, *, secure: bool) -> None:
    leaf, above = split_chain(chain_pem)
    files = {f"{site}.crt": leaf, f"{site}.key": key_pem, **({f"{site}.ca": above} if above else {})}
    try:
        for name, text in files.items():
            panel.api.change("v-make-tmp-file", text.strip(), name, secret=(1,))
        try:
            if secure:
                panel.api.change("v-update-web-domain-ssl", user, site, FOLDER, "yes")
            else:
                panel.api.change("v-add-web-domain-ssl", user, site, FOLDER, "same", "yes")
        except HestiaError as error:
            if error.kind is not Kind.TAKEN:
                raise
            raise OutcomeUnknown(
                f"somebody switched HTTPS on for {site} meanwhile", unreachable=False
            ) from error
    finally:
        _wipe(panel, site)


def _wipe(panel: Panel, site: str) -> None:
    """Overwrite what lies in /tmp, the key first. Raises: HestiaError after all of them were tried."""
    failed = None
    for end in ENDINGS:
        try:
            panel.api.change("v-make-tmp-file", WIPED, f"{site}.{end}")
        except HestiaError as error:
            failed = error
    if failed is not None:
        raise failed


def _served(panel: Panel, user: str, site: str) -> str | None:
    try:
        answer = panel.api.read("v-list-web-domain-ssl", user, site)
    except HestiaError as error:
        if error.kind is Kind.NOT_FOUND:
            return None
        raise
    entry = answer.get(site)
    pem = entry.get("CRT") if isinstance(entry, dict) else None
    try:
        return serial_of(pem) if isinstance(pem, str) and pem.strip() else None
    except ValueError as error:
        raise HestiaError(Kind.UNREACHABLE, f"the certificate of {site} cannot be read: {error}") from None


def _token(path: str) -> str:
    match = WELL_KNOWN.fullmatch(path)
    if match is None:
        raise PermanentFailure("a proof lies under /.well-known/acme-challenge/ and nowhere else")
    return match[1]
