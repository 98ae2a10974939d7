"""The rows of the list as they are drawn: what stands in them, and that text stays text."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from meetings.templatetags.meeting_rows import look_of_state
from offices.models import Office
from tests.factories import make_meeting
from tests.meetings.test_dashboard import LIST, NOVEMBER, at, meeting_of
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

NASTY = '<b onclick="x()">Eva & Co</b>'
EVERY_COLUMN = "time.person.phone.broker.state.next_step.type.address.booked.booker.source.id"


class TestText:
    def test_what_vitec_says_is_never_markup(self, as_bokare: Client, office: Office) -> None:
        meeting_of(
            office, "CAL<1>", NASTY, phone=NASTY, address=NASTY, broker_name=NASTY,
            booked_by_name=NASTY, source=NASTY, state=NASTY, type=NASTY,
        )  # fmt: skip

        page = as_bokare.get(LIST, {**NOVEMBER, "columns": EVERY_COLUMN}).content.decode()

        assert "<b onclick" not in page
        assert page.count("&lt;b onclick=&#34;x()&#34;&gt;Eva &amp; Co&lt;/b&gt;") >= 9
        assert "CAL&lt;1&gt;" in page
        assert "?meeting=CAL%3C1%3E" in page

    def test_each_row_has_its_person_time_and_steps(
        self, as_bokare: Client, office: Office
    ) -> None:
        meeting = meeting_of(office, "CAL1", "Eva Ek", broker_name="Nils Ny")

        answer = as_bokare.get(LIST, NOVEMBER)

        page = answer.content.decode()
        for said in ("Eva Ek", "070-174 06 05", "Nils Ny", "10:00", "Storgatan 4", "Återkomst"):
            assert said in text_of(answer)
        assert f'href="/meetings/{meeting.pk}/"' in page
        assert f'hx-get="/meetings/{meeting.pk}/comeback/"' in page
        assert 'datetime="2026-11-24T10:00:00+01:00"' in page
        assert "vecka 48" in text_of(answer)

    def test_only_the_first_of_those_at_one_time_is_marked(
        self, as_bokare: Client, office: Office
    ) -> None:
        for number, hour in enumerate((9, 9, 10)):
            meeting_of(
                office, f"CAL{number}", "Eva Ek", meeting_date=at(f"2026-11-24T{hour:02}:00")
            )

        page = as_bokare.get(LIST, NOVEMBER).content.decode()

        assert page.count("first-of-time") == 2


class TestLookOfState:
    @pytest.mark.parametrize(
        ("state", "icon", "said"),
        [
            ("Booked", "calendar-event", "Bokad"),
            ("FollowedUp", "circle-check", "Uppföljd"),
            ("NotRelevant", "circle-x", "Ej aktuellt"),
            ("CancelledByCustomer", "ban", "Avbokat av kunden"),
            ("AnewOne", "calendar-event", "AnewOne"),
        ],
    )
    def test_every_state_has_a_word_and_an_icon(
        self, office: Office, state: str, icon: str, said: str
    ) -> None:
        look = look_of_state(make_meeting(office, "CAL1", state=state))

        assert (look.icon, look.text) == (icon, said)

    def test_one_that_vitec_no_longer_has_says_since_when(self, office: Office) -> None:
        since = timezone.now() - dt.timedelta(days=400)
        look = look_of_state(make_meeting(office, "CAL1", missing_since=since))

        assert look.icon == "user-question"
        assert look.text.startswith("Saknas hos Vitec sedan ")

    def test_of_one_long_past_nothing_is_said_where_vitec_says_nothing(
        self, office: Office
    ) -> None:
        past = timezone.now() - dt.timedelta(days=3)
        look = look_of_state(make_meeting(office, "CAL1", state="", meeting_date=past))

        assert look.text == ""
