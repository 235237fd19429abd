"""Mailer: the port through which mail leaves, with its two built-in implementers.

`SinkMailer` sends nothing: the row itself is read in the browser at ``/_mail/``. `SmtpMailer` speaks SMTP
with the standard library; its fixed Message-ID lets the receiver drop a copy after a crash.
"""

from __future__ import annotations

import smtplib
import ssl
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from ezcore.kernel.errors import EzError
from ezcore.messaging.attachments import AttachedFile
from ezcore.settings import Mail as MailSettings
from ezcore.settings import Settings

SECONDS: Final = 20
_IMPLICIT_TLS_PORT: Final = 465
_PERMANENT: Final = 500
# The email package encodes an address that is longer than a line, and nobody could follow it.
_UNFOLDED: Final = SMTP.clone(max_line_length=900)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class MailRefused(EzError):
    """The mail server will never take this mail; trying again cannot help."""


@dataclass(frozen=True)
class Letter:
    """A mail ready to go, as values. `references` are Message-IDs of its conversation, the last one being answered."""

    recipient: str
    subject: str
    body: str
    message_id: str
    date: datetime
    attachments: tuple[AttachedFile, ...] = ()
    html: str = ""
    unsubscribe: str = ""
    reply_to: str = ""
    references: tuple[str, ...] = ()


class Mailer(ABC):
    """Hands one letter over. Anything raised but `MailRefused` means: try again later."""

    @abstractmethod
    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises: MailRefused."""


class SinkMailer(Mailer):
    """Keeps mail in the house: it is readable in the browser and nothing leaves."""

    def send(self, letter: Letter) -> None:
        """Nothing to do: the row is what is read."""


class SmtpMailer(Mailer):
    """Speaks to the SMTP server of the settings: TLS on port 465, elsewhere STARTTLS when it is offered.

    The password is never said in the clear to another machine.
    """

    def __init__(self, settings: MailSettings, sender_name: str) -> None:
        self._settings = settings
        self._sender_name = sender_name

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises: MailRefused for a 5xx answer; else try again."""
        message = self._message(letter)
        try:
            with self._connect() as server:
                self._authenticate(server)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            if code >= _PERMANENT:
                raise MailRefused(f"{code} {text.decode(errors='replace')}") from error
            raise
        except smtplib.SMTPAuthenticationError:
            raise  # a wrong password is ours to mend: the mail waits
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= _PERMANENT:
                raise MailRefused(f"{error.smtp_code} {error.smtp_error!r}") from error
            raise

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if port == _IMPLICIT_TLS_PORT:
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def _authenticate(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        secure = isinstance(server, smtplib.SMTP_SSL)
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            secure = True
        if self._settings.user:
            if not secure and self._settings.host not in _LOOPBACK:
                raise smtplib.SMTPNotSupportedError("the mail server offers no TLS; the password stays here")
            server.login(self._settings.user, self._settings.password)

    def _message(self, letter: Letter) -> EmailMessage:
        long = letter.unsubscribe or letter.references
        message = EmailMessage(policy=_UNFOLDED if long else SMTP)
        message["From"] = Address(self._sender_name, addr_spec=self._settings.sender)
        message["To"] = Address(addr_spec=letter.recipient)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.date)
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
        if letter.reply_to:
            message["Reply-To"] = Address(self._sender_name, addr_spec=letter.reply_to)
        if letter.references:  # RFC 5322, section 3.6.4
            message["In-Reply-To"] = letter.references[-1]
            message["References"] = " ".join(letter.references)
        if letter.unsubscribe:  # RFC 8058: the reader's program asks with one POST
            message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.body)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        for one in letter.attachments:
            kind, _, subkind = one.content_type.partition("/")
            message.add_attachment(one.content, maintype=kind, subtype=subkind, filename=one.name)
        return message


def choose_mailer(settings: Settings) -> Mailer:
    """The mailer that `mail.transport` names."""
    if settings.mail.transport == "smtp":
        return SmtpMailer(settings.mail, settings.shop.name)
    return SinkMailer()
