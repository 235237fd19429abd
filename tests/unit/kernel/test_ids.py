"""Ids are unguessable in the shop and repeatable in the simulation."""

from __future__ import annotations

import re

import pytest

from ezcore.kernel.ids import SeededIds, SystemIds

KEY = re.compile(r"pay_[a-z2-7]{24}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@pytest.mark.parametrize("ids", [SystemIds(), SeededIds(7)])
def test_keys_and_tokens_are_safe_in_addresses_and_do_not_repeat(ids):
    keys = [ids.key("pay") for _ in range(200)]
    tokens = [ids.token() for _ in range(200)]
    assert all(KEY.fullmatch(key) for key in keys)
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert len(set(keys)) == len(set(tokens)) == 200


def test_the_same_seed_gives_the_same_ids_and_another_seed_others():
    def made_by(ids):
        return [ids.key("job"), ids.token(), ids.token(100)]

    assert made_by(SeededIds(1)) == made_by(SeededIds("1"))
    assert not set(made_by(SeededIds(1))) & set(made_by(SeededIds(2)))


@pytest.mark.parametrize("ids", [SystemIds(), SeededIds(7)])
def test_a_token_is_as_long_as_asked(ids):
    assert [len(ids.token(n)) for n in (16, 32, 33, 64)] == [22, 43, 44, 86]
