"""The directories of offices as files; see `offices.importing`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import phone_numbers
from offices.contact_search import CAPABILITY as CONTACTS_KEY
from offices.directory import contact_details, put_contacts
from offices.importing import Column, Sheet, Values, register, yes_or_no
from offices.models import (
    Colleague,
    Contact,
    ContactCategory,
    CustomField,
    Estate,
    IntakeSource,
    Office,
    PredefinedTask,
    UserGroup,
)
from offices.vitec_ids import read_cell

LONGEST_PHONE = 40
NAME = Column("name", ("namn", "name"), required=True)


def _phone(text: str) -> str:
    try:
        phone_numbers.written(text, LONGEST_PHONE)
    except phone_numbers.NotPhoneNumber as error:
        raise ValueError(_("is no telephone number.")) from error
    return phone_numbers.shown(text)


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or any(letter.isspace() for letter in text):
        raise ValueError(_("is no e-mail address."))
    return text


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _contact(cells: Values, row: Contact | None) -> Values:
    """What is known with what the file says on top; an empty cell takes nothing away."""
    known = row.details if row else contact_details()
    name = cells.get("name") or " ".join(
        filter(None, (cells.get("first_name"), cells.get("last_name")))
    )
    town = " ".join(filter(None, (cells.get("zip_code"), cells.get("city"))))
    address = ", ".join(filter(None, (cells.get("street_address"), town)))
    phones = [cells[place] for place in ("mobile", "home", "work") if place in cells]
    return {
        "details": contact_details(
            name=name or known["name"],
            phones=[*phones, *known["phones"]],
            email=cells.get("email") or known["email"],
            address=address or known["address"],
        )
    }


def _keep_contacts(office: Office, values: Mapping[str, dict[str, Any]]) -> None:
    put_contacts(office, {vitec_id: row["details"] for vitec_id, row in values.items()})


CONTACTS = register(
    Sheet(
        key=CONTACTS_KEY,
        label=gettext_lazy("Contacts"),
        model=Contact,
        id_headers=("kontakt-id", "id", "contact id", "contactid"),
        read_id=read_cell,
        columns=(
            Column("first_name", ("förnamn", "first name")),
            Column("last_name", ("efternamn", "last name", "surname")),
            Column("name", ("namn", "name")),
            Column("mobile", ("mobil", "mobile", "telefon", "phone"), read=_phone),
            Column("home", ("hemtelefon", "home phone"), read=_phone),
            Column("work", ("arbetstelefon", "work phone"), read=_phone),
            Column("email", ("e-post", "epost", "e-mail", "email"), read=_email),
            Column("street_address", ("gatuadress", "adress", "address", "street address")),
            Column("zip_code", ("postnummer", "postcode", "zip code"), longest=15),
            Column("city", ("ort", "postort", "city", "town"), longest=60),
        ),
        values=_contact,
        keep=_keep_contacts,
    )
)
COLLEAGUES = register(
    Sheet(
        key="colleagues",
        label=gettext_lazy("Colleagues"),
        model=Colleague,
        id_headers=("användar-id", "id", "user id", "userid"),
        columns=(NAME, Column("title", ("titel", "title"))),
    )
)
USER_GROUPS = register(
    Sheet(
        key="user_groups",
        label=gettext_lazy("User groups"),
        model=UserGroup,
        id_headers=("grupp-id", "id", "user group id", "group id"),
        columns=(NAME,),
    )
)
ESTATES = register(
    Sheet(
        key="estates",
        label=gettext_lazy("Properties"),
        model=Estate,
        id_headers=("objekt-id", "id", "estate id", "estateid", "property id"),
        read_id=read_cell,
        columns=(
            Column("address", ("adress", "gatuadress", "address"), required=True),
            Column("area", ("område", "area")),
            Column("number", ("objektnummer", "object number"), longest=60),
            Column("status", ("status",), longest=100),
        ),
    )
)
CATEGORIES = register(
    Sheet(
        key="categories",
        label=gettext_lazy("Contact categories"),
        model=ContactCategory,
        id_headers=("kategori-id", "id", "category id"),
        columns=(
            NAME,
            Column("read_only", ("skrivskyddad", "read only"), read=yes_or_no),
            Column("of_companies", ("för företag", "of companies"), read=yes_or_no),
        ),
    )
)
TASKS = register(
    Sheet(
        key="tasks",
        label=gettext_lazy("Predefined tasks"),
        model=PredefinedTask,
        id_headers=("uppgifts-id", "id", "task id"),
        columns=(Column("name", ("beskrivning", "namn", "description", "name"), required=True),),
    )
)
INTAKE_SOURCES = register(
    Sheet(
        key="intake_sources",
        label=gettext_lazy("Intake sources"),
        model=IntakeSource,
        id_headers=("käll-id", "id", "source id"),
        columns=(Column("name", ("beskrivning", "namn", "description", "name"), required=True),),
    )
)
CUSTOM_FIELDS = register(
    Sheet(
        key="custom_fields",
        label=gettext_lazy("Custom fields"),
        model=CustomField,
        id_headers=("fältnamn", "id", "field name"),
        columns=(
            Column("label", ("etikett", "label"), required=True),
            Column("kind", ("slag", "typ", "kind", "type"), longest=60),
            Column("valid_for", ("gäller för", "valid for"), read=_list),
        ),
    )
)
