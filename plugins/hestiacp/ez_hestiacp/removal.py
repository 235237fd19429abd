"""The steps of `terminate`, and the undo of `create`: remove the account in our books, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.panel import Panel
from ez_hestiacp.signals import speaking
from ez_hestiacp.workshop import Workshop, gone_by_hand, not_an_administrator
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall

UNDO_TRIES: Final = 30
PASSING: Final = frozenset({Kind.BUSY, Kind.UNKNOWN, Kind.UNREACHABLE, Kind.HALF_DONE, Kind.OTHER})


@dataclass(frozen=True)
class Removal:
    """Removes accounts with everything in them; one that is gone is done."""

    workshop: Workshop

    @speaking
    def delete(self, call: ProvisioningCall) -> dict[str, Any]:
        """Delete the user with its websites, zones, mailboxes and databases; suspended or not."""
        book = self.workshop.reservations(call.server)
        if book.of(call.operation_key) is None and self._is_gone(call):
            return {"gone": True}
        user = self.workshop.reserved(call).user_name
        with self.workshop.panel(call.server, call.log) as panel:
            _delete(panel, user)
        return {"user": user}

    def release(self, call: ProvisioningCall) -> dict[str, Any]:
        """Forget the name, now that nobody has it."""
        self.workshop.reservations(call.server).release(call.operation_key)
        return {"released": True}

    def undo_user(self, call: ProvisioningCall) -> None:
        """Remove what an unfinished `create` left, in one go: the engine asks only once.

        Raises: PermanentFailure when it is still there in the end; a person is told what is left behind.
        """
        reserved = self.workshop.reservations(call.server).of(call.operation_key)
        if reserved is None or not reserved.asked:
            return
        last = ""
        for attempt in range(UNDO_TRIES):
            if attempt:
                self.workshop.pause(2.0)
            try:
                with self.workshop.panel(call.server, call.log) as panel:
                    _delete(panel, reserved.user_name)
            except (HestiaError, OutcomeUnknown) as error:
                last = str(error)
                if isinstance(error, HestiaError) and error.kind not in PASSING:
                    break
            else:
                return
        raise PermanentFailure(f"user {reserved.user_name} is left on {call.server.name}: {last}")

    def undo_name(self, call: ProvisioningCall) -> None:
        """Forget the name, but never while an account may still have it."""
        book = self.workshop.reservations(call.server)
        reserved = book.of(call.operation_key)
        if reserved is None:
            return
        if reserved.asked:
            try:
                with self.workshop.panel(call.server, call.log) as panel:
                    left = panel.account(reserved.user_name) is not None
            except HestiaError as error:
                raise PermanentFailure(
                    f"the name {reserved.user_name} stays reserved: {error.text}"
                ) from error
            if left:
                raise PermanentFailure(
                    f"the name {reserved.user_name} stays reserved: the user is still there"
                )
        book.release(call.operation_key)

    def _is_gone(self, call: ProvisioningCall) -> bool:
        """Whether an account outside our books is not there any more. Raises: NeedsInfo, HestiaError."""
        named = call.resource.external_id if call.resource else None
        if named is None or gone_by_hand(call):
            return True
        with self.workshop.panel(call.server, call.log) as panel:
            if panel.account(named) is None:
                return True
        if (call.answer or "").strip().lower() == "ours":
            return False
        raise NeedsInfo(
            f'User {named} on {call.server.name} is not in our books; not touching it. Answer "ours" to delete it, '
            '"gone" if ours is gone.'
        )


def _delete(panel: Panel, user: str) -> None:
    """Delete a user and see that it is gone; the server's administrator never. Raises: HestiaError."""
    account = panel.account(user)
    if account is None:
        return
    not_an_administrator(account)
    try:
        panel.api.change("v-delete-user", user, "yes")
    except HestiaError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
    if panel.account(user) is not None:
        raise OutcomeUnknown(f"user {user} was deleted but is still there", unreachable=False)
