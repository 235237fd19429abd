"""The demo's websites and Linux support are worked on by people: their request forms, checklists and quotas."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from ezcore.app import Ezcore
from ezcore.catalog.products.models import Product
from ezcore.services.manual.queries import MODULE
from ezcore.services.manual.rules import ManualProduct

_WEBSITE: Final[dict[str, Any]] = {
    "kind": "project",
    "questions": [
        "Company name | text | required",
        "What do you do? | textarea | required | Two or three sentences are enough",
        "Style | choice(Plain, Colourful, Surprise me) | required",
        "Sites that you like | textarea | optional | One address per line",
    ],
    "checklist": [
        "Texts are agreed",
        "Draft is shown",
        "Corrections are in",
        "Online under the client's name",
    ],
    "hourly": "60.00",
}
_SUPPORT: Final[dict[str, Any]] = {
    "kind": "requests",
    "questions": ["Which server? | text | required", "What is to be done? | textarea | required"],
    "checklist": ["Backup is fresh", "Done", "Checked after a restart"],
    "hourly": "90.00",
}
_WORKED_ON: Final[dict[str, dict[str, Any]]] = {
    "site-one-page": _WEBSITE,
    "site-business": _WEBSITE,
    "support-basic": {**_SUPPORT, "requests_per_month": 2},
    "support-plus": {**_SUPPORT, "requests_per_month": 8},
}


def seed_work(shop: Ezcore) -> None:
    """From now on these products are `manual`; services that were sold before stay as they were sold."""
    with shop.work.write() as uow:
        for product in uow.session.scalars(select(Product).where(Product.slug.in_(_WORKED_ON))):
            product.module = MODULE
            product.settings = ManualProduct.model_validate(_WORKED_ON[product.slug]).model_dump(mode="json")
