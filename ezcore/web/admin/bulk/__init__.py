"""Bulk actions of staff lists: one file per noun, and what they share.

A list offers what its noun offers (`actions`), a form with the ticked rows comes in (`answering`), and each thing is
done by the operation for one thing, in its own unit of work (`running`).
"""

from typing import Final

from ezcore.web.admin.bulk import clients, invoices, orders, services, tickets

AREA: Final = (tickets, invoices, services, orders, clients)
