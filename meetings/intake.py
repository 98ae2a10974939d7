"""Keeping what Vitec said of meetings: new ones, changed ones with what they were before, and those
that vanished. What says nothing new costs no write.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from lib.bulk import upsert_many
from meetings import ageing, reading
from meetings.models import Meeting, MeetingFacts, MeetingVersion
from meetings.sightings import Sightings
from meetings.teaching import teach
from meetings.windows import Span
from offices import erased
from offices.directory import learn_contacts
from offices.models import Contact, Office, SyncRun
from offices.protected import mark_by_words
from offices.syncing import HISTORY, beat

BATCH = 500
TICK = dt.timedelta(microseconds=1)
MISSING = "missing"
# An answer without a single row, where we know of so many, is taken for a fault of the answer.
BELIEVED_GONE = 20
_FACTS = [field.name for field in MeetingFacts._meta.get_fields()]
_KEPT = {"id", "office", "vitec_id", "first_seen", "listed"}
_UPDATED = [f.name for f in Meeting._meta.concrete_fields if f.name not in _KEPT]


class Intake:
    """One run's rows on their way into the tables. seen: the ids that Vitec named in this run."""

    def __init__(self, office: Office, run: SyncRun) -> None:
        self.office = office
        self.run = run
        self.seen: set[str] = set()
        self._sightings = Sightings(run)

    def take(self, answer: Iterable[Any], moment: dt.datetime) -> None:
        """Keep an answer's rows, each batch whole or not at all. moment: when the answer came."""
        rows = (reading.without_numbers(row) for row in answer if reading.is_meeting(row))
        while batch := list(itertools.islice(rows, BATCH)):
            # Most come twice, by the day of the meeting and by that of the booking.
            new = {str(row["id"]): row for row in batch if str(row["id"]) not in self.seen}
            self.seen.update(new)
            self.run.fetched += len(new)
            self._take_batch(self._without_erased(new), moment)

    def _without_erased(self, rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """Of who was erased here nothing comes back but the office's figures, nor of long ago."""
        horizons = ageing.horizons()
        differ = horizons.coming_in != horizons.stored
        stored = ageing.kept_in_full(self.office, rows) if differ else set()
        named = {
            one: (str(row.get("contactId") or ""), reading.mark_of(one))
            for one, row in rows.items()
        }
        gone = erased.among(self.office, itertools.chain.from_iterable(named.values()))
        return {
            vitec_id: reading.impersonal(row)
            if gone.intersection(named[vitec_id])
            else ageing.aged(row, horizons.stored if vitec_id in stored else horizons.coming_in)
            for vitec_id, row in rows.items()
        }

    def _take_batch(self, rows: dict[str, dict[str, Any]], moment: dt.datetime) -> None:
        known = self._known(list(rows))
        fresh: dict[str, tuple[dict[str, Any], str]] = {}
        for vitec_id, row in rows.items():
            print_ = reading.fingerprint(reading.canonical(row))
            if known.get(vitec_id) != (print_, None):
                fresh[vitec_id] = (row, print_)
        created = len(fresh.keys() - known.keys())
        self.run.created += created
        self.run.changed += len(fresh)
        self.run.unchanged += len(rows) - len(fresh)
        if not fresh:
            return
        with transaction.atomic():
            beat(self.run)
            self.learn(self._keep(fresh, known.keys() & fresh.keys(), moment))

    def _known(self, ids: list[str]) -> dict[str, tuple[str, dt.datetime | None]]:
        mine = Meeting.objects.filter(office=self.office, vitec_id__in=ids)
        columns = mine.values_list("vitec_id", "fingerprint", "missing_since")
        return {vitec_id: (print_, missing) for vitec_id, print_, missing in columns}

    def _keep(
        self, fresh: dict[str, tuple[dict[str, Any], str]], changed: set[str], moment: dt.datetime
    ) -> list[Meeting]:
        before = {
            meeting.vitec_id: meeting
            for meeting in Meeting.objects.filter(office=self.office, vitec_id__in=changed)
        }
        versions, meetings = [], []
        for vitec_id, (row, print_) in fresh.items():
            meeting = Meeting(
                office=self.office,
                vitec_id=vitec_id,
                fingerprint=print_,
                last_seen=moment,
                observed_from=moment,
                **reading.columns(row),
            )
            if old := before.get(vitec_id):
                versions += self._succeed(old, meeting, moment)
            meetings.append(meeting)
        MeetingVersion.objects.bulk_create(versions)
        upsert_many(meetings, unique=("office", "vitec_id"), updated=_UPDATED)
        return meetings

    def _succeed(self, old: Meeting, new: Meeting, moment: dt.datetime) -> list[MeetingVersion]:
        """Date the new one and say what changed; the version that the old one becomes, if any."""
        new.changed = reading.changed_fields(old.row, new.row)
        if old.missing_since:
            new.changed.append(MISSING)
        if not old.fingerprint:
            # From before there were versions: nobody knows what was there, so nothing has changed.
            new.changed, new.observed_from = [], old.observed_from
            return []
        new.observed_from = _later(old.observed_from, moment)
        return [self._version(old, moment)]

    def _version(self, old: Meeting, moment: dt.datetime) -> MeetingVersion:
        return MeetingVersion(
            meeting=old,
            office_id=old.office_id,
            vitec_id=old.vitec_id,
            missing_since=old.missing_since,
            observed_to=_later(old.observed_from, moment),
            seen_until=self._sightings.last_of(old),
            **{name: getattr(old, name) for name in _FACTS},
        )

    def learn(self, meetings: list[Meeting]) -> None:
        """The latest meeting with a contact tells best how to reach them."""
        in_order = sorted(meetings, key=lambda meeting: str(meeting.row.get("bookedDate") or ""))
        people = {
            meeting.contact_id: {
                name: said for name, said in meeting.personal.items() if name != "row"
            }
            for meeting in in_order
            if meeting.contact_id
        }
        if self.run.span == HISTORY:
            # What was said long ago must not speak louder than what was said since.
            known = Contact.objects.filter(office=self.office, vitec_id__in=people)
            for vitec_id in known.values_list("vitec_id", flat=True):
                del people[vitec_id]
        learn_contacts(self.office, people)
        # Wherever in Vitec's row it says so.
        said_of = {one.contact_id: json.dumps(one.row, ensure_ascii=False) for one in meetings}
        mark_by_words(self.office, said_of)
        teach(self.office, [meeting.row for meeting in meetings])

    # --- What vanished ----------------------------------------------------------------------

    def unseen(self, spans: list[Span], types: list[str] | None) -> list[Meeting]:
        """Those that the spans, all answered whole, would have named and did not.

        types: the types that were asked for, None for every one. Without the sealed columns.
        """
        inside = Q()
        for span in spans:
            column = "booked_date" if span.by_booking_date else "meeting_date"
            inside |= Q(**{f"{column}__gte": span.begins, f"{column}__lt": span.ends})
        if not spans:
            return []
        known = Meeting.objects.filter(inside, office=self.office, missing_since=None)
        if types is not None:
            known = known.filter(type__in=types)
        columns = known.only("pk", "vitec_id", "meeting_date", "booked_date")
        gone = [row for row in columns.iterator() if row.vitec_id not in self.seen]
        if not self.seen and len(gone) > BELIEVED_GONE:
            return []
        return gone

    def mark_missing(self, gone: Iterable[Meeting], moment: dt.datetime) -> None:
        """Vitec no longer has these. They are kept, and say since when."""
        for ids in _batches([meeting.pk for meeting in gone]):
            with transaction.atomic():
                # Read again: another run may have seen one since.
                rows = list(Meeting.objects.filter(pk__in=ids, missing_since=None))
                MeetingVersion.objects.bulk_create(self._version(old, moment) for old in rows)
                for row in rows:
                    row.observed_from = _later(row.observed_from, moment)
                    row.missing_since = moment
                    row.changed = [MISSING]
                Meeting.objects.bulk_update(rows, ["observed_from", "missing_since", "changed"])
                self.run.missing += len(rows)
                beat(self.run)


def _later(before: dt.datetime, moment: dt.datetime) -> dt.datetime:
    """The moment, or just after what came before it: a clock may have been set back."""
    return max(moment, before + TICK)


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
