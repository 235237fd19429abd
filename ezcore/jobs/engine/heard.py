"""What a step that goes on whatever happens tells of its provider: whether it answered, and what it did not answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure


@dataclass
class Heard:
    """Without a word of it, a step that ended well was answered; one that asks several times says each outcome."""

    answered: bool = True
    troubles: list[str] = field(default_factory=list)

    def nothing(self) -> None:
        """Nobody was asked yet."""
        self.answered = False

    def answer(self) -> None:
        """The provider answered: what was held against it in this step is over."""
        self.answered = True
        self.troubles.clear()

    def failure(self, error: BaseException) -> None:
        """A question ended so. Silence counts against the provider, another failure is an answer.

        What our side or a person must mend (a paused plugin, missing settings) tells nothing of the provider.
        """
        if getattr(error, "unreachable", isinstance(error, OSError)):
            self.troubles.append(str(error) or type(error).__name__)
        elif not isinstance(error, LookupError | NeedsInfo | PermanentFailure):
            self.answer()
