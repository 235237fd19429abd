"""What lies on the desks of the demo's staff: papers, a bank statement, mail, texts, wishes, a list to approve."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from ezcore.accounts.models import Client, User
from ezcore.accounts.queries import actor_for
from ezcore.app import Ezcore
from ezcore.automation import preview as previews
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.invoices.operations.draft import save_draft
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.statements import operations as statements
from ezcore.billing.statements.rules import Booking
from ezcore.billing.taxes.operations.rates import NewRule, add_rule
from ezcore.kernel.money import Money
from ezcore.messaging.mailings import operations as mailings
from ezcore.messaging.notices import operations as notices
from ezcore.messaging.rules import Text
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.privacy import erasing
from ezcore.saved_views import operations as views
from ezcore.services.servers.operations import ServerCard, add_group, add_server
from ezcore.simulation.history import LEAVES
from ezcore.simulation.logins import CLIENT, STAFF
from ezcore.simulation.mail_seed import seed_letters, seed_own_words
from ezcore.support.replies import operations as replies
from ezcore.work import UnitOfWork

SOON: Final = 31
CLUSTER: Final = "proxmox"
_REPLIES: Final = (
    (
        "How to log in by SSH",
        "Please type ssh root@ and the address of your server.\nThe first password stands on its page.",
    ),
    (
        "Your refund is on its way",
        "We have given the payment back. It takes your bank two to five days to show it.",
    ),
    (
        "We look into it",
        "Thank you for telling us. Somebody looks at it now and writes again within two hours.",
    ),
)


def seed_desk(shop: Ezcore) -> None:
    """Once, after a year of history: what staff would have open on an ordinary day."""
    with shop.work.read() as uow:
        user = uow.session.scalars(select(User).where(User.email == STAFF.email)).one()
        staff = actor_for(uow, user)
        client = uow.session.scalars(select(Client).where(Client.email == CLIENT.email)).one().id
        leaver = actor_for(uow, uow.session.scalars(select(User).where(User.email == LEAVES)).one())
    with shop.work.write(staff) as uow:
        today, currency = uow.today(), uow.settings.shop.currency
        _papers(uow, client, today, currency)
        _bank(uow, today, currency)
        _texts(uow, today)
        _run_to_approve(uow, today)
        seed_own_words(uow)
        views.save(uow, "admin.invoices", "Overdue now", "status=overdue", shared=True)
        _frankfurt(uow, shop)
    with shop.work.write(leaver) as uow:
        erasing.ask(uow, "I have moved, and my site with me. Please forget what you know of me.")
    with shop.work.write() as uow:
        seed_letters(uow)


def _papers(uow: UnitOfWork, client: int, today: date, currency: str) -> None:
    offer = [
        LineDraft("Moving your shop to a larger server", Money.parse("240.00", currency), "Evening work"),
        LineDraft("Three hours of tuning", Money.parse("90.00", currency), quantity=3),
    ]
    quote = quotes.save(
        uow, client, currency, "Move and tuning", offer, valid_until=today + timedelta(days=21)
    )
    quotes.send(uow, quote)
    hours = [LineDraft("Support outside of hours", Money.parse("90.00", currency), quantity=2)]
    save_draft(uow, client, currency, hours, due_on=today + timedelta(days=14))
    paid = select(Invoice).where(Invoice.status == InvoiceStatus.PAID, Invoice.client_id == client)
    last = uow.session.scalars(paid.order_by(Invoice.id.desc()).limit(1)).first()
    if last is not None:
        credit_notes.issue(uow, last, "An hour without network", Money.parse("1.00", currency))


def _bank(uow: UnitOfWork, today: date, currency: str) -> None:
    lines = [
        ("12.00", "Rent of a server", "Mart Tamm"),
        ("29.00", "Payment, thank you", "Liis Saar"),
        ("-8.40", "Account fees", "The bank"),
    ]
    bookings = [
        Booking(
            number, today - timedelta(days=1), Money.parse(amount, currency), text, payer, f"DEMO-{number}"
        )
        for number, (amount, text, payer) in enumerate(lines, 1)
    ]
    columns = {"on": 0, "amount": 1, "text": 2, "payer": 3}
    statements.import_lines(uow, "statement.csv", "banktransfer", columns, bookings)


def _texts(uow: UnitOfWork, today: date) -> None:
    for title, body in _REPLIES:
        replies.add(uow, title, body)
    words = Text(
        "New prices from spring",
        "Dear {{ client.name }},\n\nfrom the first of April our servers cost a little less.",
        "<p>Dear {{ client.name }},</p><p>from the <strong>first of April</strong> our servers cost a little less.</p>",
    )
    mailings.write(uow, mailings.Draft("Prices in spring", words, {}, marketing=True))
    notices.add(uow, notices.Wanted("A charge failed", "PaymentDeclined", "note"))
    add_rule(uow, NewRule("PVN", 210_000, today, country="LV"))


def _frankfurt(uow: UnitOfWork, shop: Ezcore) -> None:
    """A second place: its first machine is racked and not in use."""
    group = add_group(uow, "Frankfurt", CLUSTER, "least_used")
    ports, kind = shop.host.ports, ProvisioningModule
    if CLUSTER in ports.names(kind):
        card = ServerCard(
            f"{CLUSTER}-2", active=False, group_id=group.id, location="Frankfurt", note="Racked, not in use"
        )
        add_server(uow, card.name, ports.get(kind, CLUSTER), card=card)  # type: ignore[type-abstract]


def _run_to_approve(uow: UnitOfWork, today: date) -> None:
    """The next billing run that has something to bill, kept so that somebody looks at it first."""
    days = (today + timedelta(days=ahead) for ahead in range(SOON))
    on = next((day for day in days if next(previews.items(uow, day), None) is not None), today)
    previews.store(uow, on)
