"""Area interest with contact (intresse för område), and the search profiles that come of it."""

import re
from datetime import timedelta

from sandbox.calls import Answer, Call, no_content, ok
from sandbox.clock import bare
from sandbox.demo_lists import REQUIREMENTS, SEARCH_PROFILE_VALUES
from sandbox.persons import check_person, duplicate_of, save_person
from sandbox.problems import not_found
from sandbox.schemas import INTEREST, UPDATE_PERSON
from sandbox.store import Doc, Store, new_id
from sandbox.validation import Checker
from sandbox.vocabulary import COUNTY_CODES, HOUSING_FLAGS

_RANGES = ("livingSpace", "numberOfRooms", "price", "plotArea")
# How long a search profile lives is not documented; a year is the sandbox's own choice.
_LIFETIME = timedelta(days=365)
_SUBTYPES = {
    "house": "House",
    "rowHouse": "TownHouse",
    "housingCooperative": "Apartment",
    "cottage": "Cottage",
    "plot": "Plot",
    "tenancy": "Apartment",
    "otherHousing": "Other",
}


def send_interest(call: Call) -> Answer:
    """POST Interest/SendInterestAndContactOnArea: contact, then one search profile per wish."""
    interest, checker = call.check(INTEREST)
    person = interest.get("updatePerson")
    check_person(call, checker, person, "updatePerson.")
    wishes = interest.get("lookingForAccommodations") or []
    for number, wish in enumerate(wishes):
        if wish is not None:
            _check_wish(call, checker, wish, person, f"lookingForAccommodations[{number}]")
    # The rule about notifyUser is about new contacts; with errors so far, nobody is looked up.
    if not checker.errors:
        _check_notify(call.store, checker, interest, person or {})
    checker.done()
    contact = save_person(call, interest["updatePerson"], interest.get("watched"))
    _keep(call, contact, wishes)
    return no_content()


def update_person(call: Call) -> Answer:
    """POST Contacts/UpdatePerson: create or update a contact; the answer is the contact id."""
    person, checker = call.check(UPDATE_PERSON)
    check_person(call, checker, person, "")
    checker.done()
    return ok(save_person(call, person)["id"])


def _keep(call: Call, contact: Doc, wishes: list[Doc]) -> None:
    now = call.clock.now()
    profiles = [_profile(contact, wish, bare(now), bare(now + _LIFETIME)) for wish in wishes]
    for profile in profiles:
        call.store.put("profiles", profile["id"], profile)
    doc = {
        "id": new_id("INT"),
        "customerId": contact["customerId"],
        "contactId": contact["id"],
        "searchProfileIds": [profile["id"] for profile in profiles],
        "createdAt": bare(now),
        "bodyText": call.body_text,
    }
    call.store.put("interests", doc["id"], doc)


def _check_notify(store: Store, checker: Checker, interest: Doc, person: Doc) -> None:
    if not interest.get("notifyUser") or person.get("userId"):
        return
    if duplicate_of(store, person) is None:
        text = "Ansvarig användare måste anges när mäklaren ska meddelas om en ny kontakt."
        checker.add("updatePerson.userId", text)


def _check_wish(call: Call, checker: Checker, wish: Doc, person: Doc | None, path: str) -> None:
    if not any(wish.get(flag) for flag in HOUSING_FLAGS):
        checker.add(path, "Minst en önskad bostadstyp måste väljas.")
    _check_polygon(checker, wish.get("polygon"), f"{path}.polygon")
    _check_codes(checker, wish, path)
    for name in _RANGES:
        limits = wish.get(name) or {}
        least, most = limits.get("min"), limits.get("max")
        if least is not None and most is not None and least > most:
            checker.add(f"{path}.{name}", "Det minsta värdet är större än det största.")
    _check_wish_ids(call, checker, wish, (person or {}).get("customerId"), path)


def _check_polygon(checker: Checker, polygon: list[Doc] | None, path: str) -> None:
    if not polygon:
        return
    if len(polygon) < 4:
        checker.add(path, "En polygon måste ha minst fyra punkter.")
    if polygon[0] != polygon[-1]:
        checker.add(path, "En polygons första och sista punkt måste vara identiska.")


def _check_codes(checker: Checker, wish: Doc, path: str) -> None:
    for number, code in enumerate(wish.get("countys") or []):
        # Two digits (län) or four (län + kommun): which one is wanted is not documented.
        if not re.fullmatch(r"\d{2}(\d{2})?", code or "") or code[:2] not in COUNTY_CODES:
            checker.add(f"{path}.countys[{number}]", "LK-koden finns inte.")
    country = wish.get("countryCode")
    if country and not re.fullmatch(r"[A-Za-z]{2}", country):
        checker.add(f"{path}.countryCode", "Landskoden ska ha två bokstäver.")


def _check_wish_ids(
    call: Call, checker: Checker, wish: Doc, customer_id: str | None, path: str
) -> None:
    for number, area_id in enumerate(wish.get("areaIds") or []):
        area = call.store.get("areas", area_id or "")
        if area is None or area["customerId"] != customer_id:
            checker.add(f"{path}.areaIds[{number}]", "Området finns inte.")
        elif not area["polygon"]:
            text = "Endast områden med polygoner kan användas."
            checker.add(f"{path}.areaIds[{number}]", text)
    known = {row["id"] for row in REQUIREMENTS}
    for number, requirement in enumerate(wish.get("increasedRequirementIDs") or []):
        if requirement not in known:
            checker.add(f"{path}.increasedRequirementIDs[{number}]", "Kravet finns inte.")
    profile_id = wish.get("id")
    profile = call.store.get("profiles", profile_id) if profile_id else None
    if profile_id and (profile is None or profile["customerId"] != customer_id):
        checker.add(f"{path}.id", "Sökpreferensen finns inte.")


def _profile(contact: Doc, wish: Doc, now: str, valid_to: str) -> Doc:
    """Return the wish as the newer search profile it is read back as."""
    polygon = wish.get("polygon") or []
    return {
        "id": wish.get("id") or new_id("SPR"),
        "customerId": contact["customerId"],
        "contactId": contact["id"],
        "foreign": bool(wish.get("foreignProperty")),
        "farm": bool(wish.get("farm")),
        "premises": bool(wish.get("premises")),
        "dateCreated": now,
        "validTo": valid_to,
        "subtypes": sorted({name for flag, name in _SUBTYPES.items() if wish.get(flag)}),
        "areaIds": wish.get("areaIds") or [],
        "municipalityCodes": wish.get("countys") or [],
        "newProduction": None,
        **{name: _limits(wish.get(name)) for name in _RANGES},
        "bedrooms": None,
        "monthlyFee": None,
        "isAutomaticProfile": False,
        "drawnAreas": [{"coordinates": polygon}] if polygon else [],
        "drawnAreasName": None,
        "increasedRequirementIds": wish.get("increasedRequirementIDs") or [],
    }


def _limits(limits: Doc | None) -> Doc | None:
    if not limits:
        return None
    return {"minValue": limits.get("min"), "maxValue": limits.get("max")}


def search_profiles(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/SearchProfile/{contactId}[/{searchprofileId}]."""
    contact = call.known("contacts", call.params["contactId"], "Kontakten")
    wanted = call.params.get("searchprofileId")
    own = [
        doc
        for doc in call.store.of("profiles", call.customer())
        if doc["contactId"] == contact["id"] and wanted in (None, doc["id"])
    ]
    if wanted and not own:
        raise not_found("Sökprofilen finns inte.")
    lists: dict[str, list[Doc]] = {
        f"{kind}Profiles": []
        for kind in ("residential", "farm", "commercial", "foreign", "premise")
    }
    for doc in own:
        for kind in _lists_of(doc):
            lists[f"{kind}Profiles"].append(_shown(doc))
    return ok(lists)


def _lists_of(profile: Doc) -> list[str]:
    if profile["foreign"]:
        return ["foreign"]
    kinds = {
        "residential": profile["subtypes"],
        "farm": profile["farm"],
        "premise": profile["premises"],
    }
    return [kind for kind, wanted in kinds.items() if wanted]


def _shown(doc: Doc) -> Doc:
    hidden = ("customerId", "contactId", "foreign", "farm", "premises")
    return {name: value for name, value in doc.items() if name not in hidden}


def delete_search_profile(call: Call) -> Answer:
    """DELETE CRM/Contact/{customerId}/SearchProfile/{id}."""
    profile = call.known("profiles", call.params["id"], "Sökprofilen")
    call.store.remove("profiles", profile["id"])
    return no_content()


def search_profile_values(call: Call) -> Answer:
    """GET CRM/Contact/{customerId}/SearchProfile/SearchProfileValues."""
    call.customer()
    return ok(SEARCH_PROFILE_VALUES)
