"""What accounts used: disk as a level, traffic by the day, both as Hestia counts them once a night.

Traffic is a counter of the month that is refreshed at night: the first reading of a day holds what was used until
the end of the day before. It is written down, so that asking twice gives the same samples and a lost report loses
nothing. A gap of days gives one sample for all of them, never a zero; a counter that fell began anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ez_hestiacp.models import Reading
from ez_hestiacp.workshop import Workshop
from ezcore.plugin_api.ports.looks import UsageSample
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import Resource

DISK: Final = "disk_mib"
TRAFFIC: Final = "traffic_mib"
KEPT: Final = timedelta(days=100)


@dataclass(frozen=True)
class Usage:
    """Reads counters and keeps one reading of the traffic a day."""

    workshop: Workshop

    def read(
        self, server: ServerFacts, resources: Sequence[Resource], since: datetime
    ) -> Sequence[UsageSample]:
        """Samples since then. Raises: HestiaError."""
        now = self.workshop.context.clock.now()
        wanted = {resource.external_id for resource in resources}
        with self.workshop.panel(server) as panel:
            accounts = [account for account in panel.accounts() if account.name in wanted]
        samples = []
        for account in accounts:
            disk, traffic = account.used("U_DISK"), account.used("U_BANDWIDTH")
            if disk is not None:
                key = f"{account.name}:{DISK}:{now.date()}"
                samples.append(
                    UsageSample(external_id=account.name, metric=DISK, quantity=disk, at=now, key=key)
                )
            if traffic is not None:
                self._write_down(server, account.name, now.date(), int(traffic))
            samples += self._traffic(server, account.name, since)
        return samples

    def _write_down(self, server: ServerFacts, user: str, day: date, counter: int) -> None:
        values = {"server_id": server.id, "user_name": user, "day": day, "counter": counter}
        with self.workshop.context.tables() as session:
            make: Any = (
                postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            )
            session.execute(make(Reading).values(**values).on_conflict_do_nothing())
            old = (Reading.server_id == server.id, Reading.user_name == user, Reading.day < day - KEPT)
            session.execute(delete(Reading).where(*old))

    def _traffic(self, server: ServerFacts, user: str, since: datetime) -> Iterator[UsageSample]:
        mine = (Reading.server_id == server.id, Reading.user_name == user)
        with self.workshop.context.tables() as session:
            rows = session.execute(
                select(Reading.day, Reading.counter).where(*mine).order_by(Reading.day)
            ).all()
        for (_, before), (day, counter) in pairwise(rows):
            at = datetime.combine(day, time.min, UTC) - timedelta(seconds=1)
            used = counter - before if counter >= before else counter
            if used and at >= since:
                yield UsageSample(
                    external_id=user,
                    metric=TRAFFIC,
                    quantity=Decimal(used),
                    at=at,
                    key=f"{user}:{TRAFFIC}:{day}",
                )
