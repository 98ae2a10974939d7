"""Viewings and their time slots from Vitec: the homes first, then each home that has viewings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from connect import lookups, rows
from connect.client import Client
from connect.errors import Denied, Refused, VitecError
from offices import contact_search, erased
from offices import models as directories
from offices.capabilities import may_ask, remember
from offices.directory import learn_rows
from offices.models import Contact, Office
from offices.sync import sync_estates
from offices.syncing import Pulled, run_sync
from viewings.linking import link_registrations
from viewings.models import (
    LOOKING_BACK,
    LeadSource,
    SlotParticipant,
    TimeSlot,
    Viewing,
    start_of_today,
)
from viewings.payloads import lead_sources_call, viewings_call

EVERY = 5 * 60
EVERY_LEAD_SOURCES = 60 * 60
AHEAD = dt.timedelta(days=60)
# Whose names are asked for in one run; the capability is that of reading persons.
MOST_NAMES = 200
NAMES = "persons"
# Where the list of homes does not tell which have viewings, no more than these are asked about.
MOST_ESTATES = 100


@dataclasses.dataclass(frozen=True)
class Estate:
    """A home as the directory has it. starts: when its viewings begin, as far as Vitec tells."""

    estate_id: str
    address: str
    area: str
    is_sold: bool
    starts: tuple[dt.datetime, ...]


def sync_office(office: Office, *, now: bool = False) -> None:
    """Refresh the viewings of one office; see `offices.syncing.run_sync`."""
    # They tell which homes have viewings. Fetched once in an interval, whoever asks first.
    sync_estates(office)
    run_sync(office, "viewings", EVERY, pull_viewings, now=now)
    run_sync(office, "lead_sources", EVERY_LEAD_SOURCES, pull_lead_sources, now=now)


def pull_viewings(client: Client, office: Office) -> Pulled:
    """Viewings from a fortnight back to two months ahead.

    A home that Vitec refuses to tell of (sold, moved, gone) is passed over.
    """
    estates = known_estates(office)
    found: list[tuple[Estate, list[rows.Row]]] = []
    mark_vanished(office)
    for estate in to_ask(office, estates):
        try:
            answer = client.send(viewings_call(office, estate.estate_id)).value
        except Refused:
            continue
        found.append((estate, _in_span(answer)))
    changed = _keep(office, found)
    learn_names(client, office)
    link_registrations(office)
    return Pulled(sum(len(viewings) for _home, viewings in found), changed)


def mark_vanished(office: Office) -> int:
    """A home that Vitec no longer lists has no viewing ahead; one that has been stays as it was."""
    gone = directories.Estate.objects.filter(office=office, missing_since__isnull=False)
    coming = Viewing.objects.filter(office=office, missing_since=None).coming()
    here = coming.filter(estate_id__in=gone.values("vitec_id"))
    return here.update(missing_since=timezone.now())


def learn_names(client: Client, office: Office) -> None:
    """Ask Vitec who the participants are whom the office's contacts do not name, once a day each.

    Where that is refused or fails, the viewings are none the worse.
    """
    if not may_ask(office, NAMES):
        return
    day_ago = timezone.now() - dt.timedelta(days=1)
    known = Contact.objects.filter(office=office).values("vitec_id")
    unknown = SlotParticipant.objects.filter(
        slot__office=office, missing_since=None, slot__starts_at__gt=start_of_today() - LOOKING_BACK
    ).exclude(contact_id__in=known)
    fresh = unknown.exclude(asked_at__gt=day_ago).order_by("-pk")
    ids = list(dict.fromkeys(fresh.values_list("contact_id", flat=True)))[:MOST_NAMES]
    if not ids:
        return
    try:
        contact_search.keep(office, lookups.persons(client, office.customer_id, ids))
    except Denied:
        remember(office, NAMES, allowed=False)
    except VitecError:
        return
    else:
        remember(office, NAMES, allowed=True)
        unknown.filter(contact_id__in=ids).update(asked_at=timezone.now())


def pull_lead_sources(client: Client, office: Office) -> Pulled:
    """The lead sources that a booking may name."""
    found = rows.children({"rows": client.send(lead_sources_call(office)).value}, "rows")
    named = {rows.text(row, "id"): {"name": rows.text(row, "name")[:200]} for row in found}
    values = {key: value for key, value in named.items() if 0 < len(key) <= 64 and value["name"]}
    return Pulled(len(values), learn_rows(LeadSource, office, values, complete=True))


def known_estates(office: Office) -> list[Estate]:
    """The homes of Vitec's list; where it may not be read, all that we know of."""
    told = may_ask(office, "estates")
    rows = directories.Estate.objects.filter(office=office, missing_since=None)
    if told and rows.filter(listed=True).exists():
        rows = rows.filter(listed=True)
    return [
        Estate(
            estate_id=row.vitec_id,
            address=str(row.address),
            area=row.area,
            is_sold=row.is_sold,
            starts=tuple(map(dt.datetime.fromisoformat, row.viewing_starts if told else [])),
        )
        for row in rows.order_by("-last_seen", "pk")
    ]


def to_ask(office: Office, estates: list[Estate]) -> list[Estate]:
    """The homes worth a call: those with viewings in the span, and those that we know to have any.

    The latter since a viewing that was cancelled, or has been, may vanish from the list. Where
    the list tells of no viewing at all, it is taken not to tell, and every home that is not sold
    is asked about.
    """
    if any(estate.starts for estate in estates):
        chosen = [estate for estate in estates if any(map(_is_in_span, estate.starts))]
    else:
        chosen = [estate for estate in estates if not estate.is_sold][:MOST_ESTATES]
    asked = {estate.estate_id for estate in chosen}
    known = Viewing.objects.filter(office=office, **_known_span())
    ours = set(known.values_list("estate_id", flat=True)) - asked
    return chosen + [estate for estate in estates if estate.estate_id in ours]


def _is_in_span(moment: dt.datetime | None) -> bool:
    today = start_of_today()
    return moment is not None and today - LOOKING_BACK <= moment <= today + AHEAD


def _in_span(answer: Any) -> list[rows.Row]:
    found = rows.children({"rows": answer}, "rows")
    return [row for row in found if _has_id(row) and _is_in_span(rows.moment(row, "startsAt"))]


def _has_id(row: rows.Row) -> bool:
    return 0 < len(rows.text(row, "id")) <= 64


def _known_span() -> dict[str, Any]:
    """Of our rows those that an answer would name."""
    today = start_of_today()
    return {"missing_since": None, "starts_at__range": (today - LOOKING_BACK, today + AHEAD)}


@transaction.atomic
def _keep(office: Office, found: list[tuple[Estate, list[rows.Row]]]) -> int:
    """Keep the viewings and slots of these homes; mark those that they no longer have."""
    values = {
        rows.text(row, "id"): _viewing_values(estate, row)
        for estate, viewings in found
        for row in viewings
    }
    changed = learn_rows(Viewing, office, values, complete=False)
    asked = [estate.estate_id for estate, _found in found]
    mine = Viewing.objects.filter(office=office, estate_id__in=asked)
    known = {viewing.vitec_id: viewing for viewing in mine.filter(vitec_id__in=values)}
    slots: dict[str, dict[str, Any]] = {}
    people: dict[str, dict[str, bool]] = {}
    for _home, viewings in found:
        for row in viewings:
            slots |= _slots(known[rows.text(row, "id")], row)
            people |= _participants(row)
    changed += learn_rows(TimeSlot, office, slots, complete=False)
    changed += _keep_participants(office, people)
    gone_slots = TimeSlot.objects.filter(viewing__in=mine, **_known_span())
    changed += gone_slots.exclude(vitec_id__in=slots).update(missing_since=timezone.now())
    gone = mine.filter(**_known_span()).exclude(vitec_id__in=values)
    return changed + gone.update(missing_since=timezone.now())


def _viewing_values(estate: Estate, row: rows.Row) -> dict[str, Any]:
    return {
        "estate_id": estate.estate_id,
        "address": estate.address,
        "area": estate.area,
        "starts_at": rows.moment(row, "startsAt"),
        "ends_at": rows.moment(row, "endsAt"),
        "commentary": rows.text(row, "commentary"),
        "places": _whole(rows.text(row, "participantPerTimeSlot")),
        "no_later_than": rows.moment(row, "noLaterThen"),
    }


def _slots(viewing: Viewing, row: rows.Row) -> dict[str, dict[str, Any]]:
    found = {}
    for slot in rows.children(row, "timeSlots"):
        if _has_id(slot):
            people = rows.children(slot, "participants")
            found[rows.text(slot, "id")] = {
                "viewing_id": viewing.pk,
                "starts_at": rows.moment(slot, "startsAt") or viewing.starts_at,
                "ends_at": rows.moment(slot, "endsAt") or viewing.ends_at,
                "registered": len(people),
                "attended": sum(rows.flag(person, "hasParticipated") is True for person in people),
            }
    return found


def _participants(row: rows.Row) -> dict[str, dict[str, bool]]:
    """Of each slot the contact ids, and whether they were there; one booked twice counts once."""
    found: dict[str, dict[str, bool]] = {}
    for slot in rows.children(row, "timeSlots"):
        if _has_id(slot):
            people = found.setdefault(rows.text(slot, "id"), {})
            for person in rows.children(slot, "participants"):
                contact_id = rows.text(person, "contactId")
                if 0 < len(contact_id) <= 64:
                    there = rows.flag(person, "hasParticipated") is True
                    people[contact_id] = people.get(contact_id, False) or there
    return found


def _keep_participants(office: Office, people: dict[str, dict[str, bool]]) -> int:
    """Keep who is in these slots, and mark who no longer is; returns how many changed.

    Who was erased here stays a figure of the slot.
    """
    named = {contact_id for there in people.values() for contact_id in there}
    gone = erased.among(office, named)
    people = {
        slot: {one: there for one, there in found.items() if one not in gone}
        for slot, found in people.items()
    }
    slots = TimeSlot.objects.filter(office=office, vitec_id__in=people)
    ids = dict(slots.values_list("pk", "vitec_id"))
    known = SlotParticipant.objects.filter(slot__in=ids)
    news, seen = [], {}
    for row in known:
        seen[row.slot_id, row.contact_id] = row
        there = people[ids[row.slot_id]].get(row.contact_id)
        if _tell(row, there):
            news.append(row)
    SlotParticipant.objects.bulk_update(news, ["participated", "missing_since"])
    fresh = [
        SlotParticipant(slot_id=pk, contact_id=contact_id, participated=there)
        for pk, vitec_id in ids.items()
        for contact_id, there in people[vitec_id].items()
        if (pk, contact_id) not in seen
    ]
    SlotParticipant.objects.bulk_create(fresh)
    return len(news) + len(fresh)


def _tell(row: SlotParticipant, there: bool | None) -> bool:
    """Take in what Vitec says now, None for no longer in the slot; was it news?"""
    before = (row.participated, row.missing_since)
    if there is None:
        row.missing_since = row.missing_since or timezone.now()
    else:
        row.participated, row.missing_since = there, None
    return (row.participated, row.missing_since) != before


def _whole(text: str) -> int | None:
    """A number of places; nought, nothing and what is no number set no limit."""
    return (int(text) or None) if text.isascii() and text.isdigit() and len(text) < 7 else None
