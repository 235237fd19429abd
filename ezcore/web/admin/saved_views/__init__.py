"""Saved views in the admin area: the links above every list (`strip`), and the pages to save and keep them."""

from typing import Final

from ezcore.web.admin.saved_views import pages

AREA: Final = (pages,)
