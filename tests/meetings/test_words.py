"""Finding sealed meetings by what people say on the phone."""

from __future__ import annotations

import pytest

from meetings import words
from meetings.models import Meeting
from offices.directory import contact_details
from offices.models import Office
from tests.factories import make_meeting

pytestmark = pytest.mark.django_db

PERSONAL = contact_details(
    name="Anna-Lena Åkesson",
    phones=["070-174 06 05", "+47 22 22 55 55"],
    address="Österängsgatan 14, 172 65 Sundbyberg",
)


@pytest.fixture(autouse=True)
def _meetings(office: Office) -> None:
    column = words.column_of(PERSONAL, "CAL77", "ADR-5", "OBJ1_2")
    make_meeting(office, "CAL77", personal=PERSONAL, words=column)
    other = contact_details(name="Bo Berg", phones=["08-550 123 45"], address="Anders väg 1")
    make_meeting(office, "CAL8", personal=other, words=words.column_of(other, "CAL8"))


def found(text: str) -> list[str]:
    condition = words.condition(text)
    assert condition is not None
    return sorted(Meeting.objects.filter(condition).values_list("vitec_id", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "anna", "ANNA-LENA", "åke", "lena åkes", "österängs 14", "sundbyberg anna", "172 65",
        "070-174 06 05", "0701740605", "070174", "+46 70 174 06 05", "0046701740605",
        "+46 (0)70-1740605", "CAL77", "cal77", "OBJ1_2", "ADR-5",
    ],
)  # fmt: skip
def test_it_is_found_by_any_beginning_and_any_spelling(text: str) -> None:
    assert found(text) == ["CAL77"]


@pytest.mark.parametrize("text", ["akesson", "nna", "anna berg", "CAL7", "OBJ1", "0701740606"])
def test_it_is_not_found_by_what_it_does_not_say(text: str) -> None:
    assert found(text) == []


def test_what_two_have_in_common_finds_both() -> None:
    assert found("an") == ["CAL77", "CAL8"]


@pytest.mark.parametrize("text", ["", " ", "a", "–"])
def test_nothing_to_look_for_is_no_condition(text: str) -> None:
    assert words.condition(text) is None


def test_nothing_of_it_can_be_read_in_the_column() -> None:
    column = Meeting.objects.get(vitec_id="CAL77").words
    for word in ("anna", "lena", "åkesson", "070", "1726", "cal77"):
        assert word not in column.split()
