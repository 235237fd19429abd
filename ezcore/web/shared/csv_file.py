"""A table as a CSV file (RFC 4180, UTF-8): no cell of it is run as a formula by a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from pyramid.response import Response

from ezcore.kernel.money import Money

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file, offered under this name. Amounts are plain decimals; their currency has a column of its own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    response = Response(text.getvalue().encode(), content_type="text/csv", charset="utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return f"{value.decimal:f}"
    if isinstance(value, date | int):
        return str(value)
    text = str(value)
    # OWASP: a cell that begins like a formula is text, and stays text.
    return f"'{text}" if text.startswith(_FORMULA) else text
