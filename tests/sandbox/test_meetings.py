from datetime import date, timedelta
from typing import Any

import pytest

TODAY = date(2026, 3, 11)
LATER = "2026-04-15T10:00:00"


def test_the_default_type_is_intake_meetings(vitec: Any) -> None:
    rows = vitec.meetings(TODAY, TODAY + timedelta(days=30), type=None)
    assert {row["type"] for row in rows} == {"Assignment"}


@pytest.mark.parametrize(
    ("wanted", "types"),
    [
        ("Viewing", {"Viewing"}),
        (2, {"Viewing"}),
        ("assignment", {"Assignment"}),
        (3, {"Assignment", "Viewing"}),
    ],
)
def test_a_type_is_a_name_or_a_number(vitec: Any, wanted: Any, types: set[str]) -> None:
    rows = vitec.meetings(TODAY, TODAY + timedelta(days=30), type=wanted)
    assert {row["type"] for row in rows} == types


def test_search_chooses_between_booking_date_and_meeting_date(vitec: Any) -> None:
    first, last = TODAY - timedelta(days=20), TODAY - timedelta(days=10)
    for search, key in ((False, "meetingDate"), (True, "bookedDate")):
        rows = vitec.meetings(first, last, search=search)
        assert rows
        assert all(f"{first}" <= row[key][:10] <= f"{last}" for row in rows)


def test_both_bounds_are_inclusive(vitec: Any, meeting: Any) -> None:
    moment = meeting["meetingDate"]
    rows = vitec.meetings(TODAY, TODAY, dateFrom=moment, dateTo=f"{moment}.0000000")
    assert meeting["id"] in [row["id"] for row in rows]


def test_an_offset_is_honoured_and_a_bare_time_is_swedish(vitec: Any, meeting: Any) -> None:
    moment = meeting["meetingDate"]
    assert moment < "2026-03-29", "winter time, an hour before UTC"
    same = vitec.meetings(TODAY, TODAY, dateFrom=f"{moment}+01:00", dateTo=f"{moment}+01:00")
    other = vitec.meetings(TODAY, TODAY, dateFrom=f"{moment}Z", dateTo=f"{moment}Z")
    assert meeting["id"] in [row["id"] for row in same]
    assert meeting["id"] not in [row["id"] for row in other]


def test_a_row_has_every_field_of_the_contract(meeting: Any) -> None:
    assert set(meeting) == {
        *("id", "contactId", "contactName", "address", "telePhone", "cellPhone", "meetingDate"),
        *("type", "state", "brokerId", "brokerName", "bookedById", "bookedByName", "bookedDate"),
        *("signatureDate", "estateStatus", "commissionWithoutTaxes", "commissionSource"),
        *("assignmentSource", "cancelledBy", "agreementDate", "commissionType", "accessDate"),
        "estateId",
    }
    assert set(meeting["address"]) == {"streetAddress", "zipCode", "city", "countryCode"}


def test_customer_and_both_dates_are_required(vitec: Any, errors_of: Any) -> None:
    errors = errors_of(vitec.post("/Meeting/GetMeetings", {}))
    assert set(errors) == {"customerId", "dateFrom", "dateTo"}


def test_wrong_types_are_refused(vitec: Any, errors_of: Any) -> None:
    body = {"customerId": 1, "dateFrom": "när som", "dateTo": 3, "search": "ja", "type": "Möte"}
    errors = errors_of(vitec.post("/Meeting/GetMeetings", body))
    assert set(errors) == {"customerId", "dateFrom", "dateTo", "search", "type"}


def test_one_meeting_is_read_by_its_id(vitec: Any, meeting: Any) -> None:
    assert vitec.get(f"/Meeting/M30011/{meeting['id']}").json() == meeting
    assert vitec.get("/Meeting/M30011/CAL0").status_code == 404
    assert vitec.get(f"/Meeting/M30012/{meeting['id']}").status_code == 404


def test_a_contacts_meetings_are_listed(vitec: Any, meeting: Any) -> None:
    contact_id = meeting["contactId"]
    one = vitec.get(f"/CRM/Contact/M30011/{contact_id}/Meeting").json()
    assert one["contactId"] == contact_id
    assert meeting["id"] in [row["id"] for row in one["meetings"]]
    several = vitec.get(f"/CRM/Contact/M30011/{contact_id},{contact_id}/Meeting").json()
    assert several == [one, one]
    too_many = ",".join([contact_id] * 21)
    assert vitec.get(f"/CRM/Contact/M30011/{too_many}/Meeting").status_code == 400


def test_a_comeback_is_seen_in_the_contacts_list_and_in_the_records(
    vitec: Any, meeting: Any, comeback_path: str
) -> None:
    body = {
        "date": LATER,
        "meetingId": meeting["id"],
        "estateId": meeting["estateId"],
        "participant": {"userId": meeting["brokerId"]},
        "note": "Ring på förmiddagen",
    }
    answer = vitec.post(comeback_path, body)
    assert answer.status_code == 200
    comeback_id = answer.json()
    assert comeback_id.startswith("CAL")
    listed = vitec.get(f"/CRM/Contact/M30011/{meeting['contactId']}/ComebackMeeting").json()
    row = next(row for row in listed["meetings"] if row["id"] == comeback_id)
    assert row["meetingDate"] == LATER
    assert row["createdAt"].startswith(f"{TODAY}T")
    record = next(r for r in vitec.box.records()["comebacks"] if r["id"] == comeback_id)
    assert record["bodyText"] == answer.request.body.decode()


def test_a_comeback_needs_a_date_to_come(vitec: Any, comeback_path: str, errors_of: Any) -> None:
    assert set(errors_of(vitec.post(comeback_path, {}))) == {"date"}
    errors = errors_of(vitec.post(comeback_path, {"date": f"{TODAY - timedelta(days=1)}"}))
    assert "passerat" in errors["date"][0]


@pytest.mark.parametrize(
    "participant", [{}, {"userId": "x", "officeId": "y"}, {"userId": "", "userGroupId": None}]
)
def test_exactly_one_participant_may_be_given(
    vitec: Any, comeback_path: str, errors_of: Any, participant: Any
) -> None:
    answer = vitec.post(comeback_path, {"date": LATER, "participant": participant})
    assert set(errors_of(answer)) == {"participant"}


@pytest.mark.parametrize("field", ["userId", "userGroupId", "officeId"])
def test_an_unknown_participant_is_refused(
    vitec: Any, comeback_path: str, errors_of: Any, field: str
) -> None:
    answer = vitec.post(comeback_path, {"date": LATER, "participant": {field: "HAN0"}})
    assert set(errors_of(answer)) == {f"participant.{field}"}


def test_an_office_and_a_group_may_do_a_comeback(vitec: Any, comeback_path: str) -> None:
    group = vitec.get("/CRM/Usergroups/M30011").json()[0]["userGroupId"]
    for participant in ({"officeId": "FIR30011"}, {"userGroupId": group}):
        body = {"date": LATER, "participant": participant}
        assert vitec.post(comeback_path, body).status_code == 200


def test_unknown_meetings_estates_and_contacts_are_refused(
    vitec: Any, comeback_path: str, errors_of: Any
) -> None:
    body = {"date": LATER, "meetingId": "CAL0", "estateId": "OBJ0", "note": "x" * 4001}
    errors = errors_of(vitec.post(comeback_path, body))
    assert set(errors) == {"meetingId", "estateId", "note"}
    answer = vitec.post("/Meeting/Comeback/M30011/ADR0", {"date": LATER})
    assert answer.status_code == 404
