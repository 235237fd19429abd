"""A whole shop for tests through the browser's door: seeded catalog, moving clock, and people to be.

`shop` is wired as in production on SQLite, without worker; `settle(shop)` runs what is due. `browser` is a visitor's
WebTest; `as_client` and `as_staff` give browsers that are logged in.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build, make_app
from ezcore.kernel.clock import MovingClock
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from ezcore.themes.queries import ACTIVE

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "http://shop.example"
PASSWORD = "quiet lake heron 42"


@pytest.fixture(scope="session")
def seeded_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the catalog in it."""
    path = tmp_path_factory.mktemp("seeded") / "shop.sqlite3"
    shutil.copy(sqlite_template, path)
    made = _build(path, path.parent)
    with made.work.write() as uow:
        seed_catalog(uow, vps_module=None)
    made.engine.dispose()
    return path


@pytest.fixture
def shop(seeded_template: Path, tmp_path: Path) -> Iterator[Ezcore]:
    """A seeded shop; bank transfer is the way to pay where that plugin is installed."""
    path = tmp_path / "shop.sqlite3"
    shutil.copy(seeded_template, path)
    made = _build(path, tmp_path)
    yield made
    made.engine.dispose()


def _build(database: Path, state: Path) -> Ezcore:
    plugins = [plugin.name for plugin in installed_plugins() if plugin.name == "banktransfer"]
    ini = {
        "ez.plugins": " ".join(plugins),
        "ez.state_dir": str(state),
        "ez.database.url": f"sqlite:///{database}",
        "ez.shop.site_url": SITE,
        "ez.shop.address": "Pikk 1; 10123 Tallinn; Estonia",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
    }
    if plugins:
        ini |= {"banktransfer.account_holder": "EZ Solutions OÜ", "banktransfer.iban": "EE382200221020145685"}
    return build(load(ini, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)


@pytest.fixture
def wsgi(shop: Ezcore) -> Any:
    """The WSGI application, built once per test."""
    return make_app(shop)


@pytest.fixture
def new_browser(wsgi: Any) -> Callable[[], TestApp]:
    """Opens browsers that do not know each other."""
    return lambda: TestApp(wsgi, extra_environ={"HTTP_HOST": "shop.example", "REMOTE_ADDR": "192.0.2.7"})


@pytest.fixture
def browser(new_browser: Callable[[], TestApp]) -> TestApp:
    """A visitor."""
    return new_browser()


@pytest.fixture
def as_client(shop: Ezcore, new_browser: Callable[[], TestApp]) -> Callable[..., TestApp]:
    """A browser logged in as a client with a whole address; keywords change the account."""

    def enter(email: str = "ann@client.example", name: str = "Ann", **facts: Any) -> TestApp:
        address = {"line1": "Pikk 1", "city": "Tallinn", "postcode": "10123"} | facts
        with shop.work.write() as uow:
            account = accounts.create_verified(uow, email, name, **address)
            token = accounts.open_session(uow, account.user.id, ip="192.0.2.7", agent="test")
        return _with_session(new_browser(), token)

    return enter


@pytest.fixture
def as_staff(shop: Ezcore, new_browser: Callable[[], TestApp]) -> Callable[..., TestApp]:
    """A browser logged in as a member of staff."""

    def enter(email: str = "kadri@staff.example", role: str = "owner") -> TestApp:
        with shop.work.write() as uow:
            user = accounts.make_staff(uow, email, "Kadri", PASSWORD, role)
            token = accounts.open_session(uow, user.id, ip="192.0.2.7", agent="test")
        return _with_session(new_browser(), token)

    return enter


def _with_session(browser: TestApp, token: str) -> TestApp:
    browser.set_cookie("ez_session", token)
    return browser


def put_in_cart(browser: TestApp, slug: str = "web-pro", **fields: str) -> Any:
    """Configure a product as a person does, and add it; gives the cart page."""
    form = browser.get(f"/pricing/{slug}/").forms["configure"]
    for name, value in fields.items():
        form[name] = value
    return form.submit("do", value="add").follow(status=200)


def order(browser: TestApp, slug: str = "web-pro", **fields: str) -> int:
    """Order a product; gives the order's number."""
    put_in_cart(browser, slug, **fields)
    form = browser.get("/billing/checkout/review/").forms["review"]
    form["terms"] = True
    answer = form.submit(status=303)
    found = re.search(r"/orders/(\d+)/$", answer.location)
    assert found, answer.location
    return int(found.group(1))


def csrf_of(browser: TestApp, path: str = "/pricing/web-pro/") -> str:
    """The token that forms of this browser carry."""
    return str(browser.get(path).html.find("input", {"name": "csrf_token"})["value"])


@pytest.fixture
def count_queries() -> Callable[[Engine], Any]:
    """Collects the statements that run inside the block."""

    @contextmanager
    def collect(engine: Engine) -> Iterator[list[str]]:
        seen: list[str] = []

        def remember(_conn, _cursor, statement, values, *_rest) -> None:
            # What the shop wears is looked up every ten seconds, by whichever page comes then.
            if not statement.startswith(("PRAGMA", "BEGIN")) and ACTIVE not in str(values):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", remember)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", remember)

    return collect
