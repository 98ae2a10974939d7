"""The list, its figures and its file as at a past moment: rows, filters, counts, order, pages, and
the way back.

What the sandbox held at each sync is what the list shows at each moment since, to the row.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.models import Meeting, MeetingVersion, Visit
from meetings.since import news
from offices.models import Office, SyncRun, User
from tests.factories import STOCKHOLM, make_submission
from tests.meetings.test_dashboard import LIST, NOVEMBER, at, listed, meeting_of
from tests.meetings.test_history import IDS, PASTS, START, synced
from tests.meetings.test_panel import words
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]
THEN = "2026-11-19T12:00"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _nobody_is_signed_out_by_the_clock(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 400 * 24 * 60 * 60


def was(meeting: Meeting, **fields: Any) -> MeetingVersion:
    """What the meeting was from the 18th until the 20th at noon."""
    columns = {f.name: getattr(meeting, f.name) for f in MeetingVersion._meta.fields
               if hasattr(meeting, f.name) and f.name != "id"}  # fmt: skip
    begun, ended = at("2026-11-18T08:00"), at("2026-11-20T12:00")
    Meeting.objects.filter(pk=meeting.pk).update(observed_from=ended, changed=["meetingDate"])
    values = {**columns, "observed_from": begun, "observed_to": ended, **fields}
    return MeetingVersion.objects.create(meeting=meeting, **values)


@pytest.fixture
def past(office: Office, today: Clock) -> dict[str, Meeting]:
    """CAL1 was on the 24th and has moved, CAL2 has always been so, CAL3 came later."""
    seen = {"observed_from": at("2026-11-18T08:00"), "broker_id": "HAN2", "broker_name": "Åke Öst"}
    rows = {
        "CAL1": meeting_of(office, "CAL1", "Östen Ek", meeting_date=at("2026-11-26T10:00"),
                           broker_id="HAN1", broker_name="Bo Alm"),
        "CAL2": meeting_of(office, "CAL2", "Anna Ek", **seen),
        "CAL3": meeting_of(office, "CAL3", "Cia Ek", observed_from=at("2026-11-20T12:00")),
    }  # fmt: skip
    was(rows["CAL1"], meeting_date=at("2026-11-24T09:00"), state="", broker_id="HAN2")
    return rows


class TestTheList:
    def test_it_is_what_the_portal_knew_then(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        then = as_bokare.get(LIST, {**NOVEMBER, "as_of": THEN})

        assert listed(then) == ["CAL1", "CAL2"]
        assert listed(as_bokare.get(LIST, NOVEMBER)) == ["CAL2", "CAL3", "CAL1"]
        assert then.context["page"].count == 2
        assert "Så här såg listan ut tors 19 nov 12:00" in words(then)
        assert listed(as_bokare.get(LIST, {**NOVEMBER, "as_of": "2026-11-18T07:59"})) == []
        at_once = as_bokare.get(LIST, {**NOVEMBER, "as_of": "2026-11-20T12:00"})
        assert listed(at_once) == ["CAL2", "CAL3", "CAL1"]

    def test_a_way_leads_back_to_now_with_the_filters(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        asked = {**NOVEMBER, "type": "Assignment", "as_of": THEN}
        then = as_bokare.get(LIST, asked)

        back = parse_qs(then.context["now_query"])

        assert back == {**{k: [v] for k, v in NOVEMBER.items()}, "type": ["Assignment"]}
        assert then.context["now_query"].replace("&", "&amp;") in text_of(then)

    def test_nothing_is_booked_from_there(
        self, as_bokare: Client, bokare: User, office: Office, past: dict[str, Meeting]
    ) -> None:
        make_submission(bokare, office)
        now, then = (text_of(as_bokare.get(LIST, {**NOVEMBER, **asked}))
                     for asked in ({}, {"as_of": THEN}))  # fmt: skip

        for mark in (
            "data-inline-open",
            'data-row-key="k"',
            "next-step",
            'action="/meetings/fetch/"',
        ):
            assert mark in now
            assert mark not in then
        assert 'data-row-key="Enter"' in then

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"broker": "HAN2"}, ["CAL1", "CAL2"]),
            ({"broker": "HAN1"}, []),
            ({"state": "Booked"}, ["CAL1", "CAL2"]),
            ({"date_from": "2026-11-24", "date_to": "2026-11-24"}, ["CAL1", "CAL2"]),
            ({"date_from": "2026-11-26", "date_to": "2026-11-26"}, []),
            ({"sort": "person"}, ["CAL2", "CAL1"]),
            ({"sort": "-person"}, ["CAL1", "CAL2"]),
            ({"sort": "-time"}, ["CAL2", "CAL1"]),
            ({"no_next_step": "on"}, []),
            ({"news": "all"}, ["CAL1", "CAL2"]),
        ],
    )
    def test_filters_and_orders_work_on_what_was(
        self, as_bokare: Client, past: dict[str, Meeting], asked: dict[str, str], found: list[str]
    ) -> None:
        then = as_bokare.get(LIST, {**NOVEMBER, "as_of": THEN, **asked})

        assert listed(then) == found
        assert then.context["page"].count == len(found)

    def test_a_text_finds_there_too_and_its_links_keep_the_moment(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        answer = as_bokare.post(LIST, {**NOVEMBER, "as_of": THEN, "q": "östen"}, headers=HTMX)

        assert listed(answer) == ["CAL1"]
        pushed = parse_qs(urlsplit(answer.headers["HX-Push-Url"]).query)
        assert pushed["as_of"] == [THEN]

    @pytest.mark.parametrize("sort", ["time", "-time", "booked", "person", "-broker"])
    def test_its_pages_hang_together(
        self, as_bokare: Client, office: Office, past: dict[str, Meeting], sort: str
    ) -> None:
        for number in range(60):
            meeting = meeting_of(office, f"CALX{number}", f"Namn {number % 7}")
            was(meeting) if number % 2 else Meeting.objects.filter(pk=meeting.pk).update(
                observed_from=at("2026-11-18T08:00")
            )
        pages = [
            listed(as_bokare.get(LIST, {**NOVEMBER, "as_of": THEN, "sort": sort, "size": "25",
                                        "page": str(page)}))
            for page in (1, 2, 3)
        ]  # fmt: skip

        together = list(itertools.chain(*pages))
        assert [len(page) for page in pages] == [25, 25, 12]
        assert len(set(together)) == 62

    def test_too_many_to_sort_by_name_are_all_there_by_time(
        self, as_bokare: Client, past: dict[str, Meeting], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("meetings.listing.MOST_READ", 1)

        then = as_bokare.get(LIST, {**NOVEMBER, "as_of": THEN, "sort": "person"})

        assert listed(then) == ["CAL1", "CAL2"]
        assert then.context["page"].order.too_many

    def test_a_neighbour_sees_nothing_of_the_past_either(
        self, as_grannkontor: Client, past: dict[str, Meeting]
    ) -> None:
        for asked in ({}, {"office": "M30011"}, {"office": "all"}):
            then = as_grannkontor.get(LIST, {**NOVEMBER, "as_of": THEN, **asked})
            assert listed(then) == []

    def test_it_costs_no_query_a_row(
        self,
        as_bokare: Client,
        office: Office,
        past: dict[str, Meeting],
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(40):
            was(meeting_of(office, f"CALX{number}", "Namn"))
        as_bokare.get(LIST, NOVEMBER)
        for sort in ("time", "person"):
            with django_assert_max_num_queries(12):
                as_bokare.get(LIST, {**NOVEMBER, "as_of": THEN, "sort": sort})


class TestTheMoment:
    def test_words_become_an_address_that_stays(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        answer = as_bokare.get(LIST, {**NOVEMBER, "as_of": "tors 12"})

        address = urlsplit(answer.headers["Location"])
        assert parse_qs(address.query)["as_of"] == [THEN]
        assert listed(as_bokare.get(answer.headers["Location"])) == ["CAL1", "CAL2"]

    def test_the_control_is_part_of_the_filters(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        typed = {**NOVEMBER, "as_of": "", "as_of_words": "tors 12"}

        plain, living = as_bokare.post(LIST, typed), as_bokare.post(LIST, typed, headers=HTMX)

        for address in (plain.headers["Location"], living.headers["HX-Push-Url"]):
            assert parse_qs(urlsplit(address).query)["as_of"] == [THEN]
        assert listed(living) == ["CAL1", "CAL2"]

    def test_alone_it_shows_the_day_that_it_was(
        self, as_bokare: Client, past: dict[str, Meeting]
    ) -> None:
        assert as_bokare.get(LIST, {"as_of": THEN}).context["day"] == dt.date(2026, 11, 19)

    @pytest.mark.parametrize("typed", ["imorgon 9", "hoppsan", "2099-01-01T00:00"])
    def test_what_has_not_been_shows_now_and_says_so(
        self, as_bokare: Client, past: dict[str, Meeting], typed: str
    ) -> None:
        for answer in (
            as_bokare.get(LIST, {**NOVEMBER, "as_of": typed}),
            as_bokare.post(LIST, {**NOVEMBER, "as_of_words": typed}),
        ):
            assert "Listan visar läget nu." in words(answer)
            assert listed(answer) == ["CAL2", "CAL3", "CAL1"]

    def test_both_hours_of_the_autumn_night_can_be_asked_for(
        self, as_bokare: Client, office: Office, today: Clock
    ) -> None:
        second = dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=STOCKHOLM)
        meeting_of(office, "CAL1", "Anna Ek", observed_from=second)

        for as_of, found in (("2026-10-25T02:45", []), ("2026-10-25T02:45:00+01:00", ["CAL1"])):
            assert listed(as_bokare.get(LIST, {**NOVEMBER, "as_of": as_of})) == found


FIGURES = reverse("meetings:figures")


@pytest.fixture
def counted(office: Office, today: Clock) -> dict[str, Meeting]:
    """At noon of the 19th CAL1 was not signed yet and another broker's, CAL2 lay ahead in the
    afternoon; CAL3 came later.
    """
    today("2026-11-21T10:00:00")
    held, seen = at("2026-11-10T10:00"), at("2026-11-18T08:00")
    rows = {
        "CAL1": meeting_of(office, "CAL1", "Östen Ek", estate_id="OBJ1", meeting_date=held,
                           broker_id="HAN1", broker_name="Bo Alm",
                           signature_date=at("2026-11-20T09:00"), commission=50_000),
        "CAL2": meeting_of(office, "CAL2", "Anna Ek", estate_id="OBJ2", observed_from=seen,
                           broker_id="HAN3", broker_name="Cia Dal",
                           meeting_date=at("2026-11-19T15:00"), state=""),
        "CAL3": meeting_of(office, "CAL3", "Cia Ek", estate_id="OBJ3", meeting_date=held,
                           observed_from=at("2026-11-20T12:00")),
    }  # fmt: skip
    was(rows["CAL1"], signature_date=None, commission=None, broker_id="HAN2", broker_name="Åke Öst")
    return rows


class TestTheFigures:
    def test_they_are_of_what_the_portal_knew_then(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        then = as_chef.get(FIGURES, {**NOVEMBER, "as_of": THEN})
        now = as_chef.get(FIGURES, NOVEMBER)

        total = then.context["total"]
        assert (total.booked, total.held, total.ahead, total.signed) == (2, 1, 1, 0)
        total = now.context["total"]
        assert (total.booked, total.held, total.ahead, total.signed) == (3, 3, 0, 1)
        listed_then = as_chef.get(LIST, {**NOVEMBER, "as_of": THEN})
        assert listed_then.context["page"].count == 2
        assert "Så här såg mötena ut tors 19 nov 12:00" in words(then)
        assert "Så här såg mötena ut" not in words(now)

    def test_so_do_every_table_and_chart(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        then = as_chef.get(FIGURES, {**NOVEMBER, "as_of": THEN})

        sections = {section.name: section for section in then.context["sections"]}
        brokers = {line.label: line.counts.booked for line in sections["broker"].lines}
        assert brokers["Åke Öst"] == 1
        assert "Bo Alm" not in brokers
        for name, section in sections.items():
            assert section.total == then.context["total"]
            bars = then.context["charts"][name]["bars"]
            assert (sum(bars["held"]), sum(bars["ahead"])) == (1, 1)

    def test_an_assignment_counts_once_by_what_was_signed_then(
        self, as_chef: Client, office: Office, today: Clock
    ) -> None:
        today("2026-11-21T10:00:00")
        signed, seen = at("2026-11-16T09:00"), at("2026-11-18T08:00")
        for vitec_id, broker, day, observed in (
            ("CAL1", "Bo Alm", "10", {"observed_from": seen}),
            ("CAL2", "Åke Öst", "12", {}),
            ("CAL3", "Cia Dal", "14", {}),
        ):
            meeting_of(office, vitec_id, "Anna Ek", estate_id="OBJ1", broker_id=f"HAN {vitec_id}",
                       broker_name=broker, meeting_date=at(f"2026-11-{day}T10:00"),
                       signature_date=signed, **observed)  # fmt: skip
        # The second was signed then too and no longer is, the last was not signed yet.
        was(Meeting.objects.get(vitec_id="CAL2"))
        Meeting.objects.filter(vitec_id="CAL2").update(signature_date=None)
        was(Meeting.objects.get(vitec_id="CAL3"), signature_date=None)

        for asked, broker in (({"as_of": THEN}, "Åke Öst"), ({}, "Cia Dal")):
            answer = as_chef.get(FIGURES, {**NOVEMBER, **asked})
            [section] = [one for one in answer.context["sections"] if one.name == "broker"]
            assert [one.label for one in section.lines if one.counts.signed] == [broker]
            assert answer.context["total"].signed == 1

    def test_their_links_keep_the_moment_and_one_leads_back_to_now(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        then = as_chef.get(FIGURES, {**NOVEMBER, "as_of": THEN})

        assert "as_of=2026-11-19T12%3A00" in then.context["before"]
        assert all("as_of=" in query for _, query, _ in then.context["ranges"])
        assert f'href="{FIGURES}?date_from=2026-11-01&amp;date_to=2026-11-30"' in text_of(then)
        assert "as_of=2026-11-19T12%3A00" in text_of(as_chef.get(LIST, {**NOVEMBER, "as_of": THEN}))

    def test_words_become_a_moment_that_stays(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        answer = as_chef.get(FIGURES, {**NOVEMBER, "as_of": "igår 16:00"})

        assert answer.status_code == 302
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["as_of"] == ["2026-11-20T16:00"]

    def test_what_cannot_be_read_is_said_beside_the_figures_of_now(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        answer = as_chef.get(FIGURES, {**NOVEMBER, "as_of": "2026-12-24T12:00"})

        assert "Siffrorna visar läget nu" in words(answer)
        assert answer.context["total"].booked == 3


class TestTheFile:
    def test_it_has_what_the_list_showed_and_says_of_when_it_is(
        self, as_chef: Client, counted: dict[str, Meeting]
    ) -> None:
        go = f"date_from=2026-11-01&date_to=2026-11-30&as_of={THEN}"
        answer: Any = as_chef.post(reverse("meetings:export"), {"go": go, "format": "csv"})

        body = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = {row["Mötes-id"]: row for row in csv.DictReader(io.StringIO(body), delimiter=";")}
        assert set(rows) == {"CAL1", "CAL2"}
        assert rows["CAL1"]["Mäklare"] == "Åke Öst"
        # Vitec says no state of it: booked, as long as it lies ahead.
        assert rows["CAL2"]["Status"] == "Bokad"
        said = answer.headers["Content-Disposition"]
        assert said.endswith("_2026-11-01_2026-11-30_2026-11-19T1200.csv")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(past=PASTS, visit=st.integers(0, 5))
def test_every_list_and_its_news_are_right_to_the_row(
    as_bokare: Client,
    bokare: User,
    office: Office,
    today: Clock,
    past: list[dict[str, Any]],
    visit: int,
) -> None:
    """Whatever happens between the syncs: moved over nights when the clocks change and over the
    year's end, cancelled, deleted, added, brought back.
    """
    for model in (Meeting, SyncRun, Visit):
        model.objects.all().delete()  # type: ignore[attr-defined]
    today("2026-11-21T10:00:00")
    moments = [START + dt.timedelta(minutes=3 * number) for number in range(len(past))]
    for number, (held, moment) in enumerate(zip(past, moments, strict=True)):
        synced(office, number, held, moment)

    seen: set[str] = set()
    for held, moment in zip(past, moments, strict=True):
        seen |= held.keys()
        asked = {"date_from": "2026-01-01", "as_of": (moment + dt.timedelta(minutes=1)).isoformat()}
        then = as_bokare.get(LIST, asked)
        assert sorted(listed(then)) == sorted(seen)
        missing = as_bokare.get(LIST, {**asked, "state": "Missing"})
        assert sorted(listed(missing)) == sorted(seen - held.keys())

    number = min(visit, len(past) - 1)
    since = moments[number] + dt.timedelta(minutes=1)
    Visit.objects.create(user=bokare, office=office, since=since, last_at=since)
    told = news(bokare, [office])
    by_id = {row.vitec_id: told.kinds.get(row.pk, "") for row in Meeting.objects.all()}
    assert by_id == {vitec_id: kind_of(vitec_id, past, number) for vitec_id in by_id}


def kind_of(vitec_id: str, past: list[dict[str, Any]], seen: int) -> str:
    """What must be news of a meeting to one who saw that sync's list last, by what Vitec held."""
    assert vitec_id in IDS
    known = any(vitec_id in held for held in past[: seen + 1])
    before, now = past[seen].get(vitec_id), past[-1].get(vitec_id)
    if now is None:
        return "" if known and before is None else "gone"
    if not known:
        return "new"
    return "" if before is not None and same(before, now) else "changed"


def same(before: dict[str, Any], now: dict[str, Any]) -> bool:
    return said(before) == said(now)


def said(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what is not set, and its time as a moment."""
    moment = dt.datetime.fromisoformat(row["meetingDate"])
    aware = moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)
    kept = {name: value for name, value in row.items() if value is not None}
    return {**kept, "meetingDate": aware.timestamp()}
