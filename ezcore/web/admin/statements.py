"""/admin/statements/: bank statements as CSV files; each line is matched to an invoice and confirmed by a person.

A file is read first (its columns are guessed and can be corrected) and imported then; the text travels in the form.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.statements import operations as statements
from ezcore.billing.statements import rules
from ezcore.billing.statements.models import BankLine, BankStatement, LineState
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.readable import storable
from ezcore.web.shared.views import page

SHOWN: Final = 5
LATEST: Final = 50
_COLUMN: Final = re.compile("[0-9]{1,4}")
COLUMNS: Final = (
    ("date", "Date"),
    ("amount", "Amount"),
    ("text", "Text of the payer"),
    ("currency", "Currency"),
    ("payer", "Payer"),
    ("reference", "Bank's reference"),
)


class Decision(BaseModel):
    """Which invoice a line pays, when it is not the proposed one."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""


@page("admin.statements", "/admin/statements/", permission="billing.manage", template="admin/statements.pt")
def statements_list(request: Any) -> dict[str, Any]:
    """Statements, newest first, and the form that reads one."""
    return _list(request, {})


@page(
    "admin.statements.read", "/admin/statements/read/", method="POST", permission="billing.manage",
    audit="none: reads a file and writes nothing", template="admin/statement_columns.pt",
)  # fmt: skip
def read_file(request: Any) -> Any:
    """Cut the file into columns and guess what they mean."""
    upload = request.POST.get("file")
    is_file = upload is not None and not isinstance(upload, str)
    body = upload.file.read(rules.LARGEST + 1) if is_file else b""
    try:
        sheet = rules.read_sheet(body)
    except InvalidInput as error:
        request.response.status_code = 422
        request.override_renderer = "admin/statements.pt"
        return _list(request, {"file": _sentence(error) if is_file else "Choose a file"})
    content = body.decode("utf-8", "replace") if _is_utf8(body) else body.decode("cp1252", "replace")
    return _columns(request, content, upload.filename or "statement", sheet, rules.guess(sheet.titles), {})


@page(
    "admin.statements.import", "/admin/statements/import/", method="POST", permission="billing.manage",
    audit="statement.import", template="admin/statement_columns.pt",
)  # fmt: skip
def import_file(request: Any) -> Any:
    """Write the lines down; what was imported before is left alone."""
    content, name = _text(request, "content"), _text(request, "name")[:120]
    chosen = {field: _text(request, field) for field, _ in COLUMNS}
    mapping = {field: int(text) for field, text in chosen.items() if _COLUMN.fullmatch(text)}
    try:
        sheet = rules.read_sheet(content.encode())
        bookings = rules.read_bookings(sheet, mapping, request.settings.shop.currency)
    except InvalidInput as error:
        request.response.status_code = 422
        try:
            sheet = rules.read_sheet(content.encode())
        except InvalidInput:
            request.override_renderer = "admin/statements.pt"
            return _list(request, {"file": _sentence(error)})
        return _columns(request, content, name, sheet, mapping, {error.field or "file": _sentence(error)})
    made = statements.import_lines(request.uow, name, _bank(request), mapping, bookings)
    fresh = made.rows - made.known_rows
    flash(request, "ok", f"{fresh} new lines, {made.known_rows} were imported before")
    return HTTPSeeOther(request.route_path("admin.statement", id=made.id))


@page(
    "admin.statement", "/admin/statements/{id}/", permission="billing.manage", template="admin/statement.pt"
)
def statement(request: Any) -> dict[str, Any]:
    """One statement with its lines; the open ones wait for a person."""
    return _lines(request, path_id(request), None, {})


@page(
    "admin.statement.record", "/admin/statements/lines/{id}/record/", method="POST", permission="billing.manage",
    audit="transaction.succeed", template="admin/statement.pt",
)  # fmt: skip
def record_line(request: Any) -> Any:
    """A person confirms which invoice a line pays."""
    line = _line(request)
    form = read_form(request, Decision)
    if form.is_valid:
        try:
            with request.uow.session.begin_nested():
                statements.record(request.uow, line, form.checked().number or None)
        except InvalidInput as error:
            form.refuse(error, "number")
        except Refused as error:
            form.errors["number"] = error.message[:1].upper() + error.message[1:]
        else:
            flash(request, "ok", f"Recorded {line.amount}")
            return HTTPSeeOther(request.route_path("admin.statement", id=line.statement_id))
    request.response.status_code = 422
    errors = {f"number-{line.id}": text for text in form.errors.values()}
    return _lines(request, line.statement_id, (line.id, form.value("number")), errors)


@page(
    "admin.statement.ignore", "/admin/statements/lines/{id}/ignore/", method="POST", permission="billing.manage",
    audit="statement.ignored",
)  # fmt: skip
def ignore_line(request: Any) -> Any:
    """The line is no payment of ours."""
    line = _line(request)
    statements.ignore(request.uow, line)
    return HTTPSeeOther(request.route_path("admin.statement", id=line.statement_id))


def _list(request: Any, errors: dict[str, str]) -> dict[str, Any]:
    query = select(BankStatement).order_by(BankStatement.id.desc()).limit(LATEST)
    return {"statements": request.uow.session.scalars(query).all(), "errors": errors}


def _columns(
    request: Any, content: str, name: str, sheet: rules.Sheet, mapping: dict[str, int], errors: dict[str, str]
) -> dict[str, Any]:
    return {
        "content": content,
        "name": name,
        "titles": list(enumerate(sheet.titles)),
        "sample": [cells for _, cells in sheet.rows[:SHOWN]],
        "count": len(sheet.rows),
        "fields": [(field, label, field in rules.REQUIRED) for field, label in COLUMNS],
        "mapping": mapping,
        "errors": errors,
        "currency": request.settings.shop.currency,
    }


def _lines(
    request: Any, statement_id: int, typed: tuple[int, str] | None, errors: dict[str, str]
) -> dict[str, Any]:
    session = request.uow.session
    found = session.get(BankStatement, statement_id)
    if found is None:
        raise NotFound("there is no such statement")
    rows = session.execute(
        select(BankLine, Invoice)
        .outerjoin(Invoice, Invoice.id == BankLine.invoice_id)
        .where(BankLine.statement_id == found.id)
        .order_by(BankLine.state != LineState.OPEN, BankLine.id)
    ).all()
    return {"statement": found, "rows": rows, "typed": typed, "errors": errors}


def _line(request: Any) -> BankLine:
    found: BankLine | None = request.uow.session.get(BankLine, path_id(request))
    if found is None:
        raise NotFound("there is no such line")
    return found


def _bank(request: Any) -> str:
    """The gateway that only gives instructions is the bank; without one it is just that."""
    ports = request.host_of_plugins.ports
    for name in ports.names(Gateway):
        if GatewayCapability.OFFLINE in ports.get(Gateway, name).capabilities:
            return str(name)
    return "bank"


def _text(request: Any, name: str) -> str:
    value = request.POST.get(name)
    return value if isinstance(value, str) and storable(value) else ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sentence(error: InvalidInput) -> str:
    return error.message[:1].upper() + error.message[1:]
