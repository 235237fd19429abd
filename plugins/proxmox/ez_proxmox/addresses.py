"""The addresses of a service: a first one, one of each further family, and as many more as were sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ez_proxmox.pools import Ip, Pool
from ez_proxmox.reservations import PoolsExhausted, Reservations
from ez_proxmox.settings import MOST_EXTRA

SIX = 6


@dataclass(frozen=True)
class Addresses:
    """Claims of one service; the same ones when asked again."""

    book: Reservations
    operation_key: str
    pools: Sequence[Pool]

    def claim(self, extra: int) -> dict[str, Any]:
        """Take what is sold. Keys: `ipconfig` (as Proxmox wants it), `address`, `addresses` (all), `extra`.

        Raises: PoolsExhausted.
        """
        if not self.pools:
            if extra:
                raise PoolsExhausted("more addresses are sold, but this server has no pools")
            return {"ipconfig": "ip=dhcp", "address": None, "addresses": [], "extra": []}
        four = [pool for pool in self.pools if pool.first.version != SIX]
        six = [pool for pool in self.pools if pool.first.version == SIX]
        first, pool = self.book.address(self.operation_key, four or six)
        told, all_ = [_told(first, pool)], [str(first)]
        if four and six:
            second, its_pool = self.book.address(self._key("v6"), six)
            told.append(_told(second, its_pool))
            all_.append(str(second))
        more = [str(self.book.address(self._key(str(n)), four or six)[0]) for n in range(2, extra + 2)]
        return {"ipconfig": ",".join(told), "address": str(first), "addresses": [*all_, *more], "extra": more}

    def held(self) -> list[str]:
        """What is taken for this service now."""
        keys = [self.operation_key, self._key("v6"), *(self._key(str(n)) for n in range(2, MOST_EXTRA + 2))]
        return self.book.addresses_of(keys)

    def release_above(self, extra: int) -> None:
        """Give back what is not sold any more; only after nothing may use it."""
        for number in range(extra + 2, MOST_EXTRA + 2):
            self.book.release_address(self._key(str(number)))

    def release(self) -> None:
        """Give everything back."""
        for key in (self.operation_key, self._key("v6")):
            self.book.release_address(key)
        self.release_above(0)

    def _key(self, suffix: str) -> str:
        return f"{self.operation_key}#{suffix}"


def _told(address: Ip, pool: Pool) -> str:
    six = "6" if address.version == SIX else ""
    return f"ip{six}={address}/{pool.prefix},gw{six}={pool.gateway}"
