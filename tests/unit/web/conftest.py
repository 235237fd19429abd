"""The demo app: the real composition with one demo plugin, over WebTest."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from webtest import TestApp

from ezcore.db.engine import make_engine
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host import load_plugins
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.testkit.quiet import quiet_work
from ezcore.web.assembly import assemble

HERE = Path(__file__).parent
HOST = "127.0.0.1:6543"


class Demo(PluginBase):
    """A plugin that is nothing but pages."""

    name = "demo"
    title = "Demo"

    @classmethod
    def templates(cls):
        return HERE / "demo/templates"

    @classmethod
    def static(cls):
        return HERE / "demo/static"

    @classmethod
    def web_module(cls):
        return "tests.unit.web.demo.pages"


def compose(work, plugin=Demo, **sections):
    """A shop with one plugin; keywords change sections of its settings."""
    settings = replace(work.settings, plugins=(plugin.name,), **sections)
    installed = [InstalledPlugin(plugin.name, "ez-demo", "1", lambda: plugin)]
    host = load_plugins(settings, engine=work.engine, box=work.box, clock=work.clock, installed=installed)
    with work.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS demo_box (name TEXT NOT NULL)"))
    return assemble(replace(work, settings=settings), host, None)


@pytest.fixture
def make_app(work):
    """Compose another shop, over a database of its own."""
    return partial(compose, work)


@pytest.fixture(scope="session")
def demo_shop(sqlite_template, tmp_path_factory):
    """The demo app, composed once: composing and compiling templates takes longer than answering."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copy(sqlite_template, path)
    work = quiet_work(make_engine(f"sqlite:///{path}"))
    yield compose(work)
    work.engine.dispose()


@pytest.fixture
def wsgi(demo_shop):
    """The demo app itself, with nothing stored and nobody counted."""
    registry = demo_shop.registry
    with registry["ez.work"].engine.begin() as connection:
        connection.execute(text("DELETE FROM demo_box"))
    return demo_shop


@pytest.fixture
def app(wsgi):
    """A browser without JavaScript."""
    return TestApp(wsgi, extra_environ={"HTTP_HOST": HOST, "REMOTE_ADDR": "192.0.2.9"})


@pytest.fixture
def kept(wsgi):
    """The names that the demo pages really stored."""

    def names():
        with wsgi.registry["ez.work"].engine.connect() as connection:
            return list(connection.scalars(text("SELECT name FROM demo_box ORDER BY rowid")))

    return names


@pytest.fixture
def token(app):
    """A CSRF token of this visitor."""
    return app.get("/plugins/demo/box/").form["csrf_token"].value
