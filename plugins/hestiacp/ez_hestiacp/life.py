"""The steps of `suspend`, `unsuspend`, `change_package` and of the actions: each looks first, acts, looks again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ez_hestiacp.creation import PASSWORD
from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.names import new_password
from ez_hestiacp.settings import DomainInput, ProductSettings
from ez_hestiacp.signals import speaking
from ez_hestiacp.workshop import Workshop
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

SUSPEND: Final = ("v-suspend-user", True)
UNSUSPEND: Final = ("v-unsuspend-user", False)
AUTHORITY_TRIES: Final = 3
AUTHORITY_SECONDS: Final = 3600.0


@dataclass(frozen=True)
class Life:
    """Changes accounts; what is already so is done."""

    workshop: Workshop

    @speaking
    def suspend(self, call: ProvisioningCall) -> dict[str, Any]:
        """Websites show a notice, mailboxes and the login are closed, nothing is lost."""
        return self._switch(call, *SUSPEND)

    @speaking
    def unsuspend(self, call: ProvisioningCall) -> dict[str, Any]:
        """Everything back as it was."""
        return self._switch(call, *UNSUSPEND)

    def _switch(self, call: ProvisioningCall, command: str, off: bool) -> dict[str, Any]:  # noqa: FBT001
        with self.workshop.panel(call.server, call.log) as panel:
            account = self.workshop.own_account(panel, call)
            if account.suspended is off:
                return {"user": account.name}
            try:
                panel.api.change(command, account.name, "yes")
            except HestiaError as error:
                # Suspended twice is exit code 5: already so. It says nothing against our key.
                if error.kind is not Kind.SUSPENDED or not off:
                    raise
            if self.workshop.own_account(panel, call).suspended is not off:
                raise OutcomeUnknown(
                    f"{command} said yes but user {account.name} is as before", unreachable=False
                )
            return {"user": account.name}

    @speaking
    def change_package(self, call: ProvisioningCall) -> dict[str, Any]:
        """Move to the package of the product; one that does not cover what is used is refused, never forced."""
        wanted = ProductSettings.model_validate(call.product_settings.model_dump()).package
        with self.workshop.panel(call.server, call.log) as panel:
            account = self.workshop.own_account(panel, call)
            if account.package == wanted:
                return {"package": wanted}
            if wanted not in panel.packages():
                raise NeedsInfo(f'The server has no package "{wanted}". Make it in the panel, then retry.')
            try:
                panel.api.change("v-change-user-package", account.name, wanted)
            except HestiaError as error:
                if error.kind is Kind.LIMIT:
                    raise PermanentFailure(
                        f"the account uses more than package {wanted} has: {error.text}"
                    ) from error
                raise
            if self.workshop.own_account(panel, call).package != wanted:
                raise OutcomeUnknown(
                    f"user {account.name} still has package {account.package}", unreachable=False
                )
            return {"package": wanted}

    @speaking
    def change_password(self, call: ProvisioningCall) -> dict[str, Any]:
        """A new one-time password for the panel. Doing it twice sets the same one."""
        with self.workshop.panel(call.server, call.log) as panel:
            account = self.workshop.own_account(panel, call)
            if account.suspended:
                raise PermanentFailure("the account is suspended: its password cannot be changed now")
            password = call.secret(PASSWORD, new_password)
            panel.api.change("v-change-user-password", account.name, password, secret=(2,))
            return {"user": account.name}

    @speaking
    def rebuild(self, call: ProvisioningCall) -> dict[str, Any]:
        """Write all configuration of the account anew. Repeating it does no harm."""
        with self.workshop.panel(call.server, call.log) as panel:
            account = self.workshop.own_account(panel, call)
            if account.suspended:
                raise PermanentFailure("the account is suspended: it cannot be rebuilt now")
            panel.api.change("v-rebuild-user", account.name, "yes")
            panel.api.change("v-rebuild-web-domains", account.name, "yes")
            return {"user": account.name}

    @speaking
    def lets_encrypt(self, call: ProvisioningCall) -> dict[str, Any]:
        """A certificate by Let's Encrypt for one website; takes minutes, and the name must lead here already.

        What the authority refused is tried three times, an hour apart: it counts failed tries.
        """
        with self.workshop.panel(call.server, call.log) as panel:
            account = self.workshop.own_account(panel, call)
            sites = panel.objects("web", account.name)
            domain = _wanted(call) or str((call.resource.facts if call.resource else {}).get("domain", ""))
            if domain not in sites:
                raise PermanentFailure(f"{domain or 'no name'} is no website of this account")
            if sites[domain].get("LETSENCRYPT") == "yes" and sites[domain].get("SSL") == "yes":
                return {"domain": domain}
            try:
                panel.api.change(
                    "v-add-letsencrypt-domain", account.name, domain, str(sites[domain].get("ALIAS", ""))
                )
            except HestiaError as error:
                if error.kind not in (Kind.BUSY, Kind.LIMIT, Kind.NOT_FOUND):
                    raise
                if call.attempt >= AUTHORITY_TRIES:
                    raise NeedsInfo(
                        f"Let's Encrypt gives no certificate for {domain}: {error.text}. Does the name lead to the "
                        "server? Mend it, then retry."
                    ) from error
                raise RetryAfter(AUTHORITY_SECONDS, error.text) from error
            if panel.objects("web", account.name).get(domain, {}).get("SSL") != "yes":
                raise OutcomeUnknown(f"{domain} still has no certificate", unreachable=False)
            return {"domain": domain}


def _wanted(call: ProvisioningCall) -> str:
    return DomainInput.model_validate(call.input.model_dump()).domain if call.input else ""
