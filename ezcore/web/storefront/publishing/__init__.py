"""What the shop says to everybody: news, answers, the network, files, its own pages."""

from __future__ import annotations

from typing import Any

from ezcore.web.shared.views import include_area
from ezcore.web.storefront.publishing import announcements, downloads, help_pages, own_pages, status


def includeme(config: Any) -> None:
    """Register the pages."""
    include_area(config, announcements, help_pages, status, downloads, own_pages)
