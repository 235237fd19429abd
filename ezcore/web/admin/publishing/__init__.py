"""What the shop publishes, as staff write it: news, answers, the network, files, its own pages."""

from __future__ import annotations

from typing import Final

from ezcore.web.admin.publishing import (
    announcements,
    articles,
    categories,
    downloads,
    incidents,
    own_pages,
    parts,
)

AREA: Final = (announcements, categories, articles, parts, incidents, downloads, own_pages)
"""What is declared first is matched first: `/new/` stands before `/{id}/`."""
