"""A console opens once, for the client it was opened for, and the vendor's password stays in the house."""

from __future__ import annotations

import re
import struct
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from ezcore.consoles.models import ConsoleTicket
from ezcore.services.services.models import Service, ServiceState


class Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def ask(room, path, token, form=None):
    """Status, headers and text of a page."""
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(room.address + path, body, {"Cookie": f"ez_session={token}"})
    try:
        with urllib.request.build_opener(Straight).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def csrf(room, token):
    _, _, text = ask(room, "/dashboard/", token)
    return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]


def opened(room, token=None):
    token = token or room.ann
    return ask(room, room.path, token, {"csrf_token": csrf(room, token)})


def ticket(room):
    status, _, text = opened(room)
    assert status == 200
    return re.search(r'data-ticket="([^"]+)"', text)[1]


@contextmanager
def socket(room, session, origin=None):
    headers = {"Cookie": f"ez_session={session}"} if session else {}
    asked = {"origin": origin or room.address, "additional_headers": headers, "subprotocols": ["binary"]}
    with connect(room.console, compression=None, proxy=None, **asked) as one:
        yield one


class Viewer:
    """A browser's side of RFB, without the browser."""

    def __init__(self, one):
        self.socket, self.buffer = one, b""

    def exact(self, size):
        while len(self.buffer) < size:
            self.buffer += self.socket.recv(timeout=15)
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def screen(self):
        """Log in without a password and read one whole picture; gives size and pixels."""
        assert self.exact(12) == b"RFB 003.008\n"
        self.socket.send(b"RFB 003.008\n")
        assert self.exact(2) == b"\x01\x01"
        self.socket.send(b"\x01")
        assert self.exact(4) == bytes(4)
        self.socket.send(b"\x01")
        width, height, size = struct.unpack(">HH16xI", self.exact(24))
        self.exact(size)
        self.socket.send(struct.pack(">BBHHHH", 3, 0, 0, 0, width, height))
        assert self.exact(16) == struct.pack(">BxH4Hi", 0, 1, 0, 0, width, height, 0)
        return width, height, self.exact(width * height * 4)


def closed(one):
    with pytest.raises(ConnectionClosed) as ended:
        one.recv(timeout=20)
    return ended.value.rcvd.code, ended.value.rcvd.reason


def test_the_console_shows_the_machine_and_a_ticket_opens_it_once(machine_room):
    room = machine_room
    own = ticket(room)
    with socket(room, room.ann) as one:
        one.send(own)
        width, height, pixels = Viewer(one).screen()
        assert (width, height) == (320, 200)
        assert len(set(struct.unpack(f"<{width * height}I", pixels))) == 2
    with socket(room, room.ann) as one:
        one.send(own)
        assert closed(one) == (4403, "this ticket was used or is too old")
    assert len(room.cluster.app.calls.all("vncproxy")) == 1


@pytest.mark.parametrize("who", ["bob", "nobody"])
def test_a_ticket_is_of_no_use_to_somebody_else(machine_room, who):
    room = machine_room
    own = ticket(room)
    with socket(room, room.bob if who == "bob" else None) as one:
        one.send(own)
        assert closed(one)[0] == 4403
    with socket(room, room.ann) as one:  # and theirs is not used up by the try
        one.send(own)
        assert Viewer(one).screen()[0] == 320


def test_a_ticket_is_good_for_half_a_minute(machine_room):
    room = machine_room
    own = ticket(room)
    with room.shop.work.write() as uow:
        uow.session.execute(update(ConsoleTicket).values(expires_at=uow.now()))
    with socket(room, room.ann) as one:
        one.send(own)
        assert closed(one)[0] == 4403
    assert room.cluster.app.calls.all("vncproxy") == []


def test_a_page_of_another_site_cannot_open_a_console(machine_room):
    with (
        pytest.raises(InvalidStatus) as refused,
        socket(machine_room, machine_room.ann, "http://evil.example"),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_a_machine_that_is_off_says_so(machine_room):
    room = machine_room
    guest = room.cluster.app.guests.find(100)
    room.cluster.app.guests.put({**guest, "status": "stopped"})
    own = ticket(room)
    with socket(room, room.ann) as one:
        one.send(own)
        code, words = closed(one)
    assert code == 4403
    assert "is off" in words


def test_a_cluster_that_does_not_let_us_in_is_said_without_its_secrets(machine_room):
    from ezcore.plugin_api.sandbox import Fault

    room = machine_room
    room.cluster.app.faults.script(Fault("vncproxy", "unauthorized", args={"privilege": "VM.Console"}))
    own = ticket(room)
    with socket(room, room.ann) as one:
        one.send(own)
        code, words = closed(one)
    assert code == 4403
    assert "VM.Console" in words


def test_only_the_console_page_may_speak_to_the_console_process(machine_room):
    room = machine_room
    host = room.console.rstrip("/")
    _, headers, text = opened(room)
    assert f"connect-src 'self' {host};" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    for path in (room.path, "/dashboard/"):
        _, plain, _ = ask(room, path, room.ann)
        assert host not in plain["Content-Security-Policy"]
    assert "00000000-1111" not in text
    with room.shop.work.read() as uow:
        kept = uow.session.scalars(select(ConsoleTicket)).one()
        assert kept.token_hash not in text


def test_another_clients_console_is_not_found_and_gives_no_ticket(machine_room):
    room = machine_room
    assert opened(room, room.bob)[0] == 404
    assert ask(room, room.path, room.bob)[0] == 404
    with room.shop.work.read() as uow:
        assert uow.session.scalars(select(ConsoleTicket)).all() == []


def test_a_suspended_service_has_no_console(machine_room):
    room = machine_room
    with room.shop.work.write() as uow:
        uow.session.get_one(Service, room.service_id).state = ServiceState.SUSPENDED
    status, _, text = opened(room)
    assert status == 409
    assert "data-ticket" not in text


def test_without_the_token_of_the_session_no_ticket_is_given(machine_room):
    room = machine_room
    assert ask(room, room.path, room.ann, {"csrf_token": "stale"})[0] == 400
