from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.errors import Busy, NotSent
from notices.models import Notice
from notices.tasks import tell_people
from offices.models import Credential, FunctionGroup, LineSeat, Office, User
from sandbox.server import Sandbox
from submissions import outages, outbox
from submissions.delivery import Ring, claim, deliver, sweep
from submissions.models import OUTAGE_AFTER, Batch, Event, Outage, Pause, State, Submission
from submissions.outages import PROBE_EVERY, PROBES_AHEAD, SPREAD_SECONDS, STEPS
from tests.factories import make_outage, make_submission
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db
AN_HOUR = dt.timedelta(hours=1)


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


def probe_is_due() -> None:
    Outage.objects.update(probe_at=timezone.now() - dt.timedelta(seconds=1))


def last_probe_was_due(ago: dt.timedelta) -> None:
    Outage.objects.update(probe_at=timezone.now() - ago)


def away_since(submissions: list[Submission], vitec: Sandbox) -> Outage:
    """Vitec is too busy until so many have failed that it counts as an outage."""
    vitec.behave("comeback", "too_many")
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
        probe_is_due()
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
        probe_is_due()
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
        probe_is_due()
        due_now(waiting[4])

        deliver(waiting[4].pk)

        assert not Outage.objects.filter(ended_at=None).exists()
        soon = timezone.now() + dt.timedelta(seconds=21)
        left = Submission.objects.filter(state=State.QUEUED)
        assert left.count() == 5
        assert all(submission.not_before < soon for submission in left)

    def test_a_refusal_is_an_answer_too(self, vitec: Sandbox, waiting: list[Submission]) -> None:
        away_since(waiting, vitec)
        vitec.clear()
        vitec.behave("comeback", "bad_request", times=1)
        probe_is_due()
        due_now(waiting[4])

        deliver(waiting[4].pk)

        assert not Outage.open_ones().exists()

    def test_an_answer_in_between_starts_the_count_anew(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        for number, submission in enumerate(waiting):
            if number != 2:
                vitec.behave("comeback", "too_many", times=1)
            deliver(submission.pk)

        assert [outage.failures for outage in Outage.objects.order_by("pk")] == [2, 3]

    def test_an_uncertain_outcome_says_neither(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        vitec.clear()
        vitec.behave("comeback", "cut_after", times=1)
        probe_is_due()
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

    def test_an_office_with_another_login_goes_on(
        self,
        vitec: Sandbox,
        waiting: list[Submission],
        grannkontor: User,
        neighbour_office: Office,
    ) -> None:
        Credential.objects.filter(office=neighbour_office).update(username="other")
        away_since(waiting, vitec)
        vitec.clear()
        other = make_submission(grannkontor, neighbour_office)

        deliver(other.pk)

        other.refresh_from_db()
        assert other.tries == 1

    def test_one_with_the_same_login_waits_too_and_goes_on_with_the_others(
        self,
        vitec: Sandbox,
        waiting: list[Submission],
        grannkontor: User,
        neighbour_office: Office,
    ) -> None:
        away_since(waiting, vitec)
        other = make_submission(grannkontor, neighbour_office, contact_id="ADR1")
        deliver(other.pk)
        other.refresh_from_db()
        assert other.tries == 0
        Submission.objects.filter(pk=other.pk).update(not_before=timezone.now() + AN_HOUR)
        vitec.clear()
        probe_is_due()
        due_now(waiting[4])

        deliver(waiting[4].pk)

        other.refresh_from_db()
        assert other.not_before < timezone.now() + dt.timedelta(seconds=21)
        assert other.waited_for == Outage.objects.get()

    def test_what_a_group_has_a_login_of_its_own_for_goes_on(
        self, vitec: Sandbox, waiting: list[Submission], office: Office
    ) -> None:
        for _ in range(OUTAGE_AFTER):
            outages.failed(waiting[0], NotSent(cause="ConnectionRefusedError"))
        Credential.objects.create(
            office=office, group="viewings", username="viewings", password="hemligt"
        )
        Submission.objects.filter(pk=waiting[1].pk).update(endpoint="viewings.add_participant")

        assert claim(waiting[0].pk) is None
        assert claim(waiting[1].pk)

    def test_it_is_over_when_nobody_has_the_login_any_more(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        sweep()
        assert Outage.open_ones().exists()
        Credential.objects.update(username="new")

        sweep()

        assert not Outage.open_ones().exists()

    @pytest.mark.parametrize("settled", [State.CANCELLED, State.FAILED])
    def test_one_that_nobody_waits_for_ends_by_itself_in_silence(
        self, as_bokare: Client, vitec: Sandbox, waiting: list[Submission], settled: State
    ) -> None:
        away_since(waiting, vitec)
        Submission.objects.update(state=settled)
        last_probe_was_due(dt.timedelta(minutes=4))
        sweep()
        assert "svarar inte för" in as_bokare.get("/submissions/").content.decode()

        last_probe_was_due(dt.timedelta(minutes=6))
        sweep()

        assert not Outage.objects.filter(ended_at=None).exists()
        assert "svarar inte för" not in as_bokare.get("/submissions/").content.decode()
        tell_people()
        assert "svarar igen sedan" not in as_bokare.get("/notices/").content.decode()

    def test_what_waits_in_a_paused_batch_waits_for_a_person_and_not_for_vitec(
        self, vitec: Sandbox, waiting: list[Submission], bokare: User, office: Office
    ) -> None:
        away_since(waiting, vitec)
        batch = Batch.objects.create(
            created_by=bokare,
            office=office,
            kind=waiting[0].kind,
            form_token=uuid.uuid4(),
            paused_at=timezone.now(),
        )
        Submission.objects.update(batch=batch)
        last_probe_was_due(dt.timedelta(minutes=6))

        sweep()

        assert not Outage.open_ones().exists()

    def test_while_anybody_waits_it_stands_however_long_nobody_has_come_to_the_probe(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        Submission.objects.exclude(pk=waiting[-1].pk).update(state=State.CANCELLED)
        last_probe_was_due(dt.timedelta(hours=2))

        sweep()

        assert Outage.open_ones().exists()

    def test_what_is_sent_after_that_finds_out_anew(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        before = away_since(waiting, vitec)
        Submission.objects.exclude(pk__in=[one.pk for one in waiting[3:]]).update(
            state=State.CANCELLED
        )
        Outage.objects.update(ended_at=timezone.now())

        for submission in waiting[3:]:
            deliver(submission.pk)

        assert Outage.open_ones().get().since > before.since

    def test_after_a_day_it_is_a_question_for_a_person(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        probe_is_due()
        due_now(waiting[0])
        Submission.objects.update(trying_since=timezone.now() - dt.timedelta(days=2))

        deliver(waiting[0].pk)

        waiting[0].refresh_from_db()
        assert waiting[0].state == State.FAILED

    def test_while_it_goes_on_what_was_tried_for_a_day_is_a_question_for_a_person(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        deliver(waiting[-1].pk)
        tried = Submission.objects.filter(trying_since__isnull=False)
        assert tried.count() == OUTAGE_AFTER
        tried.update(trying_since=timezone.now() - dt.timedelta(days=2))

        sweep()

        failed = Submission.objects.filter(state=State.FAILED)
        assert set(failed) == set(waiting[:OUTAGE_AFTER])
        assert {one.attempts.last().event for one in failed} == {Event.GAVE_UP}  # type: ignore[union-attr]
        assert len(posts(vitec)) == OUTAGE_AFTER

    def test_what_was_never_tried_is_told_no_end_of_its_tries(
        self, as_bokare: Client, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        deliver(waiting[-1].pk)

        text = as_bokare.get(waiting[-1].get_absolute_url()).content.decode()

        assert "Nästa försök" in text
        assert "None" not in text
        assert "Portalen försöker till" not in text


class TestProbe:
    def test_while_it_waits_for_its_answer_there_is_no_other(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        probe_is_due()
        due_now(*waiting)
        probe = claim(waiting[0].pk)
        assert probe is not None
        probe_is_due()

        assert claim(waiting[1].pk) is None

        waiting[1].refresh_from_db()
        assert waiting[1].not_before > timezone.now() + dt.timedelta(seconds=10)

    def test_one_whose_worker_died_keeps_the_next_waiting_no_longer_than_its_lease(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        probe_is_due()
        due_now(*waiting)
        assert claim(waiting[0].pk)
        Submission.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        sweep()
        probe_is_due()

        assert claim(waiting[1].pk)

    def test_one_that_finds_no_seat_is_none(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)
        probe_is_due()
        due_now(*waiting)
        rests = timezone.now() + dt.timedelta(seconds=30)
        LineSeat.objects.update(next_at=rests)
        assert isinstance(deliver(waiting[0].pk), Ring)
        LineSeat.objects.update(next_at=timezone.now())

        assert claim(waiting[1].pk)


@pytest.mark.django_db(transaction=True)
def test_of_workers_beside_each_other_one_is_the_probe(
    vitec: Sandbox, waiting: list[Submission]
) -> None:
    for _ in range(OUTAGE_AFTER):
        outages.failed(waiting[0], NotSent(cause="ConnectionRefusedError"))
    probe_is_due()
    due_now(*waiting)
    claimed: list[Submission | None] = []
    together = threading.Barrier(len(waiting))

    def work(pk: int) -> None:
        try:
            together.wait()
            claimed.append(claim(pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[one.pk], daemon=True) for one in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [probe] = filter(None, claimed)
    outage = Outage.objects.get()
    assert (outage.probe, outage.probe_token) == (probe.pk, probe.token)
    assert len(claimed) == len(waiting)


def many(one: Submission, number: int) -> list[int]:
    """So many as this one, all due; their ids in order."""
    alike = []
    for _ in range(number):
        copy = Submission.objects.get(pk=one.pk)
        copy.pk, copy.code, copy.form_token = None, uuid.uuid4(), uuid.uuid4()
        alike.append(copy)
    Submission.objects.bulk_create(alike)
    Submission.objects.exclude(pk=one.pk).filter(tries=0).update(person_hash="")
    return list(Submission.objects.order_by("pk").values_list("pk", flat=True))


class TestVeryMany:
    """After an hour without Vitec thousands wait: none of them costs anything by itself."""

    def test_one_that_must_wait_puts_off_all_that_are_due_and_some_come_to_each_probe(
        self, submission: Submission, office: Office
    ) -> None:
        soon = timezone.now() + dt.timedelta(seconds=10)
        make_outage(office, probe_at=soon)
        first, *others = many(submission, 4 * PROBES_AHEAD)

        deliver(first)

        assert not Submission.objects.due().exists()
        assert Submission.objects.get(pk=first).not_before == soon
        moments = Submission.objects.filter(pk__in=others).order_by("pk")
        moments = moments.values_list("not_before", flat=True)
        steps = [(moment - soon) / PROBE_EVERY for moment in moments]
        assert steps == 4 * list(range(PROBES_AHEAD))

    def test_what_another_login_is_for_is_left_alone(
        self, submission: Submission, office: Office
    ) -> None:
        make_outage(office, probe_at=timezone.now() + dt.timedelta(seconds=10))
        first, *others = many(submission, 2)
        Credential.objects.create(
            office=office, group=FunctionGroup.INTERESTS, username="other", password="x"
        )
        Submission.objects.filter(pk__in=others).update(endpoint="interests.send_interest")

        deliver(first)

        assert set(Submission.objects.due().values_list("pk", flat=True)) == set(others)

    def test_the_end_lets_them_go_on_in_order_by_fewer_statements_than_they_are(
        self, submission: Submission, office: Office
    ) -> None:
        outage = make_outage(office)
        ids = many(submission, 3 * STEPS)
        later = timezone.now() + dt.timedelta(minutes=5)
        Submission.objects.update(not_before=later)

        with CaptureQueriesContext(connection) as asked:
            outages.answered(submission)

        assert len(asked) < 2.5 * STEPS
        rows = Submission.objects.order_by("not_before", "pk")
        assert list(rows.values_list("pk", flat=True)) == ids
        assert rows.last().not_before < timezone.now() + dt.timedelta(seconds=SPREAD_SECONDS)
        assert rows.filter(waited_for=outage).count() == len(ids)

    def test_they_come_no_faster_than_their_login_may_send_them(
        self, submission: Submission, office: Office, settings: Any
    ) -> None:
        settings.VITEC_CALLS_PER_SECOND = 2
        make_outage(office)
        many(submission, 99)
        Submission.objects.update(not_before=timezone.now() + dt.timedelta(minutes=5))

        outages.answered(submission)

        half = Submission.objects.filter(not_before__lt=timezone.now() + dt.timedelta(seconds=25))
        assert 49 <= half.count() <= 52

    def test_what_vitec_has_put_off_keeps_its_time(
        self, submission: Submission, office: Office
    ) -> None:
        make_outage(office)
        _, asked_to_wait, *_ = many(submission, 3)
        later = timezone.now() + dt.timedelta(minutes=5)
        Submission.objects.update(not_before=later)
        Submission.objects.filter(pk=asked_to_wait).update(asked_until=later)

        outages.answered(submission)

        assert Submission.objects.get(not_before=later).pk == asked_to_wait


def test_who_waited_for_two_outages_that_end_together_is_told_once(
    waiting: list[Submission], office: Office
) -> None:
    """Of the whole login it was found out first, then of one endpoint."""
    make_outage(office)
    make_outage(office, endpoint=waiting[0].endpoint)
    Submission.objects.filter(pk=waiting[1].pk).update(endpoint="viewings.add_participant")

    outages.answered(waiting[0])
    Submission.objects.update(state=State.DELIVERED)
    tell_people()

    [notice] = Notice.objects.filter(user=waiting[0].created_by)
    assert (notice.number, notice.delivered) == (6, 6)


class TestWhatVitecAsksFor:
    """Retry-After is kept, for the row that got it and for all that it concerned."""

    LONG = dt.timedelta(minutes=50)

    def asked(self, vitec: Sandbox, submission: Submission, seconds: int) -> None:
        vitec.behave("comeback", "too_many", retryAfter=seconds, times=1)
        deliver(submission.pk)

    def wait_of(self, submission: Submission) -> dt.timedelta:
        submission.refresh_from_db()
        return submission.not_before - timezone.now()

    def test_one_answer_is_enough_for_all_to_wait(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        self.asked(vitec, waiting[0], 3600)

        for submission in waiting:
            deliver(submission.pk)

        assert len(posts(vitec)) == 1
        assert all(self.wait_of(submission) > self.LONG for submission in waiting)

    def test_a_later_answer_without_it_does_not_shorten_the_wait(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        self.asked(vitec, waiting[0], 3600)

        outages.failed(waiting[1], Busy(status=429))

        assert Outage.objects.get().probe_at > timezone.now() + self.LONG

    def test_nor_does_an_answer_to_one_that_was_on_its_way(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        self.asked(vitec, waiting[0], 3600)

        outages.answered(waiting[1])

        deliver(waiting[2].pk)
        assert len(posts(vitec)) == 1

    def test_the_first_answer_after_it_ends_it(
        self, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        self.asked(vitec, waiting[0], 3600)
        past = timezone.now() - dt.timedelta(seconds=1)
        Outage.objects.update(probe_at=past, asked_until=past)

        deliver(waiting[1].pk)

        assert not Outage.open_ones().exists()

    @pytest.mark.parametrize("endpoint", ["meetings.create_comeback", "viewings.add_participant"])
    def test_the_end_of_another_outage_leaves_a_row_its_time(
        self, vitec: Sandbox, waiting: list[Submission], endpoint: str
    ) -> None:
        self.asked(vitec, waiting[0], 3600)
        Submission.objects.filter(pk=waiting[0].pk).update(endpoint=endpoint)
        Outage.objects.all().delete()
        for _ in range(OUTAGE_AFTER):
            outages.failed(waiting[1], NotSent(cause="ConnectionRefusedError"))

        outages.answered(waiting[1])

        assert self.wait_of(waiting[0]) > self.LONG

    def test_the_end_of_an_endpoints_leaves_the_others_alone(
        self, waiting: list[Submission]
    ) -> None:
        later = timezone.now() + AN_HOUR
        Submission.objects.filter(pk=waiting[0].pk).update(
            endpoint="viewings.add_participant", not_before=later
        )
        for _ in range(OUTAGE_AFTER):
            outages.failed(waiting[1], Busy(status=429))

        outages.answered(waiting[1])

        assert self.wait_of(waiting[0]) > self.LONG

    def test_neither_a_pause_that_ends_nor_a_person_sends_it_sooner(
        self, vitec: Sandbox, waiting: list[Submission], chef: User
    ) -> None:
        first, second = waiting[:2]
        self.asked(vitec, first, 3600)
        Outage.objects.all().delete()
        self.asked(vitec, second, 3600)
        Submission.objects.filter(pk=first.pk).update(state=State.HELD)
        Submission.objects.filter(pk=second.pk).update(state=State.UNKNOWN)

        outbox.release(first, chef)
        outbox.send_again(second, chef, "Finns inte")

        assert self.wait_of(first) > self.LONG
        assert self.wait_of(second) > self.LONG


class TestBanner:
    def test_those_concerned_are_told_since_when_and_how_many_wait(
        self, as_bokare: Client, vitec: Sandbox, waiting: list[Submission]
    ) -> None:
        away_since(waiting, vitec)

        text = " ".join(as_bokare.get("/submissions/").content.decode().split())

        assert "Vitec svarar inte för Vikens Mäkleri Sundbyberg" in text
        assert "Det gäller bara: Återkomst." in text
        assert "6 väntar" in text

    def test_of_all_that_the_login_is_for_no_kind_is_named(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_outage(office)

        text = as_bokare.get("/submissions/").content.decode()

        assert "Vitec svarar inte för" in text
        assert "Det gäller bara" not in text

    def test_who_shares_the_login_is_told_of_the_own_office_alone(
        self,
        as_grannkontor: Client,
        vitec: Sandbox,
        waiting: list[Submission],
        grannkontor: User,
        neighbour_office: Office,
    ) -> None:
        away_since(waiting, vitec)
        make_submission(grannkontor, neighbour_office)

        text = " ".join(as_grannkontor.get("/submissions/").content.decode().split())

        assert "Vitec svarar inte för Vikens Mäkleri Solna sedan" in text
        assert "1 väntar" in text
        assert "Sundbyberg" not in text

    def test_others_are_not(
        self,
        as_grannkontor: Client,
        vitec: Sandbox,
        waiting: list[Submission],
        neighbour_office: Office,
    ) -> None:
        Credential.objects.filter(office=neighbour_office).update(username="other")
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
