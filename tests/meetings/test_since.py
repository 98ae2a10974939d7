"""Since last time: what was moved, cancelled, added or vanished since a visit, to the row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import sync
from meetings.models import Visit
from meetings.since import news
from offices.models import Office, User
from sandbox.server import Sandbox
from tests.factories import make_meeting
from tests.meetings.conftest import Diary
from tests.meetings.test_dashboard import LIST, NOVEMBER, listed
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]
SEEN = reverse("meetings:seen")


def told(answer: Any) -> dict[str, str]:
    """What each row of the list says has happened to it."""
    rows = [shown for group in answer.context["groups"] for shown in group.rows]
    return {shown.meeting.vitec_id: shown.news for shown in rows if shown.news}


def line(answer: Any) -> str:
    """The line on top of the list, `2 ändrade, 1 ny sedan igår 16:10`; "" for none."""
    known = answer.context["news"]
    return (
        f"{', '.join(said for _kind, said in known.parts)} sedan {known.since_said}"
        if known
        else ""
    )


@pytest.fixture(autouse=True)
def _nobody_is_signed_out_by_the_clock(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 400 * 24 * 60 * 60


@pytest.fixture
def visited(as_bokare: Client, office: Office, diary: Diary, today: Clock) -> Client:
    """bokare has seen four meetings yesterday at 16:10; now it is 07:45."""
    today("2026-11-23T16:05:00")
    for number in range(1, 5):
        diary.add(f"CAL{number}", f"2026-11-24T1{number}:00:00")
    sync.sync_office(office, now=True)
    today("2026-11-23T16:10:00")
    as_bokare.get(LIST)
    today("2026-11-24T07:45:00")
    return as_bokare


def fetch(office: Office) -> None:
    assert sync.sync_office(office, now=True)


class TestWhatIsNews:
    def test_a_moved_a_cancelled_an_added_and_a_vanished_one_are_counted_and_told(
        self, visited: Client, office: Office, diary: Diary
    ) -> None:
        diary.change("CAL1", meetingDate="2026-11-26T13:30:00")
        diary.change("CAL2", state="CancelledByCustomer", cancelledBy="Kund")
        diary.delete("CAL3")
        diary.add("CAL5", "2026-11-27T09:00:00")
        fetch(office)

        page = visited.get(LIST)
        only = visited.get(LIST, {"news": "all"})

        assert line(page) == "2 ändrade, 1 ny, 1 borta sedan igår 16:10"
        assert "news=all" in text_of(page)
        assert told(page) == {"CAL2": "Avbokat av kunden", "CAL3": "Borta hos Vitec"}
        assert set(listed(only)) == {"CAL1", "CAL2", "CAL3", "CAL5"}
        assert only.context["page"].count == 4
        assert told(only) == {
            "CAL1": "Flyttad från idag 11:00",
            "CAL2": "Avbokat av kunden",
            "CAL3": "Borta hos Vitec",
            "CAL5": "Ny",
        }
        assert "Flyttad från idag 11:00" in text_of(only)

    @pytest.mark.parametrize(
        ("kind", "found"), [("changed", ["CAL1"]), ("new", ["CAL5"]), ("gone", ["CAL3"])]
    )
    def test_each_sort_can_be_asked_for_by_itself(
        self, visited: Client, office: Office, diary: Diary, kind: str, found: list[str]
    ) -> None:
        diary.change("CAL1", state="FollowedUp")
        diary.delete("CAL3")
        diary.add("CAL5", "2026-11-27T09:00:00")
        fetch(office)

        assert listed(visited.get(LIST, {"news": kind})) == found

    def test_what_was_changed_back_is_no_news(
        self, visited: Client, office: Office, diary: Diary, today: Clock
    ) -> None:
        for day in ("26", "24"):
            diary.change("CAL1", meetingDate=f"2026-11-{day}T11:00:00")
            diary.delete("CAL2")
            fetch(office)
            diary.add("CAL2", "2026-11-24T12:00:00")
            fetch(office)

        assert line(visited.get(LIST)) == ""

    def test_of_several_changes_the_row_tells_the_way_from_what_was_seen(
        self, visited: Client, office: Office, diary: Diary
    ) -> None:
        for day in ("26", "27"):
            diary.change("CAL1", meetingDate=f"2026-11-{day}T11:00:00")
            fetch(office)

        assert told(visited.get(LIST, {"news": "all"})) == {"CAL1": "Flyttad från idag 11:00"}

    def test_one_that_came_and_went_is_gone(
        self, visited: Client, office: Office, diary: Diary
    ) -> None:
        diary.add("CAL5", "2026-11-24T15:00:00")
        fetch(office)
        diary.delete("CAL5")
        fetch(office)

        assert line(visited.get(LIST)) == "1 borta sedan igår 16:10"

    def test_one_that_was_gone_already_and_returns_is_changed(
        self, visited: Client, office: Office, diary: Diary, today: Clock
    ) -> None:
        diary.delete("CAL1")
        fetch(office)
        visited.post(SEEN)
        today("2026-11-24T07:50:00")
        assert line(visited.get(LIST)) == ""
        diary.add("CAL1", "2026-11-24T11:00:00")
        fetch(office)

        assert told(visited.get(LIST)) == {"CAL1": "Finns hos Vitec igen"}
        assert line(visited.get(LIST)) == "1 ändrad sedan 07:45"

    def test_history_that_is_fetched_later_is_no_news(
        self, visited: Client, office: Office, diary: Diary
    ) -> None:
        diary.add("CAL0", "2019-05-04T10:00:00", bookedDate="2019-05-01T10:00:00")
        sync.plan_history(office, dt.date(2019, 1, 1), dt.date(2019, 12, 31))
        sync.sync_history(office, lambda _run: None)

        assert line(visited.get(LIST)) == ""

    def test_the_first_fetch_of_an_office_is_no_news(
        self, as_bokare: Client, office: Office, diary: Diary, today: Clock
    ) -> None:
        as_bokare.get(LIST)
        diary.add("CAL1", "2026-11-24T10:00:00")
        today("2026-11-21T10:05:00")
        fetch(office)

        assert line(as_bokare.get(LIST)) == ""

    @pytest.mark.parametrize(
        ("eve", "morning", "before", "after", "said"),
        [
            ("2026-10-24T23:30", "2026-10-25T07:45", "2026-10-25T01:30:00",
             "2026-10-25T03:30:00", "Flyttad från idag 01:30"),
            ("2027-03-27T23:30", "2027-03-28T07:45", "2027-03-28T01:30:00",
             "2027-03-28T03:30:00", "Flyttad från idag 01:30"),
            ("2026-12-31T23:30", "2027-01-01T07:45", "2026-12-31T23:59:59",
             "2027-01-01T00:00:00", "Flyttad från tors 31 dec 2026 23:59"),
        ],
        ids=["autumn", "spring", "year's end"],
    )  # fmt: skip
    def test_over_a_change_of_clocks_and_of_the_year(
        self,
        as_bokare: Client,
        office: Office,
        diary: Diary,
        today: Clock,
        eve: str,
        morning: str,
        before: str,
        after: str,
        said: str,
    ) -> None:
        today(eve)
        diary.add("CAL1", before)
        diary.add("CAL2", before)
        fetch(office)
        as_bokare.get(LIST)
        today(morning)
        diary.change("CAL1", meetingDate=after)
        fetch(office)

        page = as_bokare.get(LIST, {"news": "all"})
        then = as_bokare.get(LIST, {"as_of": eve, "date_from": before[:10], "date_to": before[:10]})

        assert told(page) == {"CAL1": said}
        assert line(page) == "1 ändrad sedan igår 23:30"
        assert listed(then) == ["CAL1", "CAL2"]


class TestVisits:
    @pytest.fixture(autouse=True)
    def _changed(self, visited: Client, office: Office, diary: Diary) -> None:
        diary.change("CAL1", state="FollowedUp")
        fetch(office)

    def test_a_reload_within_the_sitting_clears_nothing(
        self, visited: Client, today: Clock
    ) -> None:
        for minute in ("45", "46", "59"):
            today(f"2026-11-24T07:{minute}:00")
            assert line(visited.get(LIST)) == "1 ändrad sedan igår 16:10"

    def test_after_a_pause_a_new_sitting_begins(self, visited: Client, today: Clock) -> None:
        visited.get(LIST)
        today("2026-11-24T12:30:00")

        assert line(visited.get(LIST)) == ""

    def test_seen_clears_what_the_page_told_and_not_what_came_later(
        self, visited: Client, office: Office, diary: Diary, today: Clock
    ) -> None:
        page = visited.get(LIST, {"news": "all", "type": "Assignment"})
        until = page.context["news"].until_stamp
        today("2026-11-24T07:46:00")
        diary.change("CAL2", state="FollowedUp")
        fetch(office)

        answer = visited.post(SEEN, {"until": until, "back": page.context["asked"].query()})

        assert answer.headers["Location"] == f"{LIST}?type=Assignment"
        assert line(visited.get(LIST)) == "1 ändrad sedan 07:45"
        assert listed(visited.get(LIST, {"news": "all"})) == ["CAL2"]

    @pytest.mark.parametrize("until", ["", "x", "2026-13-01T00:00", "2099-01-01T00:00:00+00:00"])
    def test_seen_never_reaches_beyond_now(self, visited: Client, until: str) -> None:
        visited.get(LIST)
        visited.post(SEEN, {"until": until})

        assert Visit.objects.get().since == timezone.now()

    def test_each_person_has_visits_of_their_own(
        self, visited: Client, as_maklare: Client, as_grannkontor: Client
    ) -> None:
        assert line(as_maklare.get(LIST)) == ""
        assert line(as_grannkontor.get(LIST)) == ""
        as_grannkontor.post(SEEN, {"back": "office=M30011"})
        assert line(visited.get(LIST)) == "1 ändrad sedan igår 16:10"

    def test_the_filters_narrow_the_news(self, visited: Client) -> None:
        assert listed(visited.get(LIST, {"news": "all", "type": "Viewing"})) == []
        assert listed(visited.get(LIST, {"news": "all", "date_from": "2026-11-25"})) == []
        text = visited.post(LIST, {"news": "all", "q": "anna"}, headers={"HX-Request": "true"})
        assert listed(text) == ["CAL1"]
        assert text.headers["HX-Push-Url"] == f"{LIST}?date_from=&news=all"

    def test_a_filter_changed_later_still_asks_for_the_news(self, visited: Client) -> None:
        page = text_of(visited.get(LIST, {"news": "all"}))

        assert re.search(r'name="news"\s+value="all"\s+form="filters"', page)


class TestSpeed:
    def test_the_news_of_many_rows_cost_no_query_a_row(
        self,
        visited: Client,
        office: Office,
        diary: Diary,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(1, 5):
            diary.change(f"CAL{number}", state="FollowedUp")
        for number in range(10, 60):
            diary.add(f"CAL{number}", "2026-11-24T15:00:00")
        fetch(office)
        visited.get(LIST)
        # The first list by name of a process opens the names, in one query of its own.
        visited.get(LIST, {**NOVEMBER, "sort": "person"})
        for asked in (NOVEMBER, {**NOVEMBER, "sort": "person"}, {"news": "all", "size": "25"}):
            with django_assert_max_num_queries(12):
                page = visited.get(LIST, asked)
            assert len(told(page)) >= 25


def test_all_my_offices_have_news_each_since_its_own_visit(
    admin: User, office: Office, neighbour_office: Office, vitec: Sandbox, today: Clock
) -> None:
    moments = {office: "2026-11-20T10:00:00", neighbour_office: "2026-11-20T12:00:00"}
    for each, moment in moments.items():
        visit = today(moment)
        Visit.objects.create(user=admin, office=each, since=visit, last_at=visit)
    seen_at = today("2026-11-20T11:00:00")
    for each, vitec_id in ((office, "CAL1"), (neighbour_office, "CAL2")):
        make_meeting(each, vitec_id, observed_from=seen_at)
    today("2026-11-20T12:30:00")

    known = news(admin, [office, neighbour_office])

    assert list(known.kinds.values()) == ["new"]
    assert known.since_said == "10:00"
