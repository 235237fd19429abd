"""Speaks IMAP4rev1 (RFC 3501) to one mailbox, with the standard library: what waits, one mail, and that it is done."""

from __future__ import annotations

import imaplib
import re
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from ezcore.kernel.errors import EzError
from ezcore.support.mail.models import Security

SECONDS: Final = 20
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SIZE: Final = re.compile(rb"UID (\d+).*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*UID (\d+)")


class MailboxTrouble(EzError):
    """The mail server is away, or does not let us in, or says something that nobody expects. The next look may help."""


@dataclass(frozen=True)
class Login:
    """Where a mailbox is and who we are there; an empty `done_folder` means: mark as seen."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str = ""


@dataclass(frozen=True)
class Waiting:
    """A mail that was not read yet; `size` is in bytes."""

    uid: str
    size: int


class Connection:
    """A mailbox while it is open. Every method raises: MailboxTrouble."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._server: Any = None

    def __enter__(self) -> Self:
        try:
            self._server = self._connect()
            self._server.login(self._login.user, self._login.password)
            self._ask("select", _quoted(self._login.folder))
        except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
            self._leave()
            raise _trouble(error) from error
        except MailboxTrouble:
            self._leave()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._leave()

    def waiting(self, most: int) -> list[Waiting]:
        """The oldest mails that are not done, with their sizes."""
        which = "UNDELETED" if self._login.done_folder else "UNSEEN"
        found = self._ask("uid", "SEARCH", which)
        uids = b" ".join(one for one in found if isinstance(one, bytes)).split()[:most]
        if not uids:
            return []
        lines = self._ask("uid", "FETCH", b",".join(uids).decode("ascii"), "(UID RFC822.SIZE)")
        sizes: dict[str, int] = {}
        for line in lines:
            match = _SIZE.search(line if isinstance(line, bytes) else b"")
            if match:
                uid, size = (match[1], match[2]) if match[1] else (match[4], match[3])
                sizes[uid.decode()] = int(size)
        return [Waiting(uid.decode(), sizes[uid.decode()]) for uid in uids if uid.decode() in sizes]

    def fetch(self, uid: str, *, whole: bool = True) -> bytes:
        """The mail as it came, or only its headers; it stays unread."""
        part = "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])"
        for line in self._ask("uid", "FETCH", uid, part):
            if isinstance(line, tuple):
                return bytes(line[1])
        raise MailboxTrouble(f"mail {uid} is not there any more")

    def done(self, uid: str) -> None:
        """It is kept by us: out of the way, or marked as seen. Safe to repeat."""
        folder = self._login.done_folder
        if not folder:
            self._ask("uid", "STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
            return
        if "MOVE" in self._server.capabilities:  # RFC 6851
            self._into(folder, "MOVE", uid)
            return
        self._into(folder, "COPY", uid)
        self._ask("uid", "STORE", uid, "+FLAGS.SILENT", r"(\Deleted \Seen)")
        self._ask("expunge")

    def _into(self, folder: str, verb: str, uid: str) -> None:
        try:
            self._ask("uid", verb, uid, _quoted(folder))
        except MailboxTrouble:
            self._ask("create", _quoted(folder))
            self._ask("uid", verb, uid, _quoted(folder))

    def _connect(self) -> Any:
        login = self._login
        if login.security == Security.TLS:
            return imaplib.IMAP4_SSL(
                login.host, login.port, ssl_context=ssl.create_default_context(), timeout=SECONDS
            )
        if login.security == Security.NONE and login.host not in LOOPBACK:
            raise MailboxTrouble("without TLS the password is not said to another machine")
        plain = imaplib.IMAP4(login.host, login.port, timeout=SECONDS)
        if login.security == Security.STARTTLS:
            plain.starttls(ssl.create_default_context())
        return plain

    def _ask(self, verb: str, *arguments: str) -> list[Any]:
        try:
            answer, found = getattr(self._server, verb)(*arguments)
        except (OSError, imaplib.IMAP4.error) as error:
            raise _trouble(error) from error
        if answer != "OK":
            said = b" ".join(one for one in found if isinstance(one, bytes)).decode("utf-8", "replace")
            raise MailboxTrouble(f"the mail server refuses {verb} {arguments[0]}: {said[:200]}")
        return list(found)

    def _leave(self) -> None:
        if self._server is not None:
            try:
                self._server.logout()
            except (OSError, imaplib.IMAP4.error):
                self._server.shutdown()
        self._server = None


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _trouble(error: Exception) -> MailboxTrouble:
    words = error.args[0] if error.args else error
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
    return MailboxTrouble(said[:300] or type(error).__name__)
