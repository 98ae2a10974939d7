from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.delivery import Ring, deliver
from submissions.models import OUTAGE_AFTER, Outage, Pause, State, Submission
from tests.factories import make_submission
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(
    vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
) -> list[Submission]:
    """Six comebacks of one office, due now, which do not concern the same person."""
    person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
    made = [make_submission(bokare, office, note=f"Nummer {n}", **person) for n in range(6)]
    Submission.objects.update(person_hash="")
    return made


def due_now(*submissions: Submission) -> None:
    ids = [submission.pk for submission in submissions]
    past = timezone.now() - dt.timedelta(seconds=1)
    Submission.objects.filter(pk__in=ids).update(not_before=past)


def away_since(submissions: list[Submission], vitec: Sandbox) -> Outage:
    """Vitec refuses connections until so many have failed that it counts as an outage."""
    vitec.behave("comeback", "too_many", retryAfter=1)
    for submission in submissions[:OUTAGE_AFTER]:
        deliver(submission.pk)
    return Outage.open_ones().get()


class TestOutage:
    def test_a_few_failures_in_a_row_are_an_outage_and_the_rest_is_not_even_tried(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)

        for submission in waiting[OUTAGE_AFTER:]:
            deliver(submission.pk)

        assert len(posts(vitec)) == OUTAGE_AFTER
        assert {s.tries for s in Submission.objects.filter(pk__gt=waiting[2].pk)} == {0}
        assert not Submission.objects.due().exists()

    def test_one_probe_goes_when_its_time_has_come(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(*waiting)

        for submission in waiting:
            deliver(submission.pk)

        assert len(posts(vitec)) == OUTAGE_AFTER + 1

    def test_a_probe_beyond_every_due_time_means_that_the_clock_was_set_back(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        Outage.objects.update(probe_at=timezone.now() + dt.timedelta(days=1))
        due_now(*waiting)

        deliver(waiting[-1].pk)

        assert len(posts(vitec)) == OUTAGE_AFTER + 1

    def test_one_that_must_wait_for_its_turn_does_not_take_the_probe(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        first, second = waiting[-2:]
        Submission.objects.filter(pk__in=[first.pk, second.pk]).update(person_hash="same")
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(first, second)

        deliver(second.pk)
        deliver(first.pk)

        assert len(posts(vitec)) == OUTAGE_AFTER + 1
        assert Submission.objects.get(pk=first.pk).tries == 1

    def test_the_first_answer_ends_it_and_everything_goes_on(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        deliver(waiting[3].pk)
        vitec.clear()
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(waiting[4])

        deliver(waiting[4].pk)

        assert not Outage.objects.filter(ended_at=None).exists()
        soon = timezone.now() + dt.timedelta(seconds=21)
        left = Submission.objects.filter(state=State.QUEUED, trying_since__isnull=False)
        assert left.count() == 4
        assert all(submission.not_before < soon for submission in left)

    def test_a_refusal_is_an_answer_too(self, vitec: Sandbox, waiting: list[Submission]) -> None:
        away_since(waiting, vitec)
        vitec.clear()
        vitec.behave("comeback", "bad_request", times=1)
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(waiting[4])

        deliver(waiting[4].pk)

        assert not Outage.open_ones().exists()

    def test_an_answer_in_between_starts_the_count_anew(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        for number, submission in enumerate(waiting):
            if number != 2:
                vitec.behave("comeback", "too_many", retryAfter=1, times=1)
            deliver(submission.pk)

        assert [outage.failures for outage in Outage.objects.order_by("pk")] == [2, 3]

    def test_an_uncertain_outcome_says_neither(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        vitec.clear()
        vitec.behave("comeback", "cut_after", times=1)
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(waiting[4])

        deliver(waiting[4].pk)

        assert Outage.open_ones().exists()

    def test_no_connection_concerns_everything_of_the_office(
        self, waiting: list[Submission], settings: Any
    ) -> None:
        settings.VITEC_BASE_URL = "http://127.0.0.1:9"

        for submission in waiting[:OUTAGE_AFTER]:
            deliver(submission.pk)

        assert Outage.open_ones().get().endpoint == ""

    def test_another_office_goes_on(
        self,
        vitec: Sandbox,
        waiting: list[Submission],
        grannkontor: User,
        neighbour_office: Office,
    ) -> None:
        away_since(waiting, vitec)
        vitec.clear()
        other = make_submission(grannkontor, neighbour_office)

        deliver(other.pk)

        other.refresh_from_db()
        assert other.tries == 1

    def test_after_a_day_it_is_a_question_for_a_person(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))
        due_now(waiting[0])
        Submission.objects.update(trying_since=timezone.now() - dt.timedelta(days=2))

        deliver(waiting[0].pk)

        waiting[0].refresh_from_db()
        assert waiting[0].state == State.FAILED


class TestBanner:
    def test_those_concerned_are_told_since_when_and_how_many_wait(
        self, as_bokare: Client, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)

        text = " ".join(as_bokare.get("/submissions/").content.decode().split())

        assert "Vitec svarar inte för Vikens Mäkleri Sundbyberg" in text
        assert "6 väntar" in text

    def test_others_are_not(
        self, as_grannkontor: Client, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)

        assert "svarar inte för" not in as_grannkontor.get("/submissions/").content.decode()


class TestOrder:
    @pytest.fixture
    def two(
        self, vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
    ) -> list[Submission]:
        """Two comebacks for the same person, the first asked for first."""
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        return [make_submission(bokare, office, note=note, **person) for note in ("1", "2")]

    def sent(self, vitec: Sandbox) -> list[str]:
        return [row["body"]["note"] for row in posts(vitec)]

    def test_of_one_persons_the_later_does_not_overtake_the_first(
        self, vitec: Sandbox, two: list[Submission]
    ) -> None:
        deliver(two[1].pk)
        assert self.sent(vitec) == []

        assert deliver(two[0].pk) == Ring(two[1].pk)
        deliver(two[1].pk)

        assert self.sent(vitec) == ["1", "2"]

    @pytest.mark.parametrize(
        "state", [State.UNKNOWN, State.FAILED, State.REJECTED, State.CANCELLED, State.HELD]
    )
    def test_what_stands_still_lets_the_later_one_by(
        self, vitec: Sandbox, two: list[Submission], state: State
    ) -> None:
        Submission.objects.filter(pk=two[0].pk).update(state=state)

        deliver(two[1].pk)

        assert self.sent(vitec) == ["2"]

    def test_a_pause_of_the_first_one_keeps_nobody_else_waiting(
        self, vitec: Sandbox, two: list[Submission], office: Office
    ) -> None:
        pause = Pause.objects.create(office=office, endpoint="meetings.other", status=403)
        Submission.objects.filter(pk=two[0].pk).update(endpoint=pause.endpoint)
        deliver(two[0].pk)

        deliver(two[1].pk)

        assert self.sent(vitec) == ["2"]

    def test_persons_do_not_wait_for_each_other(
        self, vitec: Sandbox, two: list[Submission]
    ) -> None:
        Submission.objects.filter(pk=two[0].pk).update(person_hash="somebody-else")

        deliver(two[1].pk)

        assert self.sent(vitec) == ["2"]
