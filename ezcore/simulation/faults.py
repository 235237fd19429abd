"""What goes wrong in a simulated shop: a seeded schedule over everything that reality does to a billing system.

Vendors' faults are those of the sandbox kit; deaths happen at crash points; absences are of the worker or scheduler.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from ezcore.kernel import crashpoint
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.plugin_api.sandbox import Fault
from ezcore.simulation.behaviours.card_goes_bad import spoil
from ezcore.simulation.watching import LOOKING
from ezcore.simulation.world import World

Misfortune = Callable[[World, random.Random], None]

ANSWERS = ("lose_answer", "lose_answer", "error", "rate_limit", "lose_request", "unauthorized")
"""A vendor's wrong answers; the lost one after the effect is the worst, so it comes twice as often."""
MESSAGES = (
    "duplicate_webhooks",
    "reorder_webhooks",
    "delay_webhooks",
    "drop_webhooks",
    "bad_signature",
    "old_timestamp",
    "unknown_event",
    "other_api_version",
)
DEATHS_WITHIN = 60
EVERY_COMMIT = "work.committed"
PER_DAY = (0, 0, 1, 1, 1, 2, 3)


def plan(world: World, until: datetime) -> None:
    """Write the misfortunes of every day into the agenda; from `until` on everything behaves."""
    for day in range((until - world.start).days):
        draw = world.chance.of("faults", day)
        for _ in range(draw.choice(PER_DAY)):
            name = draw.choices(
                [name for name, _, _ in MISFORTUNES], [weight for _, weight, _ in MISFORTUNES]
            )[0]
            act = next(act for known, _, act in MISFORTUNES if known == name)
            at = world.start + timedelta(days=day, seconds=draw.randrange(86_400))
            world.at(at, f"fault: {name}", partial(act, world, random.Random(draw.getrandbits(64))))  # noqa: S311
    world.at(until, "faults stop", partial(_stop, world))


def _answers(world: World, draw: random.Random) -> None:
    fault = Fault("*", draw.choice(ANSWERS), times=draw.randrange(1, 4), after=draw.randrange(5))
    world.vendors.script(draw.choice(world.vendors.names), fault)


def _messages(world: World, draw: random.Random) -> None:
    kind = draw.choice(MESSAGES)
    args = {"seconds": draw.choice((30, 3600, 90_000))} if kind == "delay_webhooks" else {}
    fault = Fault("webhooks.*", kind, times=draw.randrange(1, 6), after=draw.randrange(3), args=args)
    world.vendors.script(world.vendors.gateway_name, fault)


def _late_failure(world: World, draw: random.Random) -> None:
    for name in world.vendors.renters():
        kind = draw.choice(("late_failure", "late_failure", "stale_read"))
        call = "resources" if kind == "stale_read" else draw.choice(("clone", "start", "resize"))
        world.vendors.script(name, Fault(call, kind, times=draw.randrange(1, 3)))


def _death(_world: World, draw: random.Random) -> None:
    """The process dies at the n-th crash point from now; most commits are no news, so they often do not count."""
    left, any_commit = draw.randrange(1, DEATHS_WITHIN), draw.random() < 0.3  # noqa: PLR2004 - a third

    def passing(name: str) -> None:
        nonlocal left
        left -= any_commit or name != EVERY_COMMIT
        if left == 0:
            crashpoint.watch(None)
            raise SimulatedCrash(name)

    crashpoint.watch(passing)


def _worker_away(world: World, draw: random.Random) -> None:
    world.machine.worker_back = world.now + timedelta(minutes=draw.choice((2, 15, 90, 600, 1500)))


def _scheduler_away(world: World, draw: random.Random) -> None:
    world.machine.scheduler_back = world.now + timedelta(days=draw.choice((1, 2, 3)))


def _double_tick(world: World, _draw: random.Random) -> None:
    """Two schedulers at one moment; what only looks changes nothing that could happen twice."""
    world.machine.tick(LOOKING)
    world.machine.tick(LOOKING)


def _decline_storm(world: World, draw: random.Random) -> None:
    """A card network is down: a third of the stored cards is declined for some days."""
    known = [person for person in world.people if person.client_id is not None and person.pays_by == "card"]
    days = draw.randrange(1, 4)
    for person in draw.sample(known, len(known) // 3):
        world.at(world.now, "card: storm", partial(spoil, world, person, "processing_error"))
        world.later(timedelta(days=days), "card: storm over", partial(spoil, world, person, "ok"))


def _restart(world: World, draw: random.Random) -> None:
    world.vendors.restart(draw.choice(world.vendors.names))


def _stop(world: World) -> None:
    crashpoint.watch(None)
    world.vendors.behave()
    world.machine.worker_back = world.machine.scheduler_back = world.now
    world.answered.clear()  # what staff left alone while the vendors were broken is tried again


MISFORTUNES: tuple[tuple[str, int, Misfortune], ...] = (
    ("answers", 30, _answers),
    ("messages", 25, _messages),
    ("death", 25, _death),
    ("late failure", 8, _late_failure),
    ("worker away", 8, _worker_away),
    ("scheduler away", 3, _scheduler_away),
    ("two schedulers", 6, _double_tick),
    ("decline storm", 1, _decline_storm),
    ("restart of a vendor", 6, _restart),
)
"""Name, weight, what happens."""
