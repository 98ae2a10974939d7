"""Finding and reading contacts; the read model has other names than the write model."""

from sandbox.calls import Answer, Call, ok
from sandbox.clock import read_moment
from sandbox.demo_lists import PERSON_CATEGORIES
from sandbox.persons import PHONES, bare_personal_number, bare_phone
from sandbox.problems import invalid_field, not_found
from sandbox.store import Doc

MOST_IDS = 20
_SHORTEST_TERM = 5
_CLASS_TYPES = {"Person": "Person", "Company": "Company", "DeceasedEstate": "Estate"}
_LISTS = {"Person": "persons", "Company": "companies", "DeceasedEstate": "deceasedEstates"}


def search(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/Search: ids and scores only, the best first."""
    customer_id = call.customer()
    term = call.required("Term")
    if len(term) < _SHORTEST_TERM:
        raise invalid_field("Term", f"Sökordet måste ha minst {_SHORTEST_TERM} tecken.")
    size = call.whole("MaxSize", 50, 1, 1000)
    scored = [(_score(doc, term), doc) for doc in call.store.of("contacts", customer_id)]
    hits = sorted((hit for hit in scored if hit[0]), key=lambda hit: -hit[0])[:size]
    return ok({"matches": [_match(doc) | {"score": score} for score, doc in hits]})


def _match(doc: Doc) -> Doc:
    return {
        "id": doc["id"],
        "changedAt": doc["changedAt"],
        "customerId": doc["customerId"],
        "type": _CLASS_TYPES[doc["type"]],
    }


def _score(doc: Doc, term: str) -> float:
    """Return how well a contact fits: 0 not at all, 1 for part of a name, 2 for a whole value."""
    text = term.strip().casefold()
    emails = [value.casefold() for value in doc["email"].values() if value]
    if text in emails or text == _name(doc):
        return 2.0
    digits = bare_phone(term)
    if len(digits) >= _SHORTEST_TERM and not any(letter.isalpha() for letter in term):
        return _score_digits(doc, digits)
    words = _name(doc).split()
    named = all(any(word.startswith(part) for word in words) for part in text.split())
    return 1.0 if named or any(text in value for value in emails) else 0.0


def _score_digits(doc: Doc, digits: str) -> float:
    phones = [bare_phone(doc[name]) for name in PHONES]
    number = bare_personal_number(doc["socialSecurityNumber"])
    if digits in phones or (number and number == digits[-10:]):
        return 2.0
    return 1.0 if any(digits in value for value in phones) else 0.0


def _name(doc: Doc) -> str:
    return " ".join(filter(None, (doc["firstName"], doc["lastName"]))).casefold()


def search_personal_number(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/search/SocialNumber (10 to 13 characters)."""
    customer_id = call.customer()
    number = call.required("SocialNumber")
    if not 10 <= len(number) <= 13:
        raise invalid_field("SocialNumber", "Personnumret ska ha 10 till 13 tecken.")
    size = call.whole("MaxSize", 50, 1, 1000)
    wanted = bare_personal_number(number)
    found = [
        {
            "id": doc["id"],
            "changedAt": doc["changedAt"],
            "customerId": customer_id,
            "contactClassTypes": [_CLASS_TYPES[doc["type"]]],
        }
        for doc in call.store.of("contacts", customer_id)
        if bare_personal_number(doc["socialSecurityNumber"]) == wanted
    ]
    return ok({"matches": found[:size]})


def by_phone(call: Call) -> Answer:
    """GET Contacts/GetContactsWithPhonenumber, any spelling of the number."""
    number = bare_phone(call.required("phoneNumber"))
    answers = []
    for customer_id in call.query_customers():
        ids = [
            doc["id"]
            for doc in call.store.of("contacts", customer_id)
            if number and number in {bare_phone(doc[name]) for name in PHONES}
        ]
        if ids:
            answers.append({"customerId": customer_id, "contactIds": ids})
    return ok(answers)


def contact_ids(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}: ids by kind, filtered by agent, dates and lead score."""
    found: dict[str, list[Doc]] = {name: [] for name in _LISTS.values()}
    for doc in call.store.of("contacts", call.customer()):
        if _wanted(call, doc):
            row = {name: doc[name] for name in ("id", "changedAt", "customerId")}
            found[_LISTS[doc["type"]]].append(row)
    return ok(found)


def _wanted(call: Call, doc: Doc) -> bool:
    agent, score = call.query.get("agentid"), call.query.get("leadscore")
    if agent and doc["userId"] != agent:
        return False
    if score and str(doc["leadScore"]) != score:
        return False
    return _within(call, doc, "createdAt") and _within(call, doc, "changedAt")


def _within(call: Call, doc: Doc, name: str) -> bool:
    moment = read_moment(doc[name])
    try:
        least, most = (call.query.get(f"{name}{end}".lower()) for end in ("From", "To"))
        return (not least or read_moment(least) <= moment) and (
            not most or moment <= read_moment(most)
        )
    except ValueError as error:
        raise invalid_field(name, "Datumet kan inte tolkas.") from error


def persons(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/Person?contactIds=a,b,…; unknown ids are left out."""
    customer_id = call.customer()
    wanted = [part.strip() for part in call.required("contactIds").split(",") if part.strip()]
    if len(wanted) > MOST_IDS:
        raise invalid_field("contactIds", f"Högst {MOST_IDS} id:n kan anges.")
    docs = [call.store.get("contacts", contact_id) for contact_id in wanted]
    return ok([_person(d) for d in docs if d and d["customerId"] == customer_id])


def person(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/Person/{contactId}."""
    doc = call.known("contacts", call.params["contactId"], "Kontakten")
    if doc["type"] != "Person":
        raise not_found("Kontakten är ingen person.")
    return ok(_person(doc))


def contact(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/{contactId}: a person, company or deceased's estate."""
    doc = call.known("contacts", call.params["contactId"], "Kontakten")
    return ok(_person(doc) if doc["type"] == "Person" else _common(doc))


def _person(doc: Doc) -> Doc:
    number = doc["socialSecurityNumber"]
    born = f"{number[:4]}-{number[4:6]}-{number[6:8]}T00:00:00" if _is_full(number) else None
    return _common(doc) | {
        "firstName": doc["firstName"],
        "lastName": doc["lastName"],
        "socialSecurityNumber": number,
        "isForeignSocialSecurityNumber": doc["isForeignSocialSecurityNumber"],
        "dateOfBirth": born,
        "telephone": {
            "home": doc["telePhone"],
            "work": doc["workPhone"],
            "cell": doc["cellPhone"],
            "other": doc["otherPhone"],
        },
        "leadScore": doc["leadScore"],
        "wantsToBeMatched": doc["watched"],
        "matchingChangedAt": None,
        "isDeceased": False,
        "isCompanyPerson": False,
        "gdprApprovalDate": doc["gdprApprovalDate"],
    }


def _is_full(number: str | None) -> bool:
    return number is not None and len(number) == 12 and number.isdigit()


def _common(doc: Doc) -> Doc:
    place = doc["coordinate"]
    point = {"longitude": place["longitud"], "latitude": place["latitud"]} if place else None
    shown = {row["id"]: row for row in PERSON_CATEGORIES}
    name = {"name": doc["lastName"]} if doc["type"] != "Person" else {}
    return {
        "id": doc["id"],
        "type": doc["type"],
        **name,
        "customerId": doc["customerId"],
        "agentId": doc["userId"],
        "address": (doc["address"] or {}) | {"wgs84Coordinate": point},
        "email": doc["email"],
        "advertisingEnabled": bool(doc["wishAdvertising"]),
        "note": doc["note"],
        "categories": [shown[key] for key in doc["categoryIds"] or [] if key in shown],
        "createdAt": doc["createdAt"],
        "changedAt": doc["changedAt"],
    }
