"""Pure: from the bytes of a mail to what a ticket needs. A broken mail is read as far as it can be, never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32, default
from email.utils import getaddresses
from hashlib import sha256
from typing import Final

from ezcore.messaging.rules import one_line
from ezcore.support.attachments.rules import Upload
from ezcore.support.mail.words import text_of_html, without_history

LONGEST_HEADERS: Final = 64_000
MOST_PARTS: Final = 200
MOST_READERS: Final = 50
"""Addresses; a mail to more is no letter to us."""
MOST_HOPS: Final = 50
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,240}>")
_AUTO_PRECEDENCE: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_AUTO_HEADERS: Final = ("x-auto-response-suppress", "x-autoreply", "x-autorespond", "list-id", "x-loop")


@dataclass(frozen=True)
class Arrived:
    """A mail as values. `message_id` is its own or made of its content; `answers` are the ids it refers to.

    `machine` says in words why nobody may be answered; empty when a person wrote it. `text` is without what was quoted.
    `size` is in bytes.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    size: int
    headers: str
    answers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    machine: str = ""
    hops: int = 0
    files: tuple[Upload, ...] = field(default=(), repr=False)


def parse(raw: bytes, *, size: int | None = None) -> Arrived:
    """Read a mail. `size` when `raw` is only its headers. Never raises for what stands in the mail."""
    message = _read(raw)
    sender, name = _sender(message)
    texts = _Body(message)
    return Arrived(
        message_id=_own_id(message, raw),
        sender=sender,
        sender_name=name,
        subject=_header(message, "subject")[:200],
        text=texts.words(),
        size=size if size is not None else len(raw),
        headers=_headers(raw),
        answers=_ids(message, "in-reply-to") + _ids(message, "references"),
        readers=_readers(message),
        machine=_machine(message),
        hops=len(_all(message, "received")),
        files=tuple(texts.files),
    )


def header_part(raw: bytes) -> bytes:
    """The bytes before the first empty line."""
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\n\n"


def _read(raw: bytes) -> Message:
    try:
        return message_from_bytes(raw, policy=default)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # What stands in headers can trip the strict reader; the old one takes everything that has headers.
        return message_from_bytes(header_part(raw), policy=compat32)


class _Body:
    """The words and files of a mail, part by part."""

    def __init__(self, message: Message) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.files: list[Upload] = []
        for part in _parts(message):
            self._take(part)

    def words(self) -> str:
        """Plain text where there is some, else what the HTML says; without what was quoted below."""
        plain = "\n\n".join(one for one in self.plain if one.strip())
        return without_history(plain or "\n\n".join(text_of_html(one) for one in self.html))

    def _take(self, part: Message) -> None:
        kind, name = _kind(part), _file_name(part)
        if kind == "message/rfc822":
            self.files.append(Upload(name or "message.eml", b"message"))
            return
        content = _bytes_of(part)
        is_file = bool(name) or _disposition(part) == "attachment"
        if is_file or not kind.startswith(("text/", "multipart/")):
            self.files.append(Upload(name or "file", content))
        elif kind == "text/plain":
            self.plain.append(_text(content, part))
        elif kind == "text/html":
            self.html.append(_text(content, part))
        else:
            self.files.append(Upload("file", content))


def _parts(message: Message, left: list[int] | None = None) -> Iterator[Message]:
    """The leaves, at most so many; a mail in a mail is one leaf."""
    left = left if left is not None else [MOST_PARTS]
    waiting = [message]
    while waiting and left[0] > 0:
        part = waiting.pop(0)
        left[0] -= 1
        payload = part.get_payload()
        if _kind(part) != "message/rfc822" and isinstance(payload, list):
            waiting = [one for one in payload if isinstance(one, Message)] + waiting
        else:
            yield part


def _bytes_of(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        found = str(part.get_payload()).encode("utf-8", "replace")
    return found if isinstance(found, bytes) else b""


def _text(content: bytes, part: Message) -> str:
    """Decoded as it says, else as UTF-8, else byte by byte: a wrong charset costs a few characters, never the mail."""
    for charset in (_charset(part), "utf-8"):
        try:
            return _storable(content.decode(charset))
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return _storable(content.decode("cp1252", "replace"))


def _kind(part: Message) -> str:
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        return "text/plain"


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset("utf-8"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return "utf-8"


def _file_name(part: Message) -> str:
    try:
        return one_line(_storable(part.get_filename("") or ""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return "file"


def _disposition(part: Message) -> str:
    try:
        return str(part.get_content_disposition() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _header(message: Message, name: str) -> str:
    return _all(message, name)[0] if _all(message, name) else ""


def _all(message: Message, name: str) -> list[str]:
    """Every header of this name as one line each, whatever is wrong with it."""
    try:
        found = [str(value) for value in message.get_all(name) or ()]
    except Exception:  # noqa: BLE001 - the strict reader fails in many ways on headers nobody would write
        found = [_decoded(str(value)) for key, value in message._headers if key.lower() == name]  # type: ignore[attr-defined] # noqa: SLF001
    return [one_line(_storable(value)) for value in found]


def _decoded(value: str) -> str:
    try:
        parts = decode_header(value)
        return "".join(
            one if isinstance(one, str) else one.decode(charset or "utf-8", "replace")
            for one, charset in parts
        )
    except (MessageError, LookupError, ValueError):
        return value


def _storable(text: str) -> str:
    """Without halves of characters, which no database takes, and without NUL."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")


def _sender(message: Message) -> tuple[str, str]:
    """Address in small letters, and name. Nothing when there is not exactly one: nobody is the author of that."""
    found = [pair for pair in getaddresses(_all(message, "from")) if pair[1]]
    if len(found) != 1:
        return "", ""
    name, address = found[0]
    return address.lower()[:254], name[:80]


def _readers(message: Message) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "to", "cc")
    given = [value for name in names for value in _all(message, name)]
    return tuple(dict.fromkeys(address.lower() for _, address in getaddresses(given) if address))


def _ids(message: Message, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(" ".join(_all(message, name)))))[-MOST_READERS:]


def _own_id(message: Message, raw: bytes) -> str:
    found = _ids(message, "message-id")
    return found[0] if found else f"sha256:{sha256(raw).hexdigest()}"


def _headers(raw: bytes) -> str:
    return _storable(header_part(raw)[:LONGEST_HEADERS].decode("utf-8", "replace")).strip()


def _machine(message: Message) -> str:
    """Why this is no letter of a person (RFC 3834, RFC 3464), in words."""
    submitted = _header(message, "auto-submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    precedence = _header(message, "precedence").strip().lower()
    if precedence in _AUTO_PRECEDENCE:
        return f"Precedence: {precedence}"
    if any(path.strip() in ("<>", "") for path in _all(message, "return-path")):
        return "Return-Path is empty"
    if _kind(message) == "multipart/report":
        return "it is a report of a mail server"
    named = next((name for name in _AUTO_HEADERS if name in message), "")
    return f"it has {named.title()}" if named else ""
