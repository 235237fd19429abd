"""Opens a session under our account, registering it at the first use with a key that was stored before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NoReturn

import requests
from acme import errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.errors import Error as JoseError
from josepy.jwk import JWKEC
from requests.adapters import BaseAdapter
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ez_acme.client import Client
from ez_acme.errors import AccountGone, sentence, signal_of
from ez_acme.models import Account
from ez_acme.network import Log, Network
from ez_acme.settings import AcmeSettings
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, PluginContext

ROW: Final = "account_key"


@dataclass
class Accounts:
    """Our accounts, one per directory and binding. `adapter` is replaced where no socket is wanted."""

    context: PluginContext
    adapter: Callable[[], BaseAdapter] | None = None

    def settings(self) -> AcmeSettings:
        """The plugin's settings now."""
        return AcmeSettings.model_validate(self.context.settings().model_dump())

    @contextmanager
    def session(self, log: Log) -> Iterator[Client]:
        """A client under our account; everything the authority or the line does becomes a signal.

        Raises: RetryAfter, PermanentFailure, OutcomeUnknown; NotReady for an order that is not there yet.
        """
        settings = self.settings()
        if not settings.terms_agreed:
            raise PermanentFailure(
                "nobody has agreed to the authority's terms yet (settings of the plugin acme)"
            )
        account = self._row(settings)
        key = self._key(account)
        network = Network(
            key,
            timeout=settings.timeout,
            ca_file=settings.ca_file,
            log=log,
            adapter=self.adapter() if self.adapter else None,
        )
        try:
            client = Client(Client.get_directory(settings.directory_url, network), network)
            body = messages.Registration.from_data(email=settings.contact_email or None)
            url = account.url or self._register(client, settings, account)
            network.account = messages.RegistrationResource(body=body, uri=url)
            yield client
        except (
            errors.Error, JoseError, requests.exceptions.RequestException,
            LookupError, TypeError, ValueError, AttributeError, AssertionError, OSError,
        ) as error:  # fmt: skip
            self._translate(error, network, account)
        finally:
            network.session.close()

    def _translate(self, error: Exception, network: Network, account: Account) -> NoReturn:
        signal = signal_of(error, network.retry_after)
        if isinstance(signal, AccountGone):
            self._set_url(account, None)
            raise OutcomeUnknown(
                f"the authority forgot our account; it is registered again: {sentence(signal)}",
                unreachable=False,
            ) from None
        raise signal from None

    def _row(self, settings: AcmeSettings) -> Account:
        identity = " ".join(filter(None, [settings.directory_url, settings.eab_key_id]))
        with self.context.tables() as session:
            found = session.scalars(select(Account).where(Account.identity == identity)).first()
        if found is not None:
            return found
        made = Account(
            identity=identity,
            key_sealed=self.context.seal(ROW, _new_key()),
            url=None,
            created_at=self.context.clock.now(),
        )
        try:
            with self.context.tables() as session:
                session.add(made)
        except IntegrityError:
            return self._row(settings)  # another worker was first: its key counts
        return made

    def _key(self, account: Account) -> JWKEC:
        pem = self.context.unseal(ROW, account.key_sealed)
        return JWKEC(key=serialization.load_pem_private_key(pem.encode(), None))

    def _register(self, client: Client, settings: AcmeSettings, account: Account) -> str:
        """Register our key; a key that is registered already leads to its account, so this may be repeated."""
        binding = None
        if settings.eab_key_id:
            binding = messages.ExternalAccountBinding.from_data(
                client.key.public_key(),
                settings.eab_key_id,
                settings.eab_hmac_key.get_secret_value(),
                client.directory,
            )
        wanted = messages.NewRegistration.from_data(
            email=settings.contact_email or None,
            terms_of_service_agreed=True,
            external_account_binding=binding,
        )
        try:
            url = client.new_account(wanted).uri
        except errors.ConflictError as known:
            url = known.location
        self._set_url(account, url)
        return str(url)

    def _set_url(self, account: Account, url: str | None) -> None:
        with self.context.tables() as session:
            session.execute(update(Account).where(Account.id == account.id).values(url=url))


def _new_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )
