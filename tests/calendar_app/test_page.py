"""The calendar: what is seen of whom, and where one comes from there."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from calendar_app.page import Place, View
from offices.models import Office, User
from tests.factories import (
    STOCKHOLM,
    make_colleague,
    make_contact,
    make_meeting,
    make_submission,
    make_viewing,
)

pytestmark = pytest.mark.django_db

CALENDAR = reverse("calendar_app:calendar")
MARCH_2 = dt.datetime(2027, 3, 2, 10, tzinfo=STOCKHOLM)


def page(client: Client, **asked: str) -> str:
    answer = client.get(CALENDAR, {"day": "2027-03-02", **asked})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def full(office: Office, bokare: User) -> None:
    """A meeting of Bo's, one of Cilla's, a viewing, and a comeback for Bo, all in one week."""
    make_colleague(office)
    make_colleague(office, "HAN2", "Cilla Dahl")
    make_contact(office)
    make_meeting(office, meeting_date=MARCH_2)
    make_meeting(office, "CAL2", meeting_date=MARCH_2, broker_id="HAN2")
    make_viewing(office, starts_at=MARCH_2, address="Tallbacken 20")
    make_submission(bokare, office)


class TestPage:
    @pytest.mark.parametrize(("view", "entries"), [("month", 4), ("week", 4), ("day", 3)])
    def test_it_shows_meetings_viewings_and_what_was_sent(
        self, as_bokare: Client, full: None, view: str, entries: int
    ) -> None:
        text = page(as_bokare, view=view)

        assert text.count('class="cal-entry') == entries
        assert "Tallbacken 20" in text
        assert "Anna Ek" in text
        assert 'href="/meetings/?day=2027-03-02"' in text

    def test_a_month_has_week_numbers_and_red_days(self, as_bokare: Client, office: Office) -> None:
        text = page(as_bokare)

        assert "Mars 2027" in text
        assert re.search(r"Vecka 13", text)
        assert "Långfredagen" in text
        assert "Annandag påsk" in text
        assert "Lördag</span>" not in text

    def test_a_person_is_seen_alone(self, as_bokare: Client, full: None) -> None:
        text = page(as_bokare, view="week", user="HAN1")

        assert text.count('class="cal-entry') == 2
        assert "Tallbacken 20" not in text
        assert "user=HAN1" in text

    def test_a_day_of_the_office_has_a_column_for_each(self, as_bokare: Client, full: None) -> None:
        text = page(as_bokare, view="day")

        heads = re.findall(r"<h2>\s*(.*?)\s*</h2>", text)
        assert heads[:2] == ["Bo Alm", "Cilla Dahl"]
        assert len(heads) == 3
        assert "user=HAN2" in text

    def test_every_day_opens_the_form_with_the_day_filled_in(
        self, as_bokare: Client, full: None
    ) -> None:
        text = page(as_bokare, user="HAN1")
        assert 'href="/calendar/appointments/new/?start=2027-03-31&amp;user=HAN1"' in text

        form = as_bokare.get("/calendar/appointments/new/?start=2027-03-31&user=HAN1")
        assert 'value="2027-03-31"' in form.content.decode()

    def test_what_does_not_fit_a_cell_is_counted(self, as_bokare: Client, office: Office) -> None:
        for number in range(6):
            make_meeting(office, f"CAL{number}", meeting_date=MARCH_2)

        text = page(as_bokare)
        assert text.count('class="cal-entry') == 4
        assert re.search(
            r'class="cal-rest" href="/calendar/\?view=day&amp;day=2027-03-02">\s*2 ', text
        )
        assert page(as_bokare, view="day").count('class="cal-entry') == 6

    def test_htmx_gets_the_calendar_alone(self, as_bokare: Client, office: Office) -> None:
        answer = as_bokare.get(CALENDAR, headers={"HX-Request": "true"})

        assert answer.content.decode().lstrip().startswith('<div id="calendar"')

    def test_it_is_kept_by_no_cache_and_names_nobody_in_its_addresses(
        self, as_bokare: Client, full: None
    ) -> None:
        answer = as_bokare.get(CALENDAR, {"day": "2027-03-02"})

        assert answer["Cache-Control"] == "no-store, private"
        addresses = " ".join(re.findall(r'(?:href|hx-get)="([^"]*)"', answer.content.decode()))
        assert "Anna" not in addresses
        assert "Bo" not in addresses.replace("Bokare", "")

    @pytest.mark.parametrize(
        "asked",
        [
            {"view": "year"},
            {"view": "__class__"},
            {"day": "hoppsan"},
            {"day": "2027-02-30"},
            {"day": "9999-12-31"},
            {"day": "0001-01-01"},
            {"user": "HAN9"},
            {"user": "x" * 5000},
            {"view": "", "day": "", "user": ""},
        ],
    )
    def test_an_address_written_wrongly_still_shows_a_calendar(
        self, as_bokare: Client, full: None, asked: dict[str, str]
    ) -> None:
        assert "cal-sheet" in page(as_bokare, **asked)

    def test_a_neighbour_sees_nothing_of_it(self, as_grannkontor: Client, full: None) -> None:
        text = page(as_grannkontor, user="HAN1")

        assert 'class="cal-entry' not in text
        assert "Bo Alm" not in text

    def test_strangers_must_sign_in(self, client: Client, full: None) -> None:
        answer = client.get(CALENDAR)

        assert answer.status_code == 302
        assert "/sign-in/" in answer["Location"]

    def test_it_asks_the_database_as_often_for_many_as_for_few(
        self, as_bokare: Client, full: None, office: Office, django_assert_max_num_queries: object
    ) -> None:
        as_bokare.get(CALENDAR)
        for number in range(10, 40):
            make_meeting(office, f"CAL{number}", meeting_date=MARCH_2)

        with django_assert_max_num_queries(20):  # type: ignore[operator]
            page(as_bokare)


class TestPlace:
    @pytest.mark.parametrize(
        ("view", "day", "before", "after"),
        [
            (View.MONTH, "2027-03-31", "2027-02-28", "2027-04-30"),
            (View.MONTH, "2028-01-31", "2027-12-31", "2028-02-29"),
            (View.WEEK, "2027-01-01", "2026-12-25", "2027-01-08"),
            (View.DAY, "2027-03-28", "2027-03-27", "2027-03-29"),
        ],
    )
    def test_the_way_back_and_on(self, view: View, day: str, before: str, after: str) -> None:
        place = Place(view, dt.date.fromisoformat(day))

        assert place.before.day.isoformat() == before
        assert place.after.day.isoformat() == after

    def test_the_view_and_the_person_are_kept_on_the_way(self) -> None:
        place = Place(View.WEEK, dt.date(2027, 3, 2), "HAN1")

        assert place.after.url == "/calendar/?view=week&day=2027-03-09&user=HAN1"
        assert place.seen_as(View.DAY).url == "/calendar/?view=day&day=2027-03-02&user=HAN1"


@pytest.mark.parametrize(
    ("start", "filled"),
    [
        ("2027-03-31", "2027-03-31"),
        ("2027-03-31T08:30", "2027-03-31 08:30"),
        ("Anna Ek", ""),
        ("2027-02-30", ""),
        ("", ""),
    ],
)
def test_an_address_fills_in_a_day_or_a_moment_and_nothing_else(
    as_bokare: Client, office: Office, start: str, filled: str
) -> None:
    text = as_bokare.get("/calendar/appointments/new/", {"start": start}).content.decode()
    (field,) = re.findall(r'<input type="text" name="starts_at"[^>]*>', text)

    assert (f'value="{filled}"' in field) if filled else ("value=" not in field)
