"""Composition: the place where everything is wired together, and the WSGI application made of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from sqlalchemy import Engine

from ezcore import reactions
from ezcore.automation.drift.jobs import COMPARE
from ezcore.automation.events_poll import POLL_EVENTS
from ezcore.automation.sites import HostedSites
from ezcore.automation.tasks import add_task
from ezcore.billing.documents import jobs as documents
from ezcore.billing.methods.jobs import DELETE_METHOD
from ezcore.billing.refunds.jobs import REFUND
from ezcore.billing.subscriptions.jobs import END_SUBSCRIPTION
from ezcore.billing.taxes.jobs import CHECK as CHECK_TAX_NUMBER
from ezcore.billing.taxes.vies import Vies
from ezcore.billing.transactions.jobs import CAPTURE, RECONCILE_CHECKOUT
from ezcore.catalog.products import operations as products
from ezcore.db.engine import make_engine
from ezcore.db.migrate import upgrade
from ezcore.db.sealed import SecretBox
from ezcore.db.secret_keys import secret_keys
from ezcore.db.stored_settings import read_stored
from ezcore.domain_names.certificates.jobs import RENEW as RENEW_CERTIFICATE
from ezcore.domain_names.certificates.module import CertificatesModule
from ezcore.domain_names.certificates.places import Places
from ezcore.domain_names.names.jobs import ACTION as DOMAIN_ACTION
from ezcore.domain_names.names.module import DomainNamesModule
from ezcore.domain_names.names.watch import POLL as POLL_REGISTRIES
from ezcore.domain_names.names.watch import PRICES as TLD_COSTS
from ezcore.domain_names.names.watch import SYNC as DOMAIN_SYNC
from ezcore.domain_names.zones.jobs import ZONE
from ezcore.jobs.inbox.operations import process_kind
from ezcore.jobs.outbox.operations import Subscriber
from ezcore.jobs.outbox.vocabulary import import_events
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import Clock, SystemClock
from ezcore.kernel.errors import NotFound
from ezcore.kernel.events import Event
from ezcore.kernel.ids import Ids, SystemIds
from ezcore.messaging.jobs import SEND
from ezcore.messaging.mailings.jobs import SEND_CHUNK
from ezcore.messaging.notices import operations as notices
from ezcore.messaging.notices.jobs import SAY
from ezcore.orders.fulfilment import renewing
from ezcore.plugin_api.jobs import JobKind
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.tax_numbers import TaxNumberRegister
from ezcore.plugin_api.values import Action, ServiceFacts
from ezcore.plugin_host import PluginHost, load_plugins
from ezcore.privacy.exports import KINDS as PRIVACY
from ezcore.reports.books import CHECK as BOOKS
from ezcore.services.lifecycle.jobs import KINDS
from ezcore.services.lifecycle.moving import MOVE_SERVICE
from ezcore.services.looks.jobs import LOOK
from ezcore.services.manual.module import ManualModule
from ezcore.services.services import queries as services
from ezcore.services.services.events import ActionDone, ActionFailed
from ezcore.services.services.models import Service
from ezcore.services.usage import operations as usage
from ezcore.services.usage.reading import READ_USAGE
from ezcore.settings import Settings, load
from ezcore.support.helpdesk.jobs import EXCHANGE
from ezcore.support.helpdesk.polling import POLL as POLL_HELPDESK
from ezcore.support.mail.polling import READ as READ_MAILBOX
from ezcore.support.tickets.plugin_door import PluginDesk
from ezcore.tasks.queue import make_queue, ring
from ezcore.work import Work

log = logging.getLogger(__name__)

CORE_KINDS: Final = (
    CAPTURE,
    RECONCILE_CHECKOUT,
    REFUND,
    DELETE_METHOD,
    END_SUBSCRIPTION,
    POLL_EVENTS,
    CHECK_TAX_NUMBER,
    documents.DOCUMENT,
    DOMAIN_ACTION,
    DOMAIN_SYNC,
    POLL_REGISTRIES,
    TLD_COSTS,
    RENEW_CERTIFICATE,
    LOOK,
    READ_USAGE,
    MOVE_SERVICE,
    COMPARE,
    ZONE,
    SEND,
    SEND_CHUNK,
    READ_MAILBOX,
    EXCHANGE,
    POLL_HELPDESK,
    *PRIVACY,
    SAY,
)


@dataclass
class Ezcore:
    """A shop, wired: what commands, the web application, the worker, the simulation and tests start from."""

    settings: Settings
    engine: Engine
    work: Work
    host: PluginHost
    queue: Any
    kinds: Mapping[str, JobKind]
    inbox_kind: JobKind

    def migrate(self) -> None:
        """Bring the database up to date, plugins' tables included."""
        upgrade(self.engine, self.host.migrations())

    @property
    def subscribers(self) -> dict[str, Subscriber]:
        """Who hears events after commit: documents, mail (which carries them), and the plugins' `ez_on_*`."""
        core = {
            "documents": documents.after_issue,
            "mail": reactions.send_mails,
            "renewals": self._renew_paid,
            "notices": notices.hear,
        }
        return {**core, **self.host.subscribers(ANNOUNCED)}

    def _renew_paid(self, work: Work, event: Event, _event_id: int) -> None:
        renewing.after_commit(self.host.ports, work, event)


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    bell: Callable[[], None] | None = None,
    virtual_time: bool = False,
    engine: Engine | None = None,
) -> Ezcore:
    """Wire a shop. Raises: SettingsError, also when a plugin of `ez.plugins` is not installed."""
    import_events()
    add_task(BOOKS)
    box = SecretBox(secret_keys(settings))
    engine = engine or make_engine(settings.database.url, pool_size=settings.database.pool_size)
    settings = load(settings.ini, settings.environ, read_stored(engine))
    clock = clock or SystemClock()
    host = load_plugins(settings, engine=engine, box=box, clock=clock)
    queue = None
    if bell is None:
        queue = make_queue(settings, box)
        bell = partial(ring, queue)
    work = Work(
        engine=engine,
        clock=clock,
        ids=ids or SystemIds(),
        hooks=host.hooks,
        box=box,
        settings=settings,
        dispatch=reactions.dispatch,
        bell=bell,
        virtual_time=virtual_time,
    )
    host.connect(
        work,
        find_service=partial(_find_service, work),
        report_usage=partial(_report_usage, work),
        desk=PluginDesk(work),
    )
    host.ports.add("ezcore", TaxNumberRegister, Vies(settings.tax.vies_url, settings.tax.vies_seconds))
    host.ports.add("ezcore", ProvisioningModule, DomainNamesModule(work, host.ports))
    host.ports.add("ezcore", ProvisioningModule, ManualModule(work))
    host.ports.add("ezcore", ProvisioningModule, CertificatesModule(work, host.ports))
    host.ports.add("ezcore", Places, HostedSites(work, host.ports))
    inbox_kind = process_kind(reactions.apply_fact)
    kinds = {kind.name: kind for kind in (*CORE_KINDS, inbox_kind, *KINDS.values())}
    return Ezcore(settings, engine, work, host, queue, kinds, inbox_kind)


def make_app(shop: Ezcore) -> Any:
    """The WSGI application."""
    from ezcore.web import make_wsgi  # noqa: PLC0415 - Pyramid costs half a second; only `serve` pays it

    return make_wsgi(shop.work, shop.host, shop.inbox_kind, shop.kinds)


def take_in_offers(shop: Ezcore) -> int:
    """Put what active plugins offer into the catalog; returns how many products came."""
    taken = 0
    for plugin, kinds in shop.host.product_kinds().items():
        with shop.work.write() as uow:
            taken += products.take_in_offers(uow, plugin, kinds)
    return taken


def _announce_done(host: PluginHost, work: Work, event: ActionDone) -> None:
    action = _action(work, event)
    if action is not None:
        host.hooks.on_action_done(action)


def _announce_failed(host: PluginHost, work: Work, event: ActionFailed) -> None:
    action = _action(work, event)
    if action is not None:
        host.hooks.on_action_failed(action, event.cause)


def _action(work: Work, event: ActionDone | ActionFailed) -> Action | None:
    with work.read() as uow:
        service = uow.session.get_one(Service, event.service_id)
        if service.module is None:
            return None
        facts = services.facts(uow, service)
    return Action(verb=event.verb, service=facts, module=service.module, job_key=event.job_key)


def _find_service(work: Work, actor: Actor, external_id: str) -> ServiceFacts | None:
    with work.read(actor) as uow:
        found = services.by_external_id(uow, actor.name.removeprefix("plugin:"), external_id)
        return services.facts(uow, found) if found else None


def _report_usage(
    work: Work, actor: Actor, external_id: str, metric: str, quantity: Decimal, at: datetime, key: str
) -> bool:
    with work.write(actor) as uow:
        found = services.by_external_id(uow, actor.name.removeprefix("plugin:"), external_id)
        if found is None:
            raise NotFound("no service of yours has this resource")
        return usage.report(uow, found, metric, quantity, at, key)


ANNOUNCED: dict[Any, Any] = {ActionDone: _announce_done, ActionFailed: _announce_failed}
