"""A comeback in words, for the person who sends it and for the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from lib import daywords
from meetings.models import Meeting
from offices.models import Colleague, Contact, Office, UserGroup
from submissions.kinds import Line


def describe_comeback(office: Office, data: Mapping[str, Any]) -> list[Line]:
    """Whom, when, about what, by whom, what to remember; only what was entered."""
    lines = [
        Line(gettext("Contact"), contact_words(office, data["contact_id"])),
        Line(gettext("Day and time"), say(data["date"])),
    ]
    if data["meeting_id"]:
        lines.append(Line(gettext("Meeting"), meeting_words(office, data["meeting_id"])))
    if data["estate_id"]:
        lines.append(Line(gettext("Property"), estate_words(office, data["estate_id"])))
    if data["participant"]:
        lines.append(Line(gettext("Given to"), participant_words(office, *data["participant"])))
    if data["note"]:
        lines.append(Line(gettext("Note"), data["note"]))
    return lines


def say(moment: Any) -> str:
    """A moment in plain words with week number, in the reader's language."""
    return daywords.say(moment, language=get_language() or "sv")


def contact_words(office: Office, contact_id: str) -> str:
    """The name by which staff know the person."""
    return contact_names(office, [contact_id])[contact_id]


def contact_names(office: Office, contact_ids: Iterable[str]) -> dict[str, str]:
    """By which names staff know these people; one query."""
    ids = set(contact_ids)
    rows = Contact.objects.filter(office=office, vitec_id__in=ids)
    return {each: each for each in ids} | {row.vitec_id: row.name for row in rows}


def meeting_words(office: Office, meeting_id: str) -> str:
    """`Intagsmöte tis 24 nov 2026 kl. 10:00 (v. 48)`."""
    meeting = Meeting.objects.filter(office=office, vitec_id=meeting_id).first()
    if meeting is None or meeting.meeting_date is None:
        return meeting_id
    return f"{meeting.type_label} {say(meeting.meeting_date)}"


def estate_words(office: Office, estate_id: str) -> str:
    """The address by which staff know the property."""
    meeting = Meeting.objects.filter(office=office, estate_id=estate_id).last()
    return (meeting.address if meeting else "") or estate_id


def participant_words(office: Office, field: str, vitec_id: str) -> str:
    """Who gets it: a colleague, a group, or the office's pool."""
    return participant_names(office, [(field, vitec_id)])[field, vitec_id]


def participant_names(
    office: Office, participants: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The same of several, each as Vitec's field and id; a query for each field at most."""
    pool = gettext("The office's pool (Sharktank)")
    found = {(field, key): pool if field == "officeId" else key for field, key in participants}
    for model, name in ((Colleague, "userId"), (UserGroup, "userGroupId")):
        ids = [key for field, key in found if field == name]
        if ids:
            rows = model._default_manager.filter(office=office, vitec_id__in=ids)
            found |= {(name, key): said for key, said in rows.values_list("vitec_id", "name")}
    return found
