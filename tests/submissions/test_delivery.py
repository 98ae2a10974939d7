from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

from connect.calls import Reply
from lib.sealing import seal_row
from offices.models import Credential, Office, User
from sandbox.server import Sandbox
from submissions import delivery, outbox
from submissions.delivery import backoff_seconds, claim, deliver, id_in, sweep
from submissions.models import Attempt, Event, Pause, State, Submission
from tests.factories import make_submission
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db


def events(submission: Submission) -> list[str]:
    return list(submission.attempts.values_list("event", flat=True))


def state_of(submission: Submission) -> str:
    return Submission.objects.values_list("state", flat=True).get(pk=submission.pk)


class TestSuccess:
    def test_it_sends_exactly_the_frozen_call(self, vitec: Sandbox, submission: Submission) -> None:
        deliver(submission.pk)

        [record] = vitec.records()["comebacks"]
        assert record["bodyText"] == submission.call.body
        assert json.loads(record["bodyText"])["note"] == "Ring om balkongen, Anna 070-174 06 05"

    def test_it_keeps_what_vitec_called_it(self, vitec: Sandbox, submission: Submission) -> None:
        deliver(submission.pk)

        submission.refresh_from_db()
        assert submission.state == State.DELIVERED
        assert submission.vitec_id == vitec.records()["comebacks"][0]["id"]

    def test_it_journals_connecting_sending_and_the_answer_in_this_order(
        self, submission: Submission
    ) -> None:
        deliver(submission.pk)

        assert events(submission) == ["accepted", "claimed", "sending", "delivered"]
        last = submission.attempts.last()
        assert last is not None
        assert last.status == 200
        assert last.request_id
        assert last.worker

    def test_it_sends_once_however_often_it_is_rung(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        for _ in range(5):
            deliver(submission.pk)

        assert len(posts(vitec)) == 1

    def test_it_waits_for_the_grace_period(self, vitec: Sandbox, submission: Submission) -> None:
        later = timezone.now() + dt.timedelta(seconds=30)
        Submission.objects.filter(pk=submission.pk).update(not_before=later)

        deliver(submission.pk)

        assert posts(vitec) == []
        assert state_of(submission) == State.QUEUED

    def test_a_due_time_beyond_every_backoff_means_the_clock_was_set_back(
        self, submission: Submission
    ) -> None:
        later = timezone.now() + dt.timedelta(days=3)
        Submission.objects.filter(pk=submission.pk).update(not_before=later)

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED

    def test_it_delivers_a_row_whose_kind_has_left_the_code(self, submission: Submission) -> None:
        Submission.objects.filter(pk=submission.pk).update(kind="meetings.forgotten")

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED


class TestNothingWasSent:
    def test_a_refused_connection_is_tried_again_later(
        self, settings, submission: Submission
    ) -> None:
        settings.VITEC_BASE_URL = "http://127.0.0.1:9"

        deliver(submission.pk)

        submission.refresh_from_db()
        assert submission.state == State.QUEUED
        assert submission.not_before > timezone.now()
        assert events(submission) == ["accepted", "claimed", "not_sent"]

    def test_it_is_delivered_once_when_vitec_returns(
        self, settings, vitec: Sandbox, submission: Submission
    ) -> None:
        settings.VITEC_BASE_URL = "http://127.0.0.1:9"
        deliver(submission.pk)
        settings.VITEC_BASE_URL = vitec.url
        Submission.objects.update(not_before=Now())

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert len(posts(vitec)) == 1

    def test_after_a_day_a_person_is_asked(self, settings, submission: Submission) -> None:
        settings.VITEC_BASE_URL = "http://127.0.0.1:9"
        yesterday = timezone.now() - dt.timedelta(hours=25)
        Submission.objects.update(trying_since=yesterday)

        deliver(submission.pk)

        assert state_of(submission) == State.FAILED
        assert events(submission)[-2:] == ["not_sent", "gave_up"]

    @pytest.mark.parametrize("fault", ["too_many", "unavailable"])
    def test_busy_is_tried_again_when_vitec_said(
        self, vitec: Sandbox, submission: Submission, fault: str
    ) -> None:
        vitec.behave("comeback", fault, retryAfter=40, times=1)

        deliver(submission.pk)

        submission.refresh_from_db()
        assert submission.state == State.QUEUED
        wait = (submission.not_before - timezone.now()).total_seconds()
        assert 30 < wait <= 40
        assert events(submission)[-1] == "busy"

    def test_the_day_runs_from_the_first_try_that_failed(
        self, settings, submission: Submission
    ) -> None:
        """Not from when it was written: it may have been paused over the weekend."""
        settings.VITEC_BASE_URL = "http://127.0.0.1:9"
        Submission.objects.update(hold_until=timezone.now() - dt.timedelta(days=3))

        deliver(submission.pk)

        assert state_of(submission) == State.QUEUED

    def test_an_office_without_a_login_is_paused_until_it_has_one(
        self, submission: Submission, office: Office
    ) -> None:
        Credential.objects.all().delete()
        deliver(submission.pk)
        assert state_of(submission) == State.HELD
        assert Pause.objects.get().status == 0

        Credential.objects.create(office=office, username="sandbox", password="sandbox")
        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED

    def test_a_row_that_no_key_opens_is_a_question_for_a_person(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        Submission.objects.update(key="")

        deliver(submission.pk)

        assert posts(vitec) == []
        assert state_of(submission) == State.FAILED
        assert events(submission)[-2:] == ["not_sent", "gave_up"]


class TestOurOwnFaults:
    @pytest.fixture
    def broken_client(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("Anna Ek 070-174 06 05")

        monkeypatch.setattr(delivery, "client_for", fail)

    def test_a_fault_before_the_first_byte_is_certain_and_tried_again_later(
        self, submission: Submission, broken_client: None
    ) -> None:
        deliver(submission.pk)

        submission.refresh_from_db()
        assert submission.state == State.QUEUED
        assert submission.not_before > timezone.now()
        assert submission.attempts.last().cause == "RuntimeError"  # type: ignore[union-attr]

    def test_a_fault_after_it_is_uncertain(
        self, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = delivery._mark_sending

        def marks_and_fails(claimed: Submission) -> None:
            mark(claimed)
            raise RuntimeError

        monkeypatch.setattr(delivery, "_mark_sending", marks_and_fails)

        deliver(submission.pk)

        assert state_of(submission) == State.UNKNOWN

    def test_what_the_fault_says_is_not_logged(
        self, submission: Submission, broken_client: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        deliver(submission.pk)

        assert "cause=RuntimeError" in caplog.text
        assert "Anna" not in caplog.text

    def test_a_row_that_kills_its_worker_does_so_for_a_day_and_no_longer(
        self, submission: Submission
    ) -> None:
        claim(submission.pk)
        Submission.objects.update(trying_since=timezone.now() - dt.timedelta(hours=25))
        _let_lease_expire()

        assert sweep() == []
        assert state_of(submission) == State.FAILED

    def test_an_answer_in_hand_outlives_a_database_that_goes_away(
        self, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle = delivery._settle_delivered
        gone = iter([OperationalError, InterfaceError])

        def flaky(*arguments: Any) -> None:
            if error := next(gone, None):
                raise error
            settle(*arguments)

        monkeypatch.setattr(delivery, "_settle_delivered", flaky)
        monkeypatch.setattr(delivery.connection, "close", lambda: None)

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED

    @pytest.mark.parametrize("answer", ["Skapad för Anna Ek", "x" * 101, ""])
    def test_an_answer_that_is_no_id_is_not_kept_as_one(self, answer: str) -> None:
        assert id_in(Reply(200, answer, "", 0, "")) == ""


class TestUncertain:
    @pytest.mark.parametrize(
        "fault",
        [
            "refuse", "cut_before", "cut_after", "lose_answer", "error_before", "error_after",
            "html", "empty", "half_body", "trickle", "redirect",
        ],
    )  # fmt: skip
    def test_no_usable_answer_after_the_first_byte_is_never_sent_again(
        self, vitec: Sandbox, submission: Submission, fault: str
    ) -> None:
        vitec.behave("comeback", fault, times=1)

        deliver(submission.pk)
        sweep()
        deliver(submission.pk)

        assert state_of(submission) == State.UNKNOWN
        assert len(vitec.records()["comebacks"]) <= 1
        assert submission.attempts.filter(event=Event.SENDING).count() == 1

    def test_the_lost_answer_left_one_comeback_behind(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        vitec.behave("comeback", "lose_answer", times=1)

        deliver(submission.pk)

        assert len(vitec.records()["comebacks"]) == 1
        assert state_of(submission) == State.UNKNOWN


class TestRefused:
    @pytest.mark.parametrize(
        "shape", ["modelState", "message", "validationErrors", "string", "list", "garbage"]
    )
    def test_a_400_of_any_shape_is_refused_for_good(
        self, vitec: Sandbox, submission: Submission, shape: str
    ) -> None:
        vitec.behave("comeback", "bad_request", shape=shape, times=1)

        deliver(submission.pk)
        deliver(submission.pk)

        assert state_of(submission) == State.REJECTED
        assert len(posts(vitec)) == 1

    def test_its_messages_are_kept_sealed(self, vitec: Sandbox, submission: Submission) -> None:
        vitec.behave(
            "comeback", "bad_request", shape="modelState", field="note", text="För Anna Ek", times=1
        )

        deliver(submission.pk)

        submission.refresh_from_db()
        [message] = submission.messages
        assert (message.field, message.message) == ("note", "För Anna Ek")
        assert "Anna" not in submission.sealed_messages
        assert "Anna" not in submission.attempts.last().answer  # type: ignore[union-attr]


class TestDenied:
    def test_401_pauses_everything_of_the_office(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        vitec.behave("comeback", "unauthorized")

        deliver(submission.pk)

        assert state_of(submission) == State.HELD
        pause = Pause.objects.get()
        assert (pause.office, pause.endpoint, pause.status) == (office, "", 401)

    def test_401_of_a_groups_own_login_pauses_what_that_is_for_alone(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        own = {"group": "crm", "username": "crm", "password": "fel"}
        login = Credential.objects.create(office=office, **own)

        deliver(submission.pk)

        paused = set(Pause.objects.values_list("endpoint", flat=True))
        assert paused == {"meetings.create_comeback", "calendar_app.create_appointment"}
        login.username = login.password = "sandbox"
        login.save()
        assert not Pause.objects.filter(ended_at=None).exists()
        deliver(submission.pk)
        assert state_of(submission) == State.DELIVERED

    def test_another_groups_new_login_does_not_end_it(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        Credential.objects.create(office=office, group="crm", username="crm", password="fel")
        deliver(submission.pk)

        Credential.objects.create(office=office, group="viewings", username="v", password="eget")

        assert Pause.objects.filter(ended_at=None).count() == 2

    def test_403_pauses_the_one_endpoint(self, vitec: Sandbox, submission: Submission) -> None:
        vitec.behave("comeback", "forbidden")

        deliver(submission.pk)

        assert Pause.objects.get().endpoint == "meetings.create_comeback"

    def test_while_paused_nothing_more_is_asked(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, known: Known
    ) -> None:
        vitec.behave("comeback", "unauthorized")
        deliver(submission.pk)
        others = [_another(bokare, office, known) for _ in range(3)]

        for other in others:
            deliver(other.pk)

        assert len(posts(vitec)) == 1
        assert {state_of(other) for other in others} == {State.HELD}

    def test_a_new_login_lets_everything_go_on(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        vitec.behave("comeback", "unauthorized", times=1)
        deliver(submission.pk)

        office.credential.save()
        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert "released" in events(submission)

    def test_a_row_held_while_its_pause_ended_is_found_by_the_sweep(
        self, submission: Submission
    ) -> None:
        Submission.objects.update(state=State.HELD)

        assert sweep() == [submission.pk]


def _another(user: User, office: Office, known: Known) -> Submission:
    return make_submission(user, office, contact_id=known.contact_id, note=uuid.uuid4().hex)


class TestCrashes:
    def test_a_worker_that_died_before_sending_gives_the_row_back(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        claim(submission.pk)
        _let_lease_expire()

        assert sweep() == [submission.pk]
        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert len(posts(vitec)) == 1

    def test_a_worker_that_died_while_sending_leaves_it_uncertain(
        self, submission: Submission
    ) -> None:
        claimed = claim(submission.pk)
        assert claimed is not None
        delivery._mark_sending(claimed)
        _let_lease_expire()

        assert sweep() == []
        assert state_of(submission) == State.UNKNOWN
        assert events(submission)[-1] == "sending_expired"

    def test_a_lease_that_runs_is_left_alone(self, submission: Submission) -> None:
        claim(submission.pk)

        assert sweep() == []
        assert state_of(submission) == State.CLAIMED

    def test_a_worker_whose_claim_was_taken_back_sends_no_byte(
        self, vitec: Sandbox, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = delivery._mark_sending

        def too_late(claimed: Submission) -> None:
            _let_lease_expire()
            sweep()
            mark(claimed)

        monkeypatch.setattr(delivery, "_mark_sending", too_late)

        deliver(submission.pk)

        assert posts(vitec) == []
        assert state_of(submission) == State.QUEUED

    def test_the_answer_of_the_same_send_settles_it_after_the_sweeper_gave_up(
        self, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = delivery._mark_sending

        def paused(claimed: Submission) -> None:
            mark(claimed)
            _let_lease_expire()
            sweep()

        monkeypatch.setattr(delivery, "_mark_sending", paused)

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert events(submission)[-2:] == ["sending_expired", "late"]

    @pytest.mark.parametrize("decide", [outbox.mark_not_delivered, outbox.send_again])
    def test_a_late_answer_outranks_what_a_person_guessed_and_nothing_is_sent_again(
        self,
        vitec: Sandbox,
        submission: Submission,
        monkeypatch: pytest.MonkeyPatch,
        chef: User,
        decide: Any,
    ) -> None:
        mark = delivery._mark_sending

        def paused(claimed: Submission) -> None:
            mark(claimed)
            _let_lease_expire()
            sweep()
            decide(Submission.objects.get(), chef, "Finns inte i kalendern")

        monkeypatch.setattr(delivery, "_mark_sending", paused)

        deliver(submission.pk)
        monkeypatch.undo()
        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert events(submission)[-1] == "late"
        assert len(posts(vitec)) == 1

    def test_a_late_answer_leaves_alone_what_has_been_taken_up_anew(
        self, submission: Submission, monkeypatch: pytest.MonkeyPatch, chef: User
    ) -> None:
        mark = delivery._mark_sending

        def taken_by_another(claimed: Submission) -> None:
            mark(claimed)
            _let_lease_expire()
            sweep()
            outbox.send_again(Submission.objects.get(), chef, "Finns inte")
            claim(claimed.pk)

        monkeypatch.setattr(delivery, "_mark_sending", taken_by_another)

        deliver(submission.pk)

        assert state_of(submission) == State.CLAIMED
        assert events(submission)[-1] == "late"

    def test_a_denial_of_a_login_that_was_changed_meanwhile_pauses_nothing(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        vitec.behave("comeback", "unauthorized", times=1)
        mark = delivery._mark_sending

        def changed_meanwhile(claimed: Submission) -> None:
            mark(claimed)
            Credential.objects.get().save()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delivery, "_mark_sending", changed_meanwhile)
            deliver(submission.pk)
        deliver(submission.pk)

        assert not Pause.objects.exists()
        assert state_of(submission) == State.DELIVERED

    @pytest.mark.parametrize("column", ["lease_until", "rung_at"])
    def test_a_clock_that_was_set_back_keeps_nothing_waiting(
        self, submission: Submission, column: str
    ) -> None:
        if column == "lease_until":
            claim(submission.pk)
        Submission.objects.update(**{column: timezone.now() + dt.timedelta(days=2)})

        assert sweep() == [submission.pk]


class TestSweep:
    def test_it_rings_for_what_is_due_and_was_not_rung_lately(self, submission: Submission) -> None:
        assert sweep() == [submission.pk]
        assert sweep() == []

        Submission.objects.update(rung_at=timezone.now() - dt.timedelta(minutes=1))
        assert sweep() == [submission.pk]

    def test_it_leaves_the_grace_period_alone(self, submission: Submission) -> None:
        Submission.objects.update(not_before=timezone.now() + dt.timedelta(seconds=10))

        assert sweep() == []


def test_the_wait_doubles_up_to_five_minutes() -> None:
    waits = [backoff_seconds(tries) for tries in range(1, 12)]

    for tries, wait in enumerate(waits, 1):
        longest = min(300, 2**tries)
        assert 0.75 * longest <= wait <= longest


def test_what_vitec_asked_for_is_kept() -> None:
    assert backoff_seconds(1, retry_after=17.5) == 17.5


def test_a_key_destroyed_while_sending_still_leaves_the_facts(submission: Submission) -> None:
    claimed = claim(submission.pk)
    assert claimed is not None
    assert seal_row(claimed.key, "x")
    claimed.key = ""

    delivery.note(claimed, Event.UNKNOWN, reason="borta")

    assert Attempt.objects.last().sealed_reason == ""  # type: ignore[union-attr]


def _let_lease_expire() -> None:
    Submission.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_a_login_that_is_changed_while_its_denial_is_settled_is_not_paused(
    vitec: Sandbox, submission: Submission, office: Office, monkeypatch: Any
) -> None:
    vitec.behave("comeback", "unauthorized", times=1)
    pause = delivery._pause

    def save() -> None:
        try:
            login = Credential.objects.get(office=office)
            login.password = "the right one"
            login.save()
        finally:
            connection.close()

    saving = threading.Thread(target=save)

    def saved_just_before(*place: Any) -> None:
        saving.start()
        saving.join(2)  # it may have to wait for the one who settles
        pause(*place)

    monkeypatch.setattr(delivery, "_pause", saved_just_before)

    deliver(submission.pk)
    saving.join()

    submission.refresh_from_db()
    assert not Pause.objects.filter(ended_at=None).exists()
    assert submission.state == State.QUEUED


def test_a_login_that_no_key_opens_waits_for_a_person_and_fails_nothing(
    vitec: Sandbox, submission: Submission, office: Office
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offices_credential SET password = 'x' WHERE office_id = %s", [office.pk]
        )

    deliver(submission.pk)

    submission.refresh_from_db()
    assert submission.state == State.HELD
    assert Pause.objects.filter(office=office, ended_at=None).exists()
    assert posts(vitec) == []


def test_a_part_of_the_sweep_that_fails_keeps_nothing_from_being_rung_for(
    submission: Submission, monkeypatch: Any, caplog: Any
) -> None:
    def fails() -> None:
        raise ValueError(submission.person_hash)

    monkeypatch.setattr("submissions.outages.end_those_of_no_login", fails)
    Submission.objects.filter(pk=submission.pk).update(rung_at=None, not_before=Now())

    assert sweep() == [submission.pk]
    assert "sweep failed step=fails cause=ValueError" in caplog.text
