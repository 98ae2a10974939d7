"""One page of the meetings that were found: in the wanted order, with the right count.

Times and ids are sorted by the database. Words are not: names and addresses are sealed there, and
no two databases agree on where å, ä and ö belong. So these are sorted here, of as many rows as can
be read in an instant.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from lib import swedish
from meetings.models import STATE_LABELS, TYPE_LABELS, Meeting, MeetingVersion

SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
DEFAULT_SORT = "time"

Rows = QuerySet[Any]
Row = Meeting | MeetingVersion

# Sorted by the database: the wanted order -> the column.
MOMENTS = {"time": "meeting_date", "booked": "booked_date"}
# Sorted here, by what the column says in words.
WORDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "type": ("type", lambda value: str(TYPE_LABELS.get(value, value))),
    "state": ("state", lambda value: str(STATE_LABELS.get(value, value))),
    "broker": ("broker_name", str),
    "booker": ("booked_by_name", str),
    "source": ("source", str),
    "office": ("office__name", str),
    "person": ("personal", lambda value: str(value["name"])),
    "address": ("personal", lambda value: str(value["address"])),
}
SORTS = (*MOMENTS, *WORDS)
# So many rows are read to sort them by a word; sealed ones must be opened first.
MOST_READ = 20_000
MOST_OPENED = 3_000


@dataclasses.dataclass(frozen=True)
class Order:
    """name: one of SORTS. too_many: there were more rows than can be put into it."""

    name: str = DEFAULT_SORT
    descending: bool = False
    too_many: bool = False

    @classmethod
    def of(cls, text: str) -> Order:
        """As it stands in an address: `broker`, or `-broker` the other way round."""
        name = text.removeprefix("-")
        return cls(name, text.startswith("-")) if name in SORTS else cls()

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclasses.dataclass(frozen=True)
class Page:
    """The rows of one page. count: of all pages together."""

    rows: list[Row]
    count: int
    number: int
    size: int
    order: Order

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.count / self.size))

    @property
    def first(self) -> int:
        """The number of its first row, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(tables: list[Rows], *, order: Order, number: int, size: int) -> Page:
    """The page of that number, or the last there is. tables: one, or the present and the past."""
    if len(tables) > 1 or order.name in WORDS:
        keys = _keys(tables, order)
        if keys is not None:
            number, start = _start(number, size, len(keys))
            rows = _read(tables, keys[start : start + size])
            return Page(rows=rows, count=len(keys), number=number, size=size, order=order)
        order = Order(too_many=True)
    count = sum(table.count() for table in tables)
    number, start = _start(number, size, count)
    sorted_rows = _by_moment(tables[0], order).select_related("office")
    found = list(sorted_rows[start : start + size])
    return Page(rows=found, count=count, number=number, size=size, order=order)


def _start(number: int, size: int, count: int) -> tuple[int, int]:
    """A page that there is, and how many rows stand before it."""
    number = max(1, min(number, math.ceil(count / size)))
    return number, (number - 1) * size


def _by_moment(table: Rows, order: Order) -> Rows:
    column = MOMENTS[order.name]
    sign = "-" if order.descending else ""
    return table.order_by(f"{sign}{column}", f"{sign}pk")


def _keys(tables: list[Rows], order: Order) -> list[tuple[Any, ...]] | None:
    """What to sort by, which table and which row, in order; None when there are too many."""
    column, said = WORDS.get(order.name, (MOMENTS.get(order.name, ""), None))
    most = MOST_OPENED if column == "personal" else MOST_READ
    keys: list[tuple[Any, ...]] = []
    for which, table in enumerate(tables):
        rows = table.order_by().values_list(column, "meeting_date", "pk")[: most + 1]
        for value, moment, pk in rows:
            word = swedish.order(said(value)) if said else _stamp(value)
            keys.append((word, _stamp(moment), which, pk))
    if len(keys) > most:
        return None
    return sorted(keys, reverse=order.descending)


def _read(tables: list[Rows], keys: list[tuple[Any, ...]]) -> list[Row]:
    rows: dict[tuple[int, int], Row] = {}
    for which, table in enumerate(tables):
        wanted = [pk for *_word, w, pk in keys if w == which]
        mine = table.model._default_manager.filter(pk__in=wanted)
        rows |= {(which, row.pk): row for row in mine.select_related("office")}
    return [rows[which, pk] for *_word, which, pk in keys]


def _stamp(moment: Any) -> float:
    """Those without a time first, as the databases do not agree on it."""
    return moment.timestamp() if moment else -math.inf
