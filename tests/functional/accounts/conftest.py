"""The real application over WebTest, without plugins: browsers with their own address and cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from webtest import TestApp

from ezcore.db.base import Base
from ezcore.db.engine import make_engine
from ezcore.jobs.inbox.operations import process_kind
from ezcore.plugin_host import load_plugins
from ezcore.settings import Settings, load
from ezcore.testkit.quiet import quiet_work
from ezcore.web.assembly import assemble
from ezcore.work import Work
from tests.fixtures_accounts import ANN, PASSWORD


def build(work: Work, **ini: str):
    """The WSGI application, with settings changed as an ini file would (`shop__site_url="https://..."`)."""
    settings: Settings = load({f"ez.{name.replace('__', '.')}": value for name, value in ini.items()}, {})
    work = replace(work, settings=settings)
    host = load_plugins(settings, engine=work.engine, box=work.box, clock=work.clock)
    return assemble(work, host, process_kind(lambda *_args: None))


class Browser(TestApp):
    """A browser at its own network address."""

    def __init__(self, app, ip: str = "192.0.2.7", site: str = "http://127.0.0.1:6543") -> None:
        parts = urlsplit(site)
        super().__init__(
            app, extra_environ={"HTTP_HOST": parts.netloc, "REMOTE_ADDR": ip, "wsgi.url_scheme": parts.scheme}
        )

    def fill(self, path: str, status: int | None = None, **values: str):
        """Open a page and send its main form (the last one) with these values."""
        page = self.get(path)
        form = list(page.forms.values())[-1]
        for name, value in values.items():
            form.set(name, value) if name in form.fields else None
        return form.submit(status=status)

    def log_in(self, email: str = ANN, password: str = PASSWORD, **values: str):
        """Log in through the page."""
        return self.fill("/accounts/login/", 303, email=email, password=password, **values)

    @property
    def is_logged_in(self) -> bool:
        """The security page opens."""
        return self.get("/account/security/", status="*").status_code == 200


@pytest.fixture(scope="session")
def compiled(sqlite_template: Path):
    """The application, made once: its templates take seconds to compile. Each test brings its own work."""
    engine = make_engine(f"sqlite:///{sqlite_template}")
    yield build(quiet_work(engine))
    engine.dispose()


@pytest.fixture
def app(work: Work, compiled):
    """The application over this test's database."""
    compiled.registry["ez.work"] = work
    return compiled


@pytest.fixture
def browser(app) -> Browser:
    """Ann's browser."""
    return Browser(app)


@pytest.fixture
def stranger(app) -> Browser:
    """Somebody else's browser, elsewhere."""
    return Browser(app, "203.0.113.9")


@pytest.fixture
def checksum(work: Work) -> Iterator[Callable[[], str]]:
    """What stands in every table but the counters of tries: equal values mean that nothing happened."""

    def read() -> str:
        with work.read() as uow:
            return repr(
                [
                    (table.name, uow.session.execute(text(f'SELECT * FROM "{table.name}"')).all())
                    for table in Base.metadata.sorted_tables
                    if table.name != "throttle"
                ]
            )

    return read
