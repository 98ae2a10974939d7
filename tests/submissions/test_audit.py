from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

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


class TestDays:
    @pytest.fixture
    def later(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        def later(days: int) -> None:
            moment = timezone.now() + dt.timedelta(days=days)
            monkeypatch.setattr(timezone, "now", lambda: moment)

        return later

    @pytest.fixture
    def sealed(self, sent: Submission, later: Callable[[int], None]) -> Submission:
        """Three days have gone by, nothing happened on the second and third."""
        later(3)
        assert audit.seal_days() in (2, 3)  # whether the third is over by an hour
        return sent

    def test_a_day_is_sealed_once(self, sealed: Submission) -> None:
        assert audit.seal_days() == 0
        assert AuditCheckpoint.objects.first().events == 6  # type: ignore[union-attr]

    def test_today_is_not_sealed(self, sent: Submission) -> None:
        assert audit.seal_days() == 0

    def test_nothing_is_sealed_before_anything_was_sent(self) -> None:
        assert audit.seal_days() == 0

    def test_sealed_days_are_walked(self, sealed: Submission) -> None:
        checked = audit.verify()

        assert checked.broken == ""
        assert checked.days == AuditCheckpoint.objects.count()

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

    def test_a_checkpoint_that_was_changed_is_found(
        self, sealed: Submission, unprotected: None
    ) -> None:
        AuditCheckpoint.objects.filter(events=6).update(events=5)

        assert "not as it was written" in audit.verify().broken

    def test_a_checkpoint_that_was_removed_is_found(
        self, sealed: Submission, unprotected: None
    ) -> None:
        AuditCheckpoint.objects.filter(events=6)._raw_delete("default")

        assert audit.verify().broken

    def test_the_database_refuses_to_change_a_checkpoint(self, sealed: Submission) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditCheckpoint.objects.update(events=0)


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
