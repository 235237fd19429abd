"""The words of the drift report: a difference, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work

UNASKED = "unasked"
"""The kind of a finding that says: this scope could not be asked, so nothing is known of it."""


@dataclass(frozen=True)
class Proposal:
    """A button beside a finding, for a person to press.

    It leads to a page that asks (`route` with `parts` and `query`), or it names one of the few things that may be
    done at once (`act` with its `values`).
    """

    title: str
    route: str | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    act: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """A difference. `key` is the same as long as it is the same difference; `scope` is who was asked.

    `ours` and `theirs` are what both sides say, in words. `subject` is our record, if there is one.
    """

    key: str
    scope: str
    kind: str
    title: str
    ours: str
    theirs: str
    subject: tuple[str, int] | None = None
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class Section:
    """One comparison. `run` asks vendors without an open transaction and gives what differs.

    A scope that cannot be asked is told as a finding of kind `UNASKED`; it does not stop the others.
    """

    name: str
    title: str
    run: Callable[[Work, Ports], Sequence[Finding]]


def unasked(scope: str, why: str) -> Finding:
    """This scope could not be asked, for a reason in words."""
    return Finding(f"{UNASKED}:{scope}", scope, UNASKED, scope, "", why)
