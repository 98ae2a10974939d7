from typing import Any

import pytest

PATH = "/Interest/SendInterestAndContactOnArea"
POINT = {"longitud": 17.9, "latitud": 59.3}
SQUARE = [POINT, {"longitud": 18.0, "latitud": 59.3}, {"longitud": 18.0, "latitud": 59.4}, POINT]


def interest(wish: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "updatePerson": {
            "customerId": "M30011",
            "firstName": "Intresserad",
            "lastName": "Åkare",
            "cellPhone": "070-174 06 20",
        },
        "lookingForAccommodations": [{"house": True, **(wish or {})}],
        **more,
    }


def areas(vitec: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = vitec.get("/Area/GetAreas", CustomerId="M30011").json()
    return rows


def test_an_interest_creates_contact_and_search_profile_and_answers_nothing(vitec: Any) -> None:
    area_id = areas(vitec)[0]["areaId"]
    wish = {
        "areaIds": [area_id],
        "countys": ["0183"],
        "polygon": SQUARE,
        "price": {"min": 2_000_000, "max": 4_500_000},
        "rowHouse": True,
        "increasedRequirementIDs": ["401"],
        "active": True,
    }
    more = {
        "watched": "Yes",
        "presentAccommodation": {"estateType": 2, "livingSpace": 64.5, "coordinate": POINT},
    }
    answer = vitec.post(PATH, interest(wish, **more))
    assert answer.status_code == 204
    assert answer.content == b""
    assert "Content-Length" not in answer.headers
    record = vitec.box.records()["interests"][-1]
    assert record["bodyText"] == answer.request.body.decode()
    found = vitec.get("/CRM/Contact/M30011/Search", Term="Intresserad").json()["matches"]
    assert record["contactId"] in [row["id"] for row in found]
    path = f"/CRM/Contact/M30011/SearchProfile/{record['contactId']}"
    profile = vitec.get(path).json()["residentialProfiles"][-1]
    assert profile["subtypes"] == ["House", "TownHouse"]
    assert profile["areaIds"] == [area_id]
    assert profile["price"] == {"minValue": 2_000_000, "maxValue": 4_500_000}
    assert profile["drawnAreas"][0]["coordinates"] == SQUARE
    one = vitec.get(f"{path}/{profile['id']}").json()
    assert one["residentialProfiles"] == [profile]
    person = vitec.get(f"/CRM/Contact/M30011/Person/{record['contactId']}").json()
    assert person["wantsToBeMatched"] == "Yes"


def test_a_search_profile_is_deleted(vitec: Any) -> None:
    vitec.post(PATH, interest({"farm": True, "foreignProperty": True}))
    record = vitec.box.records()["interests"][-1]
    profile_id = record["searchProfileIds"][0]
    path = f"/CRM/Contact/M30011/SearchProfile/{record['contactId']}/{profile_id}"
    assert vitec.get(path).json()["foreignProfiles"][0]["id"] == profile_id
    assert vitec.delete(f"/CRM/Contact/M30011/SearchProfile/{profile_id}").status_code == 204
    assert vitec.get(path).status_code == 404


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"house": False}, ""),
        ({"house": "ja"}, ".house"),
        ({"polygon": SQUARE[:2]}, ".polygon"),
        ({"polygon": SQUARE[:3]}, ".polygon"),
        ({"polygon": [*SQUARE, {"longitud": 1, "latitud": 1}]}, ".polygon"),
        ({"polygon": [{"longitud": 1}]}, ".polygon[0].latitud"),
        ({"areaIds": ["STD0"]}, ".areaIds[0]"),
        ({"increasedRequirementIDs": ["0"]}, ".increasedRequirementIDs[0]"),
        ({"countys": ["02"]}, ".countys[0]"),
        ({"countys": ["183"]}, ".countys[0]"),
        ({"countryCode": "1"}, ".countryCode"),
        ({"price": {"min": 2, "max": 1}}, ".price"),
        ({"livingSpace": {"min": -1}}, ".livingSpace.min"),
        ({"numberOfRooms": {"min": "två"}}, ".numberOfRooms.min"),
        ({"id": "SPR0"}, ".id"),
    ],
)
def test_what_is_wrong_with_a_wish_is_named_by_its_field(
    vitec: Any, errors_of: Any, wish: Any, field: str
) -> None:
    assert f"lookingForAccommodations[0]{field}" in errors_of(vitec.post(PATH, interest(wish)))


def test_only_areas_with_a_polygon_can_be_used(vitec: Any, errors_of: Any) -> None:
    bare = next(row["areaId"] for row in areas(vitec) if not row["polygon"])
    errors = errors_of(vitec.post(PATH, interest({"areaIds": [bare]})))
    assert "polygoner" in errors["lookingForAccommodations[0].areaIds[0]"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lookingForAccommodations": [{"house": True}]}, "updatePerson"),
        (interest(lookingForAccommodations=[]), "lookingForAccommodations"),
        (interest(lookingForAccommodations=None), "lookingForAccommodations"),
        (interest(watched="Kanske"), "watched"),
        (interest(presentAccommodation={"estateType": 10}), "presentAccommodation.estateType"),
        (interest(updatePerson={}), "updatePerson.customerId"),
    ],
)
def test_what_is_wrong_with_the_rest_is_named_by_its_field(
    vitec: Any, errors_of: Any, body: Any, field: str
) -> None:
    assert field in errors_of(vitec.post(PATH, body))


def test_telling_the_broker_about_a_new_contact_needs_a_user(
    vitec: Any, meeting: Any, errors_of: Any
) -> None:
    body = interest(notifyUser=True)
    body["updatePerson"] |= {"firstName": "Alldeles", "lastName": "Nymodig"}
    assert set(errors_of(vitec.post(PATH, body))) == {"updatePerson.userId"}
    body["updatePerson"]["userId"] = meeting["brokerId"]
    assert vitec.post(PATH, body).status_code == 204
    del body["updatePerson"]["userId"]
    assert vitec.post(PATH, body).status_code == 204, "the contact is known now"


def test_nothing_is_stored_of_a_refused_interest(vitec: Any) -> None:
    before = vitec.box.practice.counts()
    body = interest({"house": False})
    body["updatePerson"]["lastName"] = "Aldrigsparad"
    vitec.post(PATH, body)
    assert vitec.box.practice.counts() == before
