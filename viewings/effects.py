"""What sending a participant does, told from the call, and reasons to ask before it is sent."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from lib import daywords
from offices import choices, veil
from offices.models import Office
from offices.person_effects import (
    Hit,
    identities,
    person_effects,
    predicted_hit,
    predicted_hits,
)
from offices.person_form import person_body
from offices.pickers import Choice
from submissions.kinds import Concern, Effect, Tone, Trace
from viewings.models import LeadSource, SlotParticipant, TimeSlot
from viewings.payloads import read_participant
from viewings.wording import reader_language, slot_words

# Longer than from the first booking to the last visit of any viewing.
SAME_SLOT = dt.timedelta(days=180)
# How the key of a concern begins that a visit on the spot answers.
BOOKED = "booked:"


@dataclasses.dataclass(frozen=True)
class Named:
    """What calls name by Vitec's ids; of tasks and colleagues their names."""

    slots: Mapping[str, TimeSlot]
    sources: Mapping[str, str]
    tasks: Mapping[str, str]
    colleagues: Mapping[str, str]


def effects(office: Office, calls: Sequence[Call]) -> list[list[Effect]]:
    """Of each the contact, the booking with its lead, the task, the messages."""
    bodies = [json.loads(call.body or "{}") for call in calls]
    slot_ids = [read_participant(call).time_slot_id for call in calls]
    hits = predicted_hits(office, [body["updatePerson"] for body in bodies])
    named = _named(office, bodies, slot_ids)
    each = zip(bodies, slot_ids, hits, strict=True)
    return [_effects(body, named.slots.get(slot_id), hit, named) for body, slot_id, hit in each]


def _named(office: Office, bodies: Sequence[Mapping[str, Any]], slot_ids: list[str]) -> Named:
    slots = TimeSlot.objects.filter(office=office, vitec_id__in=slot_ids).select_related("viewing")
    source_ids = {body.get("leadSourceId", "") for body in bodies}
    sources = LeadSource.objects.filter(office=office, vitec_id__in=source_ids)
    gives_task = any(body["updatePerson"].get("task") for body in bodies)
    return Named(
        slots={slot.vitec_id: slot for slot in slots},
        sources=dict(sources.values_list("vitec_id", "name")),
        tasks=_labels(choices.tasks(office)) if gives_task else {},
        colleagues=_labels(choices.colleagues(office)) if gives_task else {},
    )


def _labels(found: Iterable[Choice]) -> dict[str, str]:
    return {choice.value: str(choice.label) for choice in found}


def _effects(
    body: Mapping[str, Any], slot: TimeSlot | None, hit: Hit | None, named: Named
) -> list[Effect]:
    told = person_effects(body["updatePerson"], hit)
    found = [Effect(one.text, Tone.OVERWRITES if one.overwrites else Tone.CREATES) for one in told]
    found.append(Effect(_booked(body, slot)))
    found.append(Effect(_lead(named.sources.get(body.get("leadSourceId", "")))))
    found += [Effect(text) for text in _task(body["updatePerson"].get("task"), named)]
    messages = [Effect(text, Tone.MESSAGE) for text in _messages(body, slot)]
    nothing = Effect(gettext("No message leaves to anybody."), Tone.NOTE)
    return found + (messages or [nothing])


def _slot(office: Office, vitec_id: str) -> TimeSlot | None:
    slots = TimeSlot.objects.filter(office=office, vitec_id=vitec_id)
    return slots.select_related("viewing").first()


def _booked(body: Mapping[str, Any], slot: TimeSlot | None) -> str:
    where = slot_words(slot) if slot else ""
    if body["participated"]:
        return gettext("Registered as attended: %s") % where
    return gettext("Booked to the viewing: %s") % where


def _lead(source: str | None) -> str:
    if source:
        return gettext("A lead is created, with the source %s.") % source
    return gettext("A lead is created, with the source that is preselected at Vitec.")


def _task(task: Mapping[str, str] | None, named: Named) -> Iterator[str]:
    if not task:
        return
    what = named.tasks.get(task.get("predefinedTaskId", ""), "") or task.get("note", "")
    who = named.colleagues.get(task.get("assignedTo", ""), "")
    if who:
        yield gettext("%(person)s gets a task: %(task)s") % {"person": who, "task": what}
    else:
        yield gettext("A task is made: %s") % what


def _messages(body: Mapping[str, Any], slot: TimeSlot | None) -> Iterator[str]:
    """Who gets what, and when."""
    person = body["updatePerson"]
    # Without one only of somebody hidden, whose own goes along unseen.
    mobile = person.get("cellPhone") or str(veil.MASK)
    email = person.get("email", {}).get("emailAddress") or str(veil.MASK)
    if body["smsConfirmation"]:
        yield gettext("SMS to %s at once: a confirmation") % mobile
    if body["mailConfirmation"]:
        yield gettext("E-mail to %s at once: a confirmation") % email
    minutes = body.get("reminderTime")
    if minutes is not None:
        yield _reminder(minutes, slot, mobile if body["smsReminder"] else "")


def _reminder(minutes: int, slot: TimeSlot | None, mobile: str) -> str:
    before = ngettext("%d minute before", "%d minutes before", minutes) % minutes
    when = before
    if slot:
        moment = slot.starts_at - dt.timedelta(minutes=minutes)
        when = f"{daywords.say(moment, language=reader_language())} ({before})"
    values = {"number": mobile, "when": when}
    if mobile:
        return gettext("SMS to %(number)s %(when)s: a reminder") % values
    return gettext("A reminder %(when)s, as Vitec sends it") % values


def traces(office: Office, cleaned: Mapping[str, Any]) -> list[Trace]:
    """The same person in the same slot."""
    return [
        Trace(
            name="person-on-slot",
            value=f"{cleaned['time_slot_id']} {identity}",
            said=_("The same person is already registered for this time."),
            span=SAME_SLOT,
        )
        for identity in identities(office, person_body(office, cleaned))
    ]


def known(office: Office, cleaned: Mapping[str, Any]) -> list[Concern]:
    """Vitec itself names the person in the slot."""
    hit = predicted_hit(office, person_body(office, cleaned))
    slot = _slot(office, cleaned["time_slot_id"])
    if hit is None or slot is None:
        return []
    there = slot.participants.filter(contact_id=hit.contact.vitec_id, missing_since=None).first()
    return [_already(slot, there, hit.contact.name)] if there else []


def _already(slot: TimeSlot, there: SlotParticipant, name: str) -> Concern:
    if there.participated:
        said = gettext("Vitec has %s as attended at this time already.")
        return Concern(f"attended:{there.pk}", said % name, slot.page_url)
    said = gettext("Vitec has %s as registered for this time, not yet as attended.")
    return Concern(f"{BOOKED}{there.pk}", said % name, slot.page_url)
