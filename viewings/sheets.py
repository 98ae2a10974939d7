"""Viewings and lead sources as files, where Vitec's lists may not be read; see `offices.importing`.

A line of the viewings is one time slot: it has an id of its own, and names its viewing by id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from offices.directory import learn_rows
from offices.importing import LONGEST_ID, Column, Sheet, Values, register
from offices.models import Office
from offices.vitec_ids import read_cell
from viewings.models import LeadSource, TimeSlot, Viewing

MOST_PLACES = 9999


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(gettext("write the date as 2026-11-22.")) from error


def _clock(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text.replace(".", ":").zfill(5)).replace(tzinfo=None)
    except ValueError as error:
        raise ValueError(gettext("write the time as 13:00.")) from error


def _places(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_PLACES):
        raise ValueError(gettext("write a whole number of places."))
    return int(text)


def _slot(cells: Values, row: TimeSlot | None) -> Values:
    """What is known of the slot with what the file says on top; times are Stockholm's."""
    told: dict[str, Any] = {"estate_id": "", "area": "", "places": None, "ends_at": None}
    told |= row.told if row else {}
    named = ("viewing_id", "estate_id", "address", "area", "places")
    told |= {name: cells[name] for name in named if name in cells}
    day = cells["day"]
    told["starts_at"] = timezone.make_aware(dt.datetime.combine(day, cells["starts"]))
    if "ends" in cells:
        told["ends_at"] = timezone.make_aware(dt.datetime.combine(day, cells["ends"]))
    if told["ends_at"] is not None and told["ends_at"] <= told["starts_at"]:
        raise ValueError(gettext("The viewing ends before it has begun."))
    return {"told": told}


def _keep(office: Office, values: Mapping[str, Values]) -> None:
    """The viewings first, each as long as its slots."""
    told = {slot_id: row["told"] for slot_id, row in values.items()}
    learn_rows(Viewing, office, _viewings(office, told), complete=False)
    mine = Viewing.objects.filter(office=office)
    ids = dict(mine.values_list("vitec_id", "pk"))
    slots = {
        slot_id: {
            "viewing_id": ids[row["viewing_id"]],
            "starts_at": row["starts_at"],
            "ends_at": row["ends_at"],
        }
        for slot_id, row in told.items()
    }
    learn_rows(TimeSlot, office, slots, complete=False)


def _viewings(office: Office, told: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By id what is stored of each viewing that the slots name; as long as all of its slots."""
    named = {row["viewing_id"] for row in told.values()}
    known = {row.vitec_id: row for row in Viewing.objects.filter(office=office)}
    others = TimeSlot.objects.filter(office=office, missing_since=None).exclude(vitec_id__in=told)
    here = others.filter(viewing__vitec_id__in=named).select_related("viewing")
    slots = [*(slot.told for slot in here), *told.values()]
    found: dict[str, dict[str, Any]] = {}
    for viewing_id in named:
        mine = [row for row in slots if row["viewing_id"] == viewing_id]
        kept = {name: mine[-1][name] for name in ("estate_id", "address", "area", "places")}
        ends = [row["ends_at"] for row in mine if row["ends_at"]]
        found[viewing_id] = {
            **kept,
            "starts_at": min(row["starts_at"] for row in mine),
            "ends_at": max(ends, default=None),
        }
        if viewing_id not in known:
            found[viewing_id]["commentary"] = ""
    return found


VIEWINGS = register(
    Sheet(
        key="viewings",
        label=_("Viewings"),
        model=TimeSlot,
        id_headers=("tids-id", "time slot id", "timeslotid", "slot id"),
        columns=(
            Column(
                "viewing_id",
                ("visnings-id", "viewing id", "viewingid"),
                required=True,
                longest=LONGEST_ID,
            ),
            Column("address", ("adress", "address"), required=True),
            Column("area", ("område", "area")),
            Column("day", ("datum", "date"), required=True, read=_day),
            Column("starts", ("från", "from", "start"), required=True, read=_clock),
            Column("ends", ("till", "to", "end"), read=_clock),
            Column("places", ("platser", "places"), read=_places),
            Column(
                "estate_id",
                ("objekt-id", "estate id", "estateid"),
                longest=LONGEST_ID,
                read=read_cell,
            ),
        ),
        values=_slot,
        keep=_keep,
    )
)

LEAD_SOURCES = register(
    Sheet(
        key="lead_sources",
        label=_("Lead sources"),
        model=LeadSource,
        id_headers=("käll-id", "id", "source id"),
        columns=(Column("name", ("namn", "beskrivning", "name", "description"), required=True),),
    )
)
