"""A shop with a database, in which hosts are made."""

from __future__ import annotations

import pytest

from tests.unit.plugin_host.made_plugins import Shop


@pytest.fixture
def shop(work):
    return Shop(work)


@pytest.fixture
def each_shop(each_work):
    """The same, once per kind of database."""
    return Shop(each_work)
