"""A vendor's growing kinds are read by what is asked for, in either order."""

from __future__ import annotations

import pytest

from ezcore.plugin_api.sandbox import Store


@pytest.fixture
def store():
    store = Store()
    for number, (customer, end) in enumerate((("a", None), ("b", "OK"), ("a", "OK"))):
        store.put("task", str(number), {"id": number, "customer": customer, "end": end})
    store.put("other", "9", {"id": 9, "customer": "a", "end": None})
    return store


def ids(documents):
    return [document["id"] for document in documents]


def test_only_what_equals_is_read_oldest_or_newest_first(store):
    assert ids(store.where("task", customer="a")) == [0, 2]
    assert ids(store.where("task", newest_first=True, customer="a")) == [2, 0]
    assert ids(store.where("task")) == [0, 1, 2]


def test_none_is_null_or_not_there(store):
    store.put("task", "3", {"id": 3, "customer": "a"})
    assert ids(store.where("task", end=None)) == [0, 3]
    assert ids(store.where("task", customer="a", end="OK")) == [2]


def test_what_is_changed_keeps_its_place(store):
    store.put("task", "0", {"id": 0, "customer": "b", "end": None})
    assert ids(store.where("task", customer="b")) == [0, 1]
