"""What may go wrong with what a gateway tells."""

from __future__ import annotations

from ezcore.kernel.errors import EzError


class NotKnownYet(EzError):
    """A gateway speaks of something that is not here (yet); `key` names it, so that its arrival applies the word."""

    def __init__(self, kind: str, external_id: str) -> None:
        super().__init__(
            f"waits for {kind} {external_id}, which is not known here; applied by itself when it is"
        )
        self.key = key_of(kind, external_id)


def key_of(kind: str, external_id: str) -> str:
    """Under which name facts wait."""
    return f"{kind}:{external_id}"[:200]
