"""Sealed secrets: bound to their row, readable after a rotation of keys, never in clear text."""

from __future__ import annotations

import pytest

from ezcore.db.sealed import CannotOpen, SecretBox

OLD, NEW, OTHER = ("k" * 31 + letter for letter in "123")


def test_what_was_sealed_opens_and_does_not_show():
    box = SecretBox([NEW])
    sealed = box.seal("server:7:token", "hunter2")
    assert "hunter2" not in sealed
    assert box.open("server:7:token", sealed) == "hunter2"
    assert box.seal("server:7:token", "hunter2") != sealed, "a nonce of its own each time"


def test_a_secret_copied_to_another_row_does_not_open():
    box = SecretBox([NEW])
    with pytest.raises(CannotOpen):
        box.open("server:8:token", box.seal("server:7:token", "hunter2"))


def test_keys_can_be_rotated():
    sealed = SecretBox([OLD]).seal("r", "hunter2")
    assert SecretBox([NEW, OLD]).open("r", sealed) == "hunter2"
    with pytest.raises(CannotOpen):
        SecretBox([OTHER]).open("r", sealed)


@pytest.mark.parametrize("text", ["", "s1.", "s1.AAAA", "s2.AAAA", "plain", "s1.!!!", "s1.AAAAA"])
def test_what_was_never_sealed_does_not_open(text):
    with pytest.raises(CannotOpen):
        SecretBox([NEW]).open("r", text)


def test_each_purpose_has_keys_of_its_own():
    box = SecretBox([NEW, OLD])
    assert len({*box.subkeys("ring"), *box.subkeys("seal")}) == 4


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "short"]])
def test_keys_that_are_missing_or_short_are_refused(keys):
    with pytest.raises(ValueError, match="32 characters"):
        SecretBox(keys)
