"""A plugin reaches its own tables, and asks the core for everything else."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    join,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ezcore.audit.models import AuditRow
from ezcore.plugin_api.values import ClientFacts, ServiceFacts
from ezcore.plugin_host.core_door import plugin_actor
from ezcore.plugin_host.own_tables import NotYourTable
from tests.unit.plugin_host.made_plugins import plugin_class


class CloudBase(DeclarativeBase):
    pass


class Address(CloudBase):
    __tablename__ = "ez_cloud_address"
    id: Mapped[int] = mapped_column(primary_key=True)
    ip: Mapped[str] = mapped_column(String(40))
    used_by: Mapped[str | None] = mapped_column(String(40))


STRANGER = Table("ez_cloudy_address", MetaData(), Column("id", Integer, primary_key=True))


@pytest.fixture
def cloud(shop):
    CloudBase.metadata.create_all(shop.work.engine)
    return shop.host(plugin_class("cloud")).plugin("cloud")


def test_its_own_tables_are_written_and_read(cloud):
    with cloud.context.tables() as session:
        session.add(Address(ip="192.0.2.1"))
        session.execute(insert(Address).values(ip="192.0.2.2"))
    with cloud.context.tables() as session:
        taken = session.execute(update(Address).where(Address.ip == "192.0.2.2").values(used_by="job-1"))
        assert taken.rowcount == 1
        assert session.scalar(select(func.count()).select_from(Address)) == 2
        assert session.scalar(select(literal(1))) == 1


def test_a_block_that_raises_leaves_no_trace(cloud):
    def half_done():
        with cloud.context.tables() as session:
            session.add(Address(ip="192.0.2.1"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with cloud.context.tables() as session:
        assert session.scalar(select(func.count()).select_from(Address)) == 0


@pytest.mark.parametrize(
    "statement",
    [
        select(AuditRow),
        select(AuditRow.id).where(AuditRow.id == 1),
        select(Address.id).where(Address.id.in_(select(AuditRow.id))),
        select(Address.id).select_from(join(Address, AuditRow, Address.id == AuditRow.id)),
        insert(AuditRow).values(verb="invoice.pay"),
        update(AuditRow).values(verb="nothing"),
        insert(Address).from_select(["ip"], select(AuditRow.verb)),
        select(STRANGER),
        text("DELETE FROM audit_row"),
        select(text("1")),
    ],
    ids=[
        "rows",
        "a column",
        "a subquery",
        "a join",
        "insert",
        "update",
        "insert from",
        "a similar name",
        "text",
        "text within",
    ],
)
def test_other_tables_and_hidden_ones_are_refused(cloud, statement):
    with pytest.raises(NotYourTable), cloud.context.tables() as session:
        session.execute(statement)


def test_rows_of_other_tables_are_refused_at_flush(cloud):
    with cloud.context.tables() as session:
        session.add(AuditRow(verb="invoice.pay"))
        with pytest.raises(NotYourTable):
            session.flush()
        session.rollback()


def test_the_core_answers_under_the_actor_of_the_plugin(shop):
    client = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
    service = ServiceFacts(id=41, label="vps-41", client=client, product="VPS S")
    asked = []

    def find(actor, external_id):
        asked.append((actor, external_id))
        return service if external_id == "100" else None

    host = shop.host(plugin_class("cloud"))
    core = host.plugin("cloud").context.core
    with pytest.raises(RuntimeError, match="not connected yet"):
        core.services.find("100")
    host.connect(shop.work, find_service=find)
    assert core.services.find("100") is service
    assert core.services.find("101") is None
    assert asked[0] == (plugin_actor("cloud"), "100")
    assert not plugin_actor("cloud").may("billing.manage")
