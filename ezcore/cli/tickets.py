"""`ez tickets mail`: take in one mail, as the pipe of a mail server gives it. `ez tickets poll`: read mailboxes now.

Exit codes of `mail` are those of sysexits.h, which mail servers know: 0 taken in (also when it was refused, for it
stands in the list), 65 no mail at all, 67 no such department, 75 try again later: the mail server keeps the mail.
"""

from __future__ import annotations

import argparse
import logging
import sys
from typing import BinaryIO, Final

from sqlalchemy import or_, select

from ezcore.app import Ezcore
from ezcore.cli.configured import fail, open_shop
from ezcore.support.mail import polling, queries, receiving
from ezcore.support.mail.receiving import MB, Incoming
from ezcore.support.tickets.models import Department

log = logging.getLogger(__name__)

EX_OK: Final = 0
EX_DATAERR: Final = 65
EX_NOUSER: Final = 67
EX_TEMPFAIL: Final = 75
DOOR: Final = "pipe"
PIECE: Final = 1024 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    mail = verbs.add_parser("mail", help="take in one mail from standard input")
    mail.add_argument("--department", required=True, help="short name, name or mail address of a department")
    verbs.add_parser("poll", help="read every mailbox now")


def run(args: argparse.Namespace) -> int:
    """Do it; gives the exit code."""
    if args.verb == "poll":
        return _poll(open_shop(args))
    try:
        return take_in(open_shop(args), args.department, sys.stdin.buffer)
    except Exception as error:
        # Whatever is wrong here (a database that is away, a setting, a full disk): the mail server keeps the mail.
        log.exception("the mail was not taken in")
        fail(f"not taken in, try again later: {type(error).__name__}")
        return EX_TEMPFAIL


def take_in(shop: Ezcore, department: str, source: BinaryIO) -> int:
    """Take in the mail that `source` gives; gives the exit code."""
    mail = read_mail(source, shop.settings.support.mail_mb * MB)
    if not mail.size:
        fail("there is no mail on standard input")
        return EX_DATAERR
    with shop.work.write() as uow:
        wanted = department.strip()
        same = or_(Department.slug == wanted, Department.name == wanted, Department.email == wanted.lower())
        found = uow.session.scalars(select(Department).where(same)).first()
        if found is None:
            fail(f"there is no department {department}")
            return EX_NOUSER
        row, is_new = receiving.receive(uow, found, mail)
        print(f"{row.outcome}: {row.why}" if is_new else f"known: {row.message_id}")
    return EX_OK


def read_mail(source: BinaryIO, most: int) -> Incoming:
    """Read to the end, as a pipe must be; of a mail larger than `most` bytes only the beginning is kept in memory."""
    raw, size = b"", 0
    while piece := source.read(PIECE):
        size += len(piece)
        if size <= most or not raw:
            raw += piece
    return receiving.read(raw, DOOR, size=size if size > most else None)


def _poll(shop: Ezcore) -> int:
    with shop.work.read() as uow:
        boxes = [(box.id, department.name) for box, department in queries.mailboxes(uow) if box.active]
    troubles = 0
    for mailbox_id, name in boxes:
        look = polling.poll(shop.work, mailbox_id)
        troubles += bool(look.trouble)
        print(f"{name}: {look.new} new, {look.known} known{'; ' + look.trouble if look.trouble else ''}")
    if not boxes:
        print("no department has a mailbox")
    return 1 if troubles else EX_OK
