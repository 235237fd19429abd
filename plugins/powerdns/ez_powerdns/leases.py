"""Lets one worker at a time write into a zone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from ez_powerdns.models import Lease
from ezcore.plugin_api import PluginContext, RetryAfter

WAIT: Final = 2.0


@contextmanager
def lease(context: PluginContext, zone: str, seconds: float) -> Iterator[None]:
    """Hold the zone for the block, for `seconds` at most. Raises: RetryAfter when somebody else holds it."""
    now, holder = context.clock.now(), uuid.uuid4().hex
    try:
        with context.tables() as session:
            # A lease that ran out belonged to a worker that died.
            session.execute(delete(Lease).where(Lease.zone == zone, Lease.until <= now))
            session.add(Lease(zone=zone, holder=holder, until=now + timedelta(seconds=seconds)))
            session.flush()
    except IntegrityError:
        raise RetryAfter(WAIT, f"another job writes into {zone} this moment") from None
    try:
        yield
    finally:
        with context.tables() as session:
            session.execute(delete(Lease).where(Lease.zone == zone, Lease.holder == holder))
