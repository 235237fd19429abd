"""The real parts some tests need (PostgreSQL, Redis, Chromium): optional on a laptop, demanded by EZ_CI=1."""

from __future__ import annotations

import os
import shutil
import socket
from urllib.parse import urlsplit

import pytest


def need(what: str, *, there: bool) -> None:
    """Go on when it is there; otherwise leave the test out, or fail it in CI."""
    if there:
        return
    if os.environ.get("EZ_CI") == "1":
        pytest.fail(f"CI needs {what}", pytrace=False)
    pytest.skip(f"left out: {what} does not answer here")


def answers(url: str, default_port: int) -> bool:
    """True when something listens where this address points."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or default_port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """A PostgreSQL in which a test may create and drop databases named ez_test_*."""
    url = os.environ.get("EZ_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    need("PostgreSQL (EZ_TEST_DATABASE_URL)", there=answers(url, 5432))
    return url


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis whose database 15 a test may empty."""
    url = os.environ.get("EZ_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    need("Redis (EZ_TEST_REDIS_URL)", there=answers(url, 6379))
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need("Chromium", there=found is not None)
    return str(found)
