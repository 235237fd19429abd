"""To be forgotten: asked for by the client, carried out by staff. What the law wants kept stays, and is said so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select, update

from ezcore.accounts.factors.models import RecoveryCode, SecondFactor
from ezcore.accounts.models import Client, ClientNote, ClientStatus, LoginSession, Membership, User
from ezcore.accounts.operations.links import end_tokens
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.people.models import ClientInvitation
from ezcore.accounts.queries import client, client_of, user_of
from ezcore.accounts.rules import NO_PASSWORD
from ezcore.accounts.tags.models import ClientTag
from ezcore.audit import operations as audit
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.methods.models import PaymentMethod
from ezcore.db.once import insert_once
from ezcore.domain_names.names.models import DomainName
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.copies.models import ClientContact
from ezcore.messaging.models import Mail
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.orders.orders.models import Order
from ezcore.privacy.models import ErasureRequest, ErasureState
from ezcore.services.services.models import Service
from ezcore.support.attachments.models import TicketFile
from ezcore.support.mail.forgetting import forget as forget_received
from ezcore.support.mail.models import ReceivedMail
from ezcore.support.tickets.models import Ticket, TicketMessage, TicketWatcher
from ezcore.work import UnitOfWork

MANAGE: Final = "client.people"
CARRY_OUT: Final = "accounts.manage"
GONE: Final = "Erased"
LONGEST_WORDS: Final = 2000
SHORTEST_REASON: Final = 3
KEPT: Final = (
    "Invoices and credit notes as they were issued, with the address printed on them: tax law wants them kept",
    "Payments and the books behind them",
    "The audit log, which nobody can change: it names accounts by number and says who did what",
)
"""What stays, in words for the page and the mail."""
_RUNS: Final = ("pending", "active", "suspended")


def ask(uow: UnitOfWork, words: str) -> ErasureRequest:
    """An owner asks. Whoever calls has asked for the password. Raises: NotAllowed; Refused when one is open already."""
    uow.actor.require(MANAGE)
    mine, user = client_of(uow, uow.actor), user_of(uow, uow.actor)
    facts = {
        "client_id": mine.id, "user_id": user.id, "words": words.strip()[:LONGEST_WORDS],
        "state": ErasureState.OPEN, "asked_at": uow.now(), "decided_by": "", "answer": "",
    }  # fmt: skip
    if open_request(uow, mine.id) is not None:
        raise Refused("You have asked already; our staff will answer by mail")
    made = insert_once(uow.session, ErasureRequest, facts)
    if made is None:
        raise Refused("You have asked already; our staff will answer by mail")
    audit.record(uow, "privacy.ask_erasure", "erasure_request", made, client_id=mine.id)
    return uow.session.get_one(ErasureRequest, made)


def withdraw(uow: UnitOfWork) -> None:
    """Take the open request back. Raises: NotAllowed; NotFound."""
    uow.actor.require(MANAGE)
    found = open_request(uow, client_of(uow, uow.actor).id)
    if found is None:
        raise NotFound("There is no open request")
    _decide(uow, found, ErasureState.WITHDRAWN, "")
    audit.record(uow, "privacy.withdraw_erasure", "erasure_request", found.id, client_id=found.client_id)


def open_request(uow: UnitOfWork, client_id: int) -> ErasureRequest | None:
    """The request that waits, if there is one."""
    mine = (ErasureRequest.client_id == client_id, ErasureRequest.state == ErasureState.OPEN)
    return uow.session.scalars(select(ErasureRequest).where(*mine)).first()


def refuse(uow: UnitOfWork, request_id: int, reason: str) -> None:
    """Staff say no, with a reason that is mailed. Raises: NotAllowed, NotFound; InvalidInput naming `reason`."""
    uow.actor.require(CARRY_OUT)
    found, words = _waiting(uow, request_id), reason.strip()[:LONGEST_WORDS]
    if len(words) < SHORTEST_REASON:
        raise InvalidInput("Say why: the client reads it", field="reason")
    _decide(uow, found, ErasureState.REFUSED, words)
    user = uow.session.get_one(User, found.user_id)
    values: dict[str, Value] = {"name": user.name, "reason": words}
    queue_mail(uow, "erasure_refused", user.email, values, key=f"erasure:{found.id}")
    audit.record(
        uow,
        "privacy.refuse_erasure",
        "erasure_request",
        found.id,
        client_id=found.client_id,
        reason=words[:400],
    )


def hindrances(uow: UnitOfWork, client_id: int) -> list[str]:
    """What must be over before a client can be forgotten."""
    asked: Sequence[tuple[str, object]] = (
        (
            "services that run",
            select(func.count()).where(Service.client_id == client_id, Service.state.in_(_RUNS)),
        ),
        (
            "unpaid invoices",
            select(func.count()).where(
                Invoice.client_id == client_id, Invoice.status == InvoiceStatus.UNPAID
            ),
        ),
        (
            "stored payment methods",
            select(func.count()).where(
                PaymentMethod.client_id == client_id, PaymentMethod.removed_at.is_(None)
            ),
        ),
    )
    counted = [(words, uow.session.scalar(query) or 0) for words, query in asked]  # type: ignore[call-overload]
    return [f"{count} {words}" for words, count in counted if count]


def erase(uow: UnitOfWork, request_id: int, typed: str) -> None:
    """Pseudonymise a client that asked for it; cannot be undone. `typed` is its number, typed by hand.

    Invoices, payments and the audit log stay (`KEPT`). The last mail says that it is done.
    Raises: NotAllowed without ``accounts.manage``; NotFound; InvalidInput naming `typed`; Refused while something runs
    or is owed.
    """
    uow.actor.require(CARRY_OUT)
    found = _waiting(uow, request_id)
    if typed.strip() != str(found.client_id):
        raise InvalidInput("Type the number of the client", field="typed")
    if left := hindrances(uow, found.client_id):
        raise Refused(f"There are still {', '.join(left)}")
    gone, asker = client(uow, found.client_id), uow.session.get_one(User, found.user_id)
    address, name = asker.email, asker.name
    _forget_people(uow, gone.id)
    _forget_talk(uow, gone.id)
    _forget_client(uow, gone)
    found.words = ""
    _decide(uow, found, ErasureState.DONE, "")
    values: dict[str, Value] = {"name": name, "kept": "\n".join(f"- {one}" for one in KEPT)}
    queue_mail(uow, "erasure_done", address, values, key=f"erasure:{found.id}")
    audit.record(uow, "privacy.erase", "client", gone.id, client_id=gone.id)


def _forget_client(uow: UnitOfWork, gone: Client) -> None:
    gone.name, gone.company, gone.email = GONE, "", f"erased-{gone.id}@example.invalid"
    gone.line1 = gone.line2 = gone.city = gone.region = gone.postcode = gone.tax_number = ""
    gone.tax_number_state, gone.status, gone.tax_exempt_reason = "none", ClientStatus.CLOSED, ""
    uow.session.execute(update(Order).where(Order.client_id == gone.id).values(ip=None))
    uow.session.execute(update(DomainName).where(DomainName.client_id == gone.id).values(contacts={}))
    uow.session.execute(
        update(PaymentMethod).where(PaymentMethod.client_id == gone.id).values(label=GONE, expires=None)
    )
    uow.session.flush()


def _forget_people(uow: UnitOfWork, client_id: int) -> None:
    """Logins that act for nobody else are pseudonymised and shut; the others only lose this client."""
    for user in uow.session.scalars(
        select(User).join(Membership).where(Membership.client_id == client_id)
    ).all():
        uow.session.execute(
            delete(Membership).where(Membership.user_id == user.id, Membership.client_id == client_id)
        )
        others = select(func.count()).where(Membership.user_id == user.id)
        if uow.session.scalar(others) or user.staff_role_id is not None:
            continue
        _erase_mails(uow, Mail.recipient == user.email)
        forget_received(uow, ReceivedMail.sender == user.email)
        end_sessions(uow, user.id)
        end_tokens(uow, user.id)
        for model in (SecondFactor, RecoveryCode):
            uow.session.execute(delete(model).where(model.user_id == user.id))
        seen = update(LoginSession).where(LoginSession.user_id == user.id)
        uow.session.execute(seen.values(ip="", agent=GONE))
        user.email, user.name = f"erased-user-{user.id}@example.invalid", GONE
        user.password_hash, user.disabled_at = NO_PASSWORD, uow.now()
    uow.session.execute(delete(ClientContact).where(ClientContact.client_id == client_id))
    asked = update(ClientInvitation).where(ClientInvitation.client_id == client_id)
    uow.session.execute(asked.values(email=GONE, ended_at=uow.now()))
    uow.session.execute(update(ClientNote).where(ClientNote.client_id == client_id).values(body=GONE))
    uow.session.execute(delete(ClientTag).where(ClientTag.client_id == client_id))
    uow.session.flush()


def _forget_talk(uow: UnitOfWork, client_id: int) -> None:
    theirs = select(Ticket.id).where(Ticket.client_id == client_id).scalar_subquery()
    for model, values in (
        (TicketMessage, {"body": GONE}),
        (TicketFile, {"name": GONE}),
    ):
        uow.session.execute(
            update(model).where(model.ticket_id.in_(theirs)).values(values),
            execution_options={"synchronize_session": False},
        )
    forget_received(uow, ReceivedMail.ticket_id.in_(theirs))
    outside = (TicketWatcher.ticket_id.in_(theirs), TicketWatcher.email.is_not(None))
    uow.session.execute(
        delete(TicketWatcher).where(*outside), execution_options={"synchronize_session": False}
    )
    written = (TicketMessage.ticket_id.in_(theirs), TicketMessage.author_kind == "client")
    uow.session.execute(
        update(TicketMessage).where(*written).values(author_name=GONE),
        execution_options={"synchronize_session": False},
    )
    uow.session.execute(
        update(Ticket).where(Ticket.client_id == client_id).values(subject=GONE, rating_note="")
    )
    _erase_mails(uow, Mail.client_id == client_id)


def _erase_mails(uow: UnitOfWork, which: object) -> None:
    """Recipient, subject and text of mails; the row stays, so that nothing is sent twice."""
    for mail in uow.session.scalars(select(Mail).where(which)):  # type: ignore[arg-type]  # a condition on Mail
        mail.subject, mail.recipient = GONE, f"erased-mail-{mail.id}@example.invalid"
        mail.body, mail.html, mail.attachments = uow.box.seal(mail.sealed_as, GONE), None, []
    uow.session.flush()


def _waiting(uow: UnitOfWork, request_id: int) -> ErasureRequest:
    found = uow.session.get(ErasureRequest, request_id)
    if found is None or found.state != ErasureState.OPEN:
        raise NotFound("There is no such open request")
    return found


def _decide(uow: UnitOfWork, found: ErasureRequest, state: ErasureState, answer: str) -> None:
    found.state, found.answer = state, answer
    found.decided_at, found.decided_by = uow.now(), uow.actor.name[:200]
    uow.session.flush()
