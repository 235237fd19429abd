"""Mistakes in a gateway that talks to nobody: it only says how to pay."""

from __future__ import annotations

from tests.conformance.planted import Defect, Planted

CAPABILITIES = "frozenset({GatewayCapability.OFFLINE})"
AMOUNT = 'f"Please transfer {request.amount.decimal} {request.amount.currency}."'
ANSWER = 'return CheckoutStarted(instructions="\\n".join(lines))'

PLANTED = Planted(
    "banktransfer",
    ("test_gateway.py::TestBankTransfer",),
    (
        Defect("leave the amount out", "gateway.py", AMOUNT, '"Please transfer."'),
        Defect(
            "ask for a hundred times the amount",
            "gateway.py",
            "{request.amount.decimal}",
            "{request.amount.minor}",
        ),
        Defect(
            "leave the reference out",
            "gateway.py",
            'f"Reference: {request.description}",',
            '"Reference: see above",',
        ),
        Defect("say nothing", "gateway.py", ANSWER, "return CheckoutStarted()"),
        Defect(
            "lead to a page that does not exist",
            "gateway.py",
            ANSWER,
            'return CheckoutStarted(url="https://pay.example/")',
        ),
        Defect(
            "say something else each time",
            "gateway.py",
            ANSWER,
            'return CheckoutStarted(instructions="\\n".join([*lines, str(id(lines)), str(next(_COUNT))]))',
            also=(
                (
                    "gateway.py",
                    "class BankTransferGateway",
                    "_COUNT = iter(range(10**6))\n\n\nclass BankTransferGateway",
                ),
            ),
        ),
        Defect(
            "declare charges that nobody wrote",
            "gateway.py",
            CAPABILITIES,
            CAPABILITIES.replace("})", ", GatewayCapability.CAPTURE})"),
        ),
        Defect(
            "declare refunds that nobody wrote",
            "gateway.py",
            CAPABILITIES,
            CAPABILITIES.replace("})", ", GatewayCapability.REFUND})"),
        ),
        Defect("declare no way to pay", "gateway.py", CAPABILITIES, "frozenset()"),
        Defect("have no label for people", "gateway.py", '"Bank transfer"', '" "'),
        Defect(
            "have a name that code cannot use",
            "gateway.py",
            'name: ClassVar[str] = "banktransfer"',
            'name: ClassVar[str] = "Bank Transfer"',
        ),
    ),
)
