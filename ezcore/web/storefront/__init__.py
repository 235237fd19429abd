"""Pages for everybody: the store, the doors of accounts, the mail sink."""

from __future__ import annotations

from typing import Any

from ezcore.web.storefront import accounts, mail_sink


def includeme(config: Any) -> None:
    """Register the area."""
    config.include(accounts)
    config.include(mail_sink)
