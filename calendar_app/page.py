"""What a page of the calendar shows: which days, whose, and the ways to the next."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calendar_app import grid
from lib.daywords import STOCKHOLM
from offices import agendas
from offices.agendas import Asked, Entry
from offices.models import Colleague, Office

# A day further away than this is a slip of the hand.
YEARS = 100
# A cell of the month shows so many; the day shows the rest.
IN_A_CELL = 4


class View(enum.StrEnum):
    """How much of the calendar is seen at once."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclasses.dataclass(frozen=True)
class Place:
    """Where in the calendar one is. colleague_id: "" for the whole office."""

    view: View
    day: dt.date
    colleague_id: str = ""

    @property
    def days(self) -> list[dt.date]:
        """Every day that is shown."""
        if self.view == View.MONTH:
            return grid.month_days(self.day)
        return grid.week_days(self.day) if self.view == View.WEEK else [self.day]

    @property
    def url(self) -> str:
        query = {"view": self.view.value, "day": self.day.isoformat(), "user": self.colleague_id}
        return reverse(
            "calendar_app:calendar", query={name: value for name, value in query.items() if value}
        )

    @property
    def before(self) -> Place:
        return self._moved(-1)

    @property
    def after(self) -> Place:
        return self._moved(1)

    @property
    def today(self) -> Place:
        return self.at(timezone.localdate())

    def at(self, day: dt.date) -> Place:
        """The same sight of another day."""
        return dataclasses.replace(self, day=day)

    def seen_as(self, view: View) -> Place:
        """The same day, seen otherwise."""
        return dataclasses.replace(self, view=view)

    def week_of(self, day: dt.date) -> Place:
        """The week of a day."""
        return self.at(day).seen_as(View.WEEK)

    def _moved(self, steps: int) -> Place:
        if self.view != View.MONTH:
            length = 7 if self.view == View.WEEK else 1
            return self.at(self.day + dt.timedelta(days=steps * length))
        year, month = divmod(self.day.year * 12 + self.day.month - 1 + steps, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return self.at(dt.date(year, month + 1, min(self.day.day, last)))


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of the clock: a day of the week, or a colleague's share of the one day."""

    day: grid.Day
    name: str = ""
    colleague_id: str = ""


def place_of(office: Office, view: str, day: str, colleague_id: str) -> Place:
    """From what an address says; what it says wrongly is passed over."""
    known = Colleague.objects.filter(office=office, vitec_id=colleague_id).exists()
    seen = View(view) if view in View._value2member_map_ else View.MONTH
    return Place(seen, _day(day), colleague_id if known else "")


def _day(text: str) -> dt.date:
    today = timezone.localdate()
    try:
        day = parse_date(text) or today
    except ValueError:
        return today
    return day if abs(day.year - today.year) < YEARS else today


def entries_of(office: Office, place: Place) -> list[Entry]:
    """What stands in the days shown, of the one or of everybody."""
    days = place.days
    return agendas.entries(
        Asked(
            office=office,
            first=grid.midnight(days[0]),
            last=grid.midnight(days[-1] + grid.A_DAY),
            colleagues=[place.colleague_id] if place.colleague_id else None,
        )
    )


def names_of(office: Office, place: Place, entries: Iterable[Entry]) -> dict[str, str]:
    """By which names staff know those in whose calendars the entries stand; of one alone none."""
    if place.colleague_id:
        return {}
    ids = {entry.colleague_id for entry in entries}
    rows = Colleague.objects.filter(office=office, vitec_id__in=ids)
    return dict(rows.values_list("vitec_id", "name"))


def together(place: Place, entries: list[Entry], names: Mapping[str, str]) -> list[Entry]:
    """What several have at the same time under the same title, sent from here, as one entry.

    It is shown as being everybody's, and leads to the day, where each has an own.
    """
    groups: dict[Any, list[Entry]] = {}
    for entry in entries:
        alike = (entry.title, entry.starts_at, entry.ends_at, entry.all_day, entry.state)
        groups.setdefault(alike if entry.sent and entry.title else id(entry), []).append(entry)
    return [_as_one(place, group, names) for group in groups.values()]


def _as_one(place: Place, group: list[Entry], names: Mapping[str, str]) -> Entry:
    first = group[0]
    if len(group) == 1:
        return first
    whose = [names.get(entry.colleague_id, entry.colleague_id) for entry in group]
    day = first.starts_at.astimezone(STOCKHOLM).date()
    url = place.at(day).seen_as(View.DAY).url
    return dataclasses.replace(first, colleague_id="", who=", ".join(whose), url=url)


def columns_of(place: Place, entries: list[Entry], names: dict[str, str]) -> list[Column]:
    """The week's days, or the day of everybody who has something on it, by name."""
    if place.view == View.WEEK or not entries:
        return [Column(day) for day in grid.lay_out(entries, place.days, names)]
    ids = {entry.colleague_id for entry in entries}
    columns = []
    # What is in nobody's own calendar comes last.
    for colleague_id in sorted(ids, key=lambda each: (not each, names.get(each, each))):
        own = [entry for entry in entries if entry.colleague_id == colleague_id]
        (day,) = grid.lay_out(own, place.days)
        columns.append(Column(day, names.get(colleague_id, colleague_id), colleague_id))
    return columns


def context_of(office: Office, place: Place) -> dict[str, object]:
    """Everything that the page shows."""
    entries = entries_of(office, place)
    names = names_of(office, place, entries)
    if place.view != View.DAY:
        entries = together(place, entries, names)
    context: dict[str, object] = {
        "place": place,
        "today": timezone.localdate(),
        "people": Colleague.objects.filter(office=office, missing_since=None),
        "number": len(entries),
        "week": place.day.isocalendar().week,
        "in_a_cell": IN_A_CELL,
        "sights": [
            (place.seen_as(View.MONTH), _("Month"), pgettext_lazy("key", "m")),
            (place.seen_as(View.WEEK), _("Week"), pgettext_lazy("key", "w")),
            (place.seen_as(View.DAY), _("Day"), pgettext_lazy("key", "d")),
        ],
    }
    if place.view == View.MONTH:
        days = grid.lay_out(entries, place.days, names)
        return context | {"weeks": grid.weeks(days)}
    columns = columns_of(place, entries, names)
    clock = grid.clock_of(column.day for column in columns)
    on_clock = [
        dataclasses.replace(column, day=grid.on_the_clock(column.day, clock)) for column in columns
    ]
    return context | {"columns": on_clock, "clock": clock}
