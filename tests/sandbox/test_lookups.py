from datetime import date, timedelta
from typing import Any

import pytest

TODAY = date(2026, 3, 11)


def test_an_office_has_both_its_ids(vitec: Any) -> None:
    for query in ({"CustomerId": "M30011"}, {"criteria.customerId": "M30011"}):
        rows = vitec.get("/Office/GetOffice", **query).json()
        assert [(row["customerId"], row["officeId"]) for row in rows] == [("M30011", "FIR30011")]
    assert vitec.get("/Office/GetOffice").status_code == 400
    assert vitec.get("/Office/GetOffice", CustomerId="M30011", OfficeId="FIR0").json() == []


def test_an_office_group_names_its_offices(vitec: Any) -> None:
    (group,) = vitec.get("/CRM/Officegroups/M30011").json()
    assert [row["id"] for row in group["offices"]] == ["FIR30011", "FIR30012"]


def test_public_users_come_with_bank_fields_and_others_only_in_the_whole_list(vitec: Any) -> None:
    public = vitec.get("/User/GetUser", CustomerId="M30011").json()
    everyone = vitec.get("/User/GetAllUsers", CustomerId="M30011").json()
    assert all(user["public"] and user["bank"] and user["iban"] for user in public)
    assert len(everyone) > len(public)
    assert {"Bokare", "Mäklarassistent"} <= {user["title"] for user in everyone}
    one = vitec.get("/User/GetUser", UserId=public[0]["userId"]).json()
    assert [user["userId"] for user in one] == [public[0]["userId"]]
    found = vitec.get("/User/GetAllUsers", CustomerId="M30011", SearchText="bokare").json()
    assert {user["title"] for user in found} == {"Bokare"}


def test_one_user_works_at_both_offices(vitec: Any) -> None:
    both = [user for user in vitec.get("/User/GetUser").json() if len(user["customerId"]) == 2]
    assert len(both) == 1
    assert len(both[0]["customerIdsWithSortOrder"]) == 2


def test_user_groups_have_members(vitec: Any) -> None:
    groups = vitec.get("/CRM/Usergroups/M30012").json()
    assert len(groups) == 3
    assert all(group["users"][0]["userId"].startswith("HAN") for group in groups)


@pytest.fixture
def known(vitec: Any) -> dict[str, Any]:
    """A contact with a personal number and a mobile number."""
    held = vitec.box.practice.store.of("contacts", "M30011")
    found: dict[str, Any] = next(
        doc
        for doc in held
        if doc["socialSecurityNumber"] and doc["cellPhone"] and doc["type"] == "Person"
    )
    return found


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["matches"]]


def test_a_contact_is_found_by_name_phone_email_and_personal_number(
    vitec: Any, known: dict[str, Any]
) -> None:
    digits = "".join(filter(str.isdigit, known["cellPhone"]))[-9:]
    for term in (
        f"{known['firstName']} {known['lastName']}",
        f"+46 {digits}",
        f"0{digits[:2]}-{digits[2:]}",
        known["email"]["emailAddress"],
        known["socialSecurityNumber"],
        f"{known['socialSecurityNumber'][2:8]}-{known['socialSecurityNumber'][8:]}",
    ):
        answer = vitec.get("/CRM/Contact/M30011/Search", Term=term)
        assert known["id"] in ids(answer), term
        assert set(answer.json()["matches"][0]) == {
            "id",
            "changedAt",
            "customerId",
            "type",
            "score",
        }


def test_a_search_needs_five_characters_and_keeps_to_its_size(vitec: Any) -> None:
    path = "/CRM/Contact/M30011/Search"
    assert vitec.get(path, Term="Lars").status_code == 400
    assert vitec.get(path).status_code == 400
    assert vitec.get(path, Term="example", MaxSize=1001).status_code == 400
    assert len(ids(vitec.get(path, Term="example"))) == 50
    assert len(ids(vitec.get(path, Term="example", MaxSize=3))) == 3


def test_persons_are_read_one_by_one_and_twenty_at_a_time(vitec: Any) -> None:
    found = ids(vitec.get("/CRM/Contact/M30011/Search", Term="example", MaxSize=21))
    path = "/CRM/Contact/M30011/Person"
    rows = vitec.get(path, contactIds=",".join(found[:20])).json()
    assert [row["id"] for row in rows] == found[:20]
    assert vitec.get(path, contactIds=",".join(found)).status_code == 400
    person = next(row for row in rows if row["type"] == "Person")
    assert vitec.get(f"{path}/{person['id']}").json() == person
    assert vitec.get(f"/CRM/Contact/M30011/{person['id']}").json() == person
    assert set(person["telephone"]) == {"home", "work", "cell", "other"}
    assert vitec.get(f"{path}/ADR0").status_code == 404


def test_a_company_is_no_person(vitec: Any) -> None:
    lists = vitec.get("/CRM/Contact/M30011").json()
    company = lists["companies"][0]["id"]
    assert lists["deceasedEstates"]
    assert vitec.get(f"/CRM/Contact/M30011/{company}").json()["type"] == "Company"
    assert vitec.get(f"/CRM/Contact/M30011/Person/{company}").status_code == 404


def test_contact_ids_are_filtered_by_agent_and_dates(vitec: Any, meeting: Any) -> None:
    path = "/CRM/Contact/M30011"
    everyone = vitec.get(path).json()["persons"]
    some = vitec.get(path, ChangedAtFrom=f"{TODAY - timedelta(days=100)}").json()["persons"]
    own = vitec.get(path, AgentId=meeting["brokerId"]).json()["persons"]
    assert 0 < len(some) < len(everyone)
    assert 0 < len(own) < len(everyone)
    assert vitec.get(path, ChangedAtFrom="nyss").status_code == 400


def test_a_contact_is_found_by_its_personal_number(vitec: Any, known: dict[str, Any]) -> None:
    path = "/CRM/Contact/M30011/search/SocialNumber"
    answer = vitec.get(path, SocialNumber=known["socialSecurityNumber"])
    assert ids(answer) == [known["id"]]
    assert answer.json()["matches"][0]["contactClassTypes"] == ["Person"]
    assert vitec.get(path, SocialNumber="123").status_code == 400


def test_contacts_are_found_by_phone_in_any_spelling(vitec: Any, known: dict[str, Any]) -> None:
    digits = "".join(filter(str.isdigit, known["cellPhone"]))[-9:]
    rows = vitec.get("/Contacts/GetContactsWithPhonenumber", phoneNumber=f"0046 {digits}").json()
    assert known["id"] in next(r for r in rows if r["customerId"] == "M30011")["contactIds"]


def test_estates_come_in_one_list_per_kind(vitec: Any) -> None:
    (office,) = vitec.post("/Estate/GetEstateList", {"customerId": "M30011"}).json()
    assert {"houses", "housingCooperativeses", "commercialPropertys"} < set(office)
    flat = office["housingCooperativeses"][0]
    assert {"id", "streetAddress", "areaName", "objectNumber", "status", "rooms"} < set(flat)
    assert len(vitec.post("/Estate/GetEstateList", {}).json()) == 2


def test_estates_are_filtered_by_status_kind_and_viewing(vitec: Any) -> None:
    path = "/Estate/GetEstateList"
    body = {"customerId": "M30011", "statuses": [{"id": "3"}], "type": ["House"]}
    (office,) = vitec.post(path, body).json()
    assert office["houses"]
    assert {row["status"]["name"] for row in office["houses"]} == {"Till salu"}
    assert not office["housingCooperativeses"]
    body = {
        "customerId": "M30011",
        "typeOfDate": "ViewingDate",
        "dateFrom": f"{TODAY}",
        "onlyFutureViewings": True,
    }
    (office,) = vitec.post(path, body).json()
    rows = [row for rows in office.values() if isinstance(rows, list) for row in rows]
    assert rows
    assert vitec.post(path, {"type": ["Slott"]}).status_code == 400


def test_statuses_have_names(vitec: Any) -> None:
    rows = vitec.post("/Estate/GetStatuses?customerId=M30011").json()
    assert {"id": "3", "name": "Till salu"} in rows


def test_viewings_of_an_estate_are_found_on_both_paths(vitec: Any, viewing: Any) -> None:
    estate_id = viewing["estateId"]
    rows = vitec.get(f"/Viewing/M30011/{estate_id}").json()
    assert viewing["id"] in [row["id"] for row in rows]
    assert vitec.get(f"/Viewing/{estate_id}", customerId="M30011").json() == rows
    assert vitec.get("/Viewing/M30011/OBJ0").status_code == 404


def test_areas_have_names_and_polygons(vitec: Any) -> None:
    areas = vitec.get("/Area/GetAreas", **{"criteria.customerId": "M30011"}).json()
    assert areas[0]["areaName"] == "Centrala Sundbyberg"
    assert areas[0]["polygon"][0] == areas[0]["polygon"][-1]
    assert any(not area["polygon"] for area in areas)
    page = vitec.get("/Advertising/Area/M30011", PageSize=3, PageIndex=2).json()
    assert (page["index"], page["count"], page["totalRowCount"]) == (2, 3, 7)
    one = vitec.get(f"/Advertising/Area/M30011/{areas[0]['areaId']}").json()
    first = areas[0]["polygon"][0]
    assert one["coordinates"][0][0][0] == [first["longitud"], first["latitud"]]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/Municipality?customerId=M30011", "countyMunicipalityCode"),
        ("/CRM/Lead/M30011/LeadSources", "leadType"),
        ("/CRM/Estate/M30011/AssignmentSources", "description"),
        ("/Task/GetTasks?customerId=M30011", "description"),
        ("/IncreasedRequirement/M30011", "increasedRequirements"),
        ("/CustomField/Get?customerId=M30011", "fields"),
    ],
)
def test_reference_lists_are_lists_of_their_rows(vitec: Any, path: str, key: str) -> None:
    rows = vitec.get(path).json()
    assert rows
    assert all(key in row for row in rows)


def test_categories_tell_which_are_read_only(vitec: Any) -> None:
    lists = vitec.get("/Category/GetCategories", customerId="M30011").json()
    assert {row["readOnly"] for row in lists["personCategories"]} == {True, False}
    assert lists["companyCategories"]


def test_search_profile_values_have_steps(vitec: Any) -> None:
    values = vitec.get("/CRM/Contact/M30011/SearchProfile/SearchProfileValues").json()
    assert values["roomSteps"][0] == 1
    assert "Apartment" in values["selectableResidentialSubtypes"]
