"""What sending an event comes to: its parts, what they do, why to look twice."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calendar_app.forms import AppointmentForm
from calendar_app.kinds import APPOINTMENT
from calendar_app.payloads import appointment_call
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.kinds import Part, Tone
from submissions.models import Batch, Occurrence, State, Submission, person_hash
from tests.factories import make_colleague, make_meeting

pytestmark = pytest.mark.django_db

Bound = Callable[..., AppointmentForm]
NEW = reverse("calendar_app:new_appointment")
NAMES = ["Bo Alm", "Cilla Dahl", "Dag Ek", "Eva Falk", "Fia Gran", "Gun Hed"]
WEEKLY = {
    "starts_at": "2027-01-11 08:30",
    "ends_at": "9:15",
    "recurrence": "Weekly",
    "recurrence_until": "v 24",
    "recurrence_skips_days_off": "on",
}


@pytest.fixture
def six(office: Office) -> list[str]:
    return [
        make_colleague(office, f"HAN{number}", name).vitec_id
        for number, name in enumerate(NAMES, 1)
    ]


def parts(form: AppointmentForm) -> list[Part]:
    assert form.is_valid(), form.errors
    assert APPOINTMENT.split is not None
    return APPOINTMENT.split(form.office, form.cleaned_data, form.typed())


def data_of(typed: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, texts in typed.items():
        data.setlist(name, texts)
    data["form_token"] = str(uuid.uuid4())
    return data


class TestParts:
    def test_one_event_for_one_is_one(self, bound: Bound) -> None:
        assert len(parts(bound())) == 1

    def test_a_series_without_end_is_one_for_each(self, bound: Bound, six: list[str]) -> None:
        found = parts(bound(user_id=six, **{**WEEKLY, "recurrence_until": ""}))

        assert [part.cleaned["user_id"] for part in found] == [[each] for each in six]
        assert {part.cleaned["recurrence"] for part in found} == {"Weekly"}

    def test_what_ends_is_one_for_each_and_date(self, bound: Bound, six: list[str]) -> None:
        found = parts(bound(user_id=six, **WEEKLY))

        assert len(found) == 132
        assert {part.cleaned["recurrence"] for part in found} == {""}
        firsts = [part.cleaned["starts_at"] for part in found[:22]]
        assert firsts == sorted(firsts)
        assert {part.cleaned["user_id"][0] for part in found[:22]} == {"HAN1"}

    @pytest.mark.parametrize(
        "posted",
        [
            {},
            WEEKLY,
            {**WEEKLY, "recurrence_until": ""},
            {**WEEKLY, "all_day_event": "on", "ends_at": "2 dagar"},
            {"all_day_event": "on", "ends_at": "3 dagar"},
            {"starts_at": "imorgon 9", "ends_at": "45 min", "location": "Här", "note": "Där"},
            # Over both nights of the clock change.
            {
                "starts_at": "2027-03-27 22:00",
                "ends_at": "8 h",
                "recurrence": "Daily",
                "recurrence_until": "3 ggr",
            },
            {
                "starts_at": "2027-10-30 22:00",
                "ends_at": "8 h",
                "recurrence": "Daily",
                "recurrence_until": "3 ggr",
            },
            {"starts_at": "2027-01-31", "recurrence": "Monthly", "recurrence_until": "4 ggr"},
            {"starts_at": "2028-02-29", "recurrence": "Yearly", "recurrence_until": "2 ggr"},
        ],
    )
    def test_each_can_be_written_again_alone_and_is_the_same_call(
        self, bound: Bound, six: list[str], posted: dict[str, Any]
    ) -> None:
        for part in parts(bound(user_id=six[:2], **posted)):
            form = AppointmentForm(data_of(part.typed), office=bound().office)
            (again,) = parts(form)

            before = appointment_call(form.office, part.cleaned)
            assert appointment_call(form.office, again.cleaned) == before


class TestEffects:
    def effects(self, office: Office, part: Part) -> list[tuple[str, Tone]]:
        assert APPOINTMENT.effects is not None
        call = appointment_call(office, part.cleaned)
        [effects] = APPOINTMENT.effects(office, [call])
        return [(effect.text, effect.tone) for effect in effects]

    def test_an_event_is_created_in_somebodys_calendar(self, bound: Bound, office: Office) -> None:
        (part,) = parts(bound())

        assert self.effects(office, part) == [
            ("En kalenderhändelse skapas i kalendern för Bo Alm.", Tone.CREATES)
        ]

    def test_a_series_goes_on_for_ever(self, bound: Bound, office: Office) -> None:
        (part,) = parts(bound(recurrence="Daily"))

        (created, lasting) = self.effects(office, part)
        assert created == ("En serie utan slutdatum skapas i kalendern för Bo Alm.", Tone.CREATES)
        assert lasting == ("Serien fortsätter tills någon tar bort den i Vitec.", Tone.NOTE)

    def test_an_id_that_is_written_otherwise_in_an_address_is_found(
        self, office: Office, bound: Bound
    ) -> None:
        make_colleague(office, "HAN å/1", "Åsa Öst")
        (part,) = parts(bound(user_id=["HAN å/1"]))

        assert "Åsa Öst" in self.effects(office, part)[0][0]


class TestConcerns:
    @pytest.fixture
    def meeting(self, office: Office) -> None:
        moment = dt.datetime.fromisoformat("2027-02-08T08:45:00+01:00")
        make_meeting(office, meeting_date=moment)

    def post(self, client: Client, **posted: Any) -> Any:
        values = {"form_token": str(uuid.uuid4()), "subject": "Veckomöte", "user_id": ["HAN1"]}
        return client.post(NEW, {**values, **posted})

    def test_a_clash_is_asked_about_and_sent_with_a_reason(
        self, as_bokare: Client, six: list[str], meeting: None
    ) -> None:
        token = str(uuid.uuid4())
        answer = self.post(as_bokare, form_token=token, **WEEKLY)
        text = answer.content.decode()

        assert answer.status_code == 409
        assert "Bo Alm har intagsmöte mån 8 feb 08:45" in text
        assert not Submission.objects.exists()

        known = re.findall(r'name="although" value="([^"]+)"', text)
        sent = self.post(
            as_bokare, form_token=token, although=known, although_reason="Flyttas", **WEEKLY
        )
        assert sent.status_code == 302
        assert Submission.objects.count() == 22

    def test_a_series_without_end_is_not_stopped_by_one(
        self, as_bokare: Client, six: list[str], meeting: None
    ) -> None:
        assert self.post(as_bokare, **WEEKLY | {"recurrence_until": ""}).status_code == 302

    def test_another_event_at_the_same_minute_is_told_once(
        self, as_bokare: Client, six: list[str]
    ) -> None:
        self.post(as_bokare, starts_at="2027-02-08 08:30")
        text = self.post(as_bokare, subject="Annat", starts_at="2027-02-08 08:30").content.decode()

        assert text.count('name="although"') == 1
        assert "En händelse mån 8 feb 08:30 har redan skickats till samma kalender." in text

    def test_another_event_that_overlaps_is_a_clash(
        self, as_bokare: Client, six: list[str]
    ) -> None:
        self.post(as_bokare, starts_at="2027-02-08 08:30")
        text = self.post(as_bokare, starts_at="2027-02-08 08:45").content.decode()

        assert "Bo Alm har kalenderhändelse mån 8 feb 08:30" in text

    def test_a_colleague_at_the_same_time_is_no_reason_to_ask(
        self, as_bokare: Client, six: list[str]
    ) -> None:
        self.post(as_bokare, starts_at="2027-02-08 08:30")

        answer = self.post(as_bokare, user_id=["HAN2"], starts_at="2027-02-08 08:30")
        assert answer.status_code == 302


class TestWeeklyMeetingForSix:
    """Every Monday of weeks 2 to 24, save the one after Easter: 22 dates for six people."""

    @pytest.fixture
    def sent(self, as_bokare: Client, office: Office, vitec: Sandbox, settings: Any) -> Batch:
        settings.SUBMISSION_HOLD_SECONDS = 0
        users = vitec.practice.store.all("users")
        ids = [u["userId"] for u in users if office.customer_id in u["customerId"]][:6]
        for user_id, name in zip(ids, NAMES, strict=True):
            make_colleague(office, user_id, name)
        form = {"form_token": str(uuid.uuid4()), "subject": "Veckomöte", "user_id": ids}
        answer = as_bokare.post(NEW, form | WEEKLY)
        assert answer.status_code == 302, answer.content.decode()
        return Batch.objects.get()

    def deliver_all(self) -> None:
        for submission in Submission.objects.due().order_by("pk"):
            deliver(submission.pk)

    def test_132_single_events_arrive_with_a_pause_in_the_middle(
        self, as_bokare: Client, sent: Batch, vitec: Sandbox
    ) -> None:
        page = reverse("submissions:batch", args=[sent.code])
        for submission in Submission.objects.due().order_by("pk")[:50]:
            deliver(submission.pk)
        as_bokare.post(reverse("submissions:batch_act", args=[sent.code, "pause"]))
        self.deliver_all()
        assert len(vitec.records()["appointments"]) == 50

        as_bokare.post(reverse("submissions:batch_act", args=[sent.code, "resume"]))
        self.deliver_all()
        self.deliver_all()

        records = vitec.records()["appointments"]
        assert len(records) == 132
        assert not Submission.objects.exclude(state=State.DELIVERED).exists()
        bodies = [json.loads(record["bodyText"]) for record in records]
        assert {body["startsAt"][11:16] for body in bodies} == {"08:30"}
        assert {body["startsAt"][19:] for body in bodies} == {"+01:00", "+02:00"}
        assert not any("recurrence" in body for body in bodies)
        assert not any(body["startsAt"].startswith("2027-03-29") for body in bodies)
        text = as_bokare.get(page).content.decode()
        assert "132 av 132 finns i Vitec" in text
        assert all(f">{name}</span>" in text for name in NAMES)
        assert text.count("22 av 22") == 6

    def test_they_stand_in_the_calendar_one_day_after_another(
        self, as_bokare: Client, sent: Batch
    ) -> None:
        assert Occurrence.objects.filter(rule="").count() == 132

        day = as_bokare.get("/calendar/?view=day&day=2027-01-11").content.decode()
        assert day.count('class="cal-entry') == 6
        assert day.count("Veckomöte") == 6

    def test_in_the_offices_week_they_stand_once_with_everybodys_name(
        self, as_bokare: Client, sent: Batch
    ) -> None:
        text = as_bokare.get("/calendar/?view=week&day=2027-01-11").content.decode()

        assert text.count('class="cal-entry') == 1
        assert ", ".join(NAMES) in text
        assert 'href="/calendar/?view=day&amp;day=2027-01-11"' in text

    def test_the_list_says_what_when_and_whose(self, as_bokare: Client, sent: Batch) -> None:
        text = as_bokare.get("/submissions/").content.decode()

        assert "Veckomöte · mån 14 juni 2027 kl. 08:30–09:15 (v. 24) · Gun Hed" in text


class TestAbout:
    def form(self, client: Client, **asked: str) -> str:
        answer = client.get(NEW, asked)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_a_meeting_fills_in_subject_place_time_and_broker(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_colleague(office)
        make_meeting(office, meeting_date=dt.datetime.fromisoformat("2127-02-08T08:45:00+01:00"))

        text = self.form(as_bokare, meeting="CAL1")

        for value in ("Intagsmöte Anna Ek", "Storgatan 4", "2127-02-08 08:45"):
            assert f'value="{value}"' in text
        assert 'value="HAN1" selected' in text

    def test_it_does_not_clash_with_what_it_is_about(
        self, as_bokare: Client, office: Office
    ) -> None:
        moment = dt.datetime.fromisoformat("2027-02-08T08:45:00+01:00")
        make_colleague(office)
        make_meeting(office, meeting_date=moment)
        make_meeting(office, "CAL2", meeting_date=moment + dt.timedelta(minutes=30))
        assert 'name="about" value="meeting:CAL1"' in self.form(as_bokare, meeting="CAL1")

        posted = {"subject": "Förbered", "user_id": "HAN1", "starts_at": "2027-02-08 08:45"}
        for about, clashes in (("", 2), ("meeting:CAL1", 1)):
            text = as_bokare.post(
                NEW, {**posted, "about": about, "form_token": str(uuid.uuid4())}
            ).content.decode()
            assert text.count('name="although"') == clashes

    def test_it_concerns_the_person_of_its_meeting_and_is_a_next_step_there(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_colleague(office)
        meeting = make_meeting(
            office,
            person_hash=person_hash("ADR1"),
            booked_date=timezone.now() - dt.timedelta(days=1),
        )
        text = self.form(as_bokare, meeting="CAL1")
        assert 'name="about_contact" value="ADR1"' in text

        as_bokare.post(
            NEW,
            {
                "subject": "Förbered", "user_id": "HAN1", "starts_at": "2127-02-08 08:45",
                "about": "meeting:CAL1", "about_contact": "ADR1", "form_token": str(uuid.uuid4()),
            },
        )  # fmt: skip

        submission = Submission.objects.get()
        assert submission.person_hash == meeting.person_hash
        day = timezone.localtime(meeting.meeting_date).date()
        page = as_bokare.get(reverse("meetings:list"), {"day": str(day)}).content.decode()
        assert submission.get_absolute_url() in page

    def test_a_time_that_has_passed_is_left_out(self, as_bokare: Client, office: Office) -> None:
        make_meeting(office, meeting_date=dt.datetime.fromisoformat("2020-02-08T08:45:00+01:00"))

        text = self.form(as_bokare, meeting="CAL1")

        assert "Intagsmöte Anna Ek" in text
        assert "2020-02-08" not in text

    @pytest.mark.parametrize("asked", [{"meeting": "CAL9"}, {"meeting": ""}, {"estate": "OBJ1_2"}])
    def test_what_is_not_known_leaves_the_form_empty(
        self, as_bokare: Client, office: Office, asked: dict[str, str]
    ) -> None:
        make_meeting(office)

        assert "Anna Ek" not in self.form(as_bokare, **asked)

    def test_a_neighbours_meeting_is_not_known(
        self, as_grannkontor: Client, office: Office
    ) -> None:
        make_meeting(office)

        assert "Anna Ek" not in self.form(as_grannkontor, meeting="CAL1")

    def test_a_link_from_another_of_ones_offices_leads_there(
        self, as_admin: Client, office: Office, neighbour_office: Office, admin: User
    ) -> None:
        make_meeting(neighbour_office, "CAL7")

        text = self.form(as_admin, meeting="CAL7")

        assert "Intagsmöte Anna Ek" in text
        assert f'name="office" value="{neighbour_office.customer_id}"' in text

    def test_the_meetings_row_leads_to_the_form(self, as_bokare: Client, office: Office) -> None:
        make_meeting(office, meeting_date=dt.datetime.fromisoformat("2027-02-08T08:45:00+01:00"))

        text = as_bokare.get("/meetings/?day=2027-02-08").content.decode()

        assert 'href="/calendar/appointments/new/?meeting=CAL1"' in text
