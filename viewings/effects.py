"""What sending a participant does, told from the call, and reasons to ask before it is sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from lib import daywords
from offices import choices, veil
from offices.models import Office
from offices.person_effects import identities, person_effects, predicted_hit
from offices.person_form import person_body
from submissions.kinds import Concern, Effect, Tone, Trace
from viewings.models import LeadSource, SlotParticipant, TimeSlot
from viewings.payloads import read_participant
from viewings.wording import reader_language, slot_words

# Longer than from the first booking to the last visit of any viewing.
SAME_SLOT = dt.timedelta(days=180)
# How the key of a concern begins that a visit on the spot answers.
BOOKED = "booked:"


def effects(office: Office, call: Call) -> list[Effect]:
    """The contact, the booking with its lead, the task, the messages."""
    body = json.loads(call.body or "{}")
    slot = _slot(office, read_participant(call).time_slot_id)
    told = person_effects(office, body["updatePerson"])
    found = [Effect(one.text, Tone.OVERWRITES if one.overwrites else Tone.CREATES) for one in told]
    found.append(Effect(_booked(body, slot)))
    found.append(Effect(_lead(office, body)))
    found += [Effect(text) for text in _task(office, body["updatePerson"].get("task"))]
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


def _lead(office: Office, body: Mapping[str, Any]) -> str:
    source = LeadSource.objects.filter(office=office, vitec_id=body.get("leadSourceId", "")).first()
    if source:
        return gettext("A lead is created, with the source %s.") % source.name
    return gettext("A lead is created, with the source that is preselected at Vitec.")


def _task(office: Office, task: Mapping[str, str] | None) -> Iterator[str]:
    if not task:
        return
    names = {choice.value: str(choice.label) for choice in choices.tasks(office)}
    people = {choice.value: str(choice.label) for choice in choices.colleagues(office)}
    what = names.get(task.get("predefinedTaskId", ""), "") or task.get("note", "")
    who = people.get(task.get("assignedTo", ""), "")
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
