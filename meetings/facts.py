"""Everything that Vitec says of a meeting, field by field and in words."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from connect.enums import CommissionType
from lib import daywords, personal_numbers
from meetings.models import STATE_LABELS, Meeting, MeetingVersion

Life = Meeting | MeetingVersion

COMMISSION_TYPES = {
    CommissionType.SALE: _("Sale"),
    CommissionType.VALUATION: _("Valuation"),
    CommissionType.WRITING: _("Drawing up the contract"),
}
# What a field that nobody knows yet is called when it may be an amount.
_MAY_BE_AMOUNT = re.compile(
    "amount|arvode|belopp|commission|cost|fee|income|moms|price|pris|provision|revenue|tax"
    # What is private is no VAT.
    "|(?<!pri)vat",
    re.IGNORECASE,
)
_LONGEST = 300


@dataclasses.dataclass(frozen=True)
class Field:
    """One thing that is known of a meeting. names: Vitec's, of all that belongs to it.

    amount: only for those who may see amounts.
    """

    names: tuple[str, ...]
    label: Any
    say: Callable[[Life], str]
    amount: bool = False


@dataclasses.dataclass(frozen=True)
class Fact:
    """A field and what it says in words; "" for nothing."""

    label: str
    value: str


def say_moment(moment: Any) -> str:
    """`tis 24 nov 10:00`, with the year when it is another; always with the day."""
    if moment is None:
        return ""
    said = daywords.say_briefly(moment, language=get_language() or "sv", now=timezone.now())
    if " " in said:
        return said
    return gettext("today %s") % said


def _moment(name: str) -> Callable[[Life], str]:
    return lambda life: say_moment(getattr(life, name))


def _text(name: str) -> Callable[[Life], str]:
    return lambda life: str(getattr(life, name))


def _named(name: str, id_name: str) -> Callable[[Life], str]:
    return lambda life: str(getattr(life, name) or getattr(life, id_name))


def _state(life: Life) -> str:
    return str(STATE_LABELS.get(life.state, life.state))


def _commission(life: Life) -> str:
    if life.commission is None:
        return ""
    places = 0 if life.commission == life.commission.to_integral_value() else 2
    said = number_format(life.commission, decimal_pos=places, force_grouping=True)
    return gettext("%s kr") % said


def _commission_type(life: Life) -> str:
    return str(COMMISSION_TYPES.get(life.commission_type, life.commission_type))  # type: ignore[call-overload]


FIELDS = (
    Field(("meetingDate",), _("Meeting date"), _moment("meeting_date")),
    Field(("type",), _("Type"), _text("type_label")),
    Field(("state",), _("State"), _state),
    Field(("cancelledBy",), _("Cancelled by"), _text("cancelled_by")),
    Field(("contactName",), _("Contact"), _text("contact_name")),
    Field(
        ("cellPhone", "telePhone"),
        _("Phone"),
        lambda life: ", ".join(str(phone) for phone in life.personal["phones"]),
    ),
    Field(("address",), _("Address"), _text("address")),
    Field(("brokerId", "brokerName"), _("Broker"), _named("broker_name", "broker_id")),
    Field(("bookedById", "bookedByName"), _("Booked by"), _named("booked_by_name", "booked_by_id")),
    Field(("bookedDate",), _("Booking date"), _moment("booked_date")),
    Field(("assignmentSource", "commissionSource"), _("Source"), _text("source")),
    Field(("estateStatus",), _("Property status"), _text("estate_status")),
    Field(("signatureDate",), _("Assignment date"), _moment("signature_date")),
    Field(("agreementDate",), _("Agreement date"), _moment("agreement_date")),
    Field(("accessDate",), _("Possession date"), _moment("access_date")),
    Field(("commissionType",), _("Commission type"), _commission_type),
    Field(
        ("commissionWithoutTaxes",), _("Commission without tax"), _commission, amount=True
    ),
    Field(("id",), _("Id at Vitec"), _text("vitec_id")),
    Field(("contactId",), _("Contact id"), _text("contact_id")),
    Field(("estateId",), _("Property id"), _text("estate_id")),
)  # fmt: skip
KNOWN = frozenset(name for field in FIELDS for name in field.names)
_AMOUNTS = frozenset(name for field in FIELDS if field.amount for name in field.names)


def facts_of(life: Life, *, amounts: bool) -> list[Fact]:
    """All that says something, in the order of the page; what is new at Vitec comes last."""
    facts = [
        Fact(str(field.label), field.say(life))
        for field in (*FIELDS, *unknown_fields(life.row))
        if amounts or not field.amount
    ]
    return [fact for fact in facts if fact.value]


def unknown_fields(*rows: Any) -> list[Field]:
    """Fields of the rows that nobody has a name for yet, under Vitec's own."""
    names = sorted({name for row in rows for name in row} - KNOWN)
    return [_unknown(name, rows) for name in names]


def _unknown(name: str, rows: Any) -> Field:
    said = json.dumps([row.get(name) for row in rows], ensure_ascii=False)
    amount = bool(_MAY_BE_AMOUNT.search(f"{name} {said}"))
    return Field((name,), name, lambda life: _raw(life.row.get(name)), amount=amount)


def without_amounts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Vitec's row without the office's figures, also those within fields that nobody knows yet.

    Personal numbers in such fields are masked.
    """
    return {
        name: value if name in KNOWN else _without_amounts(value)
        for name, value in row.items()
        if name not in _AMOUNTS and (name in KNOWN or not _MAY_BE_AMOUNT.search(name))
    }


def _without_amounts(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_amounts(inner)
            for name, inner in value.items()
            if not _MAY_BE_AMOUNT.search(name)
        }
    if isinstance(value, list):
        return [_without_amounts(inner) for inner in value]
    return personal_numbers.masked_in(str(value)) if personal_numbers.is_in(str(value)) else value


def _raw(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    said = personal_numbers.masked_in(said)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} …"
