"""Tags on clients: one word is one tag, however it is typed, also when two put it on at once."""

from __future__ import annotations

import pytest

from ezcore.accounts.models import Client
from ezcore.accounts.tags import operations as tags
from ezcore.accounts.tags import queries
from ezcore.accounts.tags.rules import MOST, written
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.fixtures_trade import at_once

CLERK = Actor("staff", permissions=frozenset({"clients.manage"}), name="Kadri")


@pytest.fixture
def clients(each_work):
    """The numbers of two clients."""
    with each_work.write() as uow:
        rows = [
            Client(name=name, email=f"{name}@c.example", country="EE", currency="EUR", created_at=uow.now())
            for name in ("ann", "ben")
        ]
        uow.session.add_all(rows)
        uow.session.flush()
        return [row.id for row in rows]


def put(work, client, word):
    with work.write(CLERK) as uow:
        return tags.add(uow, client, word)


def of(work, *clients):
    with work.read() as uow:
        return queries.tags_of(uow, clients)


def test_a_tag_is_one_however_it_is_typed_and_stands_until_it_is_taken_off(each_work, clients):
    ann, ben = clients
    assert put(each_work, ann, "  Good   PAYER ")
    assert not put(each_work, ann, "good payer")
    assert put(each_work, ben, "good payer")
    assert put(each_work, ben, "agency")
    assert of(each_work, ann, ben) == {ann: ["good payer"], ben: ["agency", "good payer"]}
    with each_work.read() as uow:
        assert queries.known(uow) == ["agency", "good payer"]
        assert queries.known(uow, 1) == ["good payer"]  # the one that stands most often
    with each_work.write(CLERK) as uow:
        assert tags.remove(uow, ben, "Good payer")
        assert not tags.remove(uow, ben, "good payer")
    assert of(each_work, ann, ben) == {ann: ["good payer"], ben: ["agency"]}


def test_a_client_s_own_tags_are_told_however_many_stand_elsewhere(each_work, clients):
    ann, ben = clients
    put(each_work, ann, "zebra")
    for word in ("agency", "reseller", "vip"):
        put(each_work, ben, word)
    with each_work.read() as uow:
        assert queries.on_and_known(uow, ann, limit=2) == (["zebra"], ["agency", "zebra"])


@pytest.mark.parametrize("typed", ["", "   ", "a" * 31, "vip, agency", "vi\x00p", "a\u202eb"])
def test_what_is_no_word_is_refused_at_its_field(typed):
    with pytest.raises(InvalidInput) as refused:
        written(typed)
    assert refused.value.field == "tag"


def test_only_who_works_on_clients_tags_them_and_only_clients_that_are_there(each_work, clients):
    reader = Actor("staff", permissions=frozenset({"staff.read"}), name="Jaan")
    with each_work.write(reader) as uow, pytest.raises(NotAllowed):
        tags.add(uow, clients[0], "vip")
    with each_work.write(CLERK) as uow, pytest.raises(NotFound):
        tags.add(uow, 10**9, "vip")


def test_sixteen_at_once_put_on_no_more_than_a_client_may_have(each_work, clients):
    def clerk(turn):
        try:
            put(each_work, clients[0], f"word {turn % (MOST + 2)}")
        except InvalidInput as refused:
            return refused.field
        return "tag"

    assert at_once(16, clerk) == ["tag"] * 16
    assert len(of(each_work, clients[0])[clients[0]]) == MOST
