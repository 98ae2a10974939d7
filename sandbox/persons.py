"""The person of a write (UpdatePerson): its rules, the duplicate check, and what a hit overwrites.

A contact document has the names of the write model (``cellPhone``, ``userId``, ``coordinate``) plus
``id``, ``type``, ``watched``, ``customFields`` (name to value), ``createdAt`` and ``changedAt``.
"""

import re
from datetime import datetime
from typing import Any

from sandbox.calls import Call
from sandbox.clock import bare
from sandbox.demo_lists import CUSTOM_FIELDS, PERSON_CATEGORIES, TASKS
from sandbox.store import Doc, Store, new_id
from sandbox.validation import Checker

PHONES = ("telePhone", "workPhone", "cellPhone", "otherPhone")
_NAMES = ("firstName", "lastName")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Sent to act once or to find the contact, not kept as fields of it.
_NOT_KEPT = frozenset({"contactId", "customerId", "task", "customField", *_NAMES})

_BLANK: Doc = {
    "firstName": None,
    "lastName": None,
    "socialSecurityNumber": None,
    "isForeignSocialSecurityNumber": False,
    **dict.fromkeys(PHONES),
    "email": {"emailAddress": None, "emailAddress2": None},
    "address": {"streetAddress": None, "zipCode": None, "city": None, "countryCode": None},
    "coordinate": None,
    "approval": None,
    "approvalDate": None,
    "gdprApprovalDate": None,
    "obtainThrough": None,
    "categoryIds": [],
    "userId": None,
    "wishAdvertising": False,
    "note": None,
    "leadScore": None,
    "watched": "NotAsked",
}


def bare_phone(text: str | None) -> str:
    """Return the digits of a telephone number in national form, whatever its spelling."""
    digits = re.sub(r"\D", "", (text or "").replace("(0)", ""))
    if (text or "").strip().startswith("+46"):
        return "0" + digits[2:]
    return "0" + digits[4:] if digits.startswith("0046") else digits


def bare_personal_number(text: str | None) -> str:
    """Return the last ten digits of a personal number, the part both its forms share."""
    return re.sub(r"\D", "", text or "")[-10:]


def check_person(call: Call, checker: Checker, person: Doc | None, path: str) -> None:
    """Record what the length and type checks do not see: channels, ids, forms of values.

    *path* leads the field names, ``updatePerson.`` or empty. A customer id that the login may not
    use raises 403.
    """
    if not person:
        return
    if person.get("customerId"):
        call.customer(person["customerId"])
    _check_channels(checker, person, path)
    _check_forms(checker, person, path)
    _check_ids(call, checker, person, path)
    _check_task(call, checker, person, path)


def _check_channels(checker: Checker, person: Doc, path: str) -> None:
    email = (person.get("email") or {}).get("emailAddress")
    given = [email, *(person.get(name) for name in ("telePhone", "workPhone", "cellPhone"))]
    if not any((value or "").strip() for value in given):
        field = path.rstrip(".") or "email"
        checker.add(field, "E-post, telefon eller mobil måste anges.")


def _check_forms(checker: Checker, person: Doc, path: str) -> None:
    for name, value in (person.get("email") or {}).items():
        if value and not _EMAIL.fullmatch(value.strip()):
            checker.add(f"{path}email.{name}", "E-postadressen är inte giltig.")
    country = (person.get("address") or {}).get("countryCode")
    if country and not re.fullmatch(r"[A-Za-z]{2}", country):
        checker.add(f"{path}address.countryCode", "Landskoden ska ha två bokstäver.")
    number = person.get("socialSecurityNumber")
    if number and not person.get("isForeignSocialSecurityNumber") and not _is_personal(number):
        checker.add(f"{path}socialSecurityNumber", "Personnumret är inte giltigt.")


def _is_personal(text: str) -> bool:
    """Tell whether the text is 10 or 12 digits with a right check digit (modulus 10)."""
    if not re.fullmatch(r"(\d{2})?\d{6}[-+ ]?\d{4}", text.strip()):
        return False
    doubled = (int(d) * (2 - n % 2) for n, d in enumerate(bare_personal_number(text)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _check_ids(call: Call, checker: Checker, person: Doc, path: str) -> None:
    customer_id = person.get("customerId")
    contact_id = person.get("contactId")
    if contact_id and not _belongs(call.store.get("contacts", contact_id), customer_id):
        checker.add(f"{path}contactId", "Kontakten finns inte.")
    if person.get("userId") and not knows_user(call.store, customer_id, person["userId"]):
        checker.add(f"{path}userId", "Användaren finns inte.")
    writable = {row["id"]: not row["readOnly"] for row in PERSON_CATEGORIES}
    for number, category in enumerate(person.get("categoryIds") or []):
        if not writable.get(category):
            text = "Kategorin kan inte sättas." if category in writable else "Kategorin finns inte."
            checker.add(f"{path}categoryIds[{number}]", text)
    field = (person.get("customField") or {}).get("name")
    if field and not any(r["name"] == field and "Person" in r["validFor"] for r in CUSTOM_FIELDS):
        checker.add(f"{path}customField.name", "Det egendefinierade fältet finns inte.")


def _check_task(call: Call, checker: Checker, person: Doc, path: str) -> None:
    task = person.get("task") or {}
    customer_id = person.get("customerId")
    predefined = task.get("predefinedTaskId")
    if predefined and all(row["id"] != predefined for row in TASKS):
        checker.add(f"{path}task.predefinedTaskId", "Uppgiften finns inte.")
    if task.get("assignedTo") and not knows_user(call.store, customer_id, task["assignedTo"]):
        checker.add(f"{path}task.assignedTo", "Användaren finns inte.")
    estate_id = task.get("estateId")
    if estate_id and not _belongs(call.store.get("estates", estate_id), customer_id):
        checker.add(f"{path}task.estateId", "Objektet finns inte.")


def _belongs(doc: Doc | None, customer_id: str | None) -> bool:
    return doc is not None and doc["customerId"] == customer_id


def knows_user(store: Store, customer_id: str | None, user_id: str) -> bool:
    """Tell whether the user works at the customer's office."""
    user = store.get("users", user_id)
    return user is not None and customer_id in user["customerId"]


def duplicate_of(store: Store, person: Doc) -> Doc | None:
    """Return the contact that *person* is taken for, in the documented order of checks.

    First ``contactId``, then the personal number, then first and last name together with a
    telephone number, a mobile number or an e-mail address. Without any of these: no check.
    """
    if person.get("contactId"):
        return store.get("contacts", person["contactId"])
    contacts = store.of("contacts", person["customerId"])
    number = bare_personal_number(person.get("socialSecurityNumber"))
    if number:
        hit = (c for c in contacts if bare_personal_number(c["socialSecurityNumber"]) == number)
        if found := next(hit, None):
            return found
    names, channels = _full_name(person), _channels(person)
    if not all(names):
        return None
    return next((c for c in contacts if _full_name(c) == names and _channels(c) & channels), None)


def _full_name(person: Doc) -> tuple[str, str]:
    first, last = ((person.get(name) or "").strip().casefold() for name in _NAMES)
    return first, last


def _channels(person: Doc) -> set[str]:
    email = (person.get("email") or {}).get("emailAddress") or ""
    phones = {bare_phone(person.get(name)) for name in ("telePhone", "cellPhone")}
    return {value for value in (email.strip().lower(), *phones) if value}


def save_person(call: Call, person: Doc, watched: str | None = None) -> Doc:
    """Create the contact, or overwrite the one it is a duplicate of; return the contact."""
    now = bare(call.clock.now())
    known = duplicate_of(call.store, person)
    contact = dict(known) if known else _new_contact(person["customerId"], now)
    for name, value in person.items():
        if name in _NAMES and (value or "").strip():
            contact[name] = value.strip()
        elif name not in _NOT_KEPT:
            contact[name] = _kept(contact.get(name), value)
    field = person.get("customField")
    if field:
        contact["customFields"] = contact["customFields"] | {field["name"]: field.get("value")}
    if watched:
        contact["watched"] = watched
    contact["changedAt"] = now
    call.store.put("contacts", contact["id"], contact)
    return contact


def _new_contact(customer_id: str, now: str) -> Doc:
    return {
        "id": new_id("ADR"),
        "customerId": customer_id,
        "type": "Person",
        **_BLANK,
        "customFields": {},
        "createdAt": now,
    }


def _kept(old: Any, value: Any) -> Any:
    """Return what is held after *value* was sent: objects field by field, null clears."""
    if isinstance(value, datetime):
        return bare(value)
    if isinstance(value, dict) and isinstance(old, dict):
        return old | value
    return value
