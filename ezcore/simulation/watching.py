"""Tasks that only look at vendors, and how often a made-up shop can afford them.

A real shop asks after every machine each day. A look costs some 25 ms of real time, so that 300 clients over two years
would take an hour of nothing but looks: a bigger world looks less often, and still meets every answer many times.
"""

from __future__ import annotations

WATCHING = frozenset({"looks", "usage_poll", "domain_poll", "domain_prices", "drift"})
"""A past year of a demo needs none of it."""
LOOKING = frozenset({"looks", "domain_prices", "drift"})
"""What changes nothing that is sold: no usage is billed by it, no name waits for it."""


def days_between_looks(clients: int) -> int:
    """Weekly in a small world, every 200 days among 300 clients."""
    return max(7, clients * 2 // 3)
