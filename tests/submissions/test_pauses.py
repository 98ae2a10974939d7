"""Pauses that a person wants, and the one try a day of those that Vitec's denial made."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect.errors import NotSent
from offices.models import Credential, LineSeat, Office, Role, User
from sandbox.server import Sandbox
from submissions import outages, outbox, pauses
from submissions.delivery import deliver, sweep
from submissions.models import OUTAGE_AFTER, Event, Pause, State, Submission
from tests.factories import make_office, make_submission, make_user
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db
PAGE = "submissions:pauses"


def state_of(submission: Submission) -> str:
    return Submission.objects.get(pk=submission.pk).state


def a_day_ago() -> None:
    Pause.objects.update(since=timezone.now() - dt.timedelta(hours=25))


class TestByAPerson:
    def test_what_waits_stays_and_goes_when_somebody_goes_on(
        self, vitec: Sandbox, submission: Submission, office: Office, chef: User
    ) -> None:
        assert pauses.pause(office, "", chef, "Vi byter telefonnummer")
        deliver(submission.pk)
        assert state_of(submission) == State.HELD
        assert posts(vitec) == []

        assert outbox.end_pause(Pause.objects.get(), chef) == 1
        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED
        assert len(posts(vitec)) == 1

    def test_of_many_the_page_lets_go_the_first_and_the_sweep_the_rest(
        self,
        vitec: Sandbox,
        bokare: User,
        office: Office,
        chef: User,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(outbox, "RELEASED_AT_ONCE", 2)
        made = [make_submission(bokare, office, note=f"Nummer {n}") for n in range(5)]
        pauses.pause(office, "", chef, "")
        for each in made:
            deliver(each.pk)

        assert outbox.end_pause(Pause.objects.get(), chef) == 5

        queued = [State.QUEUED] * 2 + [State.HELD] * 3
        assert [state_of(each) for each in made] == queued
        sweep()
        assert {state_of(each) for each in made} == {State.QUEUED}

    def test_one_kind_alone_can_be_paused(
        self, vitec: Sandbox, submission: Submission, office: Office, chef: User
    ) -> None:
        pauses.pause(office, "interests.send_interest", chef, "Fel i mallen")

        deliver(submission.pk)

        assert state_of(submission) == State.DELIVERED

    def test_it_counts_from_the_moment_it_is_made_also_for_a_claim_that_has_begun(
        self, submission: Submission, office: Office, chef: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "submissions.claims._is_held_back",
            lambda _: not pauses.pause(office, "", chef, "Nu"),
        )

        assert deliver(submission.pk) is None

        assert state_of(submission) == State.QUEUED

    def test_what_waits_can_be_undone(
        self, vitec: Sandbox, submission: Submission, office: Office, chef: User, bokare: User
    ) -> None:
        pauses.pause(office, "", chef, "Fel")
        deliver(submission.pk)

        assert outbox.cancel(submission, bokare)

        outbox.end_pause(Pause.objects.get(), chef)
        deliver(submission.pk)
        assert posts(vitec) == []

    def test_a_new_login_does_not_end_it(self, office: Office, chef: User) -> None:
        pauses.pause(office, "", chef, "Fel")
        office.credential.save()

        assert Pause.objects.get().ended_at is None

    def test_beside_a_denial_of_vitecs_both_must_end(
        self, submission: Submission, office: Office, chef: User
    ) -> None:
        Pause.objects.create(office=office, status=401)
        assert pauses.pause(office, "", chef, "Fel")
        assert not pauses.pause(office, "", chef, "Fel igen")
        deliver(submission.pk)

        outbox.end_pause(Pause.objects.get(status=401), chef)
        sweep()
        assert state_of(submission) == State.HELD

        outbox.end_pause(Pause.objects.get(status=0), chef)
        assert state_of(submission) == State.QUEUED

    def test_the_portal_never_tries_it_by_itself(
        self, vitec: Sandbox, submission: Submission, office: Office, chef: User
    ) -> None:
        pauses.pause(office, "", chef, "Fel")
        deliver(submission.pk)
        a_day_ago()

        assert sweep() == []
        deliver(submission.pk)

        assert posts(vitec) == []


class TestPage:
    def post(self, browser: Client, **values: str) -> int:
        data = {"office": "M30011", "endpoint": "meetings.comeback", "reason": "Mallen är fel"}
        return browser.post(reverse(PAGE), data | values).status_code

    def test_a_manager_pauses_a_kind_and_everybody_there_reads_who_and_why(
        self, as_chef: Client, as_bokare: Client, submission: Submission
    ) -> None:
        assert self.post(as_chef, endpoint=submission.endpoint) == 302

        text = as_bokare.get(reverse("submissions:list")).content.decode()
        assert "chef har pausat Återkomst" in text
        assert "Mallen är fel" in text
        assert "1 väntar" in text
        go_on = reverse("submissions:end_pause", args=[Pause.objects.get().pk])
        assert go_on in as_chef.get(reverse(PAGE)).content.decode()
        assert go_on not in as_bokare.get(reverse(PAGE)).content.decode()

    def test_who_only_books_pauses_nothing(self, as_bokare: Client, office: Office) -> None:
        assert self.post(as_bokare) == 403
        assert not Pause.objects.exists()

    def test_a_strangers_office_does_not_exist(self, as_chef: Client) -> None:
        make_office("M30099", "Annan")
        assert self.post(as_chef, office="M30099") == 404

    def test_a_reason_is_asked_for(self, as_chef: Client) -> None:
        assert self.post(as_chef, reason="") == 422
        assert not Pause.objects.exists()

    def test_a_neighbour_is_not_told(
        self, as_chef: Client, as_grannkontor: Client, office: Office
    ) -> None:
        self.post(as_chef)
        assert "Mallen" not in as_grannkontor.get(reverse(PAGE)).content.decode()

    def test_the_page_of_a_paused_one_says_who_and_why(
        self, as_chef: Client, as_bokare: Client, submission: Submission
    ) -> None:
        self.post(as_chef, endpoint=submission.endpoint)
        deliver(submission.pk)

        text = as_bokare.get(submission.get_absolute_url()).content.decode()

        assert "chef har pausat sändningen" in text
        assert "nekat" not in text

    def test_the_admin_pauses_too(self, as_admin: Client, office: Office) -> None:
        data = {"office": office.customer_id, "endpoint": "everything", "reason": "Flytt"}

        answer = as_admin.post(reverse("admin:submissions_pause_add"), data)

        assert answer.status_code == 302
        pause = Pause.objects.get()
        assert (pause.endpoint, pause.status, pause.reason) == ("", 0, "Flytt")
        assert str(pause.paused_by) == "admin"

    def test_the_admin_offers_no_stranger_his_office(self, office: Office) -> None:
        other = make_office("M30099", "Annan")
        manager = make_user("annan", other, role=Role.ADMINISTRATOR, is_staff=True)
        manager.user_permissions.set(Permission.objects.all())
        browser = Client()
        browser.force_login(manager)
        data = {"office": office.customer_id, "endpoint": "everything", "reason": "Flytt"}

        assert browser.post(reverse("admin:submissions_pause_add"), data).status_code == 200
        assert not Pause.objects.exists()


@pytest.fixture
def denied(vitec: Sandbox, submission: Submission) -> Submission:
    """One that Vitec has answered with 401; everything of the office stands still."""
    vitec.behave("comeback", "unauthorized", times=1)
    deliver(submission.pk)
    vitec.clear()
    assert Pause.objects.get().status == 401
    return submission


@pytest.fixture
def other(denied: Submission, known: Known, bokare: User, office: Office) -> Submission:
    """Another that stands under the same pause, and waits for nobody's turn."""
    held = make_submission(bokare, office, contact_id=known.contact_id, note="Två")
    Submission.objects.filter(pk=held.pk).update(state=State.HELD, person_hash="")
    return held


def test_a_login_that_no_key_opens_keeps_nothing_else_from_going_on(
    vitec: Sandbox, denied: Submission, neighbour_office: Office, grannkontor: User
) -> None:
    """As after a restore with keys of another day: one office's misfortune is not everybody's."""
    a_day_ago()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offices_credential SET password = 'x' WHERE office_id = %s", [denied.office_id]
        )
    elsewhere = make_submission(grannkontor, neighbour_office)
    Submission.objects.filter(pk=elsewhere.pk).update(rung_at=None)

    assert sweep() == [elsewhere.pk]
    assert state_of(denied) == State.HELD


class TestOnceADay:
    def test_within_the_day_nothing_is_tried(self, vitec: Sandbox, denied: Submission) -> None:
        assert sweep() == []
        deliver(denied.pk)

        assert len(posts(vitec)) == 1

    def test_after_a_day_one_is_let_through_and_its_answer_ends_the_pause(
        self, vitec: Sandbox, denied: Submission, other: Submission
    ) -> None:
        a_day_ago()

        assert sweep() == [denied.pk]
        deliver(denied.pk)

        assert state_of(denied) == State.DELIVERED
        pause = Pause.objects.get()
        assert pause.ended_at is not None
        assert pause.ended_by is None
        assert state_of(other) == State.QUEUED

    def test_denied_once_more_it_stands_still_for_another_day(
        self, vitec: Sandbox, denied: Submission
    ) -> None:
        a_day_ago()
        vitec.behave("comeback", "unauthorized")

        for _ in range(3):
            sweep()
            deliver(denied.pk)

        assert len(posts(vitec)) == 2
        assert state_of(denied) == State.HELD
        assert Pause.objects.get().ended_at is None

    def test_of_two_at_once_one_goes(
        self, vitec: Sandbox, denied: Submission, known: Known, bokare: User, office: Office
    ) -> None:
        other = make_submission(bokare, office, contact_id=known.contact_id, note="Två")
        Submission.objects.filter(pk=other.pk).update(person_hash="")
        a_day_ago()
        vitec.behave("comeback", "unauthorized")
        sweep()

        deliver(denied.pk)
        deliver(other.pk)

        assert len(posts(vitec)) == 2
        assert state_of(other) == State.HELD

    def test_one_that_finds_no_seat_at_the_login_is_tried_a_moment_later(
        self, vitec: Sandbox, denied: Submission
    ) -> None:
        a_day_ago()
        sweep()
        LineSeat.objects.update(next_at=timezone.now() + dt.timedelta(seconds=30))
        deliver(denied.pk)
        assert state_of(denied) == State.QUEUED
        LineSeat.objects.update(next_at=timezone.now())
        Submission.objects.update(not_before=Now())

        deliver(denied.pk)

        assert state_of(denied) == State.DELIVERED

    def test_nor_is_the_try_spent_while_vitec_is_away(
        self, vitec: Sandbox, denied: Submission, other: Submission
    ) -> None:
        a_day_ago()
        for _ in range(OUTAGE_AFTER):
            outages.failed(denied, NotSent(cause="ConnectionRefusedError"))

        for _ in range(3):
            for pk in sweep():
                deliver(pk)

        assert Pause.objects.get().tried_at is None
        assert state_of(denied) == State.QUEUED
        assert state_of(other) == State.HELD, "one waits for the try, and no more are let out"

    @pytest.mark.parametrize("busy", [True, False])
    def test_nor_by_a_vitec_that_says_nothing_of_the_login(
        self, vitec: Sandbox, denied: Submission, settings: Any, *, busy: bool
    ) -> None:
        a_day_ago()
        if busy:
            vitec.behave("comeback", "too_many", times=1)
        else:
            settings.VITEC_BASE_URL = "http://127.0.0.1:9"

        for pk in sweep():
            deliver(pk)

        assert state_of(denied) == State.QUEUED
        assert Pause.objects.get().ended_at is None
        settings.VITEC_BASE_URL = vitec.url
        Submission.objects.update(not_before=Now(), asked_until=None)
        deliver(denied.pk)
        assert state_of(denied) == State.DELIVERED
        assert Pause.objects.get().ended_at is not None

    def test_a_try_that_said_nothing_lets_no_other_out_beside_it(
        self, vitec: Sandbox, denied: Submission, other: Submission
    ) -> None:
        a_day_ago()
        vitec.behave("comeback", "too_many", times=1)

        for _ in range(3):
            for pk in sweep():
                deliver(pk)

        assert len(posts(vitec)) == 2
        assert state_of(other) == State.HELD

    def test_one_that_can_be_opened_no_more_does_not_spend_it_either(
        self, vitec: Sandbox, denied: Submission, other: Submission
    ) -> None:
        Submission.objects.filter(pk=denied.pk).update(key="")
        a_day_ago()

        for _ in range(2):
            for pk in sweep():
                deliver(pk)

        assert state_of(denied) == State.FAILED
        assert Pause.objects.get().ended_at is not None

    def test_one_that_must_wait_for_its_turn_is_not_let_out_in_vain(
        self, vitec: Sandbox, submission: Submission, known: Known, bokare: User, office: Office
    ) -> None:
        held = make_submission(bokare, office, contact_id=known.contact_id, note="Två")
        Submission.objects.filter(pk=held.pk).update(state=State.HELD)
        later = timezone.now() + dt.timedelta(minutes=5)
        Submission.objects.filter(pk=submission.pk).update(
            endpoint="viewings.add_participant", not_before=later
        )
        Pause.objects.create(office=office, endpoint=held.endpoint, status=403)
        a_day_ago()

        for _ in range(3):
            for pk in sweep():
                deliver(pk)

        assert list(held.attempts.values_list("event", flat=True)) == [Event.ACCEPTED]

    def test_a_worker_that_dies_with_the_answer_settled_leaves_no_pause_behind(
        self,
        vitec: Sandbox,
        denied: Submission,
        other: Submission,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        a_day_ago()
        sweep()

        def dies(*_: object) -> None:
            raise SystemExit

        monkeypatch.setattr("submissions.delivery._answered", dies)
        with pytest.raises(SystemExit):
            deliver(denied.pk)

        assert Pause.objects.get().ended_at is not None
        assert sweep() == [other.pk]

    def test_no_answer_leaves_it_standing_still(self, vitec: Sandbox, denied: Submission) -> None:
        a_day_ago()
        vitec.behave("comeback", "too_many", retryAfter=1)
        sweep()

        deliver(denied.pk)

        assert Pause.objects.get().ended_at is None
        assert denied.attempts.filter(event=Event.BUSY).exists()

    def test_an_office_without_a_login_has_nothing_to_try(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        office.credential.delete()
        deliver(submission.pk)
        a_day_ago()

        assert sweep() == []

    def test_what_a_person_has_paused_besides_is_not_tried(
        self, denied: Submission, office: Office, chef: User
    ) -> None:
        pauses.pause(office, "", chef, "Fel")
        a_day_ago()

        assert sweep() == []


class TestOneLoginOfSeveralOffices:
    """The same user name and password: what Vitec says of one it says of all."""

    @pytest.fixture
    def theirs(self, grannkontor: User, neighbour_office: Office, known: Known) -> Submission:
        return make_submission(grannkontor, neighbour_office, contact_id=known.contact_id)

    def test_one_denial_is_enough_for_all(
        self, vitec: Sandbox, theirs: Submission, submission: Submission
    ) -> None:
        vitec.behave("comeback", "unauthorized")

        deliver(submission.pk)
        deliver(theirs.pk)

        assert len(posts(vitec)) == 1
        assert state_of(theirs) == State.HELD
        assert set(Pause.objects.values_list("office", "status")) == {
            (submission.office_id, 401),
            (theirs.office_id, 401),
        }

    def test_another_password_to_the_same_name_is_another_login(
        self, vitec: Sandbox, theirs: Submission, submission: Submission
    ) -> None:
        other = Credential.objects.get(office=theirs.office)
        other.password = "deras eget"
        other.save()
        vitec.behave("comeback", "unauthorized", times=1)

        deliver(submission.pk)

        assert [pause.office for pause in Pause.objects.all()] == [submission.office]

    def test_a_forbidden_endpoint_is_one_offices_alone(
        self, vitec: Sandbox, theirs: Submission, submission: Submission
    ) -> None:
        vitec.behave("comeback", "forbidden", times=1)

        deliver(submission.pk)

        assert [pause.office for pause in Pause.objects.all()] == [submission.office]

    def test_they_try_it_once_a_day_together_and_go_on_together(
        self, vitec: Sandbox, theirs: Submission, submission: Submission
    ) -> None:
        vitec.behave("comeback", "unauthorized")
        deliver(submission.pk)
        deliver(theirs.pk)
        a_day_ago()

        for _ in range(3):
            for pk in sweep():
                deliver(pk)
        assert len(posts(vitec)) == 2

        vitec.clear()
        longer_ago = timezone.now() - dt.timedelta(hours=25)
        Pause.objects.update(tried_at=longer_ago)
        [one] = sweep()
        deliver(one)

        assert not Pause.objects.filter(ended_at=None).exists()
        assert len(posts(vitec)) == 3
        states = {row.pk: state_of(row) for row in (submission, theirs)}
        assert states.pop(one) in (State.DELIVERED, State.REJECTED), "an answer ends it"
        assert list(states.values()) == [State.QUEUED]
