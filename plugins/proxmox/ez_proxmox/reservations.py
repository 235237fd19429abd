"""Takes and gives back addresses and machine numbers, each by one conditional statement."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ez_proxmox.models import Address, Base, Number
from ez_proxmox.pools import Ip, Pool

CHUNK = 256
Tables = Callable[[], AbstractContextManager[Session]]


class PoolsExhausted(Exception):
    """Every address of every pool is taken."""


@dataclass(frozen=True)
class Reservations:
    """The scarce things of one server. Each method is a unit of work of its own."""

    tables: Tables
    now: Callable[[], datetime]
    server_id: int

    def address(self, operation_key: str, pools: Sequence[Pool]) -> tuple[Ip, Pool]:
        """The address of this operation, taking a free one the first time.

        Those never used come first, then those given back longest ago.
        Raises: PoolsExhausted.
        """
        with self.tables() as session:
            held = self._held(session, operation_key)
            if held and (pool := _pool_of(held, pools)):
                return held, pool
            if held:  # its pool was taken away meanwhile
                session.execute(
                    update(Address).where(*self._own_address(operation_key)).values(operation_key=None)
                )
            for candidate in self._free(session, pools):
                pool = _pool_of(candidate, pools)
                if pool and self._take(session, candidate, operation_key):
                    return candidate, pool
        raise PoolsExhausted("all addresses of this server's pools are taken")

    def addresses_of(self, operation_keys: Sequence[str]) -> list[str]:
        """The addresses that these keys hold, in the order in which they were made."""
        mine = (Address.server_id == self.server_id, Address.operation_key.in_(operation_keys))
        with self.tables() as session:
            return list(session.scalars(select(Address.address).where(*mine).order_by(Address.id)))

    def release_address(self, operation_key: str) -> None:
        """Give the address back; nothing happens when there is none."""
        mine = self._own_address(operation_key)
        with self.tables() as session:
            session.execute(update(Address).where(*mine).values(operation_key=None, changed_at=self.now()))

    def number(self, operation_key: str) -> int | None:
        """The number meant for this operation, if one was written down."""
        with self.tables() as session:
            return session.scalar(select(Number.vmid).where(*self._own_number(operation_key)))

    def take_number(self, operation_key: str, vmid: int) -> int | None:
        """Write a number down for this operation; gives the one that counts.

        That is another than `vmid` when another worker wrote one down first; None when `vmid` is meant for
        another operation: try the next one.
        """
        values = {"server_id": self.server_id, "vmid": vmid, "changed_at": self.now()}
        with self.tables() as session:
            _insert_free(session, Number, {**values, "operation_key": operation_key})
            return session.scalar(select(Number.vmid).where(*self._own_number(operation_key)))

    def change_number(self, operation_key: str, vmid: int) -> None:
        """Write down the number of a machine that was found and is ours."""
        with self.tables() as session:
            session.execute(delete(Number).where(*self._own_number(operation_key)))
            wrong = (Number.server_id == self.server_id, Number.vmid == vmid)
            session.execute(delete(Number).where(*wrong))
            values = {"server_id": self.server_id, "vmid": vmid, "changed_at": self.now()}
            _insert_free(session, Number, {**values, "operation_key": operation_key})

    def give_up_number(self, operation_key: str, vmid: int) -> None:
        """Forget this number, which a stranger has; not one that another worker has chosen meanwhile."""
        with self.tables() as session:
            session.execute(delete(Number).where(*self._own_number(operation_key), Number.vmid == vmid))

    def release_number(self, operation_key: str) -> None:
        """Forget the number of this operation."""
        with self.tables() as session:
            session.execute(delete(Number).where(*self._own_number(operation_key)))

    def _own_number(self, operation_key: str) -> tuple[Any, Any]:
        return Number.server_id == self.server_id, Number.operation_key == operation_key

    def _own_address(self, operation_key: str) -> tuple[Any, Any]:
        return Address.server_id == self.server_id, Address.operation_key == operation_key

    def _held(self, session: Session, operation_key: str) -> Ip | None:
        text = session.scalar(select(Address.address).where(*self._own_address(operation_key)))
        return ipaddress.ip_address(text) if text else None

    def _free(self, session: Session, pools: Sequence[Pool]) -> Iterator[Ip]:
        for pool in pools:
            known = self._known(session)
            for address in islice((a for a in pool.addresses() if str(a) not in known), CHUNK):
                _insert_free(session, Address, {"server_id": self.server_id, "address": str(address)})
                yield address
        free = select(Address.address).where(
            Address.server_id == self.server_id, Address.operation_key.is_(None)
        )
        for text in session.scalars(free.order_by(Address.changed_at, Address.id)).all():
            yield ipaddress.ip_address(text)

    def _known(self, session: Session) -> set[str]:
        return set(session.scalars(select(Address.address).where(Address.server_id == self.server_id)))

    def _take(self, session: Session, address: Ip, operation_key: str) -> bool:
        free = (
            Address.server_id == self.server_id,
            Address.address == str(address),
            Address.operation_key.is_(None),
        )
        taken = session.execute(
            update(Address).where(*free).values(operation_key=operation_key, changed_at=self.now())
        )
        return bool(taken.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _pool_of(address: Ip, pools: Sequence[Pool]) -> Pool | None:
    return next((pool for pool in pools if address in pool and address != pool.gateway), None)


def _insert_free(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless a unique one stands in its way; says whether it was inserted."""
    make: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**values).on_conflict_do_nothing()
    inserted: Any = session.execute(statement)
    return bool(inserted.rowcount == 1)
