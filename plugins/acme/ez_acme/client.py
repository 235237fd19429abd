"""The acme library's client, spoken to order by order: each question is one signed call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acme import messages
from acme.client import ClientV2
from cryptography import x509
from josepy.interfaces import JSONDeSerializable
from josepy.jwk import JWK

from ez_acme.network import Network


@dataclass(frozen=True)
class RemoteOrder:
    """An order with its address."""

    url: str
    body: messages.Order


class Client(ClientV2):
    """One authority under our account."""

    def __init__(self, directory: messages.Directory, network: Network) -> None:
        super().__init__(directory, network)
        self.network = network

    @property
    def key(self) -> JWK:
        """The account's key."""
        key = self.network.key
        assert isinstance(key, JWK)
        return key

    def open_order(self, names: Sequence[str]) -> RemoteOrder:
        """Ask for a certificate of these names; its request follows when the names are proved."""
        identifiers = [messages.Identifier(typ=messages.IDENTIFIER_FQDN, value=name) for name in names]
        response = self._post(self.directory["newOrder"], messages.NewOrder(identifiers=identifiers))
        return RemoteOrder(response.headers["Location"], messages.Order.from_json(response.json()))

    def read_order(self, url: str) -> RemoteOrder:
        """The order as it stands."""
        return RemoteOrder(url, messages.Order.from_json(self._post_as_get(url).json()))

    def read_authorization(self, url: str) -> messages.Authorization:
        """The proof of one name as it stands."""
        found: messages.Authorization = messages.Authorization.from_json(self._post_as_get(url).json())
        return found

    def answer(self, url: str, body: JSONDeSerializable) -> None:
        """Ask the authority to look for one proof."""
        self._post(url, body)

    def finalize(self, url: str, csr: x509.CertificateSigningRequest) -> None:
        """Hand in the request."""
        self._post(url, messages.CertificateRequest(csr=csr))

    def chain(self, url: str) -> str:
        """The issued certificate with its intermediates, in PEM."""
        return self._post_as_get(url).text

    def revoke_certificate(self, certificate: x509.Certificate, reason: int) -> None:
        """Declare it invalid."""
        self._revoke(certificate, reason, self.directory["revokeCert"])
