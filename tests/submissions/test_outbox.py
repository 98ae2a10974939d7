from __future__ import annotations

import dataclasses
import datetime as dt
import io
import threading
import uuid

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from meetings import kinds
from offices.models import Membership, Office, User
from submissions import outbox
from submissions.concerns import Consent
from submissions.models import Attempt, Event, State, Submission, Verdict
from submissions.outbox import FormUsed, Questioned, Wish, submit
from tests.factories import comeback_values, make_contact, make_submission

pytestmark = pytest.mark.django_db


def wish(user: User, office: Office, token: uuid.UUID, **values: object) -> Wish:
    return Wish(
        user=user,
        office=office,
        kind=kinds.COMEBACK,
        cleaned=comeback_values(**values),
        typed={"note": [str(values.get("note", ""))]},
        again={},
        token=token,
    )


class TestSubmit:
    def test_it_saves_who_when_where_and_the_frozen_call(
        self, bokare: User, office: Office
    ) -> None:
        submission = make_submission(bokare, office)

        submission.refresh_from_db()
        assert (submission.created_by, submission.office) == (bokare, office)
        assert submission.call.path == "Meeting/Comeback/M30011/ADR1"
        assert submission.state == State.QUEUED
        assert [a.event for a in submission.attempts.all()] == [Event.ACCEPTED]

    def test_it_says_in_words_what_is_sent(self, bokare: User, office: Office) -> None:
        make_contact(office)

        submission = make_submission(bokare, office, note="Ring om balkongen")

        said = {line.label: line.value for line in submission.lines}
        assert "Anna Ek" in said.values()
        assert "mån 1 mars 2027 kl. 09:00 (v. 9)" in said.values()
        assert "Ring om balkongen" in said.values()

    def test_the_words_stay_when_the_directory_changes(self, bokare: User, office: Office) -> None:
        contact = make_contact(office)
        submission = make_submission(bokare, office)
        contact.delete()

        assert "Anna Ek" in submission.summary

    def test_the_same_form_twice_gives_the_first_row(self, bokare: User, office: Office) -> None:
        token = uuid.uuid4()

        first = submit(wish(bokare, office, token))
        second = submit(wish(bokare, office, token))

        assert first == second
        assert Submission.objects.count() == 1

    def test_the_same_form_with_other_content_is_refused(
        self, bokare: User, office: Office
    ) -> None:
        token = uuid.uuid4()
        first = submit(wish(bokare, office, token))

        with pytest.raises(FormUsed) as used:
            submit(wish(bokare, office, token, note="annat"))

        assert used.value.submission == first

    def test_two_people_may_happen_to_have_the_same_token(
        self, bokare: User, chef: User, office: Office
    ) -> None:
        token = uuid.uuid4()

        first = submit(wish(bokare, office, token))

        assert submit(wish(chef, office, token, contact_id="ADR2")) != first

    def test_the_very_same_from_another_form_is_asked_about(
        self, bokare: User, chef: User, office: Office
    ) -> None:
        first = submit(wish(bokare, office, uuid.uuid4()))
        same = wish(chef, office, uuid.uuid4())

        with pytest.raises(Questioned) as asked:
            submit(same)

        assert [concern.url for concern in asked.value.concerns] == [first.get_absolute_url()]
        assert Submission.objects.count() == 1

    def test_a_question_that_was_read_and_answered_lets_it_go_with_the_reason_on_record(
        self, bokare: User, chef: User, office: Office
    ) -> None:
        first = submit(wish(bokare, office, uuid.uuid4()))
        same = wish(chef, office, uuid.uuid4())
        consent = Consent(frozenset({f"submission:{first.code}"}), "Kunden bad om två")

        second = submit(dataclasses.replace(same, consent=consent))

        assert second != first
        assert [attempt.reason for attempt in second.attempts.all()] == ["Kunden bad om två"]

    @pytest.mark.parametrize("reason", ["", "Kunden bad om två"])
    def test_a_question_nobody_has_read_is_not_answered(
        self, bokare: User, chef: User, office: Office, reason: str
    ) -> None:
        submit(wish(bokare, office, uuid.uuid4()))
        same = wish(chef, office, uuid.uuid4())
        consent = Consent(frozenset({f"submission:{uuid.uuid4()}"}), reason)

        with pytest.raises(Questioned):
            submit(dataclasses.replace(same, consent=consent))

    @pytest.mark.parametrize("state", [State.REJECTED, State.CANCELLED, State.FAILED])
    def test_what_is_certainly_not_there_may_be_sent_anew(
        self, bokare: User, office: Office, state: State
    ) -> None:
        submit(wish(bokare, office, uuid.uuid4()))
        Submission.objects.update(state=state)

        assert submit(wish(bokare, office, uuid.uuid4()))

    def test_the_same_at_another_office_is_another_matter(
        self, bokare: User, office: Office, neighbour_office: Office
    ) -> None:
        Membership.objects.create(user=bokare, office=neighbour_office)
        submit(wish(bokare, office, uuid.uuid4()))

        assert submit(wish(bokare, neighbour_office, uuid.uuid4()))

    def test_words_that_mean_another_moment_a_minute_later_are_still_the_same_form(
        self, bokare: User, office: Office
    ) -> None:
        first = wish(bokare, office, uuid.uuid4())
        later = comeback_values(date=first.cleaned["date"] + dt.timedelta(minutes=1))

        assert submit(first) == submit(dataclasses.replace(first, cleaned=later))

    def test_the_grace_period_is_by_the_databases_clock(
        self, settings, bokare: User, office: Office
    ) -> None:
        settings.SUBMISSION_HOLD_SECONDS = 30

        submission = make_submission(bokare, office)

        assert 25 <= submission.grace_seconds <= 30
        assert not Submission.objects.due().exists()

    def test_nothing_typed_stands_in_the_database_in_clear(
        self, bokare: User, office: Office
    ) -> None:
        make_contact(office, name="Åsa Kanariefågel", phone="070-174 06 99")
        make_submission(bokare, office, note="Åsa Kanariefågel 070-174 06 99 189001019802")

        text = _everything_in_the_database()

        for typed in ("Kanarief", "174 06 99", "1740699", "189001019802"):
            assert typed not in text


def _everything_in_the_database() -> str:
    """Every column of every table as the database holds it."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own table names
            rows += cursor.fetchall()
    return repr(rows)


@pytest.mark.django_db(transaction=True)
def test_twenty_double_clicks_at_once_make_one_row(bokare: User, office: Office) -> None:
    token = uuid.uuid4()
    codes = []
    start = threading.Barrier(20)

    def click() -> None:
        start.wait()
        codes.append(submit(wish(bokare, office, token)).code)
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(codes) == 20
    assert len(set(codes)) == 1
    assert Submission.objects.count() == 1
    assert Attempt.objects.count() == 1


class TestUndo:
    def test_it_takes_back_what_was_not_sent(self, bokare: User, office: Office) -> None:
        submission = make_submission(bokare, office)

        assert outbox.cancel(submission, bokare)

        submission.refresh_from_db()
        assert submission.state == State.CANCELLED
        assert submission.attempts.last().actor == bokare  # type: ignore[union-attr]

    @pytest.mark.parametrize("state", [State.CLAIMED, State.SENDING, State.DELIVERED])
    def test_it_is_too_late_once_a_worker_has_it(
        self, bokare: User, office: Office, state: State
    ) -> None:
        submission = make_submission(bokare, office)
        Submission.objects.update(state=state)

        assert not outbox.cancel(submission, bokare)
        assert Submission.objects.get().state == state


class TestDecisions:
    @pytest.fixture
    def uncertain(self, bokare: User, office: Office) -> Submission:
        submission = make_submission(bokare, office)
        Submission.objects.update(state=State.UNKNOWN)
        return submission

    def test_a_person_finds_it_in_vitec(self, uncertain: Submission, chef: User) -> None:
        assert outbox.mark_delivered(uncertain, chef, "Står i Annas kort")

        uncertain.refresh_from_db()
        last = uncertain.attempts.last()
        assert uncertain.state == State.DELIVERED
        assert last is not None
        assert (last.event, last.actor, last.reason) == (Event.FOUND, chef, "Står i Annas kort")

    def test_the_reason_is_sealed(self, uncertain: Submission, chef: User) -> None:
        outbox.mark_not_delivered(uncertain, chef, "Anna Ek sade nej")

        assert "Anna" not in _everything_in_the_database().replace("Anna-", "")

    def test_a_person_sends_it_again(self, uncertain: Submission, chef: User) -> None:
        assert outbox.send_again(uncertain, chef, "Finns inte")

        uncertain.refresh_from_db()
        assert uncertain.state == State.QUEUED
        assert uncertain.attempts.last().event == Event.SENT_AGAIN  # type: ignore[union-attr]

    def test_of_two_decisions_the_first_counts(self, uncertain: Submission, chef: User) -> None:
        assert outbox.mark_delivered(uncertain, chef, "Finns")
        assert not outbox.send_again(uncertain, chef, "Finns inte")

    def test_trying_now_never_touches_what_may_have_arrived(
        self, uncertain: Submission, bokare: User
    ) -> None:
        assert not outbox.send_now(uncertain, bokare)

    def test_trying_now_ends_the_wait_for_the_next_try(self, bokare: User, office: Office) -> None:
        submission = make_submission(bokare, office)
        later = timezone.now() + dt.timedelta(minutes=5)
        Submission.objects.update(not_before=later, tries=3)

        assert outbox.send_now(submission, bokare)
        assert Submission.objects.due().count() == 1


def test_erasing_the_key_erases_the_person_and_keeps_the_facts(
    bokare: User, office: Office
) -> None:
    make_contact(office)
    submission = make_submission(bokare, office, note="Anna")

    Submission.objects.update(key="")

    submission.refresh_from_db()
    assert submission.lines == []
    assert submission.summary == ""
    assert submission.attempts.count() == 1
    assert submission.created_by == bokare


class TestQuarantine:
    @pytest.mark.parametrize(
        "state",
        [
            State.QUEUED,
            State.CLAIMED,
            State.SENDING,
            State.HELD,
            State.FAILED,
            State.UNKNOWN,
        ],
    )
    def test_after_a_restore_nothing_is_sent_by_what_old_rows_say(
        self, bokare: User, office: Office, state: State
    ) -> None:
        submission = make_submission(bokare, office)
        Submission.objects.update(state=state)

        call_command("quarantine", stdout=io.StringIO())

        submission.refresh_from_db()
        assert submission.state == State.UNKNOWN
        assert submission.attempts.last().event == Event.QUARANTINED  # type: ignore[union-attr]
        assert not Submission.objects.due().exists()

    def test_what_was_said_of_an_uncertain_one_is_worth_nothing_any_more(
        self, bokare: User, office: Office
    ) -> None:
        submission = make_submission(bokare, office)
        Submission.objects.update(
            state=State.UNKNOWN, verdict=Verdict.ABSENT, looked_at=timezone.now()
        )

        outbox.quarantine()

        submission.refresh_from_db()
        assert (submission.verdict, submission.looked_at) == ("", None)

    @pytest.mark.parametrize("state", [State.DELIVERED, State.REJECTED, State.CANCELLED])
    def test_what_is_settled_stays(self, bokare: User, office: Office, state: State) -> None:
        make_submission(bokare, office)
        Submission.objects.update(state=state)

        assert outbox.quarantine() == 0
