"""Deliveries keep to the pace of their login, and no worker waits for it."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from offices import pace
from offices.models import Credential, LineSeat, LineStart, Office, User
from sandbox.server import Sandbox
from submissions import delivery
from submissions.delivery import Ring, deliver, sweep
from submissions.models import Attempt, Event, State, Submission
from tests.factories import make_submission
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(
    vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
) -> list[Submission]:
    """Four comebacks of one office, due now, which do not concern the same person."""
    person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
    made = [make_submission(bokare, office, note=f"Nummer {n}", **person) for n in range(4)]
    Submission.objects.update(person_hash="")
    return made


def on_their_way(*submissions: Submission) -> None:
    """As if other workers were at them this moment."""
    for submission in submissions:
        assert delivery.claim(submission.pk)


def state_of(submission: Submission) -> str:
    return Submission.objects.get(pk=submission.pk).state


class TestAtOnce:
    def test_one_more_than_may_be_on_their_way_is_put_back_with_a_moment_to_come_again(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 2
        on_their_way(*waiting[:2])

        ring = deliver(waiting[2].pk)

        assert ring is not None
        assert ring.submission_id == waiting[2].pk
        row = Submission.objects.get(pk=waiting[2].pk)
        assert (row.state, row.tries, row.token) == (State.QUEUED, 0, None)
        assert [a.event for a in row.attempts.all()] == [Event.ACCEPTED]
        assert posts(vitec) == []

    def test_what_is_settled_gives_its_seat_back_by_that_alone(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 1

        assert [deliver(submission.pk) for submission in waiting] == [None] * 4

        assert {state_of(submission) for submission in waiting} == {State.DELIVERED}

    def test_what_a_dead_worker_held_sits_no_longer_than_it_is_claimed(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 1
        on_their_way(waiting[0])
        past = timezone.now() - dt.timedelta(seconds=1)
        Submission.objects.filter(pk=waiting[0].pk).update(lease_until=past)
        sweep()

        assert deliver(waiting[1].pk) is None

        assert state_of(waiting[1]) == State.DELIVERED

    def test_offices_of_one_login_share_its_seats_and_others_have_their_own(
        self, vitec: Sandbox, waiting: list[Submission], neighbour_office: Office, settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 1
        Submission.objects.filter(pk=waiting[1].pk).update(office=neighbour_office)
        on_their_way(waiting[0])
        assert isinstance(deliver(waiting[1].pk), Ring)

        Credential.objects.filter(office=neighbour_office).update(username="other")
        Submission.objects.update(not_before=Now())

        assert delivery.claim(waiting[1].pk) is not None

    def test_one_whose_turn_it_is_not_takes_no_seat(
        self, waiting: list[Submission], settings: Any
    ) -> None:
        Submission.objects.filter(pk__in=[s.pk for s in waiting[:2]]).update(person_hash="same")

        assert delivery.claim(waiting[1].pk) is None

        assert not LineSeat.objects.exclude(token=None).exists()

    def test_a_sync_at_work_leaves_a_seat_to_a_booking(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 3
        line = pace.line_of("sandbox")
        assert pace._sit_down(line, uuid.uuid4())
        assert not pace._sit_down(line, uuid.uuid4())

        assert deliver(waiting[0].pk) is None

        assert state_of(waiting[0]) == State.DELIVERED


class TestASecond:
    def test_a_second_holds_no_more_than_the_limit_and_the_rest_is_spread_behind_it(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 2
        settings.VITEC_CALLS_PER_SECOND = 0.2  # a seat rests for ten seconds

        rings = [deliver(submission.pk) for submission in waiting]

        assert rings[:2] == [None, None]
        assert len(posts(vitec)) == 2
        seconds = [ring.seconds for ring in rings if ring]
        assert len(seconds) == 2
        assert 4 < seconds[0] < 6 < seconds[1] < 11
        assert not Submission.objects.due().exists()

    def test_it_goes_when_its_moment_has_come(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 1
        settings.VITEC_CALLS_PER_SECOND = 0.2
        deliver(waiting[0].pk)
        deliver(waiting[1].pk)
        by = dt.timedelta(seconds=20)
        LineSeat.objects.update(next_at=F("next_at") - by)
        Submission.objects.update(not_before=F("not_before") - by)

        assert waiting[1].pk in sweep()
        deliver(waiting[1].pk)

        assert state_of(waiting[1]) == State.DELIVERED

    def test_a_seat_that_rests_beyond_any_gap_means_that_the_clock_was_set_back(
        self, vitec: Sandbox, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_CALLS_AT_ONCE = 1
        deliver(waiting[0].pk)
        LineSeat.objects.update(next_at=timezone.now() + dt.timedelta(hours=1))

        deliver(waiting[1].pk)

        assert state_of(waiting[1]) == State.DELIVERED


def test_without_a_login_there_is_no_line_to_stand_in(
    waiting: list[Submission], office: Office
) -> None:
    Credential.objects.filter(office=office).delete()

    assert deliver(waiting[0].pk) is None

    assert state_of(waiting[0]) == State.HELD


def test_it_costs_one_statement(vitec: Sandbox, waiting: list[Submission]) -> None:
    deliver(waiting[0].pk)

    with CaptureQueriesContext(connection) as queries:
        deliver(waiting[1].pk)

    about = [query["sql"] for query in queries if "offices_lineseat" in query["sql"]]
    assert len(about) == 1
    assert not any("offices_linestart" in query["sql"] for query in queries)


@pytest.mark.django_db(transaction=True)
def test_workers_beside_each_other_never_exceed_the_limit(
    vitec: Sandbox, known: Known, bokare: User, office: Office, settings: Any
) -> None:
    settings.VITEC_CALLS_AT_ONCE = 2
    vitec.behave("comeback", "latency", seconds=0.1)
    person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
    for number in range(10):
        make_submission(bokare, office, note=f"Nummer {number}", **person)
    Submission.objects.update(person_hash="")
    most, until = [0], time.monotonic() + 60
    left = Submission.objects.exclude(state=State.DELIVERED)

    def work() -> None:
        try:
            while (pk := left.order_by("?").values_list("pk", flat=True).first()) is not None:
                deliver(pk)
                if time.monotonic() > until:
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    moving = Submission.objects.filter(state__in=[State.CLAIMED, State.SENDING])
    while any(thread.is_alive() for thread in threads):
        most[0] = max(most[0], moving.count())
        threads[0].join(0.01)
    assert not left.exists()
    assert most[0] <= 2
    assert len(posts(vitec)) == 10
    assert Attempt.objects.filter(event=Event.SENDING).count() == 10
    assert LineStart.objects.exists()
