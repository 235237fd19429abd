"""Pages under /accounts/: sign up, confirm, log in and out, forgotten passwords, profile and security."""

from __future__ import annotations

from typing import Any

from ezcore.web.shared.views import include_area
from ezcore.web.storefront.accounts import doors, invitation, passwords, profile, security, sign_up


def includeme(config: Any) -> None:
    """Register the pages."""
    include_area(config, doors, sign_up, passwords, invitation, profile, security)
