"""Reading the lists that forms offer, so that nobody types an id: offices, users, contacts.

All are reads and may be repeated. Each raises what `Client.send` raises, and OutcomeUnknown with
the cause `shape` when the answer is JSON of another shape than documented.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from connect import rows
from connect.calls import Answer, Call, Endpoint, Reply
from connect.client import Client
from connect.enums import ContactClassType, MatchingWatched, read
from connect.errors import OutcomeUnknown

TERM_LENGTH = 5
"""Vitec searches from five characters."""

PERSONS_PER_CALL = 20
_MATCHES = (50, 1000)

OFFICES = Endpoint(
    key="lookups.offices",
    method="GET",
    path="Office/GetOffice",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET Office/GetOffice",
)
USERS = Endpoint(
    key="lookups.users",
    method="GET",
    path="User/GetUser",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET User/GetUser",
)
USER_GROUPS = Endpoint(
    key="lookups.user_groups",
    method="GET",
    path="CRM/Usergroups/{customer_id}",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Usergroups/{customerId}",
)
CONTACT_SEARCH = Endpoint(
    key="lookups.contact_search",
    method="GET",
    path="CRM/Contact/{customer_id}/Search",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/Search",
)
PERSONS = Endpoint(
    key="lookups.persons",
    method="GET",
    path="CRM/Contact/{customer_id}/Person",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/Person?contactIds",
)
PERSON = Endpoint(
    key="lookups.person",
    method="GET",
    path="CRM/Contact/{customer_id}/Person/{contact_id}",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CRM/Contact/{customerId}/Person/{contactId}",
)


@dataclasses.dataclass(frozen=True)
class Office:
    """An office. customer_id (`M…`) goes into calls; office_id (`FIR…`) is another id."""

    customer_id: str
    office_id: str
    name: str
    customer_name: str
    street_address: str
    zip_code: str
    city: str
    telephone: str
    email_address: str
    archived: bool | None
    sub_office: bool | None


@dataclasses.dataclass(frozen=True)
class User:
    """A public user. Vitec sends bank account fields along; they end here."""

    user_id: str
    name: str
    title: str
    email_address: str
    telephone: str
    cell_phone: str
    archived: bool | None
    public: bool | None
    may_log_on: bool | None
    customer_ids: tuple[str, ...]
    office_ids: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class UserGroup:
    group_id: str
    name: str
    customer_ids: tuple[str, ...]
    user_ids: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Person:
    """A contact who is a person, as far as choosing one needs it.

    The personal number and the note, which Vitec sends along, end here.
    gdpr_approved_at: when the person was informed, in Europe/Stockholm.
    """

    contact_id: str
    customer_id: str
    first_name: str
    last_name: str
    date_of_birth: datetime.date | None
    home_phone: str
    work_phone: str
    cell_phone: str
    other_phone: str
    email_address: str
    street_address: str
    zip_code: str
    city: str
    agent_id: str
    wants_to_be_matched: MatchingWatched | str | None
    wants_advertising: bool | None
    deceased: bool | None
    gdpr_approved_at: datetime.datetime | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def offices(client: Client, customer_id: str) -> tuple[Office, ...]:
    """The offices of a customer id; a group id (`G…`) may give several."""
    call = OFFICES.call(query={"CustomerId": customer_id})
    return tuple(_office(row) for row in _rows(client.send(call)))


def users(client: Client, customer_id: str) -> tuple[User, ...]:
    """The public users of a customer id, archived ones included."""
    call = USERS.call(query={"CustomerId": customer_id})
    return tuple(_user(row) for row in _rows(client.send(call)))


def user_groups(client: Client, customer_id: str) -> tuple[UserGroup, ...]:
    call = USER_GROUPS.call({"customer_id": customer_id})
    return tuple(_user_group(row) for row in _rows(client.send(call)))


def search_contacts(
    client: Client, customer_id: str, term: str, limit: int = 50
) -> tuple[Person, ...]:
    """At most `limit` persons for a name, e-mail or number, in Vitec's order.

    Two calls or more: Vitec's search answers with ids only, and persons come twenty at a time.
    Companies and estates of the deceased are left out. Raises ValueError for a term of fewer than
    five characters, which Vitec refuses.
    """
    wanted = term.strip()
    if len(wanted) < TERM_LENGTH:
        raise ValueError("Vitec searches contacts from five characters.")
    ids = _person_ids(client.send(_search_call(customer_id, wanted, limit)))[: max(limit, 0)]
    return persons(client, customer_id, ids)


def persons(client: Client, customer_id: str, ids: Sequence[str]) -> tuple[Person, ...]:
    """The persons with these ids, in their order; who is not known is left out."""
    found: dict[str, Person] = {}
    for start in range(0, len(ids), PERSONS_PER_CALL):
        batch = ids[start : start + PERSONS_PER_CALL]
        call = PERSONS.call({"customer_id": customer_id}, query={"contactIds": ",".join(batch)})
        found |= {row.contact_id: row for row in map(_person, _rows(client.send(call)))}
    return tuple(found[contact_id] for contact_id in ids if contact_id in found)


def person(client: Client, customer_id: str, contact_id: str) -> Person:
    """One person. An unknown id, or one merged into another contact, is Refused with 404."""
    places = {"customer_id": customer_id, "contact_id": contact_id}
    return _person(_object(client.send(PERSON.call(places))))


def _search_call(customer_id: str, term: str, limit: int) -> Call:
    least, most = _MATCHES
    # More than the limit, as companies among the matches are left out afterwards.
    query = {"Term": term, "MaxSize": min(max(limit, least), most)}
    return CONTACT_SEARCH.call({"customer_id": customer_id}, query=query)


def _person_ids(reply: Reply) -> Sequence[str]:
    matches = rows.children(_object(reply), "matches")
    ids = [rows.text(match, "id") for match in matches if _may_be_person(match)]
    return list(dict.fromkeys(contact_id for contact_id in ids if contact_id))


def _may_be_person(match: rows.Row) -> bool:
    kind = read(ContactClassType, match.get("type"))
    return kind is None or kind is ContactClassType.PERSON


def _rows(reply: Reply) -> tuple[rows.Row, ...]:
    if reply.value is None:
        return ()
    if not isinstance(reply.value, list):
        raise _wrong_shape(reply)
    return rows.children({"rows": reply.value}, "rows")


def _object(reply: Reply) -> dict[str, Any]:
    if not isinstance(reply.value, dict):
        raise _wrong_shape(reply)
    return reply.value


def _wrong_shape(reply: Reply) -> OutcomeUnknown:
    return OutcomeUnknown(
        status=reply.status,
        cause="shape",
        milliseconds=reply.milliseconds,
        request_id=reply.request_id,
    )


def _office(row: rows.Row) -> Office:
    return Office(
        customer_id=rows.text(row, "customerId"),
        office_id=rows.text(row, "officeId"),
        name=rows.text(row, "officeName") or rows.text(row, "name"),
        customer_name=rows.text(row, "customerName"),
        street_address=rows.text(row, "address"),
        zip_code=rows.text(row, "zipCode"),
        city=rows.text(row, "city"),
        telephone=rows.text(row, "telephone"),
        email_address=rows.text(row, "emailAddress"),
        archived=rows.flag(row, "archived"),
        sub_office=rows.flag(row, "subOffice"),
    )


def _user(row: rows.Row) -> User:
    places = rows.children(row, "customerIdsWithSortOrder")
    return User(
        user_id=rows.text(row, "userId"),
        name=rows.text(row, "userName"),
        title=rows.text(row, "title"),
        email_address=rows.text(row, "emailAddress"),
        telephone=rows.text(row, "telePhone"),
        cell_phone=rows.text(row, "cellPhone"),
        archived=rows.flag(row, "archived"),
        public=rows.flag(row, "public"),
        may_log_on=rows.flag(row, "allowLogOn"),
        customer_ids=rows.texts(row, "customerId"),
        office_ids=_ids(places, "officeId"),
    )


def _user_group(row: rows.Row) -> UserGroup:
    return UserGroup(
        group_id=rows.text(row, "userGroupId"),
        name=rows.text(row, "name"),
        customer_ids=rows.texts(row, "customerIds"),
        user_ids=_ids(rows.children(row, "users"), "userId"),
    )


def _ids(found: Sequence[rows.Row], key: str) -> tuple[str, ...]:
    ids = (rows.text(row, key) for row in found)
    return tuple(dict.fromkeys(value for value in ids if value))


def _person(row: rows.Row) -> Person:
    telephone = rows.child(row, "telephone")
    address = rows.child(row, "address")
    born = rows.moment(row, "dateOfBirth")
    return Person(
        contact_id=rows.text(row, "id"),
        customer_id=rows.text(row, "customerId"),
        first_name=rows.text(row, "firstName"),
        last_name=rows.text(row, "lastName"),
        date_of_birth=born.date() if born else None,
        home_phone=rows.text(telephone, "home"),
        work_phone=rows.text(telephone, "work"),
        cell_phone=rows.text(telephone, "cell"),
        other_phone=rows.text(telephone, "other"),
        email_address=rows.text(rows.child(row, "email"), "emailAddress"),
        street_address=rows.text(address, "streetAddress"),
        zip_code=rows.text(address, "zipCode"),
        city=rows.text(address, "city"),
        agent_id=rows.text(row, "agentId"),
        wants_to_be_matched=read(MatchingWatched, row.get("wantsToBeMatched")),
        wants_advertising=rows.flag(row, "advertisingEnabled"),
        deceased=rows.flag(row, "isDeceased"),
        gdpr_approved_at=rows.moment(row, "gdprApprovalDate"),
    )
