"""What was sent from here, in the calendar: at its time, with where it stands."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from lib import series
from lib.daywords import STOCKHOLM
from offices.agendas import Asked, Entry, register_source
from submissions.models import LIVE, Occurrence, State, Submission
from submissions.templatetags.submission_look import LOOKS


@register_source
def sent(asked: Asked) -> Iterator[Entry]:
    """Every submission with a time; not those undone, nor a refused one that was corrected."""
    rows = Occurrence.objects.touching(asked.first, asked.last)
    rows = rows.filter(submission__office=asked.office)
    rows = rows.exclude(submission__state=State.CANCELLED)
    rows = rows.exclude(submission__state=State.REJECTED, submission__corrections__isnull=False)
    if asked.colleagues is not None:
        rows = rows.filter(colleague_id__in=asked.colleagues)
    for row in rows.select_related("submission").order_by("starts_at", "pk"):
        times = list(_times(row, asked.first, asked.last))
        if times:
            entry = _entry(row, asked.titled)
            yield from (
                dataclasses.replace(entry, starts_at=start, ends_at=end) for start, end in times
            )


def _times(
    row: Occurrence, first: dt.datetime, last: dt.datetime
) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    if not row.rule:
        yield row.starts_at, row.ends_at
        return
    # On the wall clock, so that each of a series ends at the same time of day.
    start = row.starts_at.astimezone(STOCKHOLM)
    length = None if row.ends_at is None else _shown(row.ends_at) - _shown(start)
    reach = length or dt.timedelta()
    for moment in series.between(row.rule, start, first - reach, last):
        end = None if length is None else moment + length
        if end is None or end > first:
            yield moment, end


def _shown(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(STOCKHOLM).replace(tzinfo=None)


def _entry(row: Occurrence, titled: bool) -> Entry:
    submission: Submission = row.submission
    shown = submission.shown
    lines = submission.lines if titled else []
    return Entry(
        what=submission.kind_label,
        starts_at=row.starts_at,
        all_day=row.all_day,
        title=lines[0].value if lines else "",
        colleague_id=row.colleague_id,
        url=submission.get_absolute_url(),
        icon=submission.kind_icon,
        state=shown.label,
        tone=LOOKS[shown].tone,
        # What has no end of its own, such as a call to make, takes up no time.
        busy=submission.state in LIVE and row.ends_at is not None,
        sent=True,
    )
