from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from lib import database_clock
from lib.sealing import stamp
from offices.models import Office, User
from submissions import append_only, audit, outbox
from submissions.journal import note
from submissions.models import Attempt, AuditCheckpoint, Event, Submission
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def unprotected(db: None) -> Iterator[None]:
    """Somebody has taken the triggers away."""
    append_only.lift(connection)
    yield
    append_only.protect(connection)


@pytest.fixture
def sent(bokare: User, office: Office) -> Submission:
    """One with four events, between two others."""
    make_submission(bokare, office)
    submission = make_submission(bokare, office, note="Ring efter fem")
    outbox.cancel(submission, bokare)
    note(submission, Event.REVEALED, actor=bokare, reason="Kunden frågade")
    note(submission, Event.REVEALED, actor=bokare, reason="Igen")
    make_submission(bokare, office)
    return submission


def event(submission: Submission, position: int) -> Attempt:
    return submission.attempts.get(position=position)


def test_what_was_written_is_found_as_it_was_written(sent: Submission) -> None:
    checked = audit.verify()

    assert checked.broken == ""
    assert checked.submissions == 3
    assert checked.events == Attempt.objects.count() == 6


def test_the_events_of_a_submission_are_counted_from_one(sent: Submission) -> None:
    assert list(sent.attempts.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_erasing_a_person_breaks_nothing(sent: Submission) -> None:
    Submission.objects.filter(pk=sent.pk).update(key="", sealed="")

    assert audit.verify().broken == ""


def test_a_new_master_key_breaks_nothing(sent: Submission, settings) -> None:  # type: ignore[no-untyped-def]
    settings.FIELD_ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.FIELD_ENCRYPTION_KEYS,
    ]
    note(sent, Event.REVEALED)

    assert audit.verify().broken == ""


def test_a_stamp_of_another_key_is_recognised(sent: Submission, settings) -> None:  # type: ignore[no-untyped-def]
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert audit.verify().broken


@pytest.mark.parametrize(
    "change",
    [
        {"event": Event.FOUND},
        {"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"actor": None},
        {"sealed_reason": ""},
        {"status": 200},
        {"worker": "someone"},
        {"number": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_event_is_found(
    sent: Submission, unprotected: None, change: dict[str, object]
) -> None:
    sent.attempts.filter(position=3).update(**change)

    broken = audit.verify().broken
    assert str(sent.code) in broken
    assert "event 3" in broken


@pytest.mark.parametrize("position", [1, 2, 3, 4])
def test_a_removed_event_is_found(sent: Submission, unprotected: None, position: int) -> None:
    sent.attempts.filter(position=position)._raw_delete("default")

    assert str(sent.code) in audit.verify().broken


def test_events_that_have_changed_places_are_found(sent: Submission, unprotected: None) -> None:
    third, fourth = event(sent, 3), event(sent, 4)
    for attempt, place in ((third, 99), (fourth, 3), (third, 4)):
        Attempt.objects.filter(pk=attempt.pk).update(position=place)

    assert str(sent.code) in audit.verify().broken


def test_an_event_that_was_slipped_in_is_found(sent: Submission, unprotected: None) -> None:
    forged = event(sent, 4)
    forged.pk, forged.position = None, 5
    forged.save(force_insert=True)
    Submission.objects.filter(pk=sent.pk).update(events=5)

    assert "event 5" in audit.verify().broken


def test_another_sender_is_found(sent: Submission, maklare: User) -> None:
    Submission.objects.filter(pk=sent.pk).update(created_by=maklare)

    assert "event 1" in audit.verify().broken


def test_a_submission_without_events_is_found(sent: Submission, unprotected: None) -> None:
    sent.attempts.all()._raw_delete("default")

    assert "no events" in audit.verify().broken


class TestCheckpoints:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
        """The database's clock goes so many days wrong, for better or worse."""
        real = database_clock.now

        def goes(days: float) -> None:
            monkeypatch.setattr(database_clock, "now", lambda: real() + dt.timedelta(days=days))

        return goes

    @pytest.fixture
    def sealed(self, sent: Submission) -> Submission:
        assert audit.seal()
        return sent

    def test_what_is_there_is_sealed_once(self, sealed: Submission) -> None:
        assert not audit.seal()
        assert AuditCheckpoint.objects.get().events == 6

    def test_what_comes_later_is_sealed_the_next_day(
        self, sealed: Submission, clock: Callable[[float], None]
    ) -> None:
        note(sealed, Event.REVEALED)
        assert not audit.seal()
        clock(1)

        assert audit.seal()

        assert list(AuditCheckpoint.objects.values_list("events", flat=True)) == [6, 1]
        assert audit.verify().broken == ""

    def test_a_day_on_which_nothing_happened_needs_no_sealing(
        self, sealed: Submission, clock: Callable[[float], None]
    ) -> None:
        clock(3)

        assert not audit.seal()

    def test_nothing_is_sealed_before_anything_was_sent(self) -> None:
        assert not audit.seal()

    def test_two_that_seal_at_once_seal_once(
        self, sent: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digest, raced = audit._digest, []

        def another_is_faster(checkpoint: AuditCheckpoint) -> tuple[int, str]:
            if not raced:
                raced.append(True)
                assert audit.seal()
            return digest(checkpoint)

        monkeypatch.setattr(audit, "_digest", another_is_faster)

        assert not audit.seal()
        assert audit.verify().checkpoints == 1

    def test_checkpoints_are_walked(self, sealed: Submission) -> None:
        checked = audit.verify()

        assert checked.broken == ""
        assert checked.checkpoints == 1

    @pytest.mark.parametrize("days", [-400.0, -2.0, -0.1, 0.1, 2.0, 400.0])
    def test_a_clock_that_jumps_and_comes_back_breaks_nothing_and_leaves_nothing_out(
        self, sealed: Submission, clock: Callable[[float], None], days: float
    ) -> None:
        for wrong in (1, 1 + days, 2, 2 + days, 3):
            clock(wrong)
            note(sealed, Event.REVEALED)
            audit.seal()
            assert audit.verify().broken == ""
        clock(4)
        audit.seal()

        covered = AuditCheckpoint.objects.aggregate(sum=Sum("events"))["sum"]
        assert covered == Attempt.objects.count()

    def test_a_host_whose_clock_is_wrong_stamps_no_event(
        self, sealed: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = timezone.now
        monkeypatch.setattr(timezone, "now", lambda: real() - dt.timedelta(days=3))

        late = note(sealed, Event.REVEALED)

        assert real() - late.at < dt.timedelta(minutes=1)

    def test_a_submission_that_was_removed_is_found(
        self, sealed: Submission, unprotected: None
    ) -> None:
        sealed.attempts.all()._raw_delete("default")
        Submission.objects.filter(pk=sealed.pk).delete()

        assert "6 events" in audit.verify().broken

    def test_last_events_that_were_removed_are_found_although_the_count_was_changed(
        self, sealed: Submission, unprotected: None
    ) -> None:
        sealed.attempts.filter(position=4)._raw_delete("default")
        Submission.objects.filter(pk=sealed.pk).update(events=3)

        assert "6 events" in audit.verify().broken

    def test_an_event_that_was_put_into_a_sealed_stretch_is_found(
        self, sealed: Submission, unprotected: None, clock: Callable[[float], None]
    ) -> None:
        """By somebody who has the keys, for whom the chain is no hindrance."""
        gap = sealed.attempts.get(position=4)
        Attempt.objects.filter(pk=gap.pk)._raw_delete("default")
        Submission.objects.filter(pk=sealed.pk).update(events=3)
        forged = note(sealed, Event.REVEALED)
        Attempt.objects.filter(pk=forged.pk).update(id=gap.pk)

        assert "6 events" in audit.verify().broken

    def test_events_of_two_submissions_that_changed_places_are_found(
        self, sealed: Submission, unprotected: None
    ) -> None:
        """Each chain is whole, and still they did not happen in this order."""
        first, last = Attempt.objects.first(), Attempt.objects.last()
        assert first
        assert last
        assert first.submission_id != last.submission_id
        for attempt, place in ((first.pk, 10**6), (last.pk, first.pk), (10**6, last.pk)):
            Attempt.objects.filter(pk=attempt).update(id=place)

        assert "6 events" in audit.verify().broken

    @pytest.mark.parametrize(
        "change",
        [{"events": 5}, {"upto": 10**6}, {"after": 1}, {"after": None}, {"digest": "x"}],
        ids=str,
    )
    def test_a_checkpoint_that_was_changed_is_found(
        self, sealed: Submission, unprotected: None, change: dict[str, object]
    ) -> None:
        AuditCheckpoint.objects.update(**change)

        assert "not as it was written" in audit.verify().broken

    def test_a_checkpoint_that_was_removed_is_found(
        self, sealed: Submission, unprotected: None, clock: Callable[[float], None]
    ) -> None:
        note(sealed, Event.REVEALED)
        clock(1)
        assert audit.seal()
        AuditCheckpoint.objects.filter(events=6)._raw_delete("default")

        assert "the one before it is missing" in audit.verify().broken

    def test_the_database_refuses_to_change_a_checkpoint(self, sealed: Submission) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditCheckpoint.objects.update(events=0)


class TestCheckpointsOfDays:
    """As they were made when a checkpoint was of a day's events: they hold as they are."""

    @pytest.fixture
    def of_days(self, sent: Submission, unprotected: None) -> Submission:
        """Today's, and that of an empty day after it."""
        last = Attempt.objects.last()
        assert last
        previous = ""
        today = last.at.astimezone(dt.UTC).date()
        for day in (today, today + dt.timedelta(days=1)):
            checkpoint = AuditCheckpoint(day=day, upto=last.pk)
            checkpoint.events, checkpoint.digest = audit._digest(checkpoint)
            previous = checkpoint.link = stamp(audit._text(previous, checkpoint))
            checkpoint.save()
        return sent

    def test_they_are_walked(self, of_days: Submission) -> None:
        checked = audit.verify()

        assert checked.broken == ""
        assert checked.checkpoints == 2

    def test_an_event_that_comes_later_with_a_moment_of_theirs_breaks_nothing(
        self, of_days: Submission
    ) -> None:
        note(of_days, Event.REVEALED)

        assert audit.verify().broken == ""

    def test_the_next_one_takes_up_whatever_they_are_not_of(self, of_days: Submission) -> None:
        note(of_days, Event.REVEALED)

        assert audit.seal()

        assert [one.events for one in AuditCheckpoint.objects.all()] == [6, 0, 1]
        assert audit.verify().broken == ""

    def test_an_event_of_theirs_that_was_removed_is_found(self, of_days: Submission) -> None:
        of_days.attempts.filter(position=4)._raw_delete("default")
        Submission.objects.filter(pk=of_days.pk).update(events=3)

        assert "6 events" in audit.verify().broken

    def test_one_that_was_removed_is_found(self, of_days: Submission) -> None:
        AuditCheckpoint.objects.filter(events=6)._raw_delete("default")

        assert audit.verify().broken


def test_the_command_says_that_all_is_well(
    sent: Submission, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit")

    assert "6 events of 3 submissions" in capsys.readouterr().out


def test_the_command_names_the_first_break_and_fails(sent: Submission, unprotected: None) -> None:
    sent.attempts.filter(position=2).update(worker="someone")

    with pytest.raises(CommandError, match=f"{sent.code}, event 2"):
        call_command("verify_audit")


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_one_chain(bokare: User, office: Office) -> None:
    submission = make_submission(bokare, office)

    def write() -> None:
        with transaction.atomic():
            note(submission, Event.LATE)
        connections["default"].close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert submission.attempts.count() == 9
    assert audit.verify().broken == ""


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_there_was_a_chain_is_bound_to_one(
    bokare: User, office: Office
) -> None:
    submission = make_submission(bokare, office)
    outbox.cancel(submission, bokare)

    call_command("migrate", "submissions", "0005", verbosity=0)
    call_command("migrate", verbosity=0)

    assert list(submission.attempts.values_list("position", flat=True)) == [1, 2]
    assert audit.verify().broken == ""


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_that_was_made_over_a_day_holds_after_the_upgrade(
    bokare: User, office: Office
) -> None:
    submission = make_submission(bokare, office)
    last = submission.attempts.get()
    old = AuditCheckpoint(day=last.at.astimezone(dt.UTC).date(), upto=last.pk)
    old.events, old.digest = audit._digest(old)
    values = [old.day, timezone.now(), old.events, old.digest, stamp(audit._text("", old))]

    call_command("migrate", "submissions", "0009", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO submissions_auditcheckpoint (day, made_at, events, digest, link) "
            "VALUES (%s, %s, %s, %s, %s)",
            values,
        )
    call_command("migrate", verbosity=0)
    note(submission, Event.REVEALED)

    checked = audit.verify()
    assert (checked.broken, checked.checkpoints) == ("", 1)
    assert audit.seal()
    assert audit.verify().broken == ""
