"""Where a ticket stands at another help desk, for staff who read it here."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.support.helpdesk.queries import at_desk
from ezcore.support.tickets.models import Ticket
from ezcore.web.shared.markup import safe_href

log = logging.getLogger(__name__)


class AtDesk(NamedTuple):
    """The help desk, its page of the ticket (None: not known), the exchange under way (None: both are the same)."""

    label: str
    page: str | None
    job_id: int | None


def at_other_desk(request: Any, ticket: Ticket) -> AtDesk | None:
    """None where no help desk is named, or has this ticket. Asks the database only where one is named."""
    if not request.uow.settings.support.helpdesk:
        return None
    row = at_desk(request.uow, ticket.id)
    if row is None:
        return None
    label, page = row.helpdesk, None
    try:
        desk = request.host_of_plugins.ports.get(Helpdesk, row.helpdesk)
        label = desk.label
        page = desk.page(row.external_id) if row.external_id else None
    except LookupError:
        log.info("the help desk %s is not there", row.helpdesk)
    except Exception:
        # A plugin that cannot say where its page is must not take ours away.
        log.exception("the help desk %s", row.helpdesk)
    return AtDesk(label, safe_href(page) if page else None, row.job_id)
