"""What stands already in the calendars in which an event is to be put."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from calendar_app.grid import taken
from offices import agendas
from offices.agendas import Asked, Entry
from offices.models import Office

# From when to when, aware.
Span = tuple[dt.datetime, dt.datetime]


@dataclasses.dataclass(frozen=True)
class Clash:
    """One of our times, and what stands in a colleague's calendar then, its title unopened."""

    colleague_id: str
    starts_at: dt.datetime
    entry: Entry


def clashes_of(
    office: Office, colleagues: Sequence[str], spans: Sequence[Span], about: str = ""
) -> list[Clash]:
    """Every clash, by time and then in the order of the colleagues.

    about: the topic that the event is made about; with that it does not clash.
    """
    if not colleagues or not spans:
        return []
    standing = agendas.entries(
        Asked(
            office=office,
            # What has no end is taken to last an hour, so it may have begun before.
            first=min(start for start, _end in spans) - dt.timedelta(days=1),
            last=max(end for _start, end in spans),
            colleagues=colleagues,
            titled=False,
        )
    )
    busy = [entry for entry in standing if entry.busy and not (about and entry.topic == about)]
    return [
        Clash(colleague_id, start, entry)
        for start, end in spans
        for colleague_id in colleagues
        for entry in _within(busy, start, end)
        if entry.colleague_id == colleague_id
    ]


def _within(entries: Iterable[Entry], start: dt.datetime, end: dt.datetime) -> list[Entry]:
    # Compared in UTC: on the wall clock the autumn night has an hour twice.
    ours = _utc(start), _utc(end)
    found = []
    for entry in entries:
        begins, ends = (_utc(moment) for moment in taken(entry))
        if begins < ours[1] and ours[0] < ends:
            found.append(entry)
    return found


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
