"""What plugin authors inherit in their tests: conformance suites, a step runner, and a script of faults.

Needs pytest (the `test` extra); nothing outside of tests imports this package.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "ezcore.testkit.certificate_contract",
    "ezcore.testkit.dns_capabilities",
    "ezcore.testkit.dns_case",
    "ezcore.testkit.dns_contract",
    "ezcore.testkit.gateway_contract",
    "ezcore.testkit.hostile",
    "ezcore.testkit.provisioning_contract",
    "ezcore.testkit.registrar_capabilities",
    "ezcore.testkit.registrar_contract",
    "ezcore.testkit.webhook_contract",
)

from ezcore.testkit.certificate_case import CertificateCase  # noqa: E402
from ezcore.testkit.certificate_contract import CertificateContract  # noqa: E402
from ezcore.testkit.dns_case import DnsCase  # noqa: E402
from ezcore.testkit.dns_contract import DnsContract  # noqa: E402
from ezcore.testkit.gateway_case import GatewayCase, SignedWebhooks  # noqa: E402
from ezcore.testkit.gateway_contract import GatewayContract  # noqa: E402
from ezcore.testkit.provisioning_case import ProvisioningCase  # noqa: E402
from ezcore.testkit.provisioning_contract import ProvisioningContract  # noqa: E402
from ezcore.testkit.registrar_case import RegistrarCase  # noqa: E402
from ezcore.testkit.registrar_contract import RegistrarContract  # noqa: E402
from ezcore.testkit.step_runner import RunReport, StepRunner  # noqa: E402
from ezcore.testkit.webhook_contract import WebhookSourceContract  # noqa: E402

__all__ = [
    "CertificateCase",
    "CertificateContract",
    "DnsCase",
    "DnsContract",
    "GatewayCase",
    "GatewayContract",
    "ProvisioningCase",
    "ProvisioningContract",
    "RegistrarCase",
    "RegistrarContract",
    "RunReport",
    "SignedWebhooks",
    "StepRunner",
    "WebhookSourceContract",
]
