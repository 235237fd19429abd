"""The promises every certificate authority makes, kept against the imitated one with the real client library."""

from __future__ import annotations

import pytest
from ez_acme.models import Account
from sqlalchemy import select

from ezcore.testkit import CertificateCase, CertificateContract


class TestAcme(CertificateContract):
    @pytest.fixture
    def certificate_case(self, house):
        house.authority.test_connection()
        with house.context.tables() as session:
            key = house.context.unseal("account_key", session.scalars(select(Account.key_sealed)).one())

        def publish(challenges):
            by_name = {}
            for challenge in challenges:
                by_name.setdefault(challenge.record_name, []).append(challenge.value)
            for name, values in by_name.items():
                house.app.store.put("txt", name, {"values": values})

        return CertificateCase(
            authority=house.authority,
            sandbox=house.app,
            calls={"order": "new_order", "answer": "challenge", "finish": "finalize", "revoke": "revoke"},
            issued=lambda: sum(bool(order["chain"]) for order in house.app.store.all("order")),
            publish=publish,
            wait=house.wait,
            secrets=(key, "".join(key.splitlines()[1:-1])),
        )
