"""What viewings hold of people: who stands in a slot, by contact id, and what a broker made of
them; see `offices.person_data`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.models import Office
from offices.person_data import (
    Found,
    Holding,
    Rows,
    Rule,
    days,
    lines,
    readable,
    register,
    register_rule,
)
from offices.person_marks import Marks, marks, marks_in
from viewings.models import Impression, Registration, SlotParticipant, TimeSlot


def _participants(office: Office, wanted: Marks) -> Iterator[Found]:
    rows = SlotParticipant.objects.filter(slot__office=office, contact_id__in=wanted.contact_ids)
    for row in rows.select_related("slot__viewing"):
        yield _found(row, row.slot, row.contact_id, attended=row.participated, there=True)


def _registrations(office: Office, wanted: Marks) -> Iterator[Found]:
    rows = Registration.objects.filter(slot__office=office, contact_id__in=wanted.contact_ids)
    for row in rows.exclude(contact_id="").select_related("slot__viewing"):
        yield _found(row, row.slot, row.contact_id, attended=row.participated, there=False)


def _found(
    row: SlotParticipant | Registration,
    slot: TimeSlot,
    contact_id: str,
    *,
    attended: bool,
    there: bool,
) -> Found:
    when = f"{timezone.localtime(slot.starts_at):%Y-%m-%d %H:%M}"
    facts = lines(
        (_("Viewing"), slot.viewing.where),
        (_("Time slot"), when),
        (_("Attended"), _("yes") if attended else ""),
        (_("Contact id at Vitec"), contact_id),
    )
    told = _("Participant of the viewing %(where)s, %(when)s") % {
        "where": slot.viewing.where, "when": when
    }  # fmt: skip
    return Found(
        row.pk,
        f"{slot.viewing.where} · {when}",
        slot.starts_at,
        facts,
        marks(contact_ids=[contact_id]),
        at_vitec=told if there else "",
        url=slot.viewing.get_absolute_url(),
    )


def _erase_participants(office: Office, rows: Rows) -> int:
    gone = SlotParticipant.objects.filter(slot__office=office, pk__in=[row.pk for row in rows])
    return gone.delete()[0]


def _erase_registrations(office: Office, rows: Rows) -> int:
    found = Registration.objects.filter(slot__office=office, pk__in=[row.pk for row in rows])
    return found.update(contact_id="")


PARTICIPANTS = register(
    Holding(
        key="viewings.participants",
        label=gettext_lazy("Participants of viewings"),
        why=gettext_lazy("To know who comes to a viewing; a copy of Vitec's list."),
        goes=gettext_lazy("That the person stood in the slot."),
        stays=gettext_lazy("How many stood in the slot, as a figure."),
        find=_participants,
        tells=False,
        erase=_erase_participants,
        models=(SlotParticipant,),
    )
)
REGISTRATIONS = register(
    Holding(
        key="viewings.registrations",
        label=gettext_lazy("Registrations to viewings"),
        why=gettext_lazy("Which slot a registration that was sent concerns."),
        goes=gettext_lazy("The person's id."),
        stays=gettext_lazy("That somebody was registered, as a figure."),
        find=_registrations,
        tells=False,
        erase=_erase_registrations,
        models=(Registration,),
    )
)


def _old_participants(before: dt.datetime) -> QuerySet[SlotParticipant]:
    """How many they were stands in their slot."""
    return SlotParticipant.objects.filter(slot__starts_at__lt=before)


def _old_registrations(before: dt.datetime) -> QuerySet[Registration]:
    return Registration.objects.filter(slot__starts_at__lt=before).exclude(contact_id="")


register_rule(
    Rule(
        key="viewings.participants",
        label=gettext_lazy("Whose places at viewings they were"),
        keep=days("VISITOR_DAYS"),
        due=lambda before: _old_participants(before).count(),
        purge=lambda before: _old_participants(before).delete()[0],
        takes=("viewings.SlotParticipant",),
    )
)
register_rule(
    Rule(
        key="viewings.registrations",
        label=gettext_lazy("Whose registrations to viewings they were"),
        keep=days("VISITOR_DAYS"),
        due=lambda before: _old_registrations(before).count(),
        purge=lambda before: _old_registrations(before).update(contact_id=""),
        takes=("viewings.Registration",),
    )
)


# --- Impressions -------------------------------------------------------------------------------


def _impressions(office: Office, wanted: Marks) -> Iterator[Found]:
    rows = Impression.objects.filter(slot__office=office)
    for row in rows.select_related("slot__viewing", "registration__submission", "by").iterator():
        about = _visitor(row)
        touched = wanted.touches(about)
        if touched or wanted.are_mentioned_in([str(row.note)]):
            yield _impression(row, about, mentions=not touched)


def _visitor(row: Impression) -> Marks:
    """Whom it is of: the contact, and whoever was registered."""
    registration = row.registration
    if registration is None:
        return marks(contact_ids=[row.contact_id])
    known = marks(contact_ids=[one for one in (row.contact_id, registration.contact_id) if one])
    call = readable(lambda: registration.submission.call)
    return known | marks_in(json.loads(call.body or "null")) if call else known


def _impression(row: Impression, about: Marks, *, mentions: bool) -> Found:
    when = f"{timezone.localtime(row.slot.starts_at):%Y-%m-%d %H:%M}"
    where = row.slot.viewing.where
    facts = lines(
        (_("Viewing"), where),
        (_("Time slot"), when),
        (_("Interest"), row.get_interest_display() if row.interest else ""),
        (_("Note"), row.note),
        (_("Written by"), row.by),
    )
    url = row.slot.viewing.get_absolute_url()
    title = f"{where} · {when}"
    return Found(row.pk, title, row.changed_at, facts, about, mentions=mentions, url=url)


def _erase_impressions(office: Office, rows: Rows) -> int:
    gone = Impression.objects.filter(slot__office=office, pk__in=[row.pk for row in rows])
    return gone.delete()[0]


IMPRESSIONS = register(
    Holding(
        key="viewings.impressions",
        label=gettext_lazy("What visitors thought"),
        why=gettext_lazy("To come back to those who are interested."),
        goes=gettext_lazy("The interest and the note."),
        find=_impressions,
        erase=_erase_impressions,
        models=(Impression,),
    )
)


def _old_impressions(before: dt.datetime) -> QuerySet[Impression]:
    return Impression.objects.filter(slot__starts_at__lt=before, changed_at__lt=before)


register_rule(
    Rule(
        key="viewings.impressions",
        label=gettext_lazy("What visitors thought"),
        keep=days("RETENTION_DAYS"),
        due=lambda before: _old_impressions(before).count(),
        purge=lambda before: _old_impressions(before).delete()[0],
        takes=("viewings.Impression",),
    )
)
