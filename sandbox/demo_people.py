"""Demo data: two offices, their staff and groups, and the contacts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from random import Random

from sandbox.clock import bare
from sandbox.demo_lists import at
from sandbox.demo_names import (
    FIRST_NAMES,
    LAST_NAMES,
    PERSONAL_NUMBERS,
    STREETS,
    email,
    landline,
    mobile,
    plain,
)
from sandbox.store import Doc
from sandbox.vocabulary import OBTAIN_THROUGH

CONTACTS_PER_OFFICE = 215


@dataclass(frozen=True)
class Place:
    """Where an office stands, and what its data is made of."""

    customer_id: str
    office_id: str
    name: str
    city: str
    zip_code: str
    area_code: str
    county: str
    longitude: float
    latitude: float


PLACES = (
    Place(
        "M30011",
        "FIR30011",
        "Vikens Mäkleri Sundbyberg",
        "Sundbyberg",
        "172 31",
        "08",
        "0183",
        17.971,
        59.361,
    ),
    Place(
        "M30012",
        "FIR30012",
        "Vikens Mäkleri Solna",
        "Solna",
        "169 51",
        "08",
        "0184",
        18.002,
        59.364,
    ),
)

# The first broker of the first office also works at the second one, as happens in real data.
_STAFF = (
    ("Fastighetsmäklare", 7, True),
    ("Kontorschef/Reg. fastighetsmäklare", 1, True),
    ("Mäklarassistent", 2, False),
    ("Bokare", 1, False),
)


def ident(prefix: str, *parts: object) -> str:
    """Return an opaque id that is the same at every start: *prefix* and 32 hexadecimal digits."""
    text = "|".join(["vitec", prefix, *map(str, parts)])
    return prefix + sha256(text.encode()).hexdigest()[:32].upper()


def offices(today: date) -> Iterator[Doc]:
    """Yield the offices in the shape of Office/GetOffice."""
    for number, place in enumerate(PLACES, 1):
        yield {
            "archived": False,
            "customerId": place.customer_id,
            "officeId": place.office_id,
            "name": place.name,
            "customerName": place.name,
            "legalCustomerName": f"{place.name} AB",
            "address": f"Strandpromenaden {number * 4}",
            "postalAddress": f"Strandpromenaden {number * 4}",
            "zipCode": place.zip_code,
            "city": place.city,
            "telephone": f"08-465 004 0{number}",
            "companyPlace": place.city,
            "emailAddress": f"{plain(place.city)}@example.se",
            "homePage": "https://www.example.se",
            "description": None,
            "corporateNumber": None,
            "bankgiro": None,
            "postalgiro": None,
            "vat": None,
            "taxCertificate": None,
            "coordinate": {"longitud": place.longitude, "latitud": place.latitude},
            "region": number,
            "officeNumber": number,
            "officeName": place.name,
            "chain": {"id": "G701", "name": "Vikens Mäkleri"},
            "dateChanged": bare(at(today - timedelta(days=40), 9, 12)),
            "primaryLeadReceiverId": ident("HAN", place.customer_id, 0),
            "subOffice": False,
            "groups": [{"id": "G702", "name": "Vikens alla kontor"}],
        }


def users(rng: Random, today: date) -> Iterator[Doc]:
    """Yield the staff in the shape of User/GetUser, bank account fields filled in included."""
    for place in PLACES:
        posts = [(title, public) for title, count, public in _STAFF for _ in range(count)]
        for number, (title, public) in enumerate(posts):
            first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
            doc = _user(rng, place, number, f"{first} {last}", today)
            doc.update(title=title, public=public, emailAddress=_staff_email(first, last))
            doc["archived"] = number == 6
            yield doc


def _staff_email(first: str, last: str) -> str:
    return f"{plain(first)}.{plain(last)}@example.se"


def _user(rng: Random, place: Place, number: int, name: str, today: date) -> Doc:
    both = place is PLACES[0] and number == 0
    places = PLACES if both else (place,)
    cell = mobile(rng)
    return {
        "archived": False,
        "public": True,
        "userId": ident("HAN", place.customer_id, number),
        "customerId": [home.customer_id for home in places],
        "orderNumber": number + 1,
        "userName": name,
        "department": None,
        "category": None,
        "title": None,
        "extraTitle": None,
        "allowLogOn": True,
        "emailAddress": None,
        "telePhone": landline(rng, place.area_code),
        "cellPhone": cell,
        "directPhonenumbers": [],
        "publicPhonenumber": cell,
        "spokenLanguages": rng.sample(["Svenska", "Engelska", "Arabiska", "Polska", "Finska"], 2),
        **_bank(number),
        "comment": None,
        "image": None,
        "publishedOnOffice": [home.customer_id for home in places],
        "internalEmployeeNumber": 100 + number,
        "externalUserId": None,
        "customerIdsWithSortOrder": [_desk(home, place, number) for home in places],
        "dateChanged": bare(at(today - timedelta(days=rng.randrange(5, 300)), 13, 5)),
        "subOffices": [],
        "reviews": [],
    }


def _bank(number: int) -> Doc:
    return {
        "bank": "Övningsbanken",
        "cleringNumber": "0000",
        "account": f"000 000 {number:03d}",
        "accountType": "Klientmedelskonto",
        "iban": f"SE00 0000 0000 0000 0000 0{number:03d}",
        "swift": "OVNGSESS",
    }


def _desk(home: Place, main: Place, number: int) -> Doc:
    return {
        "customerId": home.customer_id,
        "orderNumber": number + 1,
        "mainBusiness": home is main,
        "officeId": home.office_id,
    }


def groups() -> Iterator[Doc]:
    """Yield the user groups in the shape of CRM/Usergroups."""
    for place in PLACES:
        for name, members in (("Säljteam Norr", range(4)), ("Innesälj och bokning", range(8, 11))):
            yield {
                "userGroupId": ident("GRP", place.customer_id, name),
                "customerIds": [place.customer_id],
                "name": name,
                "users": [{"userId": ident("HAN", place.customer_id, n)} for n in members],
            }
    yield {
        "userGroupId": ident("GRP", "all"),
        "customerIds": [place.customer_id for place in PLACES],
        "name": "Nyproduktion båda kontoren",
        "users": [{"userId": ident("HAN", PLACES[0].customer_id, 0)}],
    }


def contacts(rng: Random, today: date) -> Iterator[Doc]:
    """Yield the contacts in the sandbox's own shape (see ``sandbox.persons``)."""
    for place in PLACES:
        for number in range(CONTACTS_PER_OFFICE):
            yield _contact(rng, place, number, today)


def _contact(rng: Random, place: Place, number: int, today: date) -> Doc:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    changed = today - timedelta(days=rng.randrange(1, 500))
    informed = rng.choice((None, at(changed, 0)))
    doc: Doc = {
        "id": ident("ADR", place.customer_id, number),
        "customerId": place.customer_id,
        "type": "Person",
        "firstName": first,
        "lastName": last,
        "socialSecurityNumber": _personal_number(place, number),
        "isForeignSocialSecurityNumber": False,
        "telePhone": landline(rng, _home_code(rng, place)) if rng.random() < 0.35 else None,
        "workPhone": landline(rng, place.area_code) if rng.random() < 0.1 else None,
        "cellPhone": mobile(rng) if rng.random() < 0.92 else None,
        "otherPhone": None,
        "email": {"emailAddress": email(rng, first, last), "emailAddress2": None},
        "address": _address(rng, place),
        "coordinate": None,
        "approval": None,
        "approvalDate": None,
        "gdprApprovalDate": bare(informed) if informed else None,
        "obtainThrough": rng.choice(list(OBTAIN_THROUGH)) if informed else None,
        "categoryIds": sorted(rng.sample(["101", "102", "103", "104", "105"], rng.randrange(3))),
        "userId": ident("HAN", place.customer_id, rng.randrange(8)) if rng.random() < 0.7 else None,
        "wishAdvertising": rng.random() < 0.4,
        "note": rng.choice((None, None, None, "Ringer helst efter kl. 16.", "Söker större.")),
        "customFields": {},
        "leadScore": rng.choice((None, 1, 2, 3, 4, 5)),
        "watched": rng.choice(("Yes", "No", "NotAsked")),
        "createdAt": bare(at(changed - timedelta(days=rng.randrange(900)), 11, 46)),
        "changedAt": bare(at(changed, rng.randrange(8, 18), rng.randrange(60))),
    }
    return _other_kind(doc, place, number)


def _home_code(rng: Random, place: Place) -> str:
    return rng.choice((*[place.area_code] * 5, "031", "040", "0980"))


def _personal_number(place: Place, number: int) -> str | None:
    # A few contacts of each office, no number twice.
    index = number // 20 + (0 if place is PLACES[0] else 8)
    return PERSONAL_NUMBERS[index] if number % 20 == 3 and number < 160 else None


def _address(rng: Random, place: Place) -> Doc:
    return {
        "streetAddress": f"{rng.choice(STREETS)} {rng.randrange(1, 90)}",
        "zipCode": f"{place.zip_code[:4]}{rng.randrange(20, 99)}",
        "city": place.city,
        "countryCode": rng.choice(("SE", None)),
    }


def _other_kind(doc: Doc, place: Place, number: int) -> Doc:
    """Turn a few of the contacts into companies and deceased's estates."""
    if number % 70 == 69:
        doc.update(type="Company", firstName=None, lastName=f"Övningsbolaget {number} AB")
        doc["email"] = {"emailAddress": f"bolaget{number}@example.se", "emailAddress2": None}
    elif number % 70 == 68:
        doc.update(type="DeceasedEstate", lastName=f"{doc['lastName']}, dödsbo")
    return doc
