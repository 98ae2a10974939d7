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
    assert "CANARY" not in str(dataclasses.asdict(person))


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
    ],
)
def test_it_reads_no_other_shape(client_for, look_up, value):
    with Server(_json(value)) as server, pytest.raises(OutcomeUnknown) as caught:
        look_up(client_for(server.url))
    assert caught.value.cause == "shape"
    assert caught.value.text == ""
