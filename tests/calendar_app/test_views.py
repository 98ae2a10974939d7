from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from calendar_app import kinds
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission
from tests.factories import make_colleague

pytestmark = pytest.mark.django_db

NEW = reverse("calendar_app:new_appointment")
PREVIEW = reverse("calendar_app:preview_appointment")


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def posted(office: Office) -> dict[str, str]:
    """A complete form, as a browser posts it."""
    make_colleague(office)
    return {
        "form_token": str(uuid.uuid4()),
        "user_id": "HAN1",
        "subject": "Kontorsmöte",
        "starts_at": "2027-03-02 10:00",
    }


class TestForm:
    def test_it_offers_the_offices_people(self, as_bokare: Client, office: Office) -> None:
        make_colleague(office)

        assert "Bo Alm" in text_of(as_bokare.get(NEW))

    def test_whose_calendar_can_be_said_in_the_address(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_colleague(office)

        assert 'value="HAN1" selected' in text_of(as_bokare.get(NEW, {"user": "HAN1"}))

    def test_a_neighbour_is_offered_nobody_else(
        self, as_grannkontor: Client, office: Office
    ) -> None:
        make_colleague(office)

        assert "Bo Alm" not in text_of(as_grannkontor.get(NEW, {"user": "HAN1"}))

    def test_repetition_is_folded_until_it_is_chosen(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        assert "open" not in text_of(as_bokare.get(NEW)).split('class="repeats"')[1].split(">")[0]

        wrong = posted | {"recurrence": "Weekly", "recurrence_interval": "0"}
        answer = as_bokare.post(NEW, wrong)
        assert answer.status_code == 422
        assert "open" in text_of(answer).split('class="repeats"')[1].split(">")[0]

    def test_without_javascript_a_button_shows_the_days(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        looked = posted | {"subject": "", "recurrence": "Weekly", "step": "look"}
        answer = as_bokare.post(NEW, looked)

        assert answer.status_code == 200
        assert "Varje tisdag 10:00–11:00, tills vidare, utan slutdatum" in text_of(answer)
        assert "Ange vad det gäller" not in text_of(answer)
        assert not Submission.objects.exists()


class TestPreview:
    def test_it_says_the_days_and_that_a_series_has_no_end(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        series = posted | {"recurrence": "Weekly", "recurrence_interval": "2"}
        text = text_of(as_bokare.post(PREVIEW, series))

        assert "Varannan tisdag 10:00–11:00, tills vidare, utan slutdatum" in text
        assert "har inget slut" in text
        assert "De första 10 dagarna" in text
        assert "tis 16 mars 2027 (v. 11)" in text
        assert text.count("<li>") == 10

    def test_short_months_are_said(self, as_bokare: Client, posted: dict[str, str]) -> None:
        series = posted | {"starts_at": "2027-03-31 10:00", "recurrence": "Monthly"}

        assert "saknar den 31:a hoppas över" in text_of(as_bokare.post(PREVIEW, series))

    def test_a_red_day_offers_the_next_working_day(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        text = text_of(as_bokare.post(PREVIEW, posted | {"starts_at": "2027-03-26 10:00"}))

        assert "ångfredag" in text
        assert 'data-day-words-chip="2027-03-30 10:00"' in text

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"starts_at": "hoppsan"}, "Det går inte att läsa"),
            ({"starts_at": "2020-01-01"}, "har passerat"),
            ({"ends_at": "09:00"}, "är inte efter starten"),
            ({"recurrence": "Weekly", "recurrence_interval": "0"}, "lika med 1"),
            ({"recurrence": "Weekly", "recurrence_day_of_weeks": "Monday"}, "börjar en tisdag"),
            ({"starts_at": ""}, "Skriv när den börjar"),
        ],
    )
    def test_what_is_wrong_or_wanting_is_said_at_once(
        self, as_bokare: Client, posted: dict[str, str], typed: dict[str, str], said: str
    ) -> None:
        answer = as_bokare.post(PREVIEW, posted | typed)

        assert answer.status_code == 200
        assert said in text_of(answer)
        assert "tills vidare" not in text_of(answer)

    def test_it_is_asked_for_by_post_alone(self, as_bokare: Client, office: Office) -> None:
        assert as_bokare.get(PREVIEW).status_code == 405

    def test_another_office_cannot_be_asked_about(
        self, as_grannkontor: Client, posted: dict[str, str], office: Office
    ) -> None:
        answer = as_grannkontor.post(PREVIEW, posted | {"office": office.customer_id})

        assert answer.status_code == 404


class TestSending:
    def test_it_concerns_no_contact(self, as_bokare: Client, posted: dict[str, str]) -> None:
        as_bokare.post(NEW, posted)

        submission = Submission.objects.get()
        assert submission.kind == kinds.APPOINTMENT.key
        assert submission.person_hash == ""

    def test_it_arrives_in_the_calendar(
        self, as_bokare: Client, office: Office, bokare: User, vitec: Sandbox, settings: object
    ) -> None:
        settings.SUBMISSION_HOLD_SECONDS = 0  # type: ignore[attr-defined]
        user_id = next(iter(vitec.practice.store.all("users")))["userId"]
        make_colleague(office, user_id)
        series = {
            "form_token": str(uuid.uuid4()),
            "user_id": user_id,
            "subject": "Månadsrapport",
            "starts_at": "2027-03-31 16:00",
            "recurrence": "Monthly",
        }
        as_bokare.post(NEW, series)
        submission = Submission.objects.get()

        deliver(submission.pk)

        submission.refresh_from_db()
        [record] = vitec.records()["appointments"]
        assert submission.state == State.DELIVERED
        assert submission.vitec_id == record["id"]
        assert record["userId"] == user_id
        assert record["bodyText"] == submission.call.body
        assert record["startsAt"] == "2027-03-31T16:00:00"
        assert json.loads(record["bodyText"])["recurrenceDay"] == 31
