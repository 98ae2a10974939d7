"""Meetings in the admin: a window without personal data, that stays quick on many rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import tasks
from meetings.intake import Intake
from meetings.models import Meeting, MeetingVersion, OfficeSync
from offices.models import Office, SyncRun
from tests.factories import STOCKHOLM, make_meeting, make_user
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

MEETINGS = reverse("admin:meetings_meeting_changelist")
VERSIONS = reverse("admin:meetings_meetingversion_changelist")
PLANS = reverse("admin:meetings_officesync_changelist")


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(tasks, "_publish", found.append)
    return found


@pytest.fixture
def as_staff(office: Office) -> Client:
    """An administrator of one office, with every permission, but not of the whole portal."""
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)
    return client


def listed(answer: Any) -> list[str]:
    return [row.vitec_id for row in answer.context["cl"].result_list]


def changed_meeting(office: Office) -> Meeting:
    """One that has a version, by way of the intake."""
    run = SyncRun.objects.create(office=office, job="meetings", slot=1)
    for state in ("Booked", "FollowedUp"):
        row = {
            "id": "CAL9",
            "state": state,
            "contactName": "Anna Ek",
            "meetingDate": f"{timezone.localdate()}T10:00:00",
        }
        Intake(office, run).take([row], timezone.now())
    return Meeting.objects.get(vitec_id="CAL9")


class TestMeetings:
    def test_a_year_is_shown_on_demand_and_the_days_around_today_without(
        self, as_admin: Client, office: Office
    ) -> None:
        make_meeting(office, "CAL1")
        old = dt.datetime(2019, 5, 1, 10, tzinfo=STOCKHOLM)
        make_meeting(office, "CAL2", meeting_date=old)

        assert listed(as_admin.get(MEETINGS)) == ["CAL1"]
        assert listed(as_admin.get(MEETINGS, {"period": "2019"})) == ["CAL2"]
        assert listed(as_admin.get(MEETINGS, {"period": "x"})) == ["CAL1"]

    @pytest.mark.parametrize("wanted", ["CAL2", " ADR2 ", "OBJ2"])
    def test_a_whole_id_is_found_whenever_it_was(
        self, as_admin: Client, office: Office, wanted: str
    ) -> None:
        old = dt.datetime(2019, 5, 1, 10, tzinfo=STOCKHOLM)
        make_meeting(office, "CAL2", meeting_date=old, contact_id="ADR2", estate_id="OBJ2")
        make_meeting(office, "CAL1")

        assert listed(as_admin.get(MEETINGS, {"q": wanted})) == ["CAL2"]

    def test_no_more_queries_for_more_rows_and_none_counts_them_all(
        self, as_admin: Client, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(60):
            make_meeting(office, f"CAL{number}")

        with django_assert_max_num_queries(16) as queries:
            as_admin.get(MEETINGS)

        counts = [q["sql"] for q in queries if q["sql"].startswith("SELECT COUNT(")]
        assert counts
        assert all('"meeting_date" >=' in sql for sql in counts if "meetings_meeting" in sql)

    def test_nothing_personal_is_shown(self, as_admin: Client, office: Office) -> None:
        meeting = changed_meeting(office)
        version = MeetingVersion.objects.get()
        pages = [
            MEETINGS,
            VERSIONS,
            reverse("admin:meetings_meeting_change", args=[meeting.pk]),
            reverse("admin:meetings_meetingversion_change", args=[version.pk]),
        ]
        for url in pages:
            text = text_of(as_admin.get(url))
            assert "CAL9" in text
            for word in ("Anna", meeting.fingerprint, meeting.words.split()[0]):
                assert word not in text

    def test_it_cannot_be_changed(self, as_admin: Client, office: Office) -> None:
        meeting = changed_meeting(office)
        for row in (meeting, MeetingVersion.objects.get()):
            name = row._meta.model_name
            for action in ("change", "delete"):
                url = reverse(f"admin:meetings_{name}_{action}", args=[row.pk])
                assert as_admin.post(url, {"post": "yes"}).status_code == 403

    def test_strangers_rows_are_not_there(self, as_staff: Client, neighbour_office: Office) -> None:
        meeting = changed_meeting(neighbour_office)

        assert listed(as_staff.get(MEETINGS)) == []
        assert listed(as_staff.get(MEETINGS, {"q": "CAL9"})) == []
        url = reverse("admin:meetings_meeting_change", args=[meeting.pk])
        assert as_staff.get(url).status_code == 404


class TestFetching:
    def test_interval_and_pause_are_changed_in_the_list(
        self, as_admin: Client, office: Office
    ) -> None:
        as_admin.get(PLANS)
        plan = OfficeSync.objects.get()
        posted = {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": str(plan.pk),
            "form-0-interval": "15",
            "form-0-paused": "on",
            "_save": "Spara",
        }

        as_admin.post(PLANS, posted)

        plan.refresh_from_db()
        assert (plan.interval, plan.paused) == (15, True)

    def test_an_interval_of_nothing_is_refused(self, as_admin: Client, office: Office) -> None:
        plan = OfficeSync.of(office)
        url = reverse("admin:meetings_officesync_change", args=[plan.pk])

        as_admin.post(url, {"interval": "0"})

        plan.refresh_from_db()
        assert plan.interval == 3

    def test_fetch_now_rings_once_and_not_again_at_once(
        self, as_admin: Client, office: Office, rung: list[int]
    ) -> None:
        posted = {"action": "fetch_now", "_selected_action": [OfficeSync.of(office).pk]}

        answers = [as_admin.post(PLANS, posted, follow=True) for _twice in range(2)]

        assert rung == [office.pk]
        told = [[m.level_tag for m in answer.context["messages"]] for answer in answers]
        assert told == [["success"], ["warning"]]

    def test_a_strangers_office_cannot_be_fetched(
        self, as_staff: Client, neighbour_office: Office, rung: list[int]
    ) -> None:
        plan = OfficeSync.of(neighbour_office)

        as_staff.post(PLANS, {"action": "fetch_now", "_selected_action": [plan.pk]})

        plan.refresh_from_db()
        assert (rung, plan.wanted_at) == ([], None)


class TestRuns:
    def test_a_run_says_what_it_did(self, as_admin: Client, office: Office) -> None:
        SyncRun.objects.create(
            office=office,
            job="meetings",
            slot=1,
            finished_at=timezone.now(),
            calls=7,
            fetched=431,
            error="unknown",
            detail="HTTP 500 meetingDate 2026-01-01–2026-02-01",
        )
        page = reverse("admin:offices_syncrun_changelist")

        text = text_of(as_admin.get(page, {"outcome": "failed", "job": "meetings"}))

        for word in ("431", "HTTP 500 meetingDate"):
            assert word in text
        assert "431" not in text_of(as_admin.get(page, {"outcome": "good"}))
