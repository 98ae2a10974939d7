"""A meeting as the cells of a file: the one place where a row leaves the portal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.listing import Row
from meetings.models import STATE_LABELS, TYPE_LABELS
from offices.models import Right


@dataclasses.dataclass(frozen=True)
class Column:
    """value: the cell of a row: text, Decimal, date, datetime in Stockholm, or None.

    width: in letters. right: who may see it; "" for everybody.
    """

    label: str
    value: Callable[[Any], Any]
    width: int = 16
    right: str = ""


def columns(rights: Collection[str]) -> list[Column]:
    """The columns that somebody with these rights may take home, in the language of now."""
    types = {value: str(label) for value, label in TYPE_LABELS.items()}
    states = {value: str(label) for value, label in STATE_LABELS.items()}
    kinds = {"Sale": _("Sale"), "Valuation": _("Valuation"), "Writing": _("Contract writing")}
    found = [
        Column(_("Meeting date"), lambda row: _moment(row.meeting_date)),
        Column(_("Type"), lambda row: _said(types, row.type)),
        Column(_("State"), lambda row: _said(states, row.shown_state), 22),
        Column(_("Person"), lambda row: row.contact_name, 26),
        Column(_("Phone"), lambda row: _phone(row, 0)),
        Column(_("Other phone"), lambda row: _phone(row, 1)),
        Column(_("Address"), lambda row: row.address, 36),
        Column(_("Broker"), lambda row: row.broker_name, 22),
        Column(_("Booked by"), lambda row: row.booked_by_name, 22),
        Column(_("Booking date"), lambda row: _moment(row.booked_date)),
        Column(_("Source"), lambda row: row.source, 20),
        Column(_("Property status"), lambda row: row.estate_status, 18),
        Column(_("Assignment date"), lambda row: _day(row.signature_date), 14),
        Column(
            _("Assignment type"), lambda row: kinds.get(row.commission_type, row.commission_type)
        ),
        Column(_("Agreement date"), lambda row: _day(row.agreement_date), 14),
        Column(_("Possession date"), lambda row: _day(row.access_date), 14),
        Column(_("Commission without tax"), lambda row: row.commission, right=Right.AMOUNTS),
        Column(_("Missing at Vitec since"), lambda row: _moment(row.missing_since)),
        Column(_("Office"), lambda row: row.office.name, 28),
        Column(_("Meeting id"), lambda row: row.vitec_id),
        Column(_("Contact id"), lambda row: row.contact_id),
        Column(_("Property id"), lambda row: row.estate_id),
    ]
    return [column for column in found if not column.right or column.right in rights]


def cells(row: Row, chosen: list[Column]) -> list[Any]:
    return [column.value(row) for column in chosen]


def _said(words: dict[str, str], value: str) -> str:
    """In words; a value of Vitec's that has none, as it came."""
    return words.get(value, value)


def _phone(row: Row, place: int) -> str:
    phones = row.personal["phones"]
    return str(phones[place]) if len(phones) > place else ""


def _moment(moment: dt.datetime | None) -> dt.datetime | None:
    """On the wall clock of Stockholm, to the minute."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)


def _day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localtime(moment).date() if moment else None
