"""What the tests of publishing share: forms found by their address, and rows made by the verbs themselves."""

from __future__ import annotations

import pytest

from ezcore.publishing.announcements import operations as announcements
from ezcore.publishing.articles import categories
from ezcore.publishing.articles import operations as articles
from ezcore.publishing.articles.categories import Shelf


def form_to(page, ending):
    """The form of a page whose address ends like this."""
    found = [form for form in page.forms.values() if form.action.partition("#")[0].endswith(ending)]
    assert found, f"no form to {ending}: {[form.action for form in page.forms.values()]}"
    return found[0]


class Press:
    """Writes and publishes without a browser."""

    def __init__(self, shop):
        self.work = shop.work

    def news(self, title, body="Words.", at=None, *, draft=False):
        with self.work.write() as uow:
            made = announcements.add(uow, announcements.Words(title, body))
            if not draft:
                announcements.publish(uow, made, at)
            return made.slug

    def shelf(self, name, parent_id=None):
        with self.work.write() as uow:
            return categories.add(uow, Shelf(name, parent_id=parent_id)).id

    def answer(self, title, shelf, body="Words.", *, draft=False, **facts):
        with self.work.write() as uow:
            made = articles.add(uow, articles.Words(title, body, shelf, **facts))
            if not draft:
                articles.publish(uow, made)
            return made.slug


@pytest.fixture
def press(shop):
    """The shop's own press."""
    return Press(shop)
