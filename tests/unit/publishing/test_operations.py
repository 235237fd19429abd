"""Verbs refuse those who may not, are safe to repeat, and find the same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.publishing.announcements import operations as announcements
from ezcore.publishing.announcements.models import Announcement
from ezcore.publishing.articles import categories, queries
from ezcore.publishing.articles import operations as articles
from ezcore.publishing.articles.categories import Shelf
from ezcore.publishing.downloads import operations as downloads
from ezcore.publishing.downloads.models import Audience
from ezcore.publishing.downloads.operations import Facts, File
from ezcore.publishing.pages import operations as pages
from ezcore.publishing.pages.models import PageName

NOBODY = Actor("staff", permissions=frozenset({"staff.read", "support.manage"}), name="Joe")


def test_nobody_publishes_without_the_permission(work):
    with work.write() as uow:
        news = announcements.add(uow, announcements.Words("News", "Words.")).id
    with work.write(NOBODY) as uow:
        one = uow.session.get_one(Announcement, news)
        for act in (
            lambda: announcements.publish(uow, one), lambda: announcements.withdraw(uow, one),
            lambda: announcements.add(uow, announcements.Words("a", "b")),
            lambda: announcements.change(uow, one, announcements.Words("a", "b")),
            lambda: categories.add(uow, Shelf("a")), lambda: articles.add(uow, articles.Words("a", "b", 1)),
            lambda: pages.save_draft(uow, PageName.TERMS, "a", "b"),
            lambda: downloads.add(uow, Facts("a", Audience.EVERYBODY), File("a", b"b")),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                act()


def test_publishing_twice_is_once_in_the_trail(work):
    with work.write() as uow:
        one = announcements.add(uow, announcements.Words("News", "Words."))
        for act in (
            announcements.publish,
            announcements.publish,
            announcements.withdraw,
            announcements.withdraw,
        ):
            act(uow, one)
        verbs = list(uow.session.scalars(select(AuditRow.verb).order_by(AuditRow.id)))
    assert [verb for verb in verbs if verb.startswith("announcement.")] == [
        "announcement.add", "announcement.publish", "announcement.withdraw",
    ]  # fmt: skip


def test_the_address_of_what_was_published_stays(work):
    with work.write() as uow:
        one = announcements.add(uow, announcements.Words("News", "Words."))
        announcements.change(uow, one, announcements.Words("News", "Words.", "other"))
        announcements.publish(uow, one)
        with pytest.raises(InvalidInput, match="withdraw it before"):
            announcements.change(uow, one, announcements.Words("News", "Words.", "third"))
        announcements.change(uow, one, announcements.Words("Other news", "Words."))
    assert one.slug == "other"


def test_what_was_published_as_a_page_is_never_a_draft_again(work):
    with work.write() as uow:
        first = pages.save_draft(uow, PageName.TERMS, "Terms", "One.")
        with pytest.raises(Refused):
            pages.withdraw(uow, first)
        pages.publish(uow, first)
        assert pages.save_draft(uow, PageName.TERMS, "Terms", "Two.").number == 2
        pages.withdraw(uow, first)
        with pytest.raises(Refused, match="withdrawn"):
            pages.publish(uow, first)


def test_a_file_that_is_too_large_or_misnamed_is_refused(work, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST_MB", 0)
    with work.write() as uow:
        for file, words in (
            (File("a", b"x"), "larger"),
            (File("a/b", b"x"), "no name"),
            (None, "Choose a file"),
        ):
            with pytest.raises(InvalidInput, match=words) as refused:
                downloads.add(uow, Facts("a", Audience.EVERYBODY), file)
            assert refused.value.field == "file"


def test_searching_ranks_and_suggests(each_work):
    with each_work.write() as uow:
        shelf = categories.add(uow, Shelf("Servers")).id
        for title, body in (
            ("Console", "Open it."),
            ("Network", "Use the console. Õhtul."),
            ("Other", "Nothing."),
        ):
            articles.publish(uow, articles.add(uow, articles.Words(title, body, shelf)))
    with each_work.read() as uow:
        assert [one.title for one in queries.search(uow, "CONSOLE")] == ["Console", "Network"]
        assert [one.title for one in queries.search(uow, "ohtul")] == ["Network"]
        suggested = queries.suggest(uow, "Please help, my network console is slow")
        assert {one.title for one in suggested} == {"Network", "Console"}
        assert queries.suggest(uow, "it is") == queries.search(uow, "%") == []
