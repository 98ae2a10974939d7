"""Entries laid out on the days of a month, a week or one day: pure reckoning, in Stockholm time.

A day's clock is cut into quarters of an hour. What overlaps stands side by side in lanes; the
width of a day is twelve parts, which two, three, four and six lanes share evenly.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from lib import workdays
from lib.daywords import STOCKHOLM
from offices.agendas import Entry

A_DAY = dt.timedelta(days=1)
# Where nobody has said an end, as with Vitec's meetings, this long is taken up.
ASSUMED = dt.timedelta(hours=1)
QUARTER = 15
# The hours that a day shows at least.
FROM_HOUR, TO_HOUR = 8, 18
PARTS = 12
LANES = (1, 2, 3, 4, 6)
# At least so high that a line of text fits.
LOWEST = 2


@dataclasses.dataclass(frozen=True)
class Item:
    """One entry on one day. who: in whose calendar, in words, "" where that is plain.

    begins, ends: of the entry on this day; None where it goes on from or into another day.
    row, to_row: lines of the day's grid, 1 is the first quarter shown. part, wide: of twelve.
    """

    entry: Entry
    begins: dt.time | None
    ends: dt.time | None
    who: str = ""
    row: int = 0
    to_row: int = 0
    part: int = 1
    wide: int = PARTS

    @property
    def whole(self) -> bool:
        """It takes up the whole day."""
        return self.entry.all_day or (self.begins is None and self.ends is None)

    @property
    def since(self) -> str:
        """`10:00`, or "" where it goes on from the day before."""
        return f"{self.begins:%H:%M}" if self.begins and not self.whole else ""

    @property
    def till(self) -> str:
        """`–11:00`, `–` where it goes on into the next day, "" where it has no end."""
        if self.whole or self.entry.ends_at is None:
            return ""
        return f"–{self.ends:%H:%M}" if self.ends else "–"

    @property
    def more(self) -> str:
        """Whose, what sort, where it stands, where."""
        entry = self.entry
        sort = entry.what if entry.title else ""
        return " · ".join(str(part) for part in (self.who, sort, entry.state, entry.place) if part)


@dataclasses.dataclass(frozen=True)
class Day:
    """One day, or one colleague's part of it; holiday: its name, "" for none."""

    date: dt.date
    holiday: str
    day_off: bool
    whole: tuple[Item, ...]
    timed: tuple[Item, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.whole, *self.timed)


@dataclasses.dataclass(frozen=True)
class Week:
    """Monday to Sunday with the ISO number."""

    number: int
    days: tuple[Day, ...]


def month_days(day: dt.date) -> list[dt.date]:
    """Every day of the weeks that the month touches."""
    return list(calendar.Calendar(calendar.MONDAY).itermonthdates(day.year, day.month))


def week_days(day: dt.date) -> list[dt.date]:
    """Monday to Sunday."""
    monday = day - dt.timedelta(days=day.weekday())
    return [monday + dt.timedelta(days=number) for number in range(7)]


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which a day begins in Stockholm."""
    return dt.datetime.combine(day, dt.time.min, STOCKHOLM)


def taken(entry: Entry) -> tuple[dt.datetime, dt.datetime]:
    """From when to when the entry takes up time, in Stockholm."""
    start = entry.starts_at.astimezone(STOCKHOLM)
    if entry.ends_at is not None:
        return start, entry.ends_at.astimezone(STOCKHOLM)
    return start, (entry.starts_at + ASSUMED).astimezone(STOCKHOLM)


def lay_out(
    entries: Iterable[Entry], days: Sequence[dt.date], names: Mapping[str, str] | None = None
) -> list[Day]:
    """Each day with its entries in order, not yet placed on a clock. names: by colleague's id."""
    by_day: dict[dt.date, list[Item]] = {day: [] for day in days}
    for entry in entries:
        start, end = taken(entry)
        # An entry without an end is on the day it starts, though its hour may pass midnight.
        over = end if entry.ends_at is not None else start
        day = start.date()
        while day == start.date() or midnight(day) < over:
            if day in by_day:
                who = entry.who or (names or {}).get(entry.colleague_id, "")
                by_day[day].append(_item(entry, day, start, over, who))
            day += A_DAY
    return [_day(day, items) for day, items in by_day.items()]


def _item(entry: Entry, day: dt.date, start: dt.datetime, end: dt.datetime, who: str) -> Item:
    begins = start.timetz().replace(tzinfo=None) if start.date() == day else None
    ends = end.timetz().replace(tzinfo=None) if end.date() == day else None
    return Item(entry, begins, ends, who)


def _day(day: dt.date, items: list[Item]) -> Day:
    timed = [item for item in items if not item.whole]
    timed.sort(key=lambda item: (item.begins or dt.time.min, item.ends or dt.time.max))
    return Day(
        date=day,
        holiday=workdays.holiday(day) or "",
        day_off=not workdays.is_working_day(day),
        whole=tuple(item for item in items if item.whole),
        timed=tuple(timed),
    )


def weeks(days: Sequence[Day]) -> list[Week]:
    """Days from a Monday on, by weeks."""
    found = [tuple(days[at : at + 7]) for at in range(0, len(days), 7)]
    return [Week(week[0].date.isocalendar().week, week) for week in found]


# --- On the clock --------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Clock:
    """Which hours are shown, the last one not included."""

    first: int = FROM_HOUR
    last: int = TO_HOUR

    @property
    def quarters(self) -> int:
        """How many lines the grid has."""
        return (self.last - self.first) * 60 // QUARTER

    @property
    def hours(self) -> list[tuple[int, str]]:
        """Each hour with the line of the grid at which it begins."""
        return [
            ((hour - self.first) * 60 // QUARTER + 1, f"{hour:02}:00")
            for hour in range(self.first, self.last)
        ]


def clock_of(days: Iterable[Day]) -> Clock:
    """The hours of work, and whatever earlier or later something happens."""
    first, last = FROM_HOUR, TO_HOUR
    for day in days:
        for item in day.timed:
            begins, ends = _minutes(item)
            first, last = min(first, begins // 60), max(last, -(-ends // 60))
    return Clock(first, min(last, 24))


def on_the_clock(day: Day, clock: Clock) -> Day:
    """The day with every timed entry given its lines and its lane."""
    placed: list[Item] = []
    for cluster in _clusters(day.timed):
        placed.extend(_in_lanes(cluster, clock))
    return dataclasses.replace(day, timed=tuple(placed))


def _minutes(item: Item) -> tuple[int, int]:
    """Begin and end in minutes since midnight on the wall clock, in whole quarters."""
    begins = item.begins.hour * 60 + item.begins.minute if item.begins else 0
    if item.entry.ends_at is None:
        ends = begins + int(ASSUMED.total_seconds()) // 60
    elif item.ends is None:
        ends = 24 * 60
    else:
        # In the autumn night something may end at an earlier hour than it began.
        ends = max(item.ends.hour * 60 + item.ends.minute, begins)
    begins, ends = begins // QUARTER * QUARTER, -(-ends // QUARTER) * QUARTER
    return begins, max(min(ends, 24 * 60), begins + QUARTER * LOWEST)


def _clusters(items: Sequence[Item]) -> list[list[Item]]:
    """Runs of entries of which each overlaps with one before it."""
    clusters: list[list[Item]] = []
    reach = -1
    for item in items:
        begins, ends = _minutes(item)
        if begins >= reach:
            clusters.append([])
        clusters[-1].append(item)
        reach = max(reach, ends)
    return clusters


def _in_lanes(cluster: list[Item], clock: Clock) -> list[Item]:
    free_from: list[int] = []
    lanes: list[int] = []
    for item in cluster:
        begins, ends = _minutes(item)
        lane = next((at for at, free in enumerate(free_from) if free <= begins), len(free_from))
        if lane == len(free_from):
            free_from.append(0)
        free_from[lane] = ends
        lanes.append(lane)
    share = next((count for count in LANES if count >= len(free_from)), LANES[-1])
    wide = PARTS // share
    return [
        _placed(item, lane % share, wide, clock) for item, lane in zip(cluster, lanes, strict=True)
    ]


def _placed(item: Item, lane: int, wide: int, clock: Clock) -> Item:
    begins, ends = _minutes(item)
    row = (begins - clock.first * 60) // QUARTER + 1
    to_row = (ends - clock.first * 60) // QUARTER + 1
    return dataclasses.replace(item, row=row, to_row=to_row, part=lane * wide + 1, wide=wide)
