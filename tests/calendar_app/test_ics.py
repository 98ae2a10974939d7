"""The event's file, read back by other means than it was written by."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import uuid

import pytest
from dateutil import rrule, tz
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from calendar_app import kinds
from calendar_app.ics import Event, calendar_file, rule_of_body
from calendar_app.recurrence import Rule, occurrences
from connect.enums import RecurrencePattern
from offices.models import Office, User
from submissions import outbox
from submissions.models import State, Submission
from tests.calendar_app.test_payloads import body as body_of
from tests.calendar_app.test_payloads import values
from tests.factories import STOCKHOLM, make_colleague

WRITTEN = dt.datetime(2026, 11, 18, 10, tzinfo=STOCKHOLM)


def file_of(certain: bool = True, **changed: object) -> str:
    return calendar_file(Event("1@vitecportal", WRITTEN, body_of(values(**changed)), certain))


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return re.sub("\r\n[ \t]", "", text).removesuffix("\r\n").split("\r\n")


def event_lines(text: str) -> dict[str, str]:
    """{name with its parameters: value} of the event alone."""
    lines = unfolded(text)
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    return dict(line.split(":", 1) for line in event)


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


class TestFile:
    def test_a_timed_event(self) -> None:
        assert event_lines(file_of(location="Stora rummet", note="Kaffe")) == {
            "UID": "1@vitecportal",
            "DTSTAMP": "20261118T090000Z",
            "DTSTART;TZID=Europe/Stockholm": "20270302T100000",
            "DTEND;TZID=Europe/Stockholm": "20270302T110000",
            "SUMMARY": "Kontorsmöte",
            "LOCATION": "Stora rummet",
            "DESCRIPTION": "Kaffe",
            "STATUS": "CONFIRMED",
        }

    def test_what_may_not_be_there_is_tentative(self) -> None:
        assert event_lines(file_of(certain=False))["STATUS"] == "TENTATIVE"

    @pytest.mark.parametrize(
        ("last", "ends"), [("2027-03-26", "20270327"), ("2027-03-28", "20270329")]
    )
    def test_an_all_day_event_ends_on_the_day_after(self, last: str, ends: str) -> None:
        found = event_lines(
            file_of(all_day_event=True, starts_at=at("2027-03-26"), ends_at=at(last))
        )

        assert found["DTSTART;VALUE=DATE"] == "20270326"
        assert found["DTEND;VALUE=DATE"] == ends

    def test_the_hour_that_comes_twice_is_told_apart(self) -> None:
        start = at("2027-10-31T02:30")
        found = event_lines(file_of(starts_at=start, ends_at=start.replace(fold=1)))

        assert (found["DTSTART"], found["DTEND"]) == ("20271031T003000Z", "20271031T013000Z")

    @pytest.mark.parametrize(
        ("changed", "rule"),
        [
            ({"recurrence": "Daily", "recurrence_interval": 3}, "FREQ=DAILY;INTERVAL=3;WKST=MO"),
            (
                {
                    "recurrence": "Weekly",
                    "recurrence_interval": 2,
                    "recurrence_day_of_weeks": ["Thursday", "Tuesday"],
                },
                "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,TH",
            ),
            (
                {"recurrence": "Monthly", "recurrence_interval": 1},
                "FREQ=MONTHLY;INTERVAL=1;WKST=MO;BYMONTHDAY=2",
            ),
            (
                {"recurrence": "Yearly", "recurrence_interval": 1},
                "FREQ=YEARLY;INTERVAL=1;WKST=MO;BYMONTH=3;BYMONTHDAY=2",
            ),
        ],
    )
    def test_a_series_has_its_rule(self, changed: dict[str, object], rule: str) -> None:
        assert event_lines(file_of(**changed))["RRULE"] == rule

    def test_what_happens_once_has_none(self) -> None:
        assert "RRULE" not in event_lines(file_of())
        assert rule_of_body(body_of(values())) is None


class TestText:
    @given(text=st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=400))
    def test_any_text_comes_back_as_it_was_and_breaks_no_line(self, text: str) -> None:
        file = file_of(subject=text, location="", note="")
        kept = "".join(
            sign
            for sign in "\n".join(text.splitlines())
            if sign == "\n" or not re.match(r"[\x00-\x1f\x7f-\x9f]", sign)
        )

        assert unescaped(event_lines(file)["SUMMARY"]) == kept
        for line in file.encode().split(b"\r\n"):
            assert len(line) <= 75
            line.decode()
            assert b"\n" not in line
            assert b"\r" not in line

    def test_a_typed_line_cannot_become_a_property(self) -> None:
        found = event_lines(file_of(note="Hej\r\nRRULE:FREQ=DAILY\nEND:VEVENT"))

        assert found["DESCRIPTION"] == r"Hej\nRRULE:FREQ=DAILY\nEND:VEVENT"
        assert "RRULE" not in found


class TestZone:
    @given(
        wall_clock=st.datetimes(dt.datetime(1997, 1, 1), dt.datetime(2037, 12, 31))  # noqa: DTZ001
    )
    def test_it_is_the_zone_of_stockholm(self, wall_clock: dt.datetime) -> None:
        shown = wall_clock.replace(microsecond=0)
        ours = shown.replace(tzinfo=STOCKHOLM)
        exists = ours.astimezone(dt.UTC).astimezone(STOCKHOLM).replace(tzinfo=None) == shown
        twice = ours.utcoffset() != ours.replace(fold=1).utcoffset()
        zone = tz.tzical(io.StringIO(file_of().replace("\r\n", "\n"))).get("Europe/Stockholm")

        if exists and not twice:
            assert shown.replace(tzinfo=zone).utcoffset() == ours.utcoffset()


starts = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2040, 1, 1))  # noqa: DTZ001


@given(start=starts, pattern=st.sampled_from(RecurrencePattern), interval=st.integers(1, 12))
def test_the_rule_means_the_same_to_another_reader(
    start: dt.datetime, pattern: RecurrencePattern, interval: int
) -> None:
    begins = start.replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=STOCKHOLM)
    weekdays = (begins.weekday(),) if pattern == RecurrencePattern.WEEKLY else ()
    named = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    found = event_lines(
        file_of(
            starts_at=begins,
            ends_at=begins + dt.timedelta(hours=1),
            recurrence=pattern.value,
            recurrence_interval=interval,
            recurrence_day_of_weeks=[named[day] for day in weekdays],
        )
    )
    written = dt.datetime.strptime(found["DTSTART;TZID=Europe/Stockholm"], "%Y%m%dT%H%M%S")  # noqa: DTZ007
    read = itertools.islice(rrule.rrulestr(found["RRULE"], dtstart=written), 8)

    ours = occurrences(Rule(pattern, interval, weekdays), begins, 8)
    assert [moment.replace(tzinfo=None) for moment in ours] == list(read)


@pytest.mark.django_db
class TestDownload:
    @pytest.fixture
    def submission(self, office: Office, bokare: User) -> Submission:
        make_colleague(office)
        cleaned = values(location="Stora rummet")
        return outbox.submit(
            outbox.Wish(bokare, office, kinds.APPOINTMENT, cleaned, {}, {}, uuid.uuid4())
        )

    def url(self, submission: Submission) -> str:
        return f"/calendar/events/{submission.code}.ics"

    def test_it_is_offered_on_the_submissions_page(
        self, as_maklare: Client, submission: Submission
    ) -> None:
        text = as_maklare.get(submission.get_absolute_url()).content.decode()
        assert f'href="{self.url(submission)}"' in text

        answer = as_maklare.get(self.url(submission))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert "2027-03-02.ics" in answer["Content-Disposition"]
        assert "Kontorsmöte" not in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store, private"
        assert event_lines(answer.content.decode())["SUMMARY"] == "Kontorsmöte"

    def test_it_is_certain_once_vitec_has_confirmed(
        self, as_bokare: Client, submission: Submission
    ) -> None:
        assert "TENTATIVE" in as_bokare.get(self.url(submission)).content.decode()
        Submission.objects.update(state=State.DELIVERED)

        assert "CONFIRMED" in as_bokare.get(self.url(submission)).content.decode()

    def test_a_neighbour_finds_nothing(
        self, as_grannkontor: Client, submission: Submission
    ) -> None:
        assert as_grannkontor.get(self.url(submission)).status_code == 404

    def test_an_erased_one_has_no_file(self, as_bokare: Client, submission: Submission) -> None:
        Submission.objects.update(key="")

        assert as_bokare.get(self.url(submission)).status_code == 404
        page = as_bokare.get(submission.get_absolute_url()).content.decode()
        assert self.url(submission) not in page

    def test_one_undone_offers_none(self, as_bokare: Client, submission: Submission) -> None:
        Submission.objects.update(state=State.CANCELLED)

        page = as_bokare.get(submission.get_absolute_url()).content.decode()
        assert self.url(submission) not in page

    def test_what_is_no_event_has_none(self, as_bokare: Client, submission: Submission) -> None:
        Submission.objects.update(kind="meetings.create_comeback")

        assert as_bokare.get(self.url(submission)).status_code == 404
