"""Which configuration a command runs with: -c, $EZ_CONFIG, ./development.ini, or the built-in embedded profile."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from ezcore.app import Ezcore, build
from ezcore.db.migrate import pending
from ezcore.settings import Settings, SettingsError, load, read_ini


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings for this command. Raises: SettingsError."""
    return load(ini_values(getattr(args, "config", None)))


def ini_values(config: str | None) -> dict[str, str]:
    """The ini's values; the embedded profile has none of its own: its state lies in ./var/."""
    chosen = config or os.environ.get("EZ_CONFIG")
    if chosen:
        return read_ini(Path(chosen))
    here = Path("development.ini")
    return read_ini(here) if here.exists() else {}


def open_shop(args: argparse.Namespace) -> Ezcore:
    """Everything wired together, for commands that work on the shop. Raises: SettingsError."""
    return build(settings_of(args))


def refuse_empty_database(shop: Ezcore) -> None:
    """A process that serves needs its tables. Raises: SettingsError.

    A newer schema is fine: during a deploy the old release runs on it.
    """
    if pending(shop.engine).get("core") == "nothing":
        raise SettingsError(
            "the database has no tables yet: run ez migrate with the same configuration first"
        )


def set_up_logging() -> None:
    """Standard output is for the answer, so the log goes to standard error."""
    level = os.environ.get("EZ_LOG", "INFO").upper()
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    for chatty in ("huey", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def fail(message: str) -> int:
    """Say what is wrong, and exit 1."""
    print(f"ez: {message}", file=sys.stderr)
    return 1


__all__ = ["SettingsError", "fail", "ini_values", "open_shop", "set_up_logging", "settings_of"]
