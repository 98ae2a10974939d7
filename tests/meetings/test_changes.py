"""Changes in words, and who may read amounts in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from meetings import changes, reading
from meetings.facts import facts_of
from meetings.models import Meeting
from offices.models import Office

pytestmark = pytest.mark.django_db

Clock = Callable[[str], dt.datetime]
ROW: dict[str, Any] = {
    "id": "CAL1",
    "contactId": "ADR1",
    "contactName": "Anna Ek",
    "meetingDate": "2026-11-24T10:00:00",
    "bookedDate": "2026-11-10T09:12:00",
    "type": "Assignment",
    "state": "Booked",
    "brokerId": "HAN1",
    "brokerName": "Bo Alm",
}


def meeting(**fields: Any) -> Meeting:
    row = {**ROW, **fields}
    return Meeting(vitec_id="CAL1", **reading.columns(row))


@pytest.fixture(autouse=True)
def _on_a_day_in_november(today: Clock) -> None:
    """So that every day is said with the year left out."""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"meetingDate": "2026-11-26T13:30:00"},
         ["Flyttad från tis 24 nov 10:00 till tors 26 nov 13:30"]),
        ({"state": "CancelledByCustomer", "cancelledBy": "Kund"},
         ["Avbokat av kunden (var: Bokad)"]),
        ({"state": "FollowedUp"}, ["Status: från Bokad till Uppföljd"]),
        ({"brokerId": "HAN2", "brokerName": "Åke Öst"}, ["Mäklare: från Bo Alm till Åke Öst"]),
        ({"brokerId": "HAN2"}, ["Mäklare: ändrat i en detalj"]),
        ({"cellPhone": "0701740605"}, ["Telefon: 070-174 06 05, var tomt förut"]),
        ({"contactName": None}, ["Kontakt: nu tomt, var Anna Ek"]),
        ({"someday": {"new": 1}}, ['someday: {"new": 1}, var tomt förut']),
        ({"meetingDate": "2026-11-24T09:00:00Z", "telePhone": None}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence(fields: dict[str, Any], said: list[str]) -> None:
    assert changes.sentences(meeting(), meeting(**fields), amounts=False) == said


def test_a_meeting_that_vanished_and_came_back_says_so() -> None:
    gone = meeting()
    gone.missing_since = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)

    assert changes.sentences(meeting(), gone, amounts=False) == ["Finns inte längre hos Vitec"]
    assert changes.sentences(gone, meeting(), amounts=False) == ["Finns hos Vitec igen"]
    assert changes.briefly(gone, meeting()) == "Finns hos Vitec igen"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"meetingDate": "2026-11-26T13:30:00"}, "Flyttad från tis 24 nov 10:00"),
        ({"state": "CancelledByAgent"}, "Avbokat av mäklaren"),
        ({"brokerName": "Åke Öst", "cellPhone": "0701740605"}, "Ändrat: telefon, mäklare"),
        ({"meetingDate": "2026-11-26T13:30:00", "brokerName": "Åke Öst"},
         "Flyttad från tis 24 nov 10:00 · Ändrat: mäklare"),
        ({"someday": 1}, "Ändrad"),
        ({"commissionWithoutTaxes": 85000}, "Ändrad"),
    ],
)  # fmt: skip
def test_a_row_says_it_in_a_few_words(fields: dict[str, Any], said: str) -> None:
    assert changes.briefly(meeting(), meeting(**fields)) == said


def test_amounts_are_for_those_who_may_see_them() -> None:
    before, after = meeting(commissionWithoutTaxes=70000), meeting(commissionWithoutTaxes=85000.5)

    [told] = changes.sentences(before, after, amounts=True)
    assert told.replace("\xa0", " ") == "Provision exkl. moms: från 70 000 kr till 85 000,50 kr"
    assert changes.sentences(before, after, amounts=False) == ["Provision exkl. moms: ändrad"]
    hidden = str(changes.side_by_side(before, after, amounts=False))
    assert "70" not in hidden.replace("070", "")
    assert "85" not in hidden


@pytest.mark.parametrize("name", ["commissionWithTaxes", "fee", "nested"])
def test_a_field_that_nobody_knows_may_be_an_amount(name: str) -> None:
    value = {"totalAmount": 123456} if name == "nested" else 123456
    with_amount = meeting(**{name: value})

    assert "123456" not in str(facts_of(with_amount, amounts=False))
    assert "123456" in str(facts_of(with_amount, amounts=True))
    assert "123456" not in str(changes.sentences(meeting(), with_amount, amounts=False))


@pytest.mark.parametrize("value", ["18900101-9802", 189001019802, {"who": ["900101-9802"]}])
def test_a_personal_number_in_a_field_that_nobody_knows_is_masked(value: object) -> None:
    before, after = meeting(someday=value), meeting(someday="199001019803")

    for told in (
        facts_of(before, amounts=True),
        changes.sentences(before, after, amounts=True),
        changes.side_by_side(before, after, amounts=True),
    ):
        assert "0101-••••" in str(told)
        assert "980" not in str(told)


def test_every_field_of_the_answer_is_told(office: Office) -> None:
    told = {fact.label: fact.value for fact in facts_of(meeting(someday="nytt"), amounts=False)}

    assert told["Mötesdatum"] == "tis 24 nov 10:00"
    assert told["Typ"] == "Intagsmöte"
    assert told["Id hos Vitec"] == "CAL1"
    assert told["someday"] == "nytt"
    assert "Objekt-id" not in told
