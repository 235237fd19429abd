"""A plugin reports what its own services used through its door, and nobody else's."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from ezcore.app import _report_usage
from ezcore.catalog.metrics.models import ProductMetric
from ezcore.kernel.errors import NotFound
from ezcore.plugin_host.core_door import plugin_actor
from ezcore.services.services.models import Service, ServiceResource
from ezcore.services.usage.models import UsageRecord

AT = datetime(2027, 2, 1, 12, tzinfo=UTC)


def test_a_plugin_reports_for_its_own_resources_only(trade):
    service = trade.active_service(slug="vps-s")
    with trade.work.write() as uow:
        row = uow.session.get_one(Service, service)
        uow.session.connection().exec_driver_sql(
            "INSERT INTO server (id, name, module, settings, sealed, active, position)"
            " VALUES (1, 's', 'meter', '{}', '{}', 1, 0)"
        )
        uow.session.add(
            ServiceResource(
                service_id=service,
                module="meter",
                server_id=1,
                external_id="vm-7",
                operation_key="k",
                created_at=AT,
            )
        )
        uow.session.add(ProductMetric(product_id=row.product_id, key="traffic", title="Traffic", unit="GB"))
    meter, other = plugin_actor("meter"), plugin_actor("other")
    assert _report_usage(trade.work, meter, "vm-7", "traffic", Decimal("1.5"), AT, "a")
    assert not _report_usage(trade.work, meter, "vm-7", "traffic", Decimal("1.5"), AT, "a")
    with pytest.raises(NotFound):
        _report_usage(trade.work, other, "vm-7", "traffic", Decimal("1.5"), AT, "b")
    with trade.work.read() as uow:
        assert uow.session.scalars(select(UsageRecord.quantity_milli)).all() == [1500]
