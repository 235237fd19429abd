"""Services like one that there is, as an import would write them."""

from __future__ import annotations

from typing import Any

from ezcore.services.services.models import Service


def more_services(trade: Any, service: int, count: int, **changes: Any) -> list[int]:
    """So many of the same client, changed as said; gives their ids."""
    with trade.work.write() as uow:
        like = uow.session.get_one(Service, service)
        columns = {
            one.key: getattr(like, one.key) for one in Service.__mapper__.column_attrs if one.key != "id"
        }
        ids = []
        for _ in range(count):
            row = Service(**columns | {"reference": uow.ids.key("svc"), "order_line_id": None} | changes)
            uow.session.add(row)
            uow.session.flush()
            ids.append(row.id)
        return ids
