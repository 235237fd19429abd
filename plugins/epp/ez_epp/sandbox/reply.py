"""What the imitated registry says, as XML."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Final

from ez_epp import xml

SUCCESS: Final = "Command completed successfully"
_numbers = count(1)


class Refused(Exception):
    """A no with its result code."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True)
class Said:
    """A result, its data, its extensions, and the head of the queue."""

    code: int
    text: str = SUCCESS
    data: xml.Node | None = None
    extensions: tuple[xml.Node, ...] = ()
    queue: xml.Node | None = None


def reply(said: Said, number: str) -> bytes:
    """A whole response, its parts in the order of RFC 5730."""
    return xml.frame(
        xml.el(
            "epp:response",
            xml.el("epp:result", xml.el("epp:msg", said.text), code=str(said.code)),
            said.queue,
            xml.el("epp:resData", said.data) if said.data is not None else None,
            xml.el("epp:extension", *said.extensions) if said.extensions else None,
            xml.el(
                "epp:trID",
                xml.el("epp:clTRID", number) if number else None,
                xml.el("epp:svTRID", f"sandbox-{next(_numbers)}"),
            ),
        )
    )
