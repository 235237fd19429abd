"""What these tests share: the owner's browser, and forms found by their address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_accounts import Letterbox


@pytest.fixture
def kadri(as_staff: Any) -> Any:
    """The owner's browser."""
    return as_staff()


def form_of(page: Any, ending: str) -> Any:
    """The form of a page whose address ends like this."""
    found = [form for form in page.forms.values() if (form.action or "").endswith(ending)]
    assert found, f"no form to {ending}: {[form.action for form in page.forms.values()]}"
    return found[0]


def pressed(form: Any, ending: str, **options: Any) -> Any:
    """Submit by the button whose own address ends like this."""
    form.action = form.action.split("?")[0] + ending
    return form.submit(**options)


@pytest.fixture
def letterbox_of() -> Any:
    """What a shop mailed, unsealed."""
    return lambda shop: Letterbox(shop.work)
