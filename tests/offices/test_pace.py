"""Politeness: so many calls at once and a second, whoever makes them."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from connect.calls import Answer, Endpoint
from offices import pace
from offices.models import LineSeat, LineStart
from offices.vitec import paced_client_for

DEADLINE = 20


@pytest.fixture
def slept(monkeypatch):
    """The seconds that were waited, without waiting: every seat has rested by then."""
    found = []

    def sleep(seconds):
        found.append(seconds)
        LineSeat.objects.update(next_at=F("next_at") - dt.timedelta(seconds=seconds))

    monkeypatch.setattr(pace.time, "sleep", sleep)
    return found


def test_a_second_holds_no_more_calls_than_the_limit(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 5
    settings.VITEC_CALLS_PER_SECOND = 10
    begun = time.monotonic()
    for _call in range(12):
        with pace.turn("line"):
            pass
    # A sync has three of the five seats, each of which may be taken every half second.
    assert sum(slept) + time.monotonic() - begun >= 1.45


def test_who_has_no_patience_left_makes_no_call(db, settings):
    settings.VITEC_CALLS_AT_ONCE = 1
    with pace.turn("line"), pytest.raises(pace.NoTurn), pace.turn("line", 0.1):
        pytest.fail("there was no seat")
    assert LineSeat.objects.get().token is None


def test_another_line_does_not_wait_for_it(db, settings, slept):
    settings.VITEC_CALLS_PER_SECOND = 10
    for line in ("one", "other"):
        with pace.turn(line):
            pass
    assert not slept


def test_a_clock_that_was_set_back_leaves_nobody_waiting(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 1
    with pace.turn("line"):
        pass
    LineSeat.objects.update(next_at=timezone.now() + dt.timedelta(hours=1))
    with pace.turn("line"):
        pass
    assert slept == []


def test_a_sync_leaves_seats_to_the_bookings(db, settings):
    settings.VITEC_CALLS_AT_ONCE = 3
    assert pace._sit_down("line", pace.uuid.uuid4())
    assert not pace._sit_down("line", pace.uuid.uuid4())
    with transaction.atomic():
        assert pace.take_seat("line", pace.uuid.uuid4())
        assert pace.take_seat("line", pace.uuid.uuid4())


def test_who_finds_no_seat_gets_a_moment_of_its_own(db, settings):
    settings.VITEC_CALLS_PER_SECOND = 10
    moments = [pace.line_up("line") for _ in range(4)]
    assert moments == sorted(moments)
    assert 0.1 <= moments[0] <= moments[-1] <= 0.5


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_gets_its_own_and_none_is_sent_to_the_end(settings):
    settings.VITEC_CALLS_PER_SECOND = 10
    told = []

    def ask():
        try:
            told.extend(pace.line_up("line") for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert len(told) == 40
    # Forty moments, a tenth of a second apart.
    assert max(told) <= 4.1


def test_nobody_is_told_to_come_back_after_more_than_a_minute(db, settings):
    settings.VITEC_CALLS_PER_SECOND = 0.05
    assert all(pace.line_up("line") <= 81 for _ in range(20))
    LineStart.objects.update(next_at=timezone.now() + dt.timedelta(seconds=90))
    assert 30 <= pace.line_up("line") <= 60


def test_a_moment_from_before_the_clock_was_set_back_makes_nobody_wait(db, settings):
    settings.VITEC_CALLS_PER_SECOND = 10
    pace.line_up("line")
    LineStart.objects.update(next_at=timezone.now() + dt.timedelta(days=1))
    assert [pace.line_up("line") < 1 for _ in range(3)] == [True] * 3


def test_a_host_whose_clock_is_ahead_waits_until_a_seat_is_free(db, settings, slept, monkeypatch):
    settings.VITEC_CALLS_AT_ONCE = 1
    settings.VITEC_CALLS_PER_SECOND = 2
    ahead = timezone.now() + dt.timedelta(seconds=30)
    monkeypatch.setattr(pace.timezone, "now", lambda: ahead)
    for _call in range(3):
        with pace.turn("line"):
            pass
    # A seat of one rests half a second, and each is slept for once.
    assert len(slept) == 2
    assert min(slept) > 0.1


def test_the_first_call_of_a_login_waits_for_nobody(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 1
    for number in range(20):
        with pace.turn(f"line {number}", 0):
            pass
    assert not slept


def test_no_more_are_on_their_way_than_there_are_seats(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 4
    with pace.turn("line"), pace.turn("line"):
        assert LineSeat.objects.exclude(token=None).count() == 2
        assert not pace._sit_down("line", pace.uuid.uuid4())
    assert not LineSeat.objects.exclude(token=None).exists()


def test_a_seat_of_a_process_that_died_is_free_again(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 1
    assert pace._sit_down("line", pace.uuid.uuid4())
    LineSeat.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    with pace.turn("line"):
        assert LineSeat.objects.exclude(token=None).count() == 1


def test_a_call_that_failed_gives_its_seat_back(db, slept):
    with pytest.raises(ValueError, match="no answer"), pace.turn("line"):
        raise ValueError("no answer")
    assert not LineSeat.objects.exclude(token=None).exists()


def test_more_seats_are_set_when_the_limit_is_raised(db, settings, slept):
    settings.VITEC_CALLS_AT_ONCE = 1
    with pace.turn("line"):
        settings.VITEC_CALLS_AT_ONCE = 2
        with pace.turn("line"):
            assert LineSeat.objects.exclude(token=None).count() == 2


def test_a_client_counts_its_calls_and_offices_of_one_login_share_a_line(
    vitec, office, neighbour_office
):
    with paced_client_for(office) as mine, paced_client_for(neighbour_office) as theirs:
        call = Endpoint("lookups.tasks", "GET", "Task", Answer.JSON, writes=False).call()
        assert mine.line(call) == theirs.line(call)
        assert "sandbox" not in mine.line(call)
        assert mine.calls == 0


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_many_at_once(settings):
    settings.VITEC_CALLS_AT_ONCE = 4
    most, sitting, lock = [0], [0], threading.Lock()

    def call():
        try:
            for _call in range(5):
                with pace.turn("line"):
                    with lock:
                        sitting[0] += 1
                        most[0] = max(most[0], sitting[0])
                    with lock:
                        sitting[0] -= 1
        finally:
            connection.close()

    threads = [threading.Thread(target=call, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert not any(thread.is_alive() for thread in threads)
    assert most[0] <= 2
    assert not LineSeat.objects.exclude(token=None).exists()
