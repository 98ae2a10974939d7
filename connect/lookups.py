"""Reading the lists that forms offer, so that nobody types an id: offices, users, areas, contacts.

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
from connect.enums import ContactClassType, EstateClassType, MatchingWatched, read
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
AREAS = Endpoint(
    key="lookups.areas",
    method="GET",
    path="Area/GetAreas",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET Area/GetAreas",
)
MUNICIPALITIES = Endpoint(
    key="lookups.municipalities",
    method="GET",
    path="Municipality",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET Municipality",
)
EXTRA_REQUIREMENTS = Endpoint(
    key="lookups.extra_requirements",
    method="GET",
    path="IncreasedRequirement/{customer_id}",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET IncreasedRequirement/{customerId}",
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

ALL_USERS = Endpoint(
    key="lookups.all_users",
    method="GET",
    path="User/GetAllUsers",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET User/GetAllUsers",
)
CATEGORIES = Endpoint(
    key="lookups.categories",
    method="GET",
    path="Category/GetCategories",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET Category/GetCategories",
)
TASKS = Endpoint(
    key="lookups.tasks",
    method="GET",
    path="Task/GetTasks",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET Task/GetTasks",
)
INTAKE_SOURCES = Endpoint(
    key="lookups.intake_sources",
    method="GET",
    path="CRM/Estate/{customer_id}/AssignmentSources",
    answer=Answer.JSON,
    writes=False,
    source="OpenAPI 2020, GET CRM/Estate/{customerId}/AssignmentSources",
)
CUSTOM_FIELDS = Endpoint(
    key="lookups.custom_fields",
    method="GET",
    path="CustomField/Get",
    answer=Answer.JSON,
    writes=False,
    source="Help page GET CustomField/Get",
)
ESTATES = Endpoint(
    key="lookups.estates",
    method="POST",
    path="Estate/GetEstateList",
    answer=Answer.JSON,
    writes=False,
    source="OpenAPI 2020, POST Estate/GetEstateList",
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
class Area:
    """A named area. county: LK code. polygon: (longitude, latitude), as Vitec has it, or ()."""

    area_id: str
    name: str
    county: str
    polygon: tuple[tuple[float, float], ...]
    archived: bool | None


@dataclasses.dataclass(frozen=True)
class Municipality:
    """code: county and municipality (LK) as Vitec writes it."""

    municipality_id: str
    name: str
    code: str


@dataclasses.dataclass(frozen=True)
class ExtraRequirement:
    """valid_for_types: members of `EstateClassType`, unknown ones as they came."""

    requirement_id: str
    text: str
    valid_for_types: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Person:
    """A contact who is a person, as far as choosing one needs it.

    The personal number, which Vitec sends along, ends here. note: asked for words that mean
    protected identity, and kept nowhere.
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
    note: str = dataclasses.field(default="", repr=False)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclasses.dataclass(frozen=True)
class Category:
    """A category of contacts. of_companies: for companies, not for persons.

    read_only: Vitec sets it by itself; a write must never name it.
    """

    category_id: str
    name: str
    read_only: bool
    of_companies: bool


@dataclasses.dataclass(frozen=True)
class Named:
    """A row of a list that has an id and a text, and no more."""

    row_id: str
    name: str


@dataclasses.dataclass(frozen=True)
class CustomField:
    """A field that the office has made for itself. name: its key in calls; label: for people."""

    name: str
    label: str
    kind: str
    valid_for: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Estate:
    """A home. viewing_starts: when its viewings begin, as far as the list tells."""

    estate_id: str
    street_address: str
    area: str
    number: str
    status_id: str
    status: str
    viewing_starts: tuple[datetime.datetime, ...]


def offices(client: Client, customer_id: str) -> tuple[Office, ...]:
    """The offices of a customer id; a group id (`G…`) may give several."""
    call = OFFICES.call(query={"CustomerId": customer_id})
    return tuple(_office(row) for row in _rows(client.send(call)))


def users(client: Client, customer_id: str) -> tuple[User, ...]:
    """The public users of a customer id, archived ones included."""
    call = USERS.call(query={"CustomerId": customer_id})
    return tuple(_user(row) for row in _rows(client.send(call)))


def all_users(client: Client, customer_id: str) -> tuple[User, ...]:
    """All users, also staff who are not public: assistants and bookers."""
    call = ALL_USERS.call(query={"CustomerId": customer_id})
    return tuple(_user(row) for row in _rows(client.send(call)))


def user_groups(client: Client, customer_id: str) -> tuple[UserGroup, ...]:
    call = USER_GROUPS.call({"customer_id": customer_id})
    return tuple(_user_group(row) for row in _rows(client.send(call)))


def areas(client: Client, customer_id: str) -> tuple[Area, ...]:
    """The areas of a customer id, archived ones included."""
    call = AREAS.call(query={"CustomerId": customer_id})
    return tuple(_area(row) for row in _rows(client.send(call)))


def municipalities(client: Client, customer_id: str) -> tuple[Municipality, ...]:
    call = MUNICIPALITIES.call(query={"CustomerId": customer_id})
    return tuple(_municipality(row) for row in _rows(client.send(call)))


def extra_requirements(client: Client, customer_id: str) -> tuple[ExtraRequirement, ...]:
    """The extra requirements of a customer id; the answer has an element a customer."""
    call = EXTRA_REQUIREMENTS.call({"customer_id": customer_id})
    customers = _rows(client.send(call))
    found = (row for customer in customers for row in _requirements(customer))
    return tuple(_extra_requirement(row) for row in found)


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


def categories(client: Client, customer_id: str) -> tuple[Category, ...]:
    """Of persons first, then of companies; those that are read only included."""
    found = _object(client.send(CATEGORIES.call(query={"customerId": customer_id})))
    lists = (("personCategories", False), ("companyCategories", True))
    return tuple(
        _category(row, of_companies)
        for key, of_companies in lists
        for row in rows.children(found, key)
    )


def tasks(client: Client, customer_id: str) -> tuple[Named, ...]:
    """The predefined tasks that a write may hand out."""
    call = TASKS.call(query={"customerId": customer_id})
    return tuple(_described(row) for row in _rows(client.send(call)))


def intake_sources(client: Client, customer_id: str) -> tuple[Named, ...]:
    """Where assignments come from. The ids are text here, and numbers in meetings."""
    call = INTAKE_SOURCES.call({"customer_id": customer_id})
    return tuple(_described(row) for row in _rows(client.send(call)))


def custom_fields(client: Client, customer_id: str) -> tuple[CustomField, ...]:
    """The answer has an element a customer, or the fields themselves."""
    found = _rows(client.send(CUSTOM_FIELDS.call(query={"customerId": customer_id})))
    listed = [
        row
        for element in found
        for row in (rows.children(element, "fields") if "fields" in element else (element,))
    ]
    return tuple(_custom_field(row) for row in listed)


def estates(client: Client, customer_id: str) -> tuple[Estate, ...]:
    """Every home: an element a customer, in it a list a kind of home.

    The lists are taken by what they hold, since their names are misspelt here and there.
    """
    customers = _rows(client.send(ESTATES.call(body={"customerId": customer_id})))
    found = (
        row for customer in customers for kind in customer for row in rows.children(customer, kind)
    )
    return tuple(_estate(row) for row in found)


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


def _area(row: rows.Row) -> Area:
    return Area(
        area_id=rows.text(row, "areaId"),
        name=rows.text(row, "areaName"),
        county=rows.text(row, "county"),
        polygon=_polygon(row, "polygonWGS84") or _polygon(row, "polygon"),
        archived=rows.flag(row, "archived"),
    )


def _polygon(row: rows.Row, key: str) -> tuple[tuple[float, float], ...]:
    """Its points in degrees; none at all when one of them is no place on the globe."""
    points = rows.children(row, key)
    pairs = [(rows.number(point, "longitud"), rows.number(point, "latitud")) for point in points]
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    whole = len(known) == len(pairs) and all(abs(x) <= 180 and abs(y) <= 90 for x, y in known)
    return tuple(known) if whole else ()


def _municipality(row: rows.Row) -> Municipality:
    return Municipality(
        municipality_id=rows.text(row, "id"),
        name=rows.text(row, "name"),
        code=rows.text(row, "countyMunicipalityCode"),
    )


def _requirements(customer: rows.Row) -> Sequence[rows.Row]:
    """Of a customer's element, or the element itself where the list comes without customers."""
    if "increasedRequirements" in customer:
        return rows.children(customer, "increasedRequirements")
    return [customer]


def _extra_requirement(row: rows.Row) -> ExtraRequirement:
    types = (read(EstateClassType, name) for name in rows.texts(row, "validForTypes"))
    return ExtraRequirement(
        requirement_id=rows.text(row, "id"),
        text=rows.text(row, "text"),
        valid_for_types=tuple(str(name) for name in types if name),
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
        note=rows.text(row, "note"),
    )


def _category(row: rows.Row, of_companies: bool) -> Category:
    # What is not said to be free to use is not offered.
    return Category(
        category_id=rows.text(row, "id"),
        name=rows.text(row, "name"),
        read_only=rows.flag(row, "readOnly") is not False,
        of_companies=of_companies,
    )


def _described(row: rows.Row) -> Named:
    return Named(rows.text(row, "id"), rows.text(row, "description") or rows.text(row, "name"))


def _custom_field(row: rows.Row) -> CustomField:
    return CustomField(
        name=rows.text(row, "name"),
        label=rows.text(row, "label") or rows.text(row, "name"),
        kind=rows.text(row, "type"),
        valid_for=rows.texts(row, "validFor"),
    )


def _estate(row: rows.Row) -> Estate:
    status = rows.child(row, "status")
    starts = (rows.moment(item, "startTime") for item in rows.children(row, "viewingsList"))
    return Estate(
        estate_id=rows.text(row, "id"),
        street_address=rows.text(row, "streetAddress"),
        area=rows.text(row, "areaName"),
        number=rows.text(row, "objectNumber"),
        status_id=rows.text(status, "id"),
        status=rows.text(status, "name"),
        viewing_starts=tuple(start for start in starts if start),
    )
