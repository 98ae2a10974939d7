from typing import Any

import pytest

PATH = "/Contacts/UpdatePerson"


def person(**more: Any) -> dict[str, Any]:
    return {"customerId": "M30011", "cellPhone": "070-174 06 11", **more}


def contact(vitec: Any, contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = vitec.get(f"/CRM/Contact/M30011/Person/{contact_id}").json()
    return found


def test_a_new_person_is_found_by_a_search_afterwards(vitec: Any) -> None:
    names = {"firstName": "Östen", "lastName": "Nyfunnen"}
    contact_id = vitec.post(PATH, person(**names)).json()
    assert contact_id.startswith("ADR")
    matches = vitec.get("/CRM/Contact/M30011/Search", Term="nyfunnen").json()["matches"]
    assert [row["id"] for row in matches] == [contact_id]
    assert contact(vitec, contact_id)["telephone"]["cell"] == "070-174 06 11"


def test_the_contact_id_comes_first_in_the_duplicate_check(vitec: Any, meeting: Any) -> None:
    contact_id = meeting["contactId"]
    sent = person(contactId=contact_id, socialSecurityNumber="189001019802", firstName="Ny")
    assert vitec.post(PATH, sent).json() == contact_id


def test_the_personal_number_comes_before_the_name(vitec: Any) -> None:
    first = vitec.post(
        PATH, person(firstName="Två", lastName="Lika", socialSecurityNumber="18900117-9804")
    ).json()
    same_number = person(firstName="Annan", lastName="Helt", socialSecurityNumber="900117+9804")
    same_number["cellPhone"] = "070-174 06 99"
    assert vitec.post(PATH, same_number).json() == first


@pytest.mark.parametrize(
    "channel",
    [
        {"cellPhone": "+46 70 174 06 12"},
        {"cellPhone": "0046701740612"},
        {"email": {"emailAddress": "TREDJE@example.se"}},
        {"telePhone": "08-465 004 17"},
    ],
)
def test_both_names_together_with_one_channel_are_a_hit(vitec: Any, channel: Any) -> None:
    known = person(
        firstName="Tredje",
        lastName="Träff",
        cellPhone="0701740612",
        telePhone="0846500417",
        email={"emailAddress": "tredje@example.se"},
    )
    first = vitec.post(PATH, known).json()
    sent = {"customerId": "M30011", "firstName": " tredje ", "lastName": "TRÄFF", **channel}
    assert vitec.post(PATH, sent).json() == first


def test_a_name_or_a_number_alone_is_no_hit(vitec: Any) -> None:
    first = vitec.post(PATH, person(firstName="Fjärde", lastName="Ensam")).json()
    other_number = person(firstName="Fjärde", lastName="Ensam", cellPhone="070-174 06 98")
    other_name = person(firstName="Femte", lastName="Ensam")
    assert (
        len({first, vitec.post(PATH, other_number).json(), vitec.post(PATH, other_name).json()})
        == 3
    )
    assert vitec.post(PATH, person()).json() != vitec.post(PATH, person()).json()


def test_a_hit_overwrites_all_sent_fields_but_no_name_by_a_blank_one(vitec: Any) -> None:
    known = person(
        firstName="Sjätte",
        lastName="Skriven",
        note="gammal",
        telePhone="08-465 004 18",
        email={"emailAddress": "sex@example.se"},
    )
    contact_id = vitec.post(PATH, known).json()
    sent = person(contactId=contact_id, firstName="  ", lastName=None, note=None, telePhone="")
    vitec.post(PATH, sent)
    read = contact(vitec, contact_id)
    assert (read["firstName"], read["lastName"]) == ("Sjätte", "Skriven")
    assert read["note"] is None
    assert read["telephone"]["home"] == ""
    assert read["email"]["emailAddress"] == "sex@example.se"


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("contactId", 40),
        ("customerId", 40),
        ("firstName", 30),
        ("lastName", 30),
        ("socialSecurityNumber", 20),
        ("telePhone", 17),
        ("workPhone", 17),
        ("cellPhone", 17),
        ("otherPhone", 17),
        ("email.emailAddress", 100),
        ("email.emailAddress2", 100),
        ("address.streetAddress", 68),
        ("address.zipCode", 15),
        ("address.city", 25),
        ("address.countryCode", 2),
    ],
)
def test_a_field_that_is_too_long_is_refused(
    vitec: Any, errors_of: Any, field: str, longest: int
) -> None:
    outer, _, inner = field.partition(".")
    value = "M" + "1" * longest
    sent = person() | {outer: {inner: value} if inner else value}
    answer = vitec.post(PATH, sent)
    if field == "customerId":
        assert answer.status_code == 403
    else:
        assert f"högst {longest} tecken" in errors_of(answer)[field][0]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"customerId": "M30011"}, "email"),
        ({"cellPhone": "0701740611"}, "customerId"),
        (person(contactId="ADR0"), "contactId"),
        (person(userId="HAN0"), "userId"),
        (person(categoryIds=["101", "0"]), "categoryIds[1]"),
        (person(categoryIds=["102"]), "categoryIds[0]"),
        (person(categoryIds="101"), "categoryIds"),
        (person(customField={"name": "finns_inte", "value": "1"}), "customField.name"),
        (person(obtainThrough="Gissning"), "obtainThrough"),
        (person(obtainThrough=7), "obtainThrough"),
        (person(leadScore="fem"), "leadScore"),
        (person(socialSecurityNumber="189001019803"), "socialSecurityNumber"),
        (person(email={"emailAddress": "ingen adress"}), "email.emailAddress"),
        (person(address={"countryCode": "1"}), "address.countryCode"),
        (person(coordinate={"longitud": 12}), "coordinate.latitud"),
        (person(gdprApprovalDate="nyss"), "gdprApprovalDate"),
        (person(task={"predefinedTaskId": "0"}), "task.predefinedTaskId"),
        (person(task={"assignedTo": "HAN0"}), "task.assignedTo"),
        (person(task={"estateId": "OBJ0"}), "task.estateId"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    vitec: Any, errors_of: Any, sent: Any, field: str
) -> None:
    errors = errors_of(vitec.post(PATH, sent))
    assert field in errors
    assert all(text.endswith(".") for texts in errors.values() for text in texts)


def test_field_names_match_in_any_case_and_enum_members_by_number(vitec: Any) -> None:
    sent = person(GDPRApprovalDate="2026-03-01T00:00:00+01:00", obtainThrough=1, FirstName="Åtta")
    contact_id = vitec.post(PATH, sent).json()
    read = contact(vitec, contact_id)
    assert read["gdprApprovalDate"] == "2026-03-01T00:00:00"
    assert read["firstName"] == "Åtta"


def test_a_foreign_number_is_not_checked(vitec: Any) -> None:
    sent = person(socialSecurityNumber="AB-12", isForeignSocialSecurityNumber=True)
    assert vitec.post(PATH, sent).status_code == 200
