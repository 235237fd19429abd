"""Pages under /accounts/: sign up, confirm, log in and out, forgotten passwords, profile and security."""

from __future__ import annotations

from typing import Any

from ezcore.web.shared.views import include_area
from ezcore.web.storefront.accounts import (
    acting,
    doors,
    email,
    factor,
    invitation,
    join,
    passwords,
    profile,
    second_step,
    security,
    sign_up,
)


def includeme(config: Any) -> None:
    """Register the pages."""
    include_area(
        config,
        doors,
        second_step,
        sign_up,
        passwords,
        invitation,
        profile,
        security,
        email,
        factor,
        acting,
        join,
    )
