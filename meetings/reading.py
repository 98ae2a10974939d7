"""Vitec's row of a meeting, read without trusting it: its columns, and what counts as a change."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import json
from collections.abc import Mapping
from typing import Any

from connect import dates, enums, rows
from lib import personal_numbers
from lib.sealing import keyed_hash
from meetings import words
from meetings.models import ERASED
from offices.directory import contact_details
from submissions.models import person_hash

Row = Mapping[str, Any]
LONGEST_ID = 64
_DATES = frozenset({"meetingDate", "bookedDate", "signatureDate", "agreementDate", "accessDate"})
_UNSET: tuple[Any, ...] = (None, "", [], {})
_CANCELLED = {
    "mäklare": "CancelledByAgent",
    "agent": "CancelledByAgent",
    "broker": "CancelledByAgent",
    "kund": "CancelledByCustomer",
    "customer": "CancelledByCustomer",
}
_MOST = decimal.Decimal(10) ** 12
# What leads to nobody: all that is kept of an erased person's meeting, also of fields to come.
_IMPERSONAL = frozenset(
    {
        "id", "meetingDate", "bookedDate", "signatureDate", "agreementDate", "accessDate", "type",
        "state", "brokerId", "brokerName", "bookedById", "bookedByName", "estateStatus",
        "assignmentSource", "commissionSource", "commissionWithoutTaxes", "commissionType",
        "cancelledBy",
    }
)  # fmt: skip


def is_meeting(row: Any) -> bool:
    """Has it an id that can be kept?"""
    return isinstance(row, dict) and 0 < len(str(row.get("id") or "")) <= LONGEST_ID


def without_numbers(row: Row) -> dict[str, Any]:
    """The row without what is called a personal number, at whatever depth: nobody asked for it."""
    return {
        name: _without_numbers(value)
        for name, value in row.items()
        if not personal_numbers.says_so(name)
    }


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return without_numbers(value)
    return [_without_numbers(inner) for inner in value] if isinstance(value, list) else value


def canonical(row: Row) -> dict[str, Any]:
    """What the row says, however it is spelled: dates as moments, without what is not set.

    Another offset of the same moment is no change, nor is null for a field that was left out.
    """
    return {
        key: _moment_of(value) if key in _DATES and isinstance(value, str) else value
        for key, value in row.items()
        if value not in _UNSET
    }


@functools.lru_cache(maxsize=4096)
def _moment_of(text: str) -> str:
    try:
        moment = dates.parse(text)
    except ValueError:
        return text
    return moment.astimezone(dt.UTC).isoformat() if moment else ""


def impersonal(row: Row) -> dict[str, Any]:
    """The row without its person: what the office's figures are made of."""
    return {key: value for key, value in row.items() if key in _IMPERSONAL} | {ERASED: True}


def mark_of(vitec_id: str) -> str:
    """By what `offices.erased` knows a meeting whose person was erased."""
    return f"meeting {vitec_id}"


def fingerprint(said: Mapping[str, Any]) -> str:
    """A keyed hash of a canonical row."""
    return keyed_hash("meeting", json.dumps(said, sort_keys=True, ensure_ascii=False))


def changed_fields(before: Row, after: Row) -> list[str]:
    """Vitec's names of the fields that say something else."""
    old, new = canonical(before), canonical(after)
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def columns(row: Row) -> dict[str, Any]:
    """Every column of `MeetingFacts` that follows from the row, save the fingerprint."""
    contact_id = _id(row, "contactId")
    status, source = rows.child(row, "estateStatus"), rows.child(row, "assignmentSource")
    personal = personal_of(row)
    estate_id = _id(row, "estateId")
    return {
        "contact_id": contact_id,
        "person_hash": person_hash(contact_id),
        "personal": {**personal, "row": dict(row)},
        "impersonal": bool(row.get(ERASED)),
        "words": words.column_of(personal, str(row["id"]), contact_id, estate_id),
        "meeting_date": rows.moment(row, "meetingDate"),
        "booked_date": rows.moment(row, "bookedDate"),
        "type": str(enums.read(enums.MeetingType, row.get("type")) or "")[:40],
        "state": state_of(row),
        "estate_id": estate_id,
        "estate_status": rows.text(status, "name")[:100],
        "broker_id": _id(row, "brokerId"),
        "broker_name": rows.text(row, "brokerName")[:200],
        "booked_by_id": _id(row, "bookedById"),
        "booked_by_name": rows.text(row, "bookedByName")[:200],
        "source_id": _id(source, "id"),
        "source": (rows.text(source, "name") or rows.text(row, "commissionSource"))[:200],
        "commission": _amount(row.get("commissionWithoutTaxes")),
        "commission_type": str(enums.read(enums.CommissionType, row.get("commissionType")) or "")[
            :40
        ],
        "signature_date": rows.moment(row, "signatureDate"),
        "agreement_date": rows.moment(row, "agreementDate"),
        "access_date": rows.moment(row, "accessDate"),
        "cancelled_by": rows.text(row, "cancelledBy")[:100],
    }


def state_of(row: Row) -> str:
    """Vitec's state; where it says none, what `cancelledBy` tells; else "".

    The state came late to the API. Whether a meeting without one is ahead or has been follows
    from its date, which `Meeting.shown_state` looks at.
    """
    if said := enums.read(enums.MeetingState, row.get("state")):
        return str(said)[:40]
    by = rows.text(row, "cancelledBy").casefold()
    if not by:
        return ""
    return next((state for word, state in _CANCELLED.items() if word in by), "Cancelled")


def personal_of(row: Row) -> dict[str, Any]:
    """Who and where: {"name", "phones", "email", "address"}."""
    address = rows.child(row, "address")
    town = " ".join(filter(None, (rows.text(address, "zipCode"), rows.text(address, "city"))))
    lines = [part for part in (rows.text(address, "streetAddress"), town) if part]
    return contact_details(
        name=rows.text(row, "contactName"),
        phones=[rows.text(row, "cellPhone"), rows.text(row, "telePhone")],
        address=", ".join(lines),
    )


def _id(row: Row, key: str) -> str:
    """Clipped: one odd value must not cost the office all its meetings."""
    return rows.text(row, key)[:LONGEST_ID]


def _amount(value: Any) -> decimal.Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = decimal.Decimal(str(value).replace(",", "."))
    except decimal.InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _MOST else None
