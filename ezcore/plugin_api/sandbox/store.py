"""Keeps what an imitated vendor knows, so that killing and restarting the imitation loses nothing.

One SQLite file of JSON documents. Every write outside `lock()` is committed at once; everything inside one
outermost `lock()` is committed together, also when the block raises: a vendor that answers with a refusal may
well have recorded something (a declined charge is a record).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]

_BATCH, _BEYOND = 101, 2**62
# synchronous=OFF: a killed process loses nothing, only a power cut could, and nobody's money lives here.
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_of_kind ON document (kind, seq);
CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Store:
    """JSON documents by kind and id, safe to use from several threads of one process."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = threading.RLock()
        self._depth = 0
        self._indexed: set[str] = set()
        self._db = sqlite3.connect(
            str(path) if path else ":memory:", check_same_thread=False, isolation_level=None, timeout=10
        )
        self._db.executescript(_SCHEMA)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Nobody else reads or writes inside the block; its writes are committed together."""
        with self._guard:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("COMMIT")

    def put(self, kind: str, doc_id: str, doc: Document) -> None:
        """Write a document; one that exists keeps its place in the order. Raises: ValueError (no JSON: infinity)."""
        with self.lock():
            self._db.execute(
                "INSERT INTO document (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, doc_id, json.dumps(doc, allow_nan=False)),
            )

    def get(self, kind: str, doc_id: str) -> Document | None:
        """A fresh copy of the document, or None; changing the copy changes nothing until `put`."""
        with self._guard:
            row = self._db.execute(
                "SELECT body FROM document WHERE kind = ? AND id = ?", (kind, doc_id)
            ).fetchone()
        return None if row is None else _loaded(row[0])

    def delete(self, kind: str, doc_id: str) -> bool:
        """Forget a document; says whether there was one."""
        with self.lock():
            return (
                self._db.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, doc_id)).rowcount
                == 1
            )

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, oldest first."""
        with self._guard:
            rows = self._db.execute(
                "SELECT body FROM document WHERE kind = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [_loaded(row[0]) for row in rows]

    def where(self, kind: str, *, newest_first: bool = False, **equal: Any) -> Iterator[Document]:
        """The documents of a kind whose top fields equal these (None is null or not there), read one by one.

        For kinds that grow: what nobody asks for is not even parsed. Take what you need before you write.
        """
        for name in equal:
            self._index(name)
        # IS, so that None asks for what is null. The path stands in the text: a parameter would use no index.
        terms = "".join(f" AND {_field(name)} IS ?" for name in equal)
        onward, order = ("<", "DESC") if newest_first else (">", "ASC")
        query = (
            f"SELECT seq, body FROM document WHERE kind = ?{terms} AND seq {onward} ?"  # noqa: S608 - marks only
            f" ORDER BY seq {order} LIMIT {_BATCH}"
        )
        last = _BEYOND if newest_first else 0
        while True:
            with self._guard:
                rows = self._db.execute(query, (kind, *equal.values(), last)).fetchall()
            for last, body in rows:  # noqa: B007 - the last one is where the next batch begins
                yield _loaded(body)
            if len(rows) < _BATCH:
                return

    def _index(self, name: str) -> None:
        """An imitation that is years old answers as fast as a new one."""
        with self._guard:
            if name not in self._indexed:
                self._db.execute(
                    f"CREATE INDEX IF NOT EXISTS document_by_{name} ON document (kind, {_field(name)}, seq)"
                )
                self._indexed.add(name)

    def kinds(self) -> list[str]:
        """The kinds that have documents, sorted."""
        with self._guard:
            return [row[0] for row in self._db.execute("SELECT DISTINCT kind FROM document ORDER BY kind")]

    def next_number(self, name: str) -> int:
        """1, 2, 3, ... per name; never the same twice, also after a restart."""
        with self.lock():
            row = self._db.execute(
                "INSERT INTO number (name, value) VALUES (?, 1) "
                "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
                (name,),
            ).fetchone()
        return int(row[0])

    def clear(self, kind: str | None = None) -> None:
        """Forget one kind, or everything; numbers go on, so that no id is ever given twice."""
        with self.lock():
            if kind is None:
                self._db.execute("DELETE FROM document")
            else:
                self._db.execute("DELETE FROM document WHERE kind = ?", (kind,))

    def close(self) -> None:
        """Let go of the file."""
        with self._guard:
            self._db.close()


def _field(name: str) -> str:
    """The expression of a top field. Names are words of our own sandboxes, never of a request."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no name of a field")
    return f"json_extract(body, '$.{name}')"


def _loaded(body: str) -> Document:
    document: Document = json.loads(body)
    return document
