from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Office, User
from tests.factories import make_colleague, make_contact, make_meeting

pytestmark = pytest.mark.django_db

NEW = reverse("meetings:new_comeback")
READ = reverse("meetings:read_day")
ABOUT = reverse("meetings:comeback_about")


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def directories(office: Office) -> None:
    make_contact(office)
    make_colleague(office)


class TestPrefill:
    def test_a_meeting_fills_in_everything_but_the_day(
        self, as_bokare: Client, office: Office, directories: None
    ) -> None:
        make_meeting(office)

        form = as_bokare.get(NEW, {"meeting": "CAL1"}).context["form"]

        assert form["contact_id"].value() == "ADR1"
        assert form["meeting_id"].value() == "CAL1"
        assert form["estate_id"].value() == "OBJ1_2"
        assert form["participant"].value() == "userId:HAN1"
        assert not form["date"].value()

    def test_a_contact_fills_in_the_contact(
        self, as_bokare: Client, office: Office, directories: None
    ) -> None:
        answer = as_bokare.get(NEW, {"contact": "ADR1"})

        assert answer.context["form"]["contact_id"].value() == "ADR1"
        assert "Anna Ek" in text_of(answer)

    @pytest.mark.parametrize("query", [{"meeting": "CAL1"}, {"contact": "ADR1"}])
    def test_a_neighbours_fill_in_nothing(
        self, as_grannkontor: Client, office: Office, directories: None, query: dict[str, str]
    ) -> None:
        make_meeting(office)

        text = text_of(as_grannkontor.get(NEW, query))

        assert "Anna Ek" not in text
        assert "Storgatan" not in text


class TestReading:
    def test_it_says_how_the_words_were_understood(self, as_bokare: Client, office: Office) -> None:
        text = text_of(as_bokare.post(READ, {"date": "2027-03-01 09:00"}))

        assert "mån 1 mars 2027 kl. 09:00 (v. 9)" in text

    def test_a_red_day_offers_the_next_working_day(self, as_bokare: Client, office: Office) -> None:
        text = text_of(as_bokare.post(READ, {"date": "2027-03-26 10:00"}))

        assert "ångfredag" in text
        assert "tis 30 mars 2027 kl. 10:00" in text
        assert "2027-03-30 10:00" in text

    @pytest.mark.parametrize(
        ("words", "said"),
        [("hoppsan", "Det går inte att läsa"), ("2020-01-01 09:00", "har passerat")],
    )
    def test_what_will_be_refused_is_said_at_once(
        self, as_bokare: Client, office: Office, words: str, said: str
    ) -> None:
        assert said in text_of(as_bokare.post(READ, {"date": words}))

    def test_an_empty_field_says_nothing(self, as_bokare: Client, office: Office) -> None:
        answer = as_bokare.post(READ, {"date": " "})

        assert answer.status_code == 200
        assert "har passerat" not in text_of(answer)


class TestAbout:
    def test_choosing_a_contact_offers_their_meetings(
        self, as_bokare: Client, office: Office, directories: None
    ) -> None:
        make_meeting(office)

        assert 'value="CAL1"' in text_of(as_bokare.post(ABOUT, {"contact_id": "ADR1"}))

    def test_choosing_a_meeting_chooses_its_property_and_keeps_who_was_chosen(
        self, as_bokare: Client, office: Office, directories: None
    ) -> None:
        make_meeting(office)
        make_colleague(office, "HAN2", "Cilla Dahl")

        answer = as_bokare.post(
            ABOUT, {"contact_id": "ADR1", "meeting_id": "CAL1", "participant": "userId:HAN2"}
        )

        text = text_of(answer)
        assert 'value="OBJ1_2" selected' in text
        assert 'value="userId:HAN2" selected' in text


def test_a_link_from_another_of_my_offices_is_followed_there(
    bokare: User, as_bokare: Client, office: Office, neighbour_office: Office, directories: None
) -> None:
    make_meeting(office)
    bokare.memberships.create(office=neighbour_office)
    as_bokare.post(reverse("offices:choose"), {"office": neighbour_office.customer_id})

    answer = as_bokare.get(NEW, {"meeting": "CAL1"})

    assert answer.context["office"] == office
    assert answer.context["form"]["meeting_id"].value() == "CAL1"
