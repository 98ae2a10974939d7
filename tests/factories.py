"""Rows for tests: plain functions with sensible defaults."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from interests.models import Area, ExtraRequirement, Municipality
from meetings import kinds
from meetings.models import Meeting
from offices import directory
from offices.directory import contact_details, learn_contacts
from offices.logins import Logins
from offices.models import (
    Colleague,
    Contact,
    ContactCategory,
    Credential,
    CustomField,
    DirectoryRow,
    Estate,
    Membership,
    Office,
    PredefinedTask,
    Role,
    User,
    UserGroup,
)
from offices.pace import line_of
from submissions import outbox
from submissions.concerns import Consent
from submissions.models import OUTAGE_AFTER, Outage, Submission
from viewings.models import LeadSource, TimeSlot, Viewing

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def make_office(customer_id: str = "M30011", name: str = "Vikens Mäkleri Sundbyberg") -> Office:
    office = Office.objects.create(
        customer_id=customer_id, name=name, vitec_office_id=customer_id.replace("M", "FIR")
    )
    Credential.objects.create(office=office, username="sandbox", password="sandbox")
    return office


def make_outage(office: Office, **fields: Any) -> Outage:
    """Vitec is away for the office's login."""
    login = Logins.of_offices([office])[office].any()
    values = {"failures": OUTAGE_AFTER, "probe_at": timezone.now(), **fields}
    return Outage.objects.create(office=office, line=line_of(login.username), **values)


def make_user(username: str, *offices: Office, role: Role = Role.BOOKER, **fields: Any) -> User:
    user = User.objects.create_user(username, password="vitecportal", **fields)
    for office in offices:
        Membership.objects.create(user=user, office=office, role=role)
    return user


def make_contact(
    office: Office, vitec_id: str = "ADR1", name: str = "Anna Ek", phone: str = "070-174 06 05"
) -> Contact:
    details = contact_details(name=name, phones=[phone], address="Storgatan 4, 172 65 Sundbyberg")
    learn_contacts(office, {vitec_id: details})
    return Contact.objects.get(office=office, vitec_id=vitec_id)


def make_colleague(office: Office, vitec_id: str = "HAN1", name: str = "Bo Alm") -> Colleague:
    values = {"name": name, "last_seen": timezone.now()}
    return Colleague.objects.get_or_create(office=office, vitec_id=vitec_id, defaults=values)[0]


def make_user_group(office: Office, vitec_id: str = "GRP1", name: str = "Säljteamet") -> UserGroup:
    return UserGroup.objects.create(
        office=office, vitec_id=vitec_id, name=name, last_seen=timezone.now()
    )


def make_person_directories(office: Office) -> None:
    """What the person of a write may name: categories, a task, a field of the office's, a home."""
    rows: list[tuple[type[DirectoryRow], str, dict[str, Any]]] = [
        (ContactCategory, "KAT1", {"name": "Spekulant"}),
        (ContactCategory, "KAT2", {"name": "Granne"}),
        (ContactCategory, "KAT3", {"name": "Köpare", "read_only": True}),
        (PredefinedTask, "UPP1", {"name": "Ring upp"}),
        (CustomField, "Husdjur", {"label": "Husdjur", "valid_for": ["Person"]}),
        (CustomField, "Bransch", {"label": "Bransch", "valid_for": ["Company"]}),
        (Estate, "OBJ1_2", {"address": "Storgatan 4", "area": "Rissne"}),
    ]
    for model, vitec_id, values in rows:
        directory.learn_rows(model, office, {vitec_id: values}, complete=False)


def make_meeting(office: Office, vitec_id: str = "CAL1", **fields: Any) -> Meeting:
    values: dict[str, Any] = {
        "contact_id": "ADR1",
        "personal": contact_details(
            name="Anna Ek", phones=["070-174 06 05"], address="Storgatan 4"
        ),
        "meeting_date": timezone.now() + dt.timedelta(days=1),
        "type": "Assignment",
        "state": "Booked",
        "estate_id": "OBJ1_2",
        "broker_id": "HAN1",
        "broker_name": "Bo Alm",
        "last_seen": timezone.now(),
    }
    return Meeting.objects.create(office=office, vitec_id=vitec_id, **{**values, **fields})


def make_viewing(office: Office, vitec_id: str = "VIS1", **fields: Any) -> Viewing:
    values: dict[str, Any] = {
        "estate_id": "OBJ1_2",
        "address": "Storgatan 4",
        "area": "Rissne",
        "starts_at": timezone.now() + dt.timedelta(days=2),
        "commentary": "",
        "last_seen": timezone.now(),
    }
    return Viewing.objects.create(office=office, vitec_id=vitec_id, **{**values, **fields})


def make_slot(
    office: Office, vitec_id: str = "TID1", viewing: Viewing | None = None, **fields: Any
) -> TimeSlot:
    """A slot of half an hour from the viewing's start, which is in two days."""
    viewing = viewing or make_viewing(office, vitec_id.replace("TID", "VIS"))
    starts = fields.pop("starts_at", viewing.starts_at)
    values: dict[str, Any] = {
        "viewing": viewing,
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(minutes=30),
        "last_seen": timezone.now(),
    }
    return TimeSlot.objects.create(office=office, vitec_id=vitec_id, **{**values, **fields})


def make_lead_source(office: Office, vitec_id: str = "7", name: str = "Visning") -> LeadSource:
    return LeadSource.objects.create(
        office=office, vitec_id=vitec_id, name=name, last_seen=timezone.now()
    )


SQUARE = [[17.96, 59.36], [17.98, 59.36], [17.98, 59.37], [17.96, 59.37]]


def make_area(office: Office, vitec_id: str = "STD1", **fields: Any) -> Area:
    values: dict[str, Any] = {
        "name": "Rissne", "county": "0183", "polygon": SQUARE, "last_seen": timezone.now()
    }  # fmt: skip
    return Area.objects.create(office=office, vitec_id=vitec_id, **{**values, **fields})


def make_requirement(
    office: Office, vitec_id: str = "401", text: str = "Balkong", *types: str
) -> ExtraRequirement:
    """Valid for housing cooperatives and condominiums when no types are given."""
    valid = list(types) or ["HousingCooperative", "Condominium"]
    return ExtraRequirement.objects.create(
        office=office, vitec_id=vitec_id, text=text, valid_for_types=valid, last_seen=timezone.now()
    )


def make_municipality(office: Office, code: str, name: str = "Solna") -> Municipality:
    return Municipality.objects.create(
        office=office, vitec_id=f"K{code}", name=name, code=code, last_seen=timezone.now()
    )


def comeback_values(**values: Any) -> dict[str, Any]:
    """cleaned_data of a comeback."""
    return {
        "contact_id": "ADR1",
        "date": dt.datetime(2027, 3, 1, 9, 0, tzinfo=STOCKHOLM),
        "meeting_id": "",
        "estate_id": "",
        "participant": ("userId", "HAN1"),
        "note": "",
        **values,
    }


def make_submission(user: User, office: Office, **values: Any) -> Submission:
    """A comeback that `user` has sent from `office`, whatever was sent before; `values` change what
    it says.
    """
    cleaned = comeback_values(**values)
    typed = {
        "contact_id": [cleaned["contact_id"]],
        "date": [f"{cleaned['date']:%Y-%m-%d %H:%M}"],
        "participant": [":".join(cleaned["participant"])],
        "note": [cleaned["note"]],
    }
    wish = outbox.Wish(
        user=user,
        office=office,
        kind=kinds.COMEBACK,
        cleaned=cleaned,
        typed=typed,
        again=typed,
        token=uuid.uuid4(),
    )
    try:
        return outbox.submit(wish)
    except outbox.Questioned as asked:
        keys = frozenset(concern.key for concern in asked.concerns)
        return outbox.submit(dataclasses.replace(wish, consent=Consent(keys, "En till")))
