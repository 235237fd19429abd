"""What a module shows of a running service: a look, taken by a job, kept with its time, drawn by the core.

A page never asks a vendor. The core takes a look when staff or the client ask for one, after every action, and by
itself; templates draw the blocks with the theme's own cards, tables and charts.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from ezcore.plugin_api.values import Facts


class FactsBlock(Facts):
    """Names and values. `words`: rows (from 0) whose value is a word of the plugin, said in the reader's language."""

    kind: Literal["facts"] = "facts"
    title: str
    rows: tuple[tuple[str, str], ...]
    words: tuple[int, ...] = ()


class Meter(Facts):
    """How much of a limit is used, both in `unit`; no limit: None."""

    label: str
    used: Decimal
    limit: Decimal | None
    unit: str


class MetersBlock(Facts):
    """Bars: disk, traffic, mailboxes."""

    kind: Literal["meters"] = "meters"
    title: str
    meters: tuple[Meter, ...]


class RowAction(Facts):
    """A button of a row: the module's action of this name, with these inputs."""

    action: str
    title: str
    inputs: tuple[tuple[str, str], ...]


class TableRow(Facts):
    """A line of a table and what can be done with it."""

    cells: tuple[str, ...]
    actions: tuple[RowAction, ...] = ()


class TableBlock(Facts):
    """A list: snapshots, backups, firewall rules. `empty` is said when there is none.

    `words`: the columns (from 0) whose cells are words of the plugin, said in the reader's language.
    """

    kind: Literal["table"] = "table"
    title: str
    columns: tuple[str, ...]
    words: tuple[int, ...] = ()
    rows: tuple[TableRow, ...]
    empty: str = "None yet"


class Series(Facts):
    """One line of a chart. A gap is None, never zero."""

    label: str
    values: tuple[float | None, ...]


class ChartBlock(Facts):
    """Values over time, in `unit`; every series has a value (or a gap) for every moment. Drawn as SVG with a table."""

    kind: Literal["chart"] = "chart"
    title: str
    unit: str
    times: tuple[datetime, ...]
    series: tuple[Series, ...]


Block = FactsBlock | MetersBlock | TableBlock | ChartBlock


class Look(Facts):
    """A service as its vendor shows it now. `power`: on, off, or a vendor's word; `state` is what drift compares."""

    state: Literal["active", "suspended", "missing"]
    power: str = ""
    address: str | None = None
    location: str | None = None
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences for the client ("a restart is needed for the new memory")."""


class RemoteAccount(Facts):
    """A thing at the vendor, ours or not: for imports and the drift report."""

    external_id: str
    label: str
    state: Literal["active", "suspended"]
    operation_key: str | None = None
    """Our tag, when it carries one."""
    package: str | None = None
    address: str | None = None
    location: str | None = None
    email: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class UsageSample(Facts):
    """What a resource used or how high a level is, at `at` (UTC); `key` makes a repeated report harmless."""

    external_id: str
    metric: str
    quantity: Decimal
    at: datetime
    key: str


class ServerReport(Facts):
    """The answer of a connection test. `capacity`: how many accounts fit more, None when it cannot say."""

    version: str
    accounts: int | None = None
    capacity: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


class ConsoleTarget(Facts):
    """Where a console listens: a WebSocket at the vendor, asked with these headers, by this protocol."""

    url: str
    protocol: Literal["rfb", "terminal"] = "rfb"
    headers: dict[str, str] = Field(default_factory=dict)
    password: str | None = None
    first_message: str | None = None
    ca_file: str | None = None
    verify: bool = True
