"""Opens Cloudflare's API under the settings of now; one place to replace the transport."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from ez_cloudflare.api import CloudflareApi, Log, Transport, silent
from ez_cloudflare.marks import Kind, Marks
from ez_cloudflare.settings import CloudflareSettings
from ezcore.plugin_api import NeedsInfo, PermanentFailure, PluginContext


class TokenStatus(BaseModel):
    """What Cloudflare says about a token."""

    status: str


@dataclass
class Office:
    """The account. `transport` is replaced where no socket is wanted."""

    context: PluginContext
    transport: Transport | None = None

    def settings(self) -> CloudflareSettings:
        """The plugin's settings now."""
        return CloudflareSettings.model_validate(self.context.settings().model_dump())

    def api(self, log: Log = silent) -> CloudflareApi:
        """A connection for one `with` block. Raises: PermanentFailure when the plugin is not set up."""
        return CloudflareApi(self.settings(), log, self.transport)

    def marks(self, kind: Kind) -> Marks:
        """The marks of this account."""
        return Marks(self.context, self.settings().account_id, kind)

    def test_connection(self) -> str:
        """Is the token good? Raises: PermanentFailure, RetryAfter."""
        with self.api() as api:
            try:
                token = api.read(
                    TokenStatus,
                    api.client.accounts.tokens.with_raw_response.verify,
                    account_id=api.account_id,
                )
            except (NeedsInfo, PermanentFailure):
                token = self._user_token(api)
        if token.status != "active":
            raise PermanentFailure(f"Cloudflare says that the API token is {token.status[:40]}")
        return "Cloudflare answers and the API token is active."

    def _user_token(self, api: CloudflareApi) -> TokenStatus:
        """Tokens of a person are verified elsewhere than those of an account."""
        try:
            return api.read(TokenStatus, api.client.user.tokens.with_raw_response.verify)
        except NeedsInfo as error:
            raise PermanentFailure(error.question) from None
