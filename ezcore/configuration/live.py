"""Keeps the settings of a running process fresh: what staff stored in another process holds here within seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ezcore.configuration.rules import CHANGEABLE
from ezcore.db.models import StoredSetting
from ezcore.settings import SettingsError, load
from ezcore.work import Work

log = logging.getLogger(__name__)

SECONDS: Final = 3.0
_THEMES: Final = ("themes.active", "themes.brand", "themes.corners", "themes.font", "themes.logo")


@dataclass
class Live:
    """The settings of `work`, looked up again every few seconds. What cannot be is left, and logged."""

    work: Work
    monotonic: Callable[[], float] = time.monotonic
    _looked_at: float = float("-inf")
    _known: dict[str, str] | None = field(default=None)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Look again at once."""
        self._looked_at = float("-inf")

    def refresh(self) -> bool:
        """Take over what is stored, unless somebody looked just now; True when something is different."""
        if self.monotonic() - self._looked_at < SECONDS or not self._lock.acquire(blocking=False):
            return False
        try:
            self._looked_at = self.monotonic()
            return self._take_over()
        except SQLAlchemyError:
            log.warning("the stored settings could not be read; those known last hold")
        except SettingsError as error:
            log.error("the stored settings are not taken over: %s", error.message)  # noqa: TRY400 - it says all
        finally:
            self._lock.release()
        return False

    def _take_over(self) -> bool:
        before = self._known
        with self.work.read() as uow:
            rows = uow.session.execute(
                select(StoredSetting.key, StoredSetting.value).where(
                    StoredSetting.key.in_((*CHANGEABLE, *_THEMES))
                )
            )
            stored = {row.key: row.value for row in rows}
        settings = self.work.settings
        if before is None and not stored and "database" not in settings.sources.values():
            self._known = stored
            return False
        if stored == before:
            return False
        self._known = stored
        self.work.settings = load(settings.ini, settings.environ, stored)
        return True


def keep_fresh(work: Work) -> threading.Thread:
    """Refresh in a thread of its own, for a process that serves no pages; it ends with the process."""
    live = Live(work)

    def run() -> None:
        while True:
            live.refresh()
            time.sleep(SECONDS)

    thread = threading.Thread(target=run, name="settings", daemon=True)
    thread.start()
    return thread
