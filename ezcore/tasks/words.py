"""What the queue carries: one of two words, signed. No pickle, no arguments; everything else is refused.

Whoever can write to the queue can at most make a worker look into the database once more.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from huey.registry import Message

log = logging.getLogger(__name__)


class RefusedMessage(Exception):
    """Bytes in the queue that we did not write, or a task that may not travel."""


class SignedWord:
    """Huey's serializer: a word and its HMAC-SHA256. The first key signs, all keys verify, so keys can rotate."""

    def __init__(self, words: Mapping[str, str], keys: Sequence[bytes]) -> None:
        """`words` maps the word that travels to the name of Huey's task."""
        self._tasks = dict(words)
        self._words = {task: word for word, task in words.items()}
        self._keys = tuple(keys)
        self.refused = 0

    def serialize(self, message: Any) -> bytes:
        """The bytes of a ring. Raises: RefusedMessage for anything that is not a plain ring."""
        word = self._words.get(getattr(message, "name", ""))
        if word is None or message.args or message.kwargs or message.eta:
            raise RefusedMessage("only plain rings travel through the queue")
        return f"{word}.{self._sign(word, self._keys[0])}".encode()

    def deserialize(self, data: bytes) -> Any:
        """The ring that these bytes are. Raises: RefusedMessage, counted and logged."""
        word, _, signature = bytes(data).decode("ascii", "replace").partition(".")
        known = word in self._tasks and any(
            hmac.compare_digest(self._sign(word, key).encode(), signature.encode()) for key in self._keys
        )
        if not known:
            self.refused += 1
            log.warning(
                "refused %s bytes in the queue that we did not write (%s so far)", len(data), self.refused
            )
            raise RefusedMessage
        return Message(
            id=uuid.uuid4().hex, name=self._tasks[word], retries=0, retry_delay=0, args=(), kwargs={}
        )

    @staticmethod
    def _sign(word: str, key: bytes) -> str:
        return hmac.new(key, word.encode(), hashlib.sha256).hexdigest()
