"""Composition: the place where everything is wired together, and the WSGI application made of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine, select

from ezcore import reactions
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.billing.transactions.jobs import CAPTURE, RECONCILE_CHECKOUT
from ezcore.catalog.products import operations as products
from ezcore.db.engine import make_engine
from ezcore.db.migrate import upgrade
from ezcore.db.sealed import SecretBox
from ezcore.db.secret_keys import secret_keys
from ezcore.db.stored_settings import read_stored
from ezcore.jobs.inbox.operations import process_kind
from ezcore.jobs.outbox.operations import Subscriber
from ezcore.jobs.outbox.vocabulary import import_events
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import Clock, SystemClock
from ezcore.kernel.ids import Ids, SystemIds
from ezcore.messaging.jobs import SEND
from ezcore.plugin_api.jobs import JobKind
from ezcore.plugin_api.values import Action, ServiceFacts
from ezcore.plugin_host import PluginHost, load_plugins
from ezcore.services.lifecycle.jobs import KINDS
from ezcore.services.services import queries as services
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceResource
from ezcore.settings import Settings, load
from ezcore.tasks.queue import make_queue, ring
from ezcore.work import Work

log = logging.getLogger(__name__)


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
        """Who hears events after commit: mail, and the plugins' `ez_on_*`."""
        return {"mail": reactions.send_mails, **self.host.subscribers(ANNOUNCED)}


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
    host.connect(work, find_service=lambda actor, external_id: _find_service(work, actor, external_id))
    inbox_kind = process_kind(apply_fact)
    kinds = {kind.name: kind for kind in (CAPTURE, RECONCILE_CHECKOUT, SEND, inbox_kind, *KINDS.values())}
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


def _announce_action(host: PluginHost, work: Work, event: Any) -> None:
    with work.read() as uow:
        service = uow.session.get_one(Service, event.service_id)
        if service.module is None:
            return
        facts = services.facts(uow, service)
    host.hooks.on_action_done(
        Action(verb=event.verb, service=facts, module=service.module, job_key=event.job_key)
    )


def _find_service(work: Work, actor: Actor, external_id: str) -> ServiceFacts | None:
    module = actor.name.removeprefix("plugin:")
    with work.read(actor) as uow:
        row = uow.session.scalars(
            select(ServiceResource).where(
                ServiceResource.module == module,
                ServiceResource.external_id == external_id,
                ServiceResource.removed_at.is_(None),
            )
        ).first()
        return services.facts(uow, uow.session.get_one(Service, row.service_id)) if row else None


ANNOUNCED = {ActionDone: _announce_action}
