"""A help desk in memory; it forgets nothing and repeats nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ezcore.plugin_api.ports.helpdesk import Helpdesk, HelpdeskReply, HelpdeskTalk


@dataclass
class There:
    """A ticket at the help desk: `said` is what we told it, in order."""

    facts: Any
    said: list[Any] = field(default_factory=list)
    state: str = "open"
    replies: list[HelpdeskReply] = field(default_factory=list)


@dataclass
class ToyDesk(Helpdesk):
    """`says[verb]` is raised once after the verb had its effect: the answer is lost."""

    name = "toydesk"
    label = "Toy desk"
    held: dict[str, There] = field(default_factory=dict)
    says: dict[str, Exception] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)

    def test_connection(self) -> str:
        return "well"

    def open_ticket(self, call: Any, ticket: Any, first: Any) -> str:
        found = next((key for key, one in self.held.items() if one.facts.reference == ticket.reference), None)
        if found is None:
            found = f"z{len(self.held) + 1}"
            self.held[found] = There(ticket, [first])
        self._lose("open_ticket")
        return found

    def post(self, call: Any, external_id: str, message: Any) -> str:
        there = self.held[external_id]
        if message.key not in [one.key for one in there.said]:
            there.said.append(message)
        self._lose("post")
        return f"{external_id}-{message.key}"

    def set_state(self, call: Any, external_id: str, state: Any) -> None:
        self.held[external_id].state = state
        self._lose("set_state")

    def talk(self, external_id: str) -> HelpdeskTalk | None:
        there = self.held.get(external_id)
        return HelpdeskTalk(state=there.state, replies=tuple(there.replies)) if there else None

    def changed(self, since: Any) -> Any:
        return self.moved

    def page(self, external_id: str) -> str:
        return f"https://desk.example/{external_id}"

    def _lose(self, verb: str) -> None:
        if verb in self.says:
            raise self.says.pop(verb)
