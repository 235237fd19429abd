"""Who takes part in the bad-input rows about money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from webtest import TestApp


@pytest.fixture
def ann(as_client: Callable[..., TestApp]) -> Any:
    """Client 1, logged in."""
    return as_client()


@pytest.fixture
def bob(ann: Any, as_client: Callable[..., TestApp]) -> Any:
    """Client 2, who must see nothing of Ann's."""
    return as_client("bob@client.example", "Bob")


@pytest.fixture
def staff(as_staff: Callable[..., TestApp]) -> Any:
    """The owner's browser."""
    return as_staff()
