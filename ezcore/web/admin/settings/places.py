"""The groups of the page of settings, and what is kept on pages of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ezcore.languages import say

GROUPS: Final = (
    ("Store and company, languages and regions", ("shop",)),
    ("Billing", ("billing",)),
    ("Reminders and suspension", ("dunning",)),
    ("Taxes", ("tax",)),
    ("Mail", ("mail",)),
    ("Security", ("security",)),
    ("Support", ("support",)),
    ("Automation", ("automation",)),
    ("Themes", ("themes",)),
    ("Machines", ("database", "queue", "jobs", "certificates", "consoles")),
)
"""Titles with the sections of the typed settings."""
FOLDED: Final = ("tax", "security", "themes", "database")
"""First sections of the groups of which staff change nothing: a line with a link, until somebody opens or searches."""


@dataclass(frozen=True)
class Place:
    """Something staff set up on a page of its own."""

    label: str
    note: str
    href: str

    def has(self, words: str) -> bool:
        """Is every word of a search in it?"""
        text = f"{self.label} {self.note}".casefold()
        return all(word in text for word in words.casefold().split())


def places(request: Any, *, searched: bool) -> Iterator[Place]:
    """Pages where more is set up; in a search also one per plugin."""
    found = (
        (say("Theme and colour"), say("What pages, mails and documents look like"), "admin.themes"),
        (say("Taxes"), say("Rates by country, registrations, tax numbers"), "admin.taxes"),
        (say("Mail texts"), say("What mails say, in each language"), "admin.mail_texts"),
        (say("Departments"), say("Departments of the support desk and who works there"), "admin.departments"),
        (say("Mailboxes"), say("Mailboxes that the support desk reads, and its rules"), "admin.support_mail"),
        (say("Notification rules"), say("Who is told of what, and where"), "admin.notice_rules"),
        (say("Roles"), say("What each role of staff may do"), "admin.roles"),
        (say("Domain prices"), say("Endings that are sold, and their prices"), "admin.tlds"),
        (say("Automation"), say("Tasks, when they run, previews"), "admin.automation"),
        (say("Servers"), say("Servers, groups, and their keys"), "admin.servers"),
        (say("Plugins"), say("Each plugin has a form of its own"), "admin.plugins"),
    )
    for label, note, route in found:
        yield Place(label, note, request.route_path(route))
    for report in request.host_of_plugins.reports if searched else ():
        note = say(
            "Settings of the plugin ${name}, which is ${state}", name=report.name, state=str(report.state)
        )
        yield Place(report.name, note, request.route_path("admin.plugin", name=report.name))
