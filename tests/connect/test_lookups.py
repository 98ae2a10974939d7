from __future__ import annotations

import dataclasses
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from connect import lookups
from connect.enums import MatchingWatched
from connect.errors import OutcomeUnknown, Refused
from tests.connect.wire import Behaviour, Line, Server, answer, answering

OFFICE = {
    "archived": False,
    "customerId": "M31529",
    "officeId": "FIR31529",
    "name": "Vallby",
    "officeName": "Vallby Centrum",
    "customerName": "Vallby Mäkleri AB",
    "address": "Storgatan 1",
    "zipCode": "12345",
    "city": "Vallby",
    "telephone": "073-73 900 01",
    "emailAddress": None,
    "bankgiro": "BANK-CANARY",
    "somethingNew": {"x": 1},
}
USER = {
    "userId": "HAN1",
    "userName": "Karin Ek",
    "title": None,
    "emailAddress": "karin@vallby.example",
    "telePhone": "08-1",
    "cellPhone": None,
    "archived": False,
    "public": True,
    "allowLogOn": True,
    "customerId": ["M1", "M2", None, "M1"],
    "customerIdsWithSortOrder": [
        {"customerId": "M1", "officeId": "FIR1"},
        None,
        {"officeId": None},
    ],
    "bank": "BANK-CANARY",
    "cleringNumber": "BANK-CANARY",
    "account": "BANK-CANARY",
    "accountType": "BANK-CANARY",
    "iban": "BANK-CANARY",
    "swift": "BANK-CANARY",
    "comment": "BANK-CANARY",
}


def person_row(contact_id: str) -> dict[str, object]:
    return {
        "id": contact_id,
        "customerId": "M1",
        "type": "Person",
        "firstName": "Åsa",
        "lastName": contact_id,
        "socialSecurityNumber": "NUMBER-CANARY",
        "dateOfBirth": "1973-03-15T00:00:00",
        "telephone": {"home": None, "work": "", "cell": "073-73 900 01"},
        "email": {"emailAddress": "asa@example.com"},
        "address": {"streetAddress": "Storgatan 2", "zipCode": 12345, "city": "Vallby"},
        "agentId": "HAN1",
        "wantsToBeMatched": "yes",
        "advertisingEnabled": True,
        "isDeceased": None,
        "gdprApprovalDate": "2024-05-25T12:00:00.65",
        "note": "NOTE-CANARY",
    }


def _json(value: object) -> Behaviour:
    return answering(200, json.dumps(value).encode())


def test_it_reads_the_offices(client_for):
    with Server(_json([OFFICE, None, {}])) as server:
        first, empty = lookups.offices(client_for(server.url), "M31529")
    assert server.requests[0].target == "/Office/GetOffice?CustomerId=M31529"
    assert (first.customer_id, first.office_id) == ("M31529", "FIR31529")
    assert first.name == "Vallby Centrum"
    assert first.email_address == ""
    assert first.archived is False
    assert empty.customer_id == ""
    assert empty.sub_office is None


def test_it_reads_the_users_and_drops_their_bank_accounts(client_for):
    with Server(_json([USER])) as server:
        (user,) = lookups.users(client_for(server.url), "M1")
    assert server.requests[0].target == "/User/GetUser?CustomerId=M1"
    assert (user.user_id, user.name, user.title) == ("HAN1", "Karin Ek", "")
    assert user.customer_ids == ("M1", "M2")
    assert user.office_ids == ("FIR1",)
    assert user.may_log_on is True
    assert "CANARY" not in str(dataclasses.asdict(user))


def test_it_reads_the_user_groups(client_for):
    rows = [
        {
            "userGroupId": "G1",
            "name": "Bokarna",
            "customerIds": None,
            "users": [{"userId": "HAN1"}, {}],
        }
    ]
    with Server(_json(rows)) as server:
        groups = lookups.user_groups(client_for(server.url), "M/1")
    assert server.requests[0].target == "/CRM/Usergroups/M%2F1"
    assert groups == (lookups.UserGroup("G1", "Bokarna", (), ("HAN1",)),)


AREA = {
    "areaId": "STD1",
    "areaName": "Rissne",
    "county": 183,
    "archived": None,
    "polygon": None,
    "polygonWGS84": [{"longitud": 17.9, "latitud": "59.3"}, {"longitud": 18, "latitud": 59.4}],
}


def test_it_reads_the_areas(client_for):
    odd = [{"longitud": 1917.9, "latitud": 59.3}, {"longitud": None, "latitud": 59}]
    rows = [
        AREA,
        AREA | {"polygonWGS84": [], "polygon": AREA["polygonWGS84"]},
        *(AREA | {"polygonWGS84": [point]} for point in odd),
        {},
    ]
    with Server(_json(rows)) as server:
        first, other, *odd_ones = lookups.areas(client_for(server.url), "M1")
    assert server.requests[0].target == "/Area/GetAreas?CustomerId=M1"
    assert (first.area_id, first.name, first.county) == ("STD1", "Rissne", "183")
    assert first.polygon == other.polygon == ((17.9, 59.3), (18.0, 59.4))
    assert [area.polygon for area in odd_ones] == [(), (), ()]


def test_it_reads_the_municipalities(client_for):
    rows = [{"id": "7", "name": "Solna", "countyMunicipalityCode": "0184"}, {"id": 8}]
    with Server(_json(rows)) as server:
        first, second = lookups.municipalities(client_for(server.url), "M1")
    assert server.requests[0].target == "/Municipality?CustomerId=M1"
    assert first == lookups.Municipality("7", "Solna", "0184")
    assert second == lookups.Municipality("8", "", "")


@pytest.mark.parametrize("by_customer", [True, False])
def test_it_reads_the_extra_requirements_with_and_without_customers(client_for, by_customer):
    rows = [{"id": 401, "text": "Balkong", "validForTypes": ["condominium", 2, "Castle", None]}]
    answer = [{"customerId": "M1", "increasedRequirements": rows}, {}] if by_customer else rows
    with Server(_json(answer)) as server:
        first = lookups.extra_requirements(client_for(server.url), "M1")[0]
    assert server.requests[0].target == "/IncreasedRequirement/M1"
    assert (first.requirement_id, first.text) == ("401", "Balkong")
    assert first.valid_for_types == ("Condominium", "HousingCooperative", "Castle")


def test_it_reads_one_person(client_for):
    with Server(_json(person_row("ADR1"))) as server:
        person = lookups.person(client_for(server.url), "M1", "ADR1")
    assert server.requests[0].target == "/CRM/Contact/M1/Person/ADR1"
    assert person.name == "Åsa ADR1"
    assert (person.home_phone, person.cell_phone) == ("", "073-73 900 01")
    assert person.date_of_birth.isoformat() == "1973-03-15"
    assert person.zip_code == "12345"
    assert person.wants_to_be_matched is MatchingWatched.YES
    assert person.gdpr_approved_at.isoformat() == "2024-05-25T12:00:00.650000+02:00"
    # The note is looked through for words that protect, and shown nowhere.
    assert "CANARY" not in str(dataclasses.asdict(dataclasses.replace(person, note="")))
    assert "CANARY" not in repr(person)


def test_it_reads_a_person_of_nulls(client_for):
    row = dict.fromkeys(person_row("x"))
    with Server(_json({**row, "id": "ADR1", "dateOfBirth": "okänt"})) as server:
        person = lookups.person(client_for(server.url), "M1", "ADR1")
    assert person.contact_id == "ADR1"
    assert person.name == person.city == person.email_address == ""
    assert person.date_of_birth is person.wants_to_be_matched is person.deceased is None


def test_it_passes_on_that_a_person_is_gone(client_for):
    with Server(answering(404)) as server, pytest.raises(Refused) as caught:
        lookups.person(client_for(server.url), "M1", "ADR1")
    assert caught.value.status == 404


def _contacts(matches: list[dict[str, object]], missing: str = "") -> Behaviour:
    """Answers the search, and for persons those asked for, in the reverse order."""

    def behave(line: Line) -> None:
        while True:
            query = parse_qs(urlsplit(line.request().target).query)
            value: object = {"matches": matches}
            if "contactIds" in query:
                ids = query["contactIds"][0].split(",")
                value = [person_row(each) for each in reversed(ids) if each != missing]
            line.send(answer(200, json.dumps(value).encode()))

    return behave


def test_it_searches_contacts_and_reads_the_persons_in_batches_of_twenty(client_for):
    matches = [{"id": f"ADR{number}", "type": "Person"} for number in range(45)]
    with Server(_contacts(matches, missing="ADR3")) as server:
        found = lookups.search_contacts(client_for(server.url), "M1", " Åsa & co ", limit=42)
    assert [each.contact_id for each in found] == [f"ADR{n}" for n in range(42) if n != 3]
    search, *batches = [urlsplit(each.target) for each in server.requests]
    assert search.path == "/CRM/Contact/M1/Search"
    assert parse_qs(search.query) == {"Term": ["Åsa & co"], "MaxSize": ["50"]}
    assert [len(parse_qs(each.query)["contactIds"][0].split(",")) for each in batches] == [
        20,
        20,
        2,
    ]


def test_it_leaves_out_companies_and_doubles(client_for):
    matches = [
        {"id": "ADR1", "type": "Company"},
        {"id": "ADR2", "type": "person"},
        {"id": "ADR2", "type": "Person"},
        {"id": "ADR3", "type": "Estate"},
        {"id": "ADR4", "type": 0},
        {"id": "ADR5"},
        {"id": None, "type": "Person"},
    ]
    with Server(_contacts(matches)) as server:
        found = lookups.search_contacts(client_for(server.url), "M1", "Andersson")
    assert [each.contact_id for each in found] == ["ADR2", "ADR4", "ADR5"]


@pytest.mark.parametrize(("limit", "asked"), [(1, "50"), (50, "50"), (200, "200"), (9999, "1000")])
def test_it_asks_for_enough_matches_and_never_too_many(client_for, limit, asked):
    with Server(_contacts([])) as server:
        assert lookups.search_contacts(client_for(server.url), "M1", "Andersson", limit) == ()
    (search,) = server.requests
    assert parse_qs(urlsplit(search.target).query)["MaxSize"] == [asked]


def test_it_does_not_ask_vitec_for_less_than_five_characters(client_for):
    with Server(_json({})) as server, pytest.raises(ValueError, match="five characters"):
        lookups.search_contacts(client_for(server.url), "M1", " Åsa  ")
    assert server.connections == 0


def test_it_reads_the_users_who_are_not_public_too(client_for):
    with Server(_json([{**USER, "public": False}])) as server:
        (user,) = lookups.all_users(client_for(server.url), "M1")
    assert server.requests[0].target == "/User/GetAllUsers?CustomerId=M1"
    assert (user.name, user.public) == ("Karin Ek", False)
    assert "CANARY" not in repr(user)


def test_it_reads_the_categories_and_which_of_them_are_free_to_use(client_for):
    answer = {
        "personCategories": [
            {"id": 101, "name": "VIP", "readOnly": False},
            {"id": "102", "name": "Säljare", "readOnly": True},
            {"id": "103", "name": "Okänd"},
            "x",
        ],
        "companyCategories": [{"id": "201", "name": "Bank", "readOnly": False}],
    }
    with Server(_json(answer)) as server:
        found = lookups.categories(client_for(server.url), "M1")
    assert server.requests[0].target == "/Category/GetCategories?customerId=M1"
    assert found == (
        lookups.Category("101", "VIP", False, False),
        lookups.Category("102", "Säljare", True, False),
        lookups.Category("103", "Okänd", True, False),
        lookups.Category("201", "Bank", False, True),
    )


@pytest.mark.parametrize(
    ("look_up", "target"),
    [
        (lookups.tasks, "/Task/GetTasks?customerId=M1"),
        (lookups.intake_sources, "/CRM/Estate/M1/AssignmentSources"),
    ],
)
def test_it_reads_lists_of_an_id_and_a_text(client_for, look_up, target):
    with Server(_json([{"id": 6, "description": " Bank "}, {"id": None}, 7])) as server:
        found = look_up(client_for(server.url), "M1")
    assert server.requests[0].target == target
    assert found == (lookups.Named("6", "Bank"), lookups.Named("", ""))


@pytest.mark.parametrize("of_customers", [True, False])
def test_it_reads_the_custom_fields_with_and_without_a_customer_around_them(
    client_for, of_customers
):
    fields = [
        {"label": "Lånelöfte", "name": "lan", "type": "Boolean", "validFor": ["Person", None]},
        {"name": "bank", "type": None, "validFor": None},
    ]
    answer = [{"customerId": "M1", "fields": fields}] if of_customers else fields
    with Server(_json(answer)) as server:
        found = lookups.custom_fields(client_for(server.url), "M1")
    assert server.requests[0].target == "/CustomField/Get?customerId=M1"
    assert found == (
        lookups.CustomField("lan", "Lånelöfte", "Boolean", ("Person",)),
        lookups.CustomField("bank", "bank", "", ()),
    )


def test_it_reads_the_homes_by_what_the_lists_hold_and_not_by_their_names(client_for):
    home = {
        "id": "OBJ1",
        "streetAddress": "Storgatan 4",
        "areaName": "Rissne",
        "objectNumber": "11-1",
        "status": {"id": 3, "name": "Till salu"},
        "viewingsList": [{"startTime": "2026-11-23T13:00:00"}, {"startTime": "snart"}, None],
    }
    answer = [
        {"customerId": "M1", "houses": [home]},
        {"housingCooperativeses": [{"id": 2}, "x"], "plots": None},
        "x",
    ]
    with Server(_json(answer)) as server:
        first, second = lookups.estates(client_for(server.url), "M1")
    assert (server.requests[0].target, server.requests[0].body) == (
        "/Estate/GetEstateList",
        b'{"customerId":"M1"}',
    )
    assert (first.estate_id, first.street_address, first.area) == ("OBJ1", "Storgatan 4", "Rissne")
    assert (first.number, first.status_id, first.status) == ("11-1", "3", "Till salu")
    assert [start.isoformat() for start in first.viewing_starts] == ["2026-11-23T13:00:00+01:00"]
    assert (second.estate_id, second.street_address, second.viewing_starts) == ("2", "", ())


@pytest.mark.parametrize("value", [None, []])
def test_it_reads_an_empty_list(client_for, value):
    with Server(_json(value)) as server:
        assert lookups.users(client_for(server.url), "M1") == ()


@pytest.mark.parametrize(
    ("look_up", "value"),
    [
        (lambda client: lookups.offices(client, "M1"), {"message": "fel"}),
        (lambda client: lookups.users(client, "M1"), "fel"),
        (lambda client: lookups.user_groups(client, "M1"), 17),
        (lambda client: lookups.person(client, "M1", "ADR1"), [person_row("ADR1")]),
        (lambda client: lookups.person(client, "M1", "ADR1"), None),
        (lambda client: lookups.search_contacts(client, "M1", "Andersson"), []),
        (lambda client: lookups.categories(client, "M1"), []),
        (lambda client: lookups.tasks(client, "M1"), {}),
        (lambda client: lookups.estates(client, "M1"), {"houses": []}),
    ],
)
def test_it_reads_no_other_shape(client_for, look_up, value):
    with Server(_json(value)) as server, pytest.raises(OutcomeUnknown) as caught:
        look_up(client_for(server.url))
    assert caught.value.cause == "shape"
    assert caught.value.text == ""
