"""The sync against the practice Vitec: what is asked for, what is kept, what failures leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings import sync, tasks
from meetings.history import lives_of
from meetings.models import Meeting, MeetingVersion, OfficeSync
from offices.directory import find_contacts
from offices.models import Capability, Colleague, Contact, Office, SyncRun
from sandbox.server import Sandbox
from tests.factories import STOCKHOLM, make_meeting
from tests.meetings.conftest import Diary

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]


def run_of(found: SyncRun | None) -> SyncRun:
    assert found is not None
    return found


def asked(vitec: Sandbox) -> list[dict[str, object]]:
    return [request["body"] for request in vitec.log()]


class TestTheFirstSync:
    def test_it_keeps_every_meeting_and_what_it_teaches(
        self, vitec: Sandbox, office: Office
    ) -> None:
        run = run_of(sync.sync_office(office, now=True))

        assert run.error == ""
        assert run.fetched == run.created == Meeting.objects.count() > 100
        assert Contact.objects.count() > 50
        assert Colleague.objects.count() > 3

    def test_a_contact_learned_from_a_meeting_is_found_by_name(
        self, vitec: Sandbox, office: Office
    ) -> None:
        sync.sync_office(office, now=True)
        meeting = Meeting.objects.exclude(contact_id="").last()
        assert meeting is not None

        found = find_contacts(office, meeting.contact_name)

        assert meeting.contact_id in [contact.vitec_id for contact in found]

    def test_it_asks_by_both_days_and_for_all_types(self, vitec: Sandbox, office: Office) -> None:
        sync.sync_office(office, now=True)

        assert {body["search"] for body in asked(vitec)} == {True, False}
        assert {body["type"] for body in asked(vitec)} == {"All"}
        assert {body["customerId"] for body in asked(vitec)} == {"M30011"}

    def test_it_reaches_far_back_and_ahead_and_the_next_one_does_not(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        far, near = (run_of(sync.sync_office(office, now=True)) for _ in range(2))

        assert (far.span, near.span) == ("wide", "")
        assert far.window_from == dt.date(2025, 10, 17)
        assert near.window_from == dt.date(2026, 10, 22)

    def test_every_field_is_kept_also_one_that_nobody_knew(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add(
            "CAL1",
            "2026-11-24T10:00:00",
            commissionWithoutTaxes=85000.5,
            commissionType="Sale",
            assignmentSource={"id": 7, "name": "Hemsida"},
            estateStatus={"id": "3", "name": "Till salu"},
            bookedById="HAN2",
            bookedByName="Cilla Dahl",
            signatureDate="2026-12-01T00:00:00",
            someday={"newer": [1, 2]},
        )

        sync.sync_office(office, now=True)

        meeting = Meeting.objects.get()
        assert meeting.commission == 85000.5
        assert (meeting.source_id, meeting.source) == ("7", "Hemsida")
        assert meeting.estate_status == "Till salu"
        assert (meeting.booked_by_id, meeting.booked_by_name) == ("HAN2", "Cilla Dahl")
        assert meeting.signature_date == dt.datetime(2026, 12, 1, tzinfo=STOCKHOLM)
        assert meeting.row["someday"] == {"newer": [1, 2]}

    def test_what_is_called_a_personal_number_is_not_kept_and_is_no_news(
        self, vitec: Sandbox, office: Office, diary: Diary
    ) -> None:
        number = {"contactSocialSecurityNumber": "18900101-9802"}
        diary.add("CAL1", "2026-11-24T10:00:00", someday=[{"Personnummer": "x"}], **number)
        sync.sync_office(office, now=True)
        meeting = Meeting.objects.get(vitec_id="CAL1")
        assert "contactSocialSecurityNumber" not in meeting.row
        assert meeting.row["someday"] == [{}]
        diary.change("CAL1", contactSocialSecurityNumber="18900101-9803")
        sync.sync_office(office, now=True)
        assert not MeetingVersion.objects.filter(vitec_id="CAL1").exists()

    def test_what_is_personal_stands_nowhere_in_clear(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00", someday="Kanariefågelsson")
        sync.sync_office(office, now=True)
        diary.change("CAL1", contactName="Kanariefågel Ek")
        sync.sync_office(office, now=True)

        stored = ""
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
                stored += str(cursor.fetchall())

        assert MeetingVersion.objects.exists()
        for word in ("Kanarie", "Storgatan", "070-174", "0701740605"):
            assert word not in stored

    def test_the_retired_source_stands_in_for_the_new_one(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00", commissionSource="Grannar", assignmentSource=None)

        sync.sync_office(office, now=True)

        assert Meeting.objects.get().source == "Grannar"


class TestNoNews:
    def test_it_writes_no_meeting_and_no_version(self, vitec: Sandbox, office: Office) -> None:
        sync.sync_office(office, now=True)

        with CaptureQueriesContext(connection) as queries:
            run = run_of(sync.sync_office(office, now=True))

        tables = ('INTO "meetings_meeting', 'UPDATE "meetings_meeting')
        assert [q for q in queries if any(table in q["sql"] for table in tables)] == []
        assert (run.created, run.changed, run.missing) == (0, 0, 0)
        assert run.unchanged == run.fetched > 0

    def test_another_offset_of_the_same_moment_is_no_news(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00")
        sync.sync_office(office, now=True)

        diary.change("CAL1", meetingDate="2026-11-24T10:00:00.0000000+01:00", telePhone=None)
        run = run_of(sync.sync_office(office, now=True))

        assert run.changed == 0
        assert not MeetingVersion.objects.exists()


class TestChanges:
    @pytest.fixture(autouse=True)
    def _two_meetings(self, diary: Diary, office: Office, today: Clock) -> None:
        today("2026-11-20T16:10:00")
        diary.add("CAL1", "2026-11-24T10:00:00")
        diary.add("CAL2", "2026-11-25T10:00:00")
        sync.sync_office(office, now=True)
        today("2026-11-21T07:40:00")

    def test_a_moved_one_keeps_what_it_was(self, office: Office, diary: Diary) -> None:
        diary.change("CAL1", meetingDate="2026-11-26T13:30:00")

        run = run_of(sync.sync_office(office, now=True))

        meeting = Meeting.objects.get(vitec_id="CAL1")
        before, now = lives_of(meeting)
        assert (run.created, run.changed, run.unchanged) == (0, 1, 1)
        assert before.meeting_date == dt.datetime(2026, 11, 24, 10, tzinfo=STOCKHOLM)
        assert before.changed == []
        assert now.meeting_date == dt.datetime(2026, 11, 26, 13, 30, tzinfo=STOCKHOLM)
        assert now.changed == ["meetingDate"]
        assert before.observed_to == now.observed_from  # type: ignore[union-attr]

    def test_a_cancelled_one_says_what_changed(self, office: Office, diary: Diary) -> None:
        diary.change("CAL1", state="CancelledByCustomer", cancelledBy="Kund")

        sync.sync_office(office, now=True)

        meeting = Meeting.objects.get(vitec_id="CAL1")
        assert meeting.is_cancelled
        assert meeting.changed == ["cancelledBy", "state"]

    def test_an_added_one_is_new_and_has_no_past(self, office: Office, diary: Diary) -> None:
        diary.add("CAL3", "2026-11-27T09:00:00")

        assert run_of(sync.sync_office(office, now=True)).created == 1
        assert lives_of(Meeting.objects.get(vitec_id="CAL3")) == [
            Meeting.objects.get(vitec_id="CAL3")
        ]

    def test_a_deleted_one_is_missing_and_comes_back(self, office: Office, diary: Diary) -> None:
        diary.delete("CAL1")
        run = run_of(sync.sync_office(office, now=True))
        assert run.missing == 1
        gone = Meeting.objects.get(vitec_id="CAL1")
        assert gone.missing_since == gone.observed_from
        assert gone.changed == ["missing"]

        assert run_of(sync.sync_office(office, now=True)).missing == 0

        diary.add("CAL1", "2026-11-24T10:00:00")
        sync.sync_office(office, now=True)
        back = Meeting.objects.get(vitec_id="CAL1")
        assert back.missing_since is None
        assert back.changed == ["missing"]
        assert [life.missing_since for life in lives_of(back)] == [None, gone.missing_since, None]

    @pytest.mark.parametrize("day", ["2028-06-01T10:00:00", "2025-12-01T10:00:00"])
    def test_one_that_moved_out_of_sight_is_not_missing(
        self, office: Office, diary: Diary, vitec: Sandbox, day: str
    ) -> None:
        diary.change("CAL1", meetingDate=day, bookedDate="2026-10-01T09:00:00")
        diary.change("CAL2", bookedDate="2026-10-01T09:00:00")
        sync.sync_office(office, now=True)
        OfficeSync.objects.update(window_days=60)
        diary.delete("CAL2")

        run = run_of(sync.sync_office(office, now=True))

        assert run.missing == 1
        assert Meeting.objects.get(vitec_id="CAL1").missing_since is None
        assert Meeting.objects.get(vitec_id="CAL2").missing_since is not None

    def test_one_that_was_moved_far_away_is_looked_for_by_its_booking(
        self, office: Office, diary: Diary, today: Clock, vitec: Sandbox
    ) -> None:
        diary.change("CAL1", bookedDate="2026-10-01T09:00:00")
        sync.sync_office(office, now=True)
        diary.change("CAL1", meetingDate="2029-02-01T10:00:00")

        run = run_of(sync.sync_office(office, now=True))

        assert run.missing == 0
        assert asked(vitec)[-1]["search"] is True
        assert str(asked(vitec)[-1]["dateFrom"]).startswith("2026-10-01T00:00:00")
        moved = Meeting.objects.get(vitec_id="CAL1")
        assert moved.meeting_date == dt.datetime(2029, 2, 1, 10, tzinfo=STOCKHOLM)

    def test_a_meeting_that_never_had_versions_gets_none_by_being_filled_in(
        self, office: Office
    ) -> None:
        Meeting.objects.filter(vitec_id="CAL1").update(fingerprint="")

        sync.sync_office(office, now=True)

        assert not MeetingVersion.objects.exists()
        assert Meeting.objects.get(vitec_id="CAL1").fingerprint != ""


class TestWhenTheClockChanges:
    @pytest.mark.parametrize(
        ("night", "before", "after"),
        [
            ("2027-03-27T23:00:00", "2027-03-28T01:30:00", "2027-03-28T03:30:00"),
            ("2026-10-24T23:00:00", "2026-10-25T01:59:59.99", "2026-10-25T03:00:00"),
            ("2026-12-31T23:30:00", "2026-12-31T23:59:59.5", "2027-01-01T00:00:00"),
        ],
        ids=["spring", "autumn", "year's end"],
    )
    def test_a_meeting_that_moves_over_it_is_the_same_meeting(
        self, office: Office, diary: Diary, today: Clock, night: str, before: str, after: str
    ) -> None:
        today(night)
        diary.add("CAL1", before)
        sync.sync_office(office, now=True)
        OfficeSync.objects.update(window_days=1)
        diary.change("CAL1", meetingDate=after)

        run = run_of(sync.sync_office(office, now=True))

        assert (run.changed, run.missing) == (1, 0)
        moved = Meeting.objects.get()
        assert moved.meeting_date == dt.datetime.fromisoformat(after).replace(tzinfo=STOCKHOLM)

    def test_windows_of_a_day_leave_nothing_out_at_the_borders(
        self, office: Office, diary: Diary, today: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        today("2026-10-25T12:00:00")
        monkeypatch.setattr(sync, "next_size", lambda days, **_facts: days)
        monkeypatch.setattr(sync, "FAR", ((3, 3), (3, 3)))
        OfficeSync.of(office)
        OfficeSync.objects.update(window_days=1)
        moments = ["24T00:00:00", "24T23:59:59.9", "25T00:00:00", "25T02:30:00", "25T23:59:59"]
        for number, moment in enumerate(moments):
            diary.add(f"CAL{number}", f"2026-10-{moment}")

        run = run_of(sync.sync_office(office, now=True))

        assert run.calls == 14
        assert run.fetched == Meeting.objects.count() == len(moments)
        assert run_of(sync.sync_office(office, now=True)).missing == 0


class TestFailures:
    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            ("forbidden", "denied"),
            ("unauthorized", "denied"),
            ("error_before", "unknown"),
            ("html", "unknown"),
            ("half_body", "unknown"),
            ("cut_after", "unknown"),
            ("unavailable", "unknown"),
        ],
    )
    def test_one_in_the_middle_keeps_what_came_and_the_next_run_completes(
        self, vitec: Sandbox, office: Office, fault: str, said: str
    ) -> None:
        OfficeSync.of(office)
        OfficeSync.objects.update(window_days=200)
        vitec.behave("meetings", "latency", seconds=0, times=1)
        vitec.behave("meetings", fault, times=1)

        failed = run_of(sync.sync_office(office, now=True))

        assert failed.error == said
        assert "meetingDate 20" in failed.detail
        kept = Meeting.objects.count()
        assert 0 < kept == failed.created
        assert failed.missing == 0

        # A denied one rests for a day; its login has been mended meanwhile.
        Capability.objects.all().delete()
        done = run_of(sync.sync_office(office, now=True))
        assert done.error == ""
        assert kept + done.created == Meeting.objects.count() == 340

    def test_a_failure_marks_nothing_as_missing(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00")
        sync.sync_office(office, now=True)
        diary.delete("CAL1")
        vitec.behave("meetings", "latency", seconds=0, times=1)
        vitec.behave("meetings", "error_before", times=1)

        sync.sync_office(office, now=True)

        assert Meeting.objects.get().missing_since is None

    def test_an_empty_answer_is_not_believed_of_many(
        self, office: Office, diary: Diary, today: Clock
    ) -> None:
        for number in range(30):
            diary.add(f"CAL{number}", "2026-11-24T10:00:00")
        sync.sync_office(office, now=True)
        for number in range(30):
            diary.delete(f"CAL{number}")

        assert run_of(sync.sync_office(office, now=True)).missing == 0

    def test_an_answer_that_takes_too_long_is_asked_for_in_smaller_parts(
        self, vitec: Sandbox, office: Office, settings: object
    ) -> None:
        settings.VITEC_TIME_LIMITS = {  # type: ignore[attr-defined]
            **settings.VITEC_TIME_LIMITS,  # type: ignore[attr-defined]
            "read_deadline": 0.5,
        }
        vitec.behave("meetings", "lose_answer", seconds=30, times=1)

        run = run_of(sync.sync_office(office, now=True))

        assert run.error == ""
        spans = [(body["dateFrom"], body["dateTo"]) for body in asked(vitec)[:2]]
        assert spans[0][0] == spans[1][0]
        assert str(spans[1][1]) < str(spans[0][1])

    def test_half_a_minute_of_silence_in_the_middle_keeps_what_came(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock, settings: object
    ) -> None:
        settings.VITEC_TIME_LIMITS = {  # type: ignore[attr-defined]
            **settings.VITEC_TIME_LIMITS,  # type: ignore[attr-defined]
            "read_deadline": 0.5,
        }
        diary.add("CAL1", "2026-11-24T10:00:00")
        diary.add("CAL2", "2026-11-25T10:00:00")
        sync.sync_office(office, now=True)
        OfficeSync.objects.update(window_days=30)
        today("2026-11-21T10:03:00")
        diary.change("CAL1", state="FollowedUp")
        diary.delete("CAL2")
        # The first windows, the meetings' own among them, come; then nothing does.
        vitec.behave("meetings", "latency", seconds=0, times=3)
        vitec.behave("meetings", "lose_answer", seconds=30)

        failed = run_of(sync.sync_office(office, now=True))

        assert failed.error == "unknown"
        assert "Date 20" in failed.detail
        changed = Meeting.objects.get(vitec_id="CAL1")
        assert [life.state for life in lives_of(changed)] == ["Booked", "FollowedUp"]
        assert Meeting.objects.get(vitec_id="CAL2").missing_since is None

        vitec.practice.faults.clear()
        today("2026-11-21T10:06:00")
        done = run_of(sync.sync_office(office, now=True))
        assert (done.error, done.changed, done.missing) == ("", 0, 1)
        assert len(lives_of(Meeting.objects.get(vitec_id="CAL1"))) == 2
        assert Meeting.objects.get(vitec_id="CAL2").missing_since is not None

    def test_one_office_does_not_stop_another(
        self, vitec: Sandbox, office: Office, neighbour_office: Office
    ) -> None:
        office.credential.delete()
        office.refresh_from_db()

        first, second = (run_of(sync.sync_office(each)) for each in (office, neighbour_office))

        assert first.error == "no_credential"
        assert second.error == ""

    def test_a_denied_office_is_left_alone_and_said_once(
        self, vitec: Sandbox, office: Office, caplog: pytest.LogCaptureFixture
    ) -> None:
        vitec.behave("meetings", "forbidden")
        sync.sync_office(office, now=True)
        calls = len(vitec.log())

        for _again in range(3):
            assert sync.sync_office(office) is None
            assert not sync.is_due(office, OfficeSync.of(office))

        assert len(vitec.log()) == calls == 1
        assert caplog.text.count("sync failed") == 1

    def test_odd_rows_do_not_cost_the_office_its_meetings(
        self, office: Office, diary: Diary, vitec: Sandbox, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00", brokerName="x" * 500, contactId="A" * 90)
        diary.add("C" * 65, "2026-11-24T10:00:00")
        diary.add("CAL2", "2026-11-24T10:00:00", address=None, state="Nytt", accessDate="snart")
        diary.add("CAL3", "2026-11-24T10:00:00", commissionWithoutTaxes="mycket")

        assert run_of(sync.sync_office(office, now=True)).error == ""

        assert Meeting.objects.count() == 3
        assert Meeting.objects.get(vitec_id="CAL2").state_label == "Nytt"


class TestTypes:
    def test_where_all_is_refused_each_type_is_asked_for_and_that_is_remembered(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00")
        diary.add("CAL2", "2026-11-24T11:00:00", type="Viewing")
        vitec.behave("meetings", "bad_request", times=1)

        run = run_of(sync.sync_office(office, now=True))
        assert run.error == ""
        assert Meeting.objects.count() == 2
        assert [body["type"] for body in asked(vitec)][:3] == ["All", "Assignment", "Viewing"]

        sync.sync_office(office, now=True)
        assert "All" not in [body["type"] for body in asked(vitec)][3:]

        Capability.objects.update(checked_at=timezone.now() - dt.timedelta(days=2))
        sync.sync_office(office, now=True)
        assert asked(vitec)[-1]["type"] == "All"

    def test_meetings_of_a_type_that_is_refused_are_not_missing(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00")
        diary.add("CAL2", "2026-11-24T11:00:00", type="Viewing")
        sync.sync_office(office, now=True)
        for kind in ("All", "Viewing"):
            Capability.objects.create(
                office=office,
                name=f"meetings.type.{kind}",
                allowed=False,
                checked_at=timezone.now() + dt.timedelta(minutes=1),
            )
        diary.delete("CAL1")

        run = run_of(sync.sync_office(office, now=True))

        assert {body["type"] for body in asked(vitec)[-2:]} == {"Assignment"}
        assert run.missing == 1
        assert Meeting.objects.get(vitec_id="CAL2").missing_since is None

    def test_a_refusal_of_everything_is_a_failure_and_teaches_nothing(
        self, vitec: Sandbox, office: Office
    ) -> None:
        vitec.behave("meetings", "bad_request")

        assert run_of(sync.sync_office(office, now=True)).error == "refused"
        assert not Capability.objects.filter(name__startswith="meetings.type").exists()


class TestTurns:
    def test_a_second_beat_in_the_interval_does_nothing(
        self, vitec: Sandbox, office: Office
    ) -> None:
        assert sync.sync_office(office)
        assert sync.sync_office(office) is None

    def test_each_office_has_an_interval_of_its_own(
        self, vitec: Sandbox, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan = OfficeSync.of(office)
        plan.interval = 60
        plan.save()
        clock = 1000 * 3600
        monkeypatch.setattr("offices.syncing.time.time", lambda: clock)
        assert sync.sync_office(office)

        clock += 59 * 60
        assert not sync.is_due(office, plan)
        clock += 60
        assert sync.is_due(office, plan)

    def test_a_paused_office_is_fetched_only_when_somebody_asks(
        self, vitec: Sandbox, office: Office
    ) -> None:
        OfficeSync.of(office)
        OfficeSync.objects.update(paused=True)

        tasks.sync_meetings()
        tasks.sync_meetings_widely()
        assert vitec.log() == []

        assert sync.ask_now(office)
        tasks.fetch_meetings(office.pk)
        assert vitec.log() != []

    def test_what_somebody_asked_for_is_fetched_once_even_if_the_message_is_lost(
        self, vitec: Sandbox, office: Office
    ) -> None:
        sync.sync_office(office)
        calls = len(vitec.log())
        assert sync.ask_now(office)
        assert not sync.ask_now(office)

        tasks.sync_meetings()
        assert len(vitec.log()) > calls
        calls = len(vitec.log())

        tasks.fetch_meetings(office.pk)
        tasks.sync_meetings()
        assert len(vitec.log()) == calls

    def test_no_two_runs_of_an_office_are_open_at_once(
        self, vitec: Sandbox, office: Office
    ) -> None:
        SyncRun.objects.create(office=office, job="meetings", slot=1)

        assert sync.sync_office(office, now=True) is None
        assert sync.sync_widely(office) is None
        assert vitec.log() == []

    def test_a_run_that_died_is_told_so_and_writes_nothing_more(
        self, vitec: Sandbox, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def overtaken(client: object, office: Office, run: SyncRun, spans: object) -> None:
            SyncRun.objects.filter(pk=run.pk).update(
                beat_at=timezone.now() - dt.timedelta(minutes=11)
            )
            monkeypatch.undo()
            assert sync.sync_office(office, now=True)
            pull(client, office, run, spans)  # type: ignore[arg-type]

        pull = sync.pull
        vitec.behave("meetings", "latency", seconds=0, times=1)
        monkeypatch.setattr(sync, "pull", overtaken)
        make_meeting(office, "CAL0")

        assert sync.sync_office(office, now=True) is None

        assert sorted(SyncRun.objects.values_list("error", flat=True)) == ["", "died"]

    def test_the_night_run_is_made_once_a_night(self, vitec: Sandbox, office: Office) -> None:
        assert sync.sync_widely(office)
        assert sync.sync_widely(office) is None


class TestHistory:
    def test_it_is_fetched_window_by_window_and_goes_on_where_it_stopped(
        self, vitec: Sandbox, office: Office, diary: Diary, today: Clock
    ) -> None:
        for year in (2019, 2020, 2021):
            diary.add(f"CAL{year}", f"{year}-05-04T10:00:00", bookedDate=f"{year}-05-01T10:00:00")
        first, last = dt.date(2019, 1, 1), dt.date(2021, 12, 31)
        OfficeSync.of(office)
        OfficeSync.objects.update(window_days=365)
        sync.plan_history(office, first, last)
        vitec.behave("meetings", "latency", seconds=0, times=2)
        vitec.behave("meetings", "error_before", times=1)

        told: list[SyncRun] = []
        failed = run_of(sync.sync_history(office, told.append))
        assert failed.error == "unknown"
        assert [run.created for run in told] == [1]
        assert sync.plan_history(office, first, last).history_next == dt.date(2020, 1, 1)

        done = run_of(sync.sync_history(office, told.append))
        assert done.error == ""
        assert Meeting.objects.count() == 3
        assert OfficeSync.of(office).history_next is None
        assert {run.span for run in told} == {"history"}

    def test_it_does_not_let_the_past_speak_louder_than_the_present(
        self, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.add("CAL1", "2026-11-24T10:00:00", contactName="Anna Ny")
        sync.sync_office(office, now=True)
        diary.add("CAL0", "2019-11-24T10:00:00", contactName="Anna Gammal")

        sync.plan_history(office, dt.date(2019, 1, 1), dt.date(2019, 12, 31))
        sync.sync_history(office, lambda _run: None)

        assert Contact.objects.get(vitec_id="ADR1").name == "Anna Ny"
