"""Fills a slot: who is asked, what of it can be drawn, and what staff should know."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from ezcore.plugin_api.ui.context import SlotContext
from ezcore.plugin_api.ui.contributions import Contribution
from ezcore.plugin_api.ui.slots import Contributor
from ezcore.plugin_host.health import Health
from ezcore.plugin_host.registered import Registered
from ezcore.plugin_host.ui.asking import LIMIT, Answer, ask
from ezcore.plugin_host.ui.checks import WrongContribution, checked

log = logging.getLogger(__name__)

HOOK: Final = "ez_register_ui"
REST: Final = 60.0
"""Seconds for which a plugin that was late is not asked."""
_MOST_LOGGED: Final = 500
T = TypeVar("T")


@dataclass(frozen=True)
class Given:
    """A contribution and who gave it."""

    plugin: str
    what: Contribution


@dataclass(frozen=True)
class Filled:
    """What stands in a slot, in the order of `ez.plugins` and then of `order`; `notes` (plugin, why) are for staff."""

    given: tuple[Given, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def of(self, kind: type[T]) -> list[tuple[str, T]]:
        """(plugin, contribution) of one kind, in their order."""
        return [(one.plugin, one.what) for one in self.given if isinstance(one.what, kind)]


class Slots:
    """The slots of this process. Which plugin rests, each process finds out for itself."""

    def __init__(
        self,
        registered: Registered,
        health: Health,
        *,
        limit: float = LIMIT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registered = registered
        self._health = health
        self._limit = limit
        self._monotonic = monotonic
        self._resting: dict[str, float] = {}
        self._hanging: dict[str, threading.Thread] = {}
        self._logged: set[tuple[str, str, str]] = set()

    def contributors(self, slot: str) -> list[tuple[str, Contributor]]:
        """Who would be asked about a slot, with the name of the plugin; paused plugins are not."""
        brought = self._registered.by_plugin(HOOK, Contributor)
        found = [(plugin, one) for plugin, ones in brought.items() for one in ones if one.slot == slot]
        return [(plugin, one) for plugin, one in found if not self._health.is_paused(plugin)]

    def fill(self, asked: list[tuple[str, Contributor]], context: SlotContext) -> Filled:
        """Ask these contributors. Never raises what they raise; never takes longer than the limit."""
        asked = [(plugin, one) for plugin, one in asked if concerns(one, context)]
        awake = [(plugin, one) for plugin, one in asked if not self._rests(plugin)]
        notes = {
            plugin: "was late and is not asked for a minute" for plugin, _ in asked if self._rests(plugin)
        }
        given: list[Given] = []
        answers = ask([partial(one.give, context) for _, one in awake], self._limit)
        for (plugin, _), answer in zip(awake, answers, strict=True):
            try:
                check = partial(checked, plugin, context.slot)
                given += [Given(plugin, what) for what in self._judged(plugin, context.slot, answer, check)]
            except WrongContribution as error:
                notes[plugin] = str(error)
        return Filled(tuple(given), tuple(notes.items()))

    def ask_one(
        self, plugin: str, slot: str, call: Callable[[], Any], check: Callable[[Any], T], limit: float = LIMIT
    ) -> T:
        """What one more function of a plugin gives. Raises: WrongContribution, also when it is late or asleep."""
        if self._rests(plugin):
            raise WrongContribution("was late and is not asked for a minute")
        (answer,) = ask([call], limit)
        return self._judged(plugin, slot, answer, check)

    def _judged(self, plugin: str, slot: str, answer: Answer, check: Callable[[Any], T]) -> T:
        if answer.is_late:
            self._resting[plugin] = self._monotonic() + REST
            if answer.thread is not None:
                self._hanging[plugin] = answer.thread
            self._log_once(plugin, slot, "was late", None)
            raise WrongContribution("did not answer in time")
        if answer.error is not None:
            words = f"failed: {type(answer.error).__name__}"
            self._log_once(plugin, slot, words, answer.error)
            raise WrongContribution(words)
        try:
            return check(answer.value)
        except Exception as error:
            words = str(error) if isinstance(error, WrongContribution) else "gave what cannot be read"
            self._log_once(plugin, slot, words, error)
            raise WrongContribution(words) from error

    def _rests(self, plugin: str) -> bool:
        hanging = self._hanging.get(plugin)
        if hanging is not None and not hanging.is_alive():
            self._hanging.pop(plugin, None)
            hanging = None
        return hanging is not None or self._monotonic() < self._resting.get(plugin, float("-inf"))

    def _log_once(self, plugin: str, slot: str, words: str, error: BaseException | None) -> None:
        key = (plugin, slot, words)
        if key in self._logged or len(self._logged) >= _MOST_LOGGED:
            return
        self._logged.add(key)
        log.error("plugin %s left out of %s: %s", plugin, slot, words, exc_info=error)


def concerns(one: Contributor, context: SlotContext) -> bool:
    """Is the page about something of the module or gateway that this contributor speaks for?"""
    if one.only is None:
        return True
    modules = {seen.module for seen in (context.service, context.server) if seen is not None}
    payments = context.invoice.payments if context.invoice is not None else ()
    return one.only in modules | {payment.gateway for payment in payments}
