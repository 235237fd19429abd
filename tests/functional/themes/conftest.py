"""A shop whose ini names a folder of themes outside the repository."""

from __future__ import annotations

import pytest
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import build, make_app
from ezcore.kernel.clock import MovingClock
from ezcore.settings import load
from tests.fixtures_shop import MORNING, PASSWORD


class Shelf:
    """A folder of themes of the operator, and shops that know it."""

    def __init__(self, folder, shop):
        self.folder, self._shop, self.opened = folder, shop, []

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def open(self, **ini):
        """The shop with this folder in its ini; keywords are further settings of themes."""
        values = {**self._shop.settings.ini, "ez.themes.folders": str(self.folder)}
        values |= {f"ez.themes.{name}": value for name, value in ini.items()}
        made = build(load(values, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)
        self.opened.append(made)
        return made


@pytest.fixture
def shelf(shop, tmp_path):
    (tmp_path / "themes").mkdir()
    made = Shelf(tmp_path / "themes", shop)
    yield made
    for one in made.opened:
        one.engine.dispose()


@pytest.fixture
def reef(shelf):
    """A child theme of one CSS file, one slot and one replaced page."""
    shelf.write("reef/theme.toml", 'name = "reef"\nparent = "base"\nversion = "1.2"\ncontract = 1\n')
    shelf.write("reef/static/reef.css", "@layer theme { :root { --r2: 99px } }\n")
    shelf.write(
        "reef/layouts/client.pt",
        "<html metal:define-macro=\"page\" metal:extend-macro=\"theme('base:layouts/client.pt').macros['page']\">"
        '<footer metal:fill-slot="footer" class="foot">The reef of ${shop.name}</footer></html>',
    )
    shelf.write(
        "reef/client/about.pt",
        "<html metal:use-macro=\"theme('layouts/client.pt').macros['page']\" tal:define=\"title 'Our reef'\">"
        '<metal:s fill-slot="main"><h1>Our reef</h1></metal:s></html>',
    )
    return shelf


def visitor(made, **extra):
    """A browser of somebody who is not logged in."""
    return TestApp(
        make_app(made), extra_environ={"HTTP_HOST": "shop.example", "REMOTE_ADDR": "192.0.2.9", **extra}
    )


def staff(made, browser_of=None, role="owner", email="kadri@staff.example"):
    """A browser of staff, of the same process where one is given."""
    with made.work.write() as uow:
        user = accounts.make_staff(uow, email, "Kadri", PASSWORD, role)
        token = accounts.open_session(uow, user.id, ip="192.0.2.7", agent="test")
    app = browser_of.app if browser_of is not None else make_app(made)
    browser = TestApp(app, extra_environ={"HTTP_HOST": "shop.example", "REMOTE_ADDR": "192.0.2.7"})
    browser.set_cookie("ez_session", token)
    return browser


def words_of(page):
    """Everything a person reads on the page, notes for staff included."""
    return " ".join(page.html.body.get_text(" ").split())
