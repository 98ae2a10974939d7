from datetime import date, timedelta
from typing import Any

import pytest

TODAY = date(2026, 3, 11)


def person(**more: Any) -> dict[str, Any]:
    return {
        "customerId": "M30011",
        "firstName": "Änna",
        "lastName": "von Provling",
        "cellPhone": "070-174 06 10",
        **more,
    }


def slot_of(vitec: Any, viewing: Any) -> dict[str, Any]:
    rows = vitec.get(f"/Viewing/M30011/{viewing['estateId']}").json()
    found: dict[str, Any] = next(r for r in rows if r["id"] == viewing["id"])["timeSlots"][0]
    return found


def test_a_booking_is_seen_in_slot_report_and_records(
    vitec: Any, viewing: Any, booking_path: str
) -> None:
    body = {"updatePerson": person(), "returnBookingId": True, "participated": True}
    answer = vitec.post(booking_path, body)
    assert answer.status_code == 200
    assert answer.json().startswith("VID")
    record = vitec.box.records()["participants"][-1]
    assert record["id"] == answer.json()
    assert record["bodyText"] == answer.request.body.decode()
    contact_id = record["contactId"]
    slot = slot_of(vitec, viewing)
    assert {"contactId": contact_id, "hasParticipated": True} in slot["participants"]
    day = viewing["startsAt"][:10]
    report = vitec.get(
        "/CRM/Report/M30011/ViewingParticipant", ViewingStartDate=day, ViewingEndDate=day
    ).json()
    row = next(row for row in report["rows"] if row["contact"]["id"] == contact_id)
    assert row["contact"]["lastName"] == "von Provling"
    assert row["viewing"] == {"date": viewing["startsAt"]}
    follow_up = vitec.get(f"/ViewingParticipant/M30011/{contact_id}/{viewing['id']}").json()
    assert follow_up[0]["participated"] is True


def test_without_return_booking_id_the_answer_is_an_empty_string(
    vitec: Any, booking_path: str
) -> None:
    answer = vitec.post(booking_path, {"updatePerson": person()})
    assert answer.status_code == 200
    assert answer.text == '""'


def test_the_twin_path_takes_the_customer_from_the_query(vitec: Any, booking_path: str) -> None:
    path = booking_path.replace("/M30011/", "/")
    answer = vitec.post(path, {"updatePerson": person()}, params={"criteria.customerId": "M30011"})
    assert answer.status_code == 200
    assert vitec.post(path, {"updatePerson": person()}).status_code == 400


def test_a_participant_is_removed_again(vitec: Any, viewing: Any, booking_path: str) -> None:
    vitec.post(booking_path, {"updatePerson": person(firstName="Bort", lastName="Tagen")})
    contact_id = vitec.box.records()["participants"][-1]["contactId"]
    assert vitec.delete(f"{booking_path}/{contact_id}").status_code == 204
    shown = [row["contactId"] for row in slot_of(vitec, viewing)["participants"]]
    assert contact_id not in shown
    assert vitec.delete(f"{booking_path}/{contact_id}").status_code == 404


def test_a_known_contact_needs_a_lead_source_without_work_flow(
    vitec: Any, meeting: Any, booking_path: str, errors_of: Any
) -> None:
    path = f"{booking_path}/{meeting['contactId']}"
    assert set(errors_of(vitec.post(path, {"leadSourceId": "11"}))) == {"leadSourceId"}
    answer = vitec.post(path, {"leadSourceId": "14"})
    assert answer.status_code == 204
    assert answer.content == b""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "updatePerson"),
        ({"updatePerson": person(), "reminderTime": "off"}, "reminderTime"),
        ({"updatePerson": person(), "reminderTime": 1.5}, "reminderTime"),
        ({"updatePerson": person(), "smsReminder": 1}, "smsReminder"),
        ({"updatePerson": person(), "leadSourceId": "0"}, "leadSourceId"),
        ({"updatePerson": person(customerId="M30012")}, "updatePerson.customerId"),
        ({"updatePerson": person(customerId=None)}, "updatePerson.customerId"),
        ({"updatePerson": person(cellPhone=None)}, "updatePerson"),
        ({"updatePerson": person(), "options": []}, "options"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    vitec: Any, booking_path: str, errors_of: Any, body: Any, field: str
) -> None:
    assert set(errors_of(vitec.post(booking_path, body))) == {field}


def test_unknown_viewings_and_slots_are_not_found(vitec: Any, viewing: Any) -> None:
    body = {"updatePerson": person()}
    assert vitec.post("/Viewing/M30011/VIS0/TID0/Participant", body).status_code == 404
    path = f"/Viewing/M30011/{viewing['id']}/TID0/Participant"
    assert vitec.post(path, body).status_code == 404


def test_a_full_slot_is_refused_only_when_the_limit_is_checked(
    vitec: Any, viewing: Any, booking_path: str, errors_of: Any
) -> None:
    body: dict[str, Any] = {"updatePerson": person()}
    while len(slot_of(vitec, viewing)["participants"]) < viewing["participantPerTimeSlot"]:
        assert vitec.post(booking_path, body).status_code == 200
    assert vitec.post(booking_path, body).status_code == 200
    body["options"] = {"enableBookingLimitValidation": True}
    errors = errors_of(vitec.post(booking_path, body))
    assert "fullbokat" in errors["options.enableBookingLimitValidation"][0]


def test_a_passed_deadline_is_refused_only_when_it_is_checked(vitec: Any, errors_of: Any) -> None:
    viewing = next(
        doc
        for doc in vitec.box.practice.store.of("viewings", "M30011")
        if doc["noLaterThen"] and doc["noLaterThen"] < f"{TODAY - timedelta(days=1)}"
    )
    path = f"/Viewing/M30011/{viewing['id']}/{viewing['timeSlots'][0]['id']}/Participant"
    body: dict[str, Any] = {"updatePerson": person(firstName="Sen", lastName="Sensson")}
    assert vitec.post(path, body).status_code == 200
    body["options"] = {"isDeadlineValidationEnabled": True}
    errors = errors_of(vitec.post(path, body))
    assert "Sista tid" in errors["options.isDeadlineValidationEnabled"][0]


def test_the_report_is_paged(vitec: Any) -> None:
    path = "/CRM/Report/M30011/ViewingParticipant"
    whole = vitec.get(path).json()
    first = vitec.get(path, **{"paging.pageSize": 10, "paging.pageIndex": 0}).json()
    second = vitec.get(path, PageSize=10, PageIndex=1).json()
    assert first["rows"] + second["rows"] == whole["rows"][:20]
    assert first["totalPageCount"] == -(-len(whole["rows"]) // 10)
    assert vitec.get(path, PageSize=301).status_code == 400
