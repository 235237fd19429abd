"""`ez tickets mail` takes a mail from a mail server's pipe; what cannot be taken in now is kept by that server."""

from __future__ import annotations

import io

import pytest

from ezcore.cli import tickets as command
from ezcore.cli.main import main
from tests.unit.support.mail.letters import letter, received, tickets

MB = 1024 * 1024


@pytest.fixture
def pipe(trade, tmp_path, monkeypatch):
    """Runs the command with these bytes on standard input; gives its exit code."""
    ini = tmp_path / "shop.ini"
    ini.write_text("[app:main]\n" + "".join(f"{k} = {v}\n" for k, v in trade.shop.settings.ini.items()))

    def run(raw, department="help", config=ini):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        return main(["tickets", "-c", str(config), "mail", "--department", department])

    return run


def test_a_mail_is_taken_in_and_a_second_time_it_is_known(trade, pipe, capsys):
    trade.newcomer()
    assert [pipe(letter()), pipe(letter())] == [0, 0]
    assert len(tickets(trade)) == 1
    said = capsys.readouterr().out
    assert "opened: A new ticket" in said
    assert "known: <" in said


def test_what_is_refused_is_taken_in_for_it_stands_in_the_list(trade, pipe):
    assert pipe(letter("zoe@elsewhere.example")) == 0
    assert [one.outcome for one in received(trade)] == ["refused"]


@pytest.mark.parametrize("name", ["help", "Technical help"])
def test_the_department_is_named_in_either_way(trade, pipe, name):
    assert pipe(letter("zoe@elsewhere.example"), name) == 0


def test_exit_codes_are_those_that_mail_servers_know(trade, pipe, tmp_path):
    assert pipe(b"") == 65
    assert pipe(letter(), "nowhere") == 67
    away = tmp_path / "away.ini"
    away.write_text("[app:main]\nez.database.url = postgresql+psycopg://nobody@127.0.0.1:1/nothing\n")
    assert pipe(letter(), config=away) == 75
    assert pipe(letter(), config=tmp_path / "missing.ini") == 75
    empty = tmp_path / "empty.ini"
    empty.write_text(f"[app:main]\nez.database.url = sqlite:///{tmp_path / 'empty.sqlite3'}\n")
    assert pipe(letter(), config=empty) == 75
    assert received(trade) == []


def test_B075_fifty_megabytes_are_read_to_their_end_and_not_kept(trade):
    trade.newcomer()
    source = io.BytesIO(letter() + b"x" * 50 * MB)
    assert command.take_in(trade.shop, "help", source) == 0
    assert source.read() == b""
    (row,) = received(trade)
    assert (row.outcome, row.sha256) == ("refused", None)
    assert row.size > 50 * MB
    assert "we take 25 MB" in row.why
