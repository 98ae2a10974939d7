"""A participant in words, for the person who sends it and for the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from lib import daywords
from offices.models import Office
from offices.person_form import person_name
from offices.person_words import person_words
from submissions.kinds import Line
from viewings.models import LeadSource, TimeSlot
from viewings.payloads import OPTIONS


def describe_participant(office: Office, data: Mapping[str, Any]) -> list[Line]:
    """Whom, which viewing, what will happen; then what is written of the person.

    The first two lines stand in lists, so they hold a name and a place, and no number.
    """
    lines = [
        Line(gettext("Person"), person_name(office, data)),
        Line(gettext("Viewing"), _slot(office, data["time_slot_id"])),
        Line(gettext("What will happen"), " · ".join(_happens(data))),
        *(Line(*said) for said in person_words(office, data)),
    ]
    if data["contact_message"]:
        lines.append(Line(gettext("Message from the person"), data["contact_message"]))
    if data["lead_source_id"]:
        lines.append(Line(gettext("Lead source"), _lead_source(office, data["lead_source_id"])))
    lines.append(Line(gettext("Vitec checks"), " · ".join(_checks(data))))
    return lines


def reader_language() -> str:
    """For `daywords`: the language of who reads."""
    return get_language() or "sv"


def slot_words(slot: TimeSlot) -> str:
    """`Storgatan 4, tis 24 nov 2026 kl. 12:00–12:30 (v. 48)`; the end where it is known."""
    clock = f"{timezone.localtime(slot.starts_at):%H:%M}"
    moment = daywords.say(slot.starts_at, language=reader_language())
    return f"{slot.viewing.where}, {moment.replace(clock, _span(slot), 1)}"


def slot_option(slot: TimeSlot) -> str:
    """`Storgatan 4, tis 24 nov 12:00–12:30`: as short as can be, for a narrow list."""
    day = timezone.localtime(slot.starts_at).date()
    said = daywords.say_day(day, language=reader_language())
    if day.year == timezone.localdate().year:
        said = said.removesuffix(f" {day.year}")
    return f"{slot.viewing.where}, {said} {_span(slot)}"


def _span(slot: TimeSlot) -> str:
    clock = f"{timezone.localtime(slot.starts_at):%H:%M}"
    return f"{clock}–{timezone.localtime(slot.ends_at):%H:%M}" if slot.ends_at else clock


def _slot(office: Office, time_slot_id: str) -> str:
    slots = TimeSlot.objects.filter(office=office, vitec_id=time_slot_id)
    slot = slots.select_related("viewing").first()
    return slot_words(slot) if slot else str(time_slot_id)


def _happens(data: Mapping[str, Any]) -> list[str]:
    if data["participated"]:
        return [gettext("Registered as attended"), gettext("No messages")]
    said = [gettext("Booked")]
    if data["mail_confirmation"]:
        said.append(gettext("Confirmation by e-mail"))
    if data["sms_confirmation"]:
        said.append(gettext("Confirmation by SMS"))
    if data["reminder_time"] is not None:
        said.append(_reminder(data["reminder_time"], by_sms=data["sms_reminder"]))
    return said if len(said) > 1 else [*said, gettext("No messages")]


def _reminder(minutes: int, *, by_sms: bool) -> str:
    if by_sms:
        return (
            ngettext(
                "Reminder by SMS %d minute before", "Reminder by SMS %d minutes before", minutes
            )
            % minutes
        )
    return ngettext("Reminder %d minute before", "Reminder %d minutes before", minutes) % minutes


def _checks(data: Mapping[str, Any]) -> list[str]:
    deadline, limit = (data[name] for name in OPTIONS.values())
    said = []
    if deadline:
        said.append(gettext("the last time for booking"))
    if limit:
        said.append(gettext("the number of places"))
    return said or [gettext("nothing")]


def _lead_source(office: Office, source_id: str) -> str:
    row = LeadSource.objects.filter(office=office, vitec_id=source_id).first()
    return row.name if row else source_id
