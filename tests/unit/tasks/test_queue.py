"""The bell: one signed word on SQLite or Redis; all else in the queue is refused, and nobody hangs on it."""

from __future__ import annotations

import logging
import os
import pickle
import time

import pytest
from huey.registry import Message
from redis.exceptions import ConnectionError as RedisConnectionError

from ezcore.db.sealed import SecretBox
from ezcore.settings import Queue as QueueSettings
from ezcore.settings import Settings
from ezcore.tasks.queue import LOUD_ENOUGH, QueueAway, make_queue, ring
from ezcore.tasks.words import RefusedMessage

OLD, NEW, OTHER = ("k" * 31 + letter for letter in "123")


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def settings(request, tmp_path):
    if request.param == "sqlite":
        return Settings(queue=QueueSettings(file=str(tmp_path / "deep" / "queue.sqlite3")))
    url = request.getfixturevalue("redis_url")
    name = f"eztest{os.getpid()}{time.monotonic_ns()}"
    return Settings(queue=QueueSettings(storage="redis", redis_url=url, name=name))


@pytest.fixture
def queue(settings):
    queue = make_queue(settings, SecretBox([NEW]))
    queue.answers = {"due": lambda: queue.heard.append("due"), "tick": lambda: queue.heard.append("tick")}
    queue.heard = []
    yield queue
    queue.huey.storage.flush_all()
    queue.huey.storage.close()


def _work(queue):
    """What one turn of a worker thread does."""
    task = queue.huey.dequeue()
    if task is not None:
        queue.huey.execute(task)
    return task


def test_what_one_process_rings_another_answers(queue, settings):
    web = make_queue(settings, SecretBox([NEW]))
    ring(web)
    _work(queue)
    assert queue.heard == ["due"]
    assert _work(queue) is None


def test_a_minute_that_passes_is_the_other_word(queue):
    (periodic,) = queue.huey.read_periodic(None)
    queue.huey.enqueue(periodic)
    _work(queue)
    assert queue.heard == ["tick"]


def test_the_bytes_are_a_word_and_its_signature_and_never_pickle(queue):
    ring(queue)
    (data,) = queue.huey.storage.enqueued_items()
    word, _, signature = bytes(data).partition(b".")
    assert (word, len(signature)) == (b"due", 64)


class Canary:
    def __reduce__(self):
        return (os.mkdir, (os.environ["EZ_CANARY"],))


@pytest.mark.parametrize("what", ["pickle", "forged", "garbage", "empty", "not ascii"])
def test_what_we_did_not_write_is_refused_counted_and_logged(queue, tmp_path, monkeypatch, caplog, what):
    monkeypatch.setenv("EZ_CANARY", str(tmp_path / "canary"))
    data = {
        "pickle": pickle.dumps(Canary()),
        "forged": b"due." + b"0" * 64,
        "garbage": os.urandom(300),
        "empty": b"",
        "not ascii": "due.é".encode(),
    }[what]
    queue.huey.storage.enqueue(data)
    with caplog.at_level(logging.WARNING), pytest.raises(RefusedMessage):
        _work(queue)
    assert queue.words.refused == 1
    assert "refused" in caplog.text
    assert not (tmp_path / "canary").exists()
    ring(queue)  # and the queue goes on
    _work(queue)
    assert queue.heard == ["due"]


def test_keys_can_be_rotated_but_a_stranger_is_refused(queue, settings):
    ring(make_queue(settings, SecretBox([OLD])))
    rotated = make_queue(settings, SecretBox([NEW, OLD]))
    assert rotated.huey.dequeue() is not None
    ring(make_queue(settings, SecretBox([OTHER])))
    with pytest.raises(RefusedMessage):
        rotated.huey.dequeue()


@pytest.mark.parametrize(
    "message",
    [Message("1", "os.system"), Message("1", "ezcore.tasks.queue.due", args=(7,)), "a result", None],
    ids=["another task", "with arguments", "a result", "nothing"],
)
def test_nothing_but_a_plain_ring_can_be_sent(queue, message):
    with pytest.raises(RefusedMessage):
        queue.words.serialize(message)


def test_a_queue_that_nobody_empties_does_not_grow_without_end(queue):
    for _ in range(LOUD_ENOUGH + 20):
        ring(queue)
    assert queue.huey.storage.queue_size() == LOUD_ENOUGH


def test_a_redis_that_is_away_is_given_up_within_a_second_and_then_left_alone():
    settings = Settings(queue=QueueSettings(storage="redis", redis_url="redis://127.0.0.1:1/0"))
    queue = make_queue(settings, SecretBox([NEW]))
    started = time.monotonic()
    with pytest.raises(RedisConnectionError):
        ring(queue)
    with pytest.raises(QueueAway):
        ring(queue)
    assert time.monotonic() - started < 1.5
