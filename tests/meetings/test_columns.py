"""Which columns the list shows: a person's own, a view's, and amounts by right alone."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import opened
from meetings.models import Meeting
from offices.models import Membership, Office, Right, RightException, User
from tests.meetings.test_dashboard import LIST, NOVEMBER, at, listed, meeting_of
from tests.meetings.test_views import text_of

pytestmark = pytest.mark.django_db

COLUMNS = reverse("meetings:columns")


def heads(answer: Any) -> list[str]:
    return [column.key for column, _sort in answer.context["headings"]]


def cell(answer: Any, label: str) -> str:
    found = re.search(rf'data-label="{label}">\s*([^<]*?)\s*</td>', unescape(text_of(answer)))
    assert found, f"there is no cell {label}"
    return found[1]


class TestChoosing:
    def test_without_a_choice_it_shows_the_usual_ones(self, as_bokare: Client) -> None:
        meeting_of(Office.objects.get(), "CAL1", "Anna Ek")

        answer = as_bokare.get(LIST, NOVEMBER)

        assert heads(answer) == ["time", "person", "phone", "broker", "state"]

    def test_what_is_chosen_stays_for_that_person_alone(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        meeting_of(office, "CAL1", "Anna Ek", source="Hemsida", booked_by_name="Berit Bokare")
        page = as_bokare.get(COLUMNS, {"type": "Assignment"})
        posted = {"order": ["booker", "person", "source", "time"], "type": "Viewing"}
        posted |= {"back": page.context["back"]}
        posted |= {"column": ["source", "booker", "person"]}

        answer = as_bokare.post(COLUMNS, posted)

        assert answer.headers["Location"] == f"{LIST}?date_from=&type=Assignment"
        mine = as_bokare.get(LIST, NOVEMBER)
        assert heads(mine) == ["booker", "person", "source"]
        assert cell(mine, "Intagskälla") == "Hemsida"
        assert cell(mine, "Bokad av") == "Berit Bokare"
        assert heads(as_maklare.get(LIST, NOVEMBER))[0] == "time"

    def test_one_is_moved_without_javascript_and_nothing_is_saved_yet(
        self, as_bokare: Client
    ) -> None:
        posted = {"order": ["time", "person", "phone"], "column": ["time", "person", "phone"]}

        answer = as_bokare.post(COLUMNS, {**posted, "move": "up:phone"})

        assert [column.key for column, _chosen in answer.context["rows"]][:3] == [
            "time", "phone", "person",
        ]  # fmt: skip
        assert [chosen for _column, chosen in answer.context["rows"]][:4] == [True] * 3 + [False]
        assert "column" not in as_bokare.get(COLUMNS).context["back"]

    def test_the_person_is_always_among_them(self, as_bokare: Client, office: Office) -> None:
        meeting_of(office, "CAL1", "Anna Ek")

        as_bokare.post(COLUMNS, {"order": ["time", "person"], "column": ["time"]})

        assert heads(as_bokare.get(LIST, NOVEMBER)) == ["person", "time"]

    def test_the_usual_ones_are_one_press_away(self, as_bokare: Client, office: Office) -> None:
        meeting_of(office, "CAL1", "Anna Ek")
        as_bokare.post(COLUMNS, {"order": ["id"], "column": ["id"]})

        as_bokare.post(COLUMNS, {"usual": "1"})

        assert heads(as_bokare.get(LIST, NOVEMBER))[0] == "time"

    def test_an_address_may_name_others_and_nonsense_is_passed_over(
        self, as_bokare: Client, office: Office
    ) -> None:
        meeting_of(office, "CAL1", "Anna Ek")

        answer = as_bokare.get(LIST, {**NOVEMBER, "columns": "id.hittepå.person.id"})

        assert heads(answer) == ["id", "person"]
        assert "columns=id" in answer.context["asked"].query()

    def test_every_column_can_be_shown_and_sorted_by(self, as_chef: Client, office: Office) -> None:
        meeting_of(
            office, "CAL1", "Anna Ek", commission=Decimal("85000.50"), commission_type="Sale",
            signature_date=at("2026-11-25T10:00"), cancelled_by="Kund", estate_status="Till salu",
        )  # fmt: skip
        meeting_of(office, "CAL2", "Bo Berg")
        everything = ".".join(column.key for column, _ in as_chef.get(COLUMNS).context["rows"])

        answer = as_chef.get(LIST, {**NOVEMBER, "columns": everything})

        assert len(heads(answer)) == 19
        assert cell(answer, "Provision exkl. moms") == "85\xa0001 kr"
        assert cell(answer, "Uppdragsdatum") == "2026-11-25"
        for key in heads(answer):
            for sort in (key, f"-{key}"):
                found = as_chef.get(LIST, {**NOVEMBER, "columns": everything, "sort": sort})
                assert sorted(listed(found)) == ["CAL1", "CAL2"]


class TestAmounts:
    ASKED = {**NOVEMBER, "columns": "person.commission", "sort": "-commission"}

    @pytest.fixture(autouse=True)
    def _meetings(self, office: Office) -> None:
        for number, amount in enumerate(("40000", "90000", "60000"), start=1):
            meeting_of(
                office, f"CAL{number}", "Anna Ek", commission=Decimal(amount),
                meeting_date=at(f"2026-11-{number:02}T10:00"),
            )  # fmt: skip

    def test_a_manager_sees_them_and_sorts_by_them(self, as_chef: Client) -> None:
        answer = as_chef.get(LIST, self.ASKED)

        assert listed(answer) == ["CAL2", "CAL3", "CAL1"]
        assert "90\xa0000 kr" in text_of(answer)

    def test_a_booker_neither_sees_nor_sorts(self, as_bokare: Client) -> None:
        answer = as_bokare.get(LIST, self.ASKED)

        assert heads(answer) == ["person"]
        assert listed(answer) == ["CAL1", "CAL2", "CAL3"]
        assert "90\xa0000" not in text_of(answer)
        assert "commission" not in [
            column.key for column, _ in as_bokare.get(COLUMNS).context["rows"]
        ]

    def test_of_several_offices_it_takes_the_right_at_each(
        self, as_chef: Client, chef: User, neighbour_office: Office
    ) -> None:
        Membership.objects.create(user=chef, office=neighbour_office)
        meeting_of(neighbour_office, "CAL9", "Bo Berg", commission=Decimal(70000))

        both = as_chef.get(LIST, {**self.ASKED, "office": "all"})

        assert heads(both) == ["person"]
        RightException.objects.create(
            membership=Membership.objects.get(user=chef, office=neighbour_office),
            right=Right.AMOUNTS,
        )
        assert listed(as_chef.get(LIST, {**self.ASKED, "office": "all"})) == [
            "CAL2", "CAL9", "CAL3", "CAL1",
        ]  # fmt: skip


class TestSealedOrder:
    ASKED = {**NOVEMBER, "sort": "person"}

    def test_only_what_has_changed_is_opened_again(
        self, as_bokare: Client, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, name in enumerate(("Östen", "Anna", "Åsa")):
            meeting_of(office, f"CAL{number}", name, fingerprint=f"f{number}")
        opened.forget()
        tokens: list[str] = []
        real = opened.unseal
        monkeypatch.setattr(opened, "unseal", lambda token: (tokens.append(token), real(token))[1])

        assert listed(as_bokare.get(LIST, self.ASKED)) == ["CAL1", "CAL2", "CAL0"]
        assert len(tokens) == 3
        assert listed(as_bokare.get(LIST, self.ASKED)) == ["CAL1", "CAL2", "CAL0"]
        assert len(tokens) == 3

        meeting = Meeting.objects.get(vitec_id="CAL1")
        meeting.personal = {**meeting.personal, "name": "Östen Zetterlund"}
        meeting.fingerprint = "another"
        meeting.save()
        assert listed(as_bokare.get(LIST, self.ASKED)) == ["CAL2", "CAL0", "CAL1"]
        assert len(tokens) == 4

    def test_more_rows_than_are_remembered_are_sorted_all_the_same(
        self, as_bokare: Client, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opened, "MOST_KEPT", 2)
        for number, name in enumerate(("Östen", "Anna", "Åsa", "Bo")):
            meeting_of(office, f"CAL{number}", name)
        opened.forget()

        for _again in range(2):
            assert listed(as_bokare.get(LIST, self.ASKED)) == ["CAL1", "CAL3", "CAL2", "CAL0"]
        assert len(opened._kept) == 2
