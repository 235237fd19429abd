"""What the pages of a client show from several rooms at once, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select

from ezcore.billing.methods.models import PaymentMethod
from ezcore.billing.transactions.models import Transaction, TransactionTarget
from ezcore.catalog.products.models import Product
from ezcore.jobs.models import Job, JobStep
from ezcore.kernel.errors import NotFound
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.services.services.queries import Progress, StepLine
from ezcore.work import UnitOfWork

OVER = (ServiceState.TERMINATED, ServiceState.CANCELLED, ServiceState.FRAUD)


@dataclass(frozen=True)
class ServiceRow:
    """A service with what identifies it."""

    service: Service
    product: Product
    resource: ServiceResource | None
    order_status: str | None = None

    @property
    def status(self) -> str:
        """The word and shape of the badge: setting up, ending, or the state itself."""
        if self.service.state == ServiceState.PENDING and self.order_status == OrderStatus.HELD:
            return "held"
        if self.service.state == ServiceState.PENDING:
            return "setting_up" if self.service.open_action or self.service.paid_until else "pending"
        if self.service.cancel_on is not None and self.service.state not in OVER:
            return "ending"
        return str(self.service.state)

    @property
    def status_word(self) -> str | None:
        """For a state whose usual word says too little."""
        return {"pending": "Waiting for payment", "held": "Being checked"}.get(self.status)

    @property
    def detail(self) -> str:
        """The client's own name for it, product and address, beneath the name."""
        address = self.resource.address if self.resource else None
        return ", ".join(part for part in (self.service.nickname, self.product.name, address) if part)

    def speaks_of(self, words: str) -> bool:
        """Does each of these words stand in the name, the product or an address? Upper and lower case are one."""
        text = f"{self.service.label} {self.detail}".casefold()
        return all(word in text for word in words.casefold().split())

    @property
    def is_over(self) -> bool:
        """Nothing to do with it any more."""
        return self.service.state in OVER


def service_rows(uow: UnitOfWork, client_id: int) -> list[ServiceRow]:
    """All services of a client: living ones by renewal date, then those that are over."""
    rows = _rows(
        uow, _services().where(Service.client_id == client_id).order_by(Service.paid_until, Service.id)
    )
    return sorted(rows, key=lambda row: row.is_over)


def service_row(uow: UnitOfWork, service_id: int, client_id: int) -> ServiceRow:
    """One service of this client. Raises: NotFound, also for another client's."""
    rows = _rows(uow, _services().where(Service.id == service_id, Service.client_id == client_id))
    if not rows:
        raise NotFound("There is no such service")
    return rows[0]


def rows_of_order(uow: UnitOfWork, order: Order) -> list[ServiceRow]:
    """The services that an order leads to."""
    lines = select(OrderLine.id).where(OrderLine.order_id == order.id)
    return _rows(uow, _services().where(Service.order_line_id.in_(lines)).order_by(Service.id))


def order_of_invoice(uow: UnitOfWork, invoice_id: int, client_id: int) -> Order | None:
    """The order that an invoice bills first."""
    query = select(Order).where(Order.invoice_id == invoice_id, Order.client_id == client_id)
    return uow.session.scalars(query).first()


def setups(uow: UnitOfWork, service_ids: Iterable[int]) -> dict[int, Progress]:
    """The latest lifecycle job, with its steps, of each of these services: two queries."""
    wanted = list(service_ids)
    if not wanted:
        return {}
    query = select(Job).where(Job.subject_kind == "service", Job.subject_id.in_(wanted)).order_by(Job.id)
    latest = {job.subject_id: job for job in uow.session.scalars(query) if job.subject_id is not None}
    steps: dict[int, list[StepLine]] = defaultdict(list)
    ids = [job.id for job in latest.values()]
    for row in uow.session.scalars(
        select(JobStep).where(JobStep.job_id.in_(ids)).order_by(JobStep.job_id, JobStep.position)
    ):
        steps[row.job_id].append(StepLine(row.title, row.state, row.started_at, row.finished_at))
    return {service_id: Progress(job, tuple(steps[job.id])) for service_id, job in latest.items()}


def tries_of(uow: UnitOfWork, invoice_id: int) -> Sequence[Transaction]:
    """Payments of an invoice, alone or among others, tried or received, newest first."""
    among = select(TransactionTarget.transaction_id).where(TransactionTarget.invoice_id == invoice_id)
    query = select(Transaction).where(or_(Transaction.invoice_id == invoice_id, Transaction.id.in_(among)))
    return uow.session.scalars(query.order_by(Transaction.id.desc())).all()


def methods_of(uow: UnitOfWork, client_id: int) -> Sequence[PaymentMethod]:
    """Stored methods; the first is the one that renewals are charged to."""
    return uow.session.scalars(
        select(PaymentMethod)
        .where(PaymentMethod.client_id == client_id, PaymentMethod.removed_at.is_(None))
        .order_by(PaymentMethod.stored_at.desc(), PaymentMethod.id.desc())
    ).all()


def _services() -> Select[Service, Product, ServiceResource, str | None]:
    live = and_(ServiceResource.service_id == Service.id, ServiceResource.removed_at.is_(None))
    return (
        select(Service, Product, ServiceResource, Order.status)
        .join(Product, Product.id == Service.product_id)
        .outerjoin(ServiceResource, live)
        .outerjoin(OrderLine, OrderLine.id == Service.order_line_id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
    )


def _rows(uow: UnitOfWork, query: Select[Service, Product, ServiceResource, str | None]) -> list[ServiceRow]:
    return [ServiceRow(*found) for found in uow.session.execute(query)]
