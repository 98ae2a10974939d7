"""What meetings and their earlier versions hold of people; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import phone_numbers
from meetings import ageing, reading, words
from meetings.facts import without_amounts
from meetings.models import Meeting, MeetingFacts, MeetingVersion, SavedView
from offices import erased
from offices.models import Estate, Membership, Office
from offices.person_data import Found, Holding, Rows, Rule, lines, register, register_rule
from offices.person_marks import Marks, marks

Facts = TypeVar("Facts", Meeting, MeetingVersion)
AT_ONCE = 500


def _meetings(office: Office, wanted: Marks) -> Iterator[Found]:
    for meeting in _rows(Meeting.objects.filter(office=office), wanted):
        about = _about(meeting)
        if wanted.touches(about):
            yield _meeting(meeting, about)


def _versions(office: Office, wanted: Marks) -> Iterator[Found]:
    for version in _rows(MeetingVersion.objects.filter(office=office), wanted):
        about = _about(version)
        if wanted.touches(about):
            yield _version(version, about)


def _rows(rows: QuerySet[Facts], wanted: Marks) -> Iterator[Facts]:
    """Those that an index names; whether they are meant tells what is sealed in them."""
    found = Q(contact_id__in=wanted.contact_ids)
    for text in (*wanted.phones, *wanted.names):
        condition = words.condition(text)
        if condition is not None:
            found |= condition
    return rows.filter(found).iterator(chunk_size=AT_ONCE)


def _about(facts: MeetingFacts) -> Marks:
    return marks(
        contact_ids=[facts.contact_id],
        names=[str(facts.personal["name"])],
        phones=facts.personal["phones"],
    )


def _told(facts: MeetingFacts, vitec_id: str) -> tuple[tuple[str, str], ...]:
    when = facts.meeting_date
    return lines(
        (_("When"), f"{timezone.localtime(when):%Y-%m-%d %H:%M}" if when else ""),
        (_("Type"), facts.type_label),
        (_("State"), facts.state_label),
        (_("Name"), facts.contact_name),
        (_("Phone"), ", ".join(map(phone_numbers.shown, facts.personal["phones"]))),
        (_("Address"), facts.address),
        (_("Broker"), facts.broker_name),
        (_("Booked by"), facts.booked_by_name),
        (_("Property id"), facts.estate_id),
        (_("Contact id at Vitec"), facts.contact_id),
        (_("Id at Vitec"), vitec_id),
        (
            # Amounts are the office's figures, not the person's.
            _("Vitec's row as it came, without amounts"),
            json.dumps(without_amounts(facts.row), ensure_ascii=False) if facts.row else "",
        ),
    )


def _title(facts: MeetingFacts) -> str:
    when = facts.meeting_date
    day = f"{timezone.localtime(when):%Y-%m-%d %H:%M}" if when else "–"
    return f"{facts.type_label} · {day}"


def _meeting(meeting: Meeting, about: Marks) -> Found:
    there = "" if meeting.missing_since else f"{_title(meeting)} · id {meeting.vitec_id}"
    return Found(
        meeting.pk,
        " · ".join(filter(None, (_title(meeting), meeting.contact_name))),
        meeting.meeting_date,
        _told(meeting, meeting.vitec_id),
        about,
        at_vitec=there,
    )


def _version(version: MeetingVersion, about: Marks) -> Found:
    seen = f"{timezone.localtime(version.observed_to):%Y-%m-%d %H:%M}"
    title = _("%(meeting)s, as it was until %(moment)s") % {
        "meeting": _title(version), "moment": seen
    }  # fmt: skip
    facts = _told(version, version.vitec_id)
    return Found(version.pk, title, version.observed_to, facts, about)


def _views(office: Office, wanted: Marks) -> Iterator[Found]:
    """Whoever names a view may have named a customer in it."""
    colleagues = Membership.objects.filter(office=office).values("user")
    theirs = Q(office=office) | Q(office=None, owner__in=colleagues)
    for view in SavedView.objects.named().filter(theirs).select_related("owner"):
        if wanted.are_mentioned_in([view.name]):
            facts = lines((_("Name"), view.name), (_("Made by"), view.owner))
            title = str(_("A saved view"))
            yield Found(view.pk, title, view.changed_at, facts, mentions=True)


# --- Erasing -----------------------------------------------------------------------------------


@transaction.atomic
def _erase_meetings(office: Office, rows: Rows) -> int:
    found = Meeting.objects.filter(office=office, pk__in=[row.pk for row in rows])
    meetings = list(found.select_for_update())
    # Of one without a contact's id nothing else tells the next fetch that it is theirs.
    erased.remember(office, (reading.mark_of(meeting.vitec_id) for meeting in meetings))
    _forget_homes(office, meetings)
    for meeting in meetings:
        _scrub(meeting, meeting.vitec_id)
    Meeting.objects.bulk_update(meetings, _SCRUBBED, batch_size=AT_ONCE)
    return len(meetings)


@transaction.atomic
def _erase_versions(office: Office, rows: Rows) -> int:
    found = MeetingVersion.objects.filter(office=office, pk__in=[row.pk for row in rows])
    versions = list(found.select_for_update())
    for version in versions:
        _scrub(version, version.vitec_id)
    MeetingVersion.objects.bulk_update(versions, _SCRUBBED, batch_size=AT_ONCE)
    return len(versions)


def _erase_views(office: Office, rows: Rows) -> int:
    """The view stays, for those who work with it."""
    found = SavedView.objects.filter(pk__in=[row.pk for row in rows])
    return found.update(name=_("Nameless view"))


_SCRUBBED = [
    "contact_id", "person_hash", "personal", "impersonal", "words", "fingerprint", "estate_id"
]  # fmt: skip


def _scrub(facts: MeetingFacts, vitec_id: str) -> None:
    """What Vitec would have to say now for it to be no news; see `reading.impersonal`."""
    row = reading.impersonal({**facts.row, "id": vitec_id})
    scrubbed = reading.columns(row)
    for name in ("contact_id", "person_hash", "personal", "impersonal", "words", "estate_id"):
        setattr(facts, name, scrubbed[name])
    if facts.fingerprint:
        facts.fingerprint = reading.fingerprint(reading.canonical(row))


def _forget_homes(office: Office, meetings: list[Meeting]) -> None:
    """Homes that we know of from these meetings alone are the person's own."""
    ids = {meeting.estate_id for meeting in meetings if meeting.estate_id}
    others = Meeting.objects.filter(office=office, estate_id__in=ids)
    known = others.exclude(pk__in=[meeting.pk for meeting in meetings]).values("estate_id")
    homes = Estate.objects.filter(office=office, vitec_id__in=ids, listed=False)
    homes.exclude(vitec_id__in=known).delete()


_GOES = gettext_lazy(
    "Name, phones, address, the ids of contact and property, Vitec's row, and the hashes of the "
    "search."
)
_STAYS = gettext_lazy(
    "When, type, state, broker, source and amounts: the office's figures, which lead to nobody."
)
MEETINGS = register(
    Holding(
        key="meetings.meetings",
        label=gettext_lazy("Meetings"),
        why=gettext_lazy("The day's list of booked meetings; a copy of Vitec's."),
        goes=_GOES,
        stays=_STAYS,
        find=_meetings,
        erase=_erase_meetings,
        models=(Meeting, Estate),
    )
)
VERSIONS = register(
    Holding(
        key="meetings.versions",
        label=gettext_lazy("Earlier versions of meetings"),
        why=gettext_lazy("To see when Vitec changed what."),
        goes=_GOES,
        stays=_STAYS,
        find=_versions,
        erase=_erase_versions,
        models=(MeetingVersion,),
    )
)


# --- Age ---------------------------------------------------------------------------------------


def _old_meetings(before: dt.datetime) -> QuerySet[Meeting]:
    return Meeting.objects.filter(ageing.with_person(before))


def _old_versions(before: dt.datetime) -> QuerySet[MeetingVersion]:
    return MeetingVersion.objects.filter(ageing.with_person(before, "observed_to"))


def _age_meetings(before: dt.datetime) -> int:
    """Batch by batch, so that no sync waits for long."""
    return _until_none(lambda: _age_some_meetings(before))


@transaction.atomic
def _age_some_meetings(before: dt.datetime) -> int:
    found = _old_meetings(before).select_related("office").order_by("pk")
    meetings = list(found.select_for_update(of=("self",))[:AT_ONCE])
    for office in {meeting.office_id: meeting.office for meeting in meetings}.values():
        _forget_homes(office, [one for one in meetings if one.office_id == office.pk])
    for meeting in meetings:
        _scrub(meeting, meeting.vitec_id)
    Meeting.objects.bulk_update(meetings, _SCRUBBED, batch_size=AT_ONCE)
    return len(meetings)


def _age_versions(before: dt.datetime) -> int:
    return _until_none(lambda: _age_some_versions(before))


@transaction.atomic
def _age_some_versions(before: dt.datetime) -> int:
    versions = list(_old_versions(before).select_for_update().order_by("pk")[:AT_ONCE])
    for version in versions:
        _scrub(version, version.vitec_id)
    MeetingVersion.objects.bulk_update(versions, _SCRUBBED, batch_size=AT_ONCE)
    return len(versions)


def _until_none(some: Callable[[], int]) -> int:
    count = 0
    while done := some():
        count += done
    return count


register_rule(
    Rule(
        key=ageing.RULE,
        label=gettext_lazy("The people of meetings long past"),
        keep=ageing.keep,
        due=lambda before: _old_meetings(before).count(),
        purge=_age_meetings,
        takes=("meetings.Meeting", "offices.Estate"),
    )
)
register_rule(
    Rule(
        key="meetings.versions",
        label=gettext_lazy("The people of earlier versions of meetings long past"),
        keep=ageing.keep,
        due=lambda before: _old_versions(before).count(),
        purge=_age_versions,
        takes=("meetings.MeetingVersion",),
    )
)


# --- Saved views -------------------------------------------------------------------------------

VIEWS = register(
    Holding(
        key="meetings.views",
        label=gettext_lazy("Names of saved views"),
        why=gettext_lazy("To find a list again."),
        goes=gettext_lazy("The name."),
        stays=gettext_lazy("The view itself, which holds filters alone."),
        find=_views,
        tells=False,
        erase=_erase_views,
        models=(SavedView,),
    )
)
