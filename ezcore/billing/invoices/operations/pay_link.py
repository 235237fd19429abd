"""Links that pay one invoice without login: signed for this purpose only, good for a while, over once nothing is owed.

Nothing is stored: the signature (HMAC, a key derived from `EZ_SECRET_KEYS` for this purpose) says that we made it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from ezcore.billing.invoices.errors import LinkOver
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork

PURPOSE: Final = "pay link"
LONGEST: Final = 200


def pay_token(uow: UnitOfWork, invoice: Invoice) -> str:
    """The secret part of the link; who has it sees this invoice and may pay it, nothing else."""
    last_day = uow.today() + timedelta(days=uow.settings.billing.pay_link_days)
    token = _signer(uow).dumps([invoice.id, last_day.isoformat()])
    return token if isinstance(token, str) else token.decode()


def pay_address(uow: UnitOfWork, invoice: Invoice) -> str:
    """The whole link, as it stands in mails."""
    return f"{uow.settings.shop.site_url}/pay/{pay_token(uow, invoice)}/"


def invoice_of_token(uow: UnitOfWork, token: str, *, settled: bool = False) -> Invoice:
    """The invoice that a link is for; with `settled` also when it is paid already (to say so).

    Raises: NotFound for a token that we did not make; LinkOver when it ran out, or the invoice is not owed.
    """
    invoice_id, last_day = _read(uow, token)
    invoice = uow.session.get(Invoice, invoice_id)
    if invoice is None or invoice.number is None:
        raise NotFound("there is no such page")
    if uow.today() > last_day:
        raise LinkOver("This link has run out. Log in to see the invoice, or ask us for a new link.")
    if invoice.status == InvoiceStatus.PAID and settled:
        return invoice
    if invoice.status != InvoiceStatus.UNPAID:
        raise LinkOver("This invoice is settled: there is nothing to pay.")
    return invoice


def _read(uow: UnitOfWork, token: str) -> tuple[int, date]:
    if len(token) > LONGEST or not token.isascii():
        raise NotFound("there is no such page")
    try:
        invoice_id, last_day = _signer(uow).loads(token)
        return int(invoice_id), date.fromisoformat(last_day)
    except (BadSignature, TypeError, ValueError) as error:
        raise NotFound("there is no such page") from error


def _signer(uow: UnitOfWork) -> URLSafeSerializer:
    keys = uow.box.subkeys(PURPOSE)  # the first writes; itsdangerous signs with the last
    return URLSafeSerializer(list(reversed(keys)), salt=PURPOSE)
