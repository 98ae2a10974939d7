from __future__ import annotations

import threading

import pytest

from submissions import bell


class Heard:
    """What was rung for, and a way to wait for it."""

    def __init__(self, expected: int) -> None:
        self.ids: list[int] = []
        self.expected = expected
        self.all = threading.Event()

    def __call__(self, submission_id: int) -> None:
        self.ids.append(submission_id)
        if len(self.ids) == self.expected:
            self.all.set()


def test_it_rings_in_the_order_in_which_rows_become_due(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard(3)
    monkeypatch.setattr(bell, "publish", heard)
    a_bell = bell.Bell()

    a_bell.ring(1, 0.2)
    a_bell.ring(2, 0.1)
    a_bell.ring(3, 0)

    assert heard.all.wait(5)
    assert heard.ids == [3, 2, 1]


def test_a_broker_that_hangs_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(bell, "publish", lambda _id: released.wait(10))
    a_bell = bell.Bell()

    for number in range(100):
        a_bell.ring(number, 0)

    assert not released.is_set()
    released.set()


def test_a_broker_that_fails_is_left_to_the_sweep(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("amqp://user:secret@host")

    monkeypatch.setattr(bell.current_app, "send_task", fail)

    bell.publish(7)

    assert "submission=7 cause=ConnectionError" in caplog.text
    assert "secret" not in caplog.text


def test_it_starts_a_thread_of_its_own_after_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard(2)
    monkeypatch.setattr(bell, "publish", heard)
    a_bell = bell.Bell()
    a_bell.ring(1, 0)
    a_bell._pid = -1

    a_bell.ring(2, 0)

    assert heard.all.wait(5)
