"""Mail that came to the demo's departments, as the pipe of a mail server gives it, and staff's own words in a mail."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from ezcore.kernel.errors import NotFound
from ezcore.messaging.printing import theme_text
from ezcore.messaging.rules import Text
from ezcore.messaging.texts import operations as texts
from ezcore.messaging.texts.contract import mail_kind
from ezcore.support.mail import receiving
from ezcore.support.tickets import queries as tickets
from ezcore.support.tickets.departments import HELP, SALES
from ezcore.work import UnitOfWork

OWN_WORDS: Final = "service_active"
"""The mail that staff wrote words of their own for."""
# Department, sender, subject, further headers, text: a client's, a guest's, a stranger's where only clients may
# write, and one that no person wrote.
_LETTERS: Final[tuple[tuple[str, str, str, dict[str, str], str], ...]] = (
    (
        HELP, "Liis Saar <liis@example.test>", "The copy of last night", {},
        "Hello,\n\nis there a copy of saar.test from last night? I changed a page that I need again.\n\nLiis",
    ),
    (
        SALES, "Karl Ots <karl@ots-and-sons.test>", "Six small servers", {},
        "Good morning,\n\nwe look for six small servers in one city. What would that cost by the year?\n\nKarl Ots",
    ),
    (
        HELP, "Rita <rita@unknown.test>", "Is my neighbour a client of yours?", {},
        "I would like to know who runs the site next door.",
    ),
    (
        SALES, "Rack News <news@rack-news.test>", "Five racks that you must see", {"List-Id": "<rack-news.test>"},
        "This week: rails, fans and cables.",
    ),
)  # fmt: skip
_SENTENCES: Final = (
    "If something is not as you expect it, just answer this mail.",
    "If something is not as you expect it, just answer this mail: a person reads it.",
)
_END: Final = "{{ shop }}"


def seed_letters(uow: UnitOfWork) -> None:
    """Each is kept and does what it asks for: a ticket, a guest's ticket, a refusal, and silence."""
    for number, (slug, sender, subject, headers, text) in enumerate(_LETTERS, 1):
        department = tickets.department(uow, slug)
        if department is None:
            raise NotFound(f"there is no department {slug}")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, f"{slug}@ez-solutions.test", subject
        letter["Date"], letter["Message-ID"] = format_datetime(uow.now()), f"<letter-{number}@example.test>"
        for name, value in headers.items():
            letter[name] = value
        letter.set_content(text)
        receiving.receive(uow, department, receiving.read(letter.as_bytes(), "pipe"))


def seed_own_words(uow: UnitOfWork) -> None:
    """Two versions of one mail: the theme's words with a sentence more, which was then said better."""
    first, _, body = theme_text(uow, OWN_WORDS, "en").partition("\n")
    subject, where = first.removeprefix("Subject: "), texts.Where(mail_kind(OWN_WORDS), "en")
    for version, sentence in enumerate(_SENTENCES):
        words = body.strip().replace(_END, f"{sentence}\n\n{_END}")
        texts.save(uow, where, Text(subject, words), based_on=version)
