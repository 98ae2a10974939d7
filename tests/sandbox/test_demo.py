import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from sandbox.demo import build
from sandbox.demo_names import PERSONAL_NUMBERS
from sandbox.persons import bare_phone
from sandbox.store import Collections

TODAY = date(2026, 3, 11)


@pytest.fixture(scope="module")
def data() -> Collections:
    return build(TODAY)


def test_the_same_date_gives_the_same_data(data: Collections) -> None:
    assert build(TODAY) == data


def test_the_ids_are_the_same_on_every_date(data: Collections) -> None:
    later = build(date(2027, 7, 4))
    for kind in ("users", "groups", "contacts", "estates", "viewings", "meetings", "areas"):
        assert set(later[kind]) == set(data[kind])


def test_there_is_enough_of_everything(data: Collections) -> None:
    brokers = [user for user in data["users"].values() if "mäklare" in user["title"]]
    assert len(brokers) >= 12
    assert len(data["contacts"]) >= 400
    assert len(data["estates"]) >= 60
    assert len(data["viewings"]) >= 40
    assert len(data["meetings"]) >= 600
    assert any(user["title"] == "Bokare" for user in data["users"].values())


def test_meetings_come_in_every_kind_state_and_source(data: Collections) -> None:
    meetings = data["meetings"].values()
    kinds = Counter((row["type"], row["state"]) for row in meetings)
    assert len(kinds) == 10
    sources = {row["assignmentSource"] and row["assignmentSource"]["id"] for row in meetings}
    assert sources == {None, *range(1, 10)}
    assert {row["commissionType"] for row in meetings} == {None, "Sale", "Valuation", "Writing"}


@pytest.mark.parametrize("today", [TODAY, date(2026, 11, 21), date(2026, 12, 25)])
def test_there_are_meetings_today_and_tomorrow_at_office_hours(today: date) -> None:
    meetings = build(today)["meetings"].values()
    for customer_id in ("M30011", "M30012"):
        for day in (today, today + timedelta(days=1)):
            own = [
                datetime.fromisoformat(row["meetingDate"])
                for row in meetings
                if row["customerId"] == customer_id and row["meetingDate"].startswith(f"{day}")
            ]
            assert len(own) >= 4
            assert all(9 <= moment.hour <= 17 for moment in own)


def test_no_meeting_was_booked_in_the_future_or_after_it_took_place(data: Collections) -> None:
    for row in data["meetings"].values():
        assert row["bookedDate"] < min(row["meetingDate"], f"{TODAY}T00:00:00")


def test_telephone_numbers_are_only_those_reserved_for_fiction(data: Collections) -> None:
    series = re.compile(
        r"0701740(60[5-9]|6[1-9]\d)|08465004\d\d|0313900[6]\d\d|0406280[4]\d\d|0980319[2]\d\d"
    )
    documents = [*data["contacts"].values(), *data["users"].values(), *data["meetings"].values()]
    numbers = [doc.get(name) for doc in documents for name in ("telePhone", "cellPhone")]
    numbers += [doc["workPhone"] for doc in data["contacts"].values()]
    numbers += [office["telephone"] for office in data["offices"].values()]
    given = [number for number in numbers if number]
    assert len(given) > 500
    for number in given:
        assert series.fullmatch(bare_phone(number)), number
        assert len(number) <= 17


def test_addresses_and_personal_numbers_are_only_examples(data: Collections) -> None:
    contacts = data["contacts"].values()
    for doc in contacts:
        address = doc["email"]["emailAddress"]
        assert re.fullmatch(r"[a-z0-9.]+@example\.(se|com|org)", address), address
    numbers = [doc["socialSecurityNumber"] for doc in contacts if doc["socialSecurityNumber"]]
    assert 5 < len(numbers) == len(set(numbers))
    assert set(numbers) <= set(PERSONAL_NUMBERS)


def test_names_have_swedish_letters_double_names_and_prefixes(data: Collections) -> None:
    names = " ".join(f"{d['firstName']} {d['lastName']}" for d in data["contacts"].values())
    for part in ("å", "ä", "ö", "é", "von ", "-"):
        assert part in names


def test_every_reference_leads_somewhere(data: Collections) -> None:
    for row in data["meetings"].values():
        assert row["contactId"] in data["contacts"]
        assert row["brokerId"] in data["users"]
        assert row["estateId"] is None or row["estateId"] in data["estates"]
    for row in data["viewings"].values():
        assert row["estateId"] in data["estates"]
    for row in data["participants"].values():
        assert row["contactId"] in data["contacts"]
    for row in data["comebacks"].values():
        assert row["contactId"] in data["contacts"]


def test_some_viewings_have_places_deadlines_and_several_slots(data: Collections) -> None:
    coming = [row for row in data["viewings"].values() if row["startsAt"] > f"{TODAY}"]
    past = [row for row in data["viewings"].values() if row["startsAt"] < f"{TODAY}"]
    assert len(coming) > 10
    assert len(past) > 10
    assert any(row["participantPerTimeSlot"] for row in coming)
    assert any(row["noLaterThen"] for row in coming)
    assert {1, 3, 4} == {len(row["timeSlots"]) for row in coming}


def test_some_estates_have_the_odd_form_of_id(data: Collections) -> None:
    forms = Counter(re.match(r"[A-Z]+", key)[0] for key in data["estates"])  # type: ignore[index]
    assert set(forms) == {"OBJ", "CMBOLGH"}
