"""The plugin: what ezcore finds by the entry point `banktransfer`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import BaseModel

from ez_banktransfer.gateway import BankTransferGateway, account_lines
from ez_banktransfer.settings import BankTransferSettings
from ezcore.plugin_api import InvalidInput, PluginBase, hookimpl
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.values import InvoiceDraft, InvoiceNote


class BankTransferPlugin(PluginBase):
    """Brings one gateway and one note on invoices."""

    name: ClassVar[str] = "banktransfer"
    title: ClassVar[str] = "Bank transfer"
    settings_model: ClassVar[type[BaseModel] | None] = BankTransferSettings

    def settings(self) -> BankTransferSettings:
        """The account. Raises: InvalidInput while it is not set up."""
        return cast("BankTransferSettings", self.context.settings())

    @hookimpl
    def ez_register_gateways(self) -> Sequence[Gateway]:
        """Offer bank transfer at checkout."""
        return [BankTransferGateway(self.settings)]

    @hookimpl
    def ez_adjust_invoice_notes(self, invoices: Sequence[InvoiceDraft]) -> Sequence[Sequence[InvoiceNote]]:
        """Print on invoices how to pay them."""
        try:
            settings = self.settings()
        except InvalidInput:
            return [
                [] for _ in invoices
            ]  # an invoice must not fail because nobody has filled in the form yet
        lines = [*account_lines(settings), "Reference: the number of this invoice"]
        note = InvoiceNote(title="Pay by bank transfer", text="\n".join(lines))
        return [
            [note] if invoice.total.is_positive and settings.takes(invoice.currency) else []
            for invoice in invoices
        ]
