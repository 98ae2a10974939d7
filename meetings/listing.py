"""One page of the meetings that were found: in the wanted order, with the right count.

Times and amounts are sorted by the database. Words are not: names and addresses are sealed there,
and no two databases agree on where å, ä and ö belong. So these are sorted here, of as many rows as
can be read in an instant; the sealed ones from what is remembered of them (`meetings.opened`).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Value

from lib import swedish
from meetings import next_steps, opened
from meetings.columns import ALL, COMMISSION_LABELS
from meetings.models import STATE_LABELS, TYPE_LABELS, Meeting, MeetingVersion
from offices import veil
from offices.models import Office

SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
DEFAULT_SORT = "time"

Rows = QuerySet[Any]
Row = Meeting | MeetingVersion

# Sorted by the database: the wanted order -> the column.
MOMENTS = {
    "time": "meeting_date",
    "booked": "booked_date",
    "signed": "signature_date",
    "access": "access_date",
    "commission": "commission",
}
# Sorted with the help of an index, which a place for empty ones would keep from its work.
INDEXED = ("time", "booked")
# Sorted here, by what the column says in words.
WORDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "type": ("type", lambda value: str(TYPE_LABELS.get(value, value))),
    "state": ("state", lambda value: str(STATE_LABELS.get(value, value))),
    "broker": ("broker_name", str),
    "booker": ("booked_by_name", str),
    "source": ("source", str),
    "estate_status": ("estate_status", str),
    "office": ("office__name", str),
    "cancelled_by": ("cancelled_by", str),
    "commission_type": (
        "commission_type",
        lambda value: str(COMMISSION_LABELS.get(value, value)),
    ),
    "id": ("vitec_id", str),
}
# Sorted here, by when what was sent from here takes place.
NEXT_STEP = "next_step"
SORTS = (*MOMENTS, *WORDS, *opened.FIELDS, NEXT_STEP)
# So many rows are read to sort them by a word.
MOST_READ = 30_000
# So many rows are read at once where all of them are wanted.
PORTION = 500
# What no reader of a row asks for, and is long.
UNSHOWN = ("words", "fingerprint")


@dataclasses.dataclass(frozen=True)
class Order:
    """name: one of SORTS. too_many: there were more rows than can be put into it."""

    name: str = DEFAULT_SORT
    descending: bool = False
    too_many: bool = False

    @classmethod
    def of(cls, text: str, *, amounts: bool = True) -> Order:
        """As it stands in an address: `broker`, or `-broker` the other way round. amounts: for
        one who may see them.
        """
        name = text.removeprefix("-")
        allowed = name in SORTS and (amounts or not ALL[name].amount)
        return cls(name, text.startswith("-")) if allowed else cls()

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


def page_of(
    tables: list[Rows], offices: Iterable[Office], *, order: Order, number: int, size: int
) -> Page:
    """The page of that number, or the last there is. tables: one, or the present and the past.

    offices: all whose rows these are.
    """
    page = _page_of(tables, order, number, size)
    _tell_offices(page.rows, offices)
    return page


def _tell_offices(rows: Iterable[Any], offices: Iterable[Office]) -> None:
    """They are known: read with each row anew they cost as much as the row."""
    by_key = {office.pk: office for office in offices}
    for row in rows:
        row.office = by_key[row.office_id]


def _page_of(tables: list[Rows], order: Order, number: int, size: int) -> Page:
    if _is_sorted_here(tables, order):
        keys = _keys(tables, order)
        if keys is not None:
            number, start = _start(number, size, len(keys))
            rows = _read(tables, keys[start : start + size])
            return Page(rows=rows, count=len(keys), number=number, size=size, order=order)
        order = Order(too_many=True)
    if len(tables) > 1:
        return _page_of_moments(tables, order, number, size)
    return _page_of_one(tables[0], order, max(1, number), size)


def _page_of_one(table: Rows, order: Order, number: int, size: int) -> Page:
    """A page of one table. A first page that holds everything has counted it, too."""
    sorted_rows = _by_moment(table, order).defer(*UNSHOWN)
    found = list(sorted_rows[: size + 1]) if number == 1 else []
    if number == 1 and len(found) <= size:
        return Page(rows=found, count=len(found), number=1, size=size, order=order)
    count = table.count()
    number, start = _start(number, size, count)
    rows = found[:size] or list(sorted_rows[start : start + size])
    return Page(rows=rows, count=count, number=number, size=size, order=order)


def _page_of_moments(tables: list[Rows], order: Order, number: int, size: int) -> Page:
    """A page of several tables together, put into order by the database."""
    count = sum(table.count() for table in tables)
    number, start = _start(number, size, count)
    keys = _keys_of_moments(tables, order)
    rows = _read(tables, list(keys[start : start + size]))
    return Page(rows=rows, count=count, number=number, size=size, order=order)


def _keys_of_moments(tables: list[Rows], order: Order) -> Rows:
    """Moment, whose, which table and which row, in the order of the database."""
    column = MOMENTS[order.name]
    parts = [
        table.order_by()
        .annotate(which=Value(which), whose=F("id" if table.model is Meeting else "meeting_id"))
        .values_list(column, "whose", "which", "id")
        for which, table in enumerate(tables)
    ]
    sign = "-" if order.descending else ""
    names = [f"{sign}{name}" for name in (column, "whose")]
    return parts[0].union(*parts[1:], all=True).order_by(*names)


def all_of(
    tables: list[Rows], offices: Collection[Office], *, order: Order
) -> tuple[int, Iterator[Row]]:
    """How many rows all pages have together, and the rows in the order of the pages.

    Only their keys are held at once; the rows are read in portions, as they are taken.
    offices: all whose rows these are.
    """
    keys = _all_keys(tables, order)
    return len(keys), _read_on(tables, offices, keys)


def _all_keys(tables: list[Rows], order: Order) -> list[tuple[Any, ...]] | array[int]:
    if _is_sorted_here(tables, order):
        keys = _keys(tables, order)
        if keys is not None:
            return keys
        order = Order(too_many=True)
    if len(tables) > 1:
        return list(_keys_of_moments(tables, order))
    return array("q", _by_moment(tables[0], order).values_list("pk", flat=True).iterator())


def _read_on(
    tables: list[Rows], offices: Collection[Office], keys: list[tuple[Any, ...]] | array[int]
) -> Iterator[Row]:
    for start in range(0, len(keys), PORTION):
        portion = keys[start : start + PORTION]
        rows = _read(tables, [(0, k) if isinstance(k, int) else k for k in portion])
        _tell_offices(rows, offices)
        yield from rows


def _is_sorted_here(tables: list[Rows], order: Order) -> bool:
    """Not by the database: words, and of several tables all that has empty places."""
    return order.name not in MOMENTS or (len(tables) > 1 and order.name not in INDEXED)


def _start(number: int, size: int, count: int) -> tuple[int, int]:
    """A page that there is, and how many rows stand before it."""
    number = max(1, min(number, math.ceil(count / size)))
    return number, (number - 1) * size


def _by_moment(table: Rows, order: Order) -> Rows:
    """Where most rows say nothing, those stand last whichever way the list is turned."""
    column = MOMENTS[order.name]
    sign = "-" if order.descending else ""
    if order.name in INDEXED:
        return table.order_by(f"{sign}{column}", f"{sign}pk")
    by = F(column)
    said = by.desc(nulls_last=True) if order.descending else by.asc(nulls_last=True)
    return table.order_by(said, f"{sign}pk")


def _keys(tables: list[Rows], order: Order) -> list[tuple[Any, ...]] | None:
    """What to sort by, which table and which row, in order; None when there are too many."""
    keys: list[tuple[Any, ...]] = []
    for which, table in enumerate(tables):
        found = _reader(order.name)(table, order.name)
        if found is None or len(keys) + len(found) > MOST_READ:
            return None
        keys += [(word, _stamp(moment), which, pk) for word, moment, pk in found]
    return sorted(keys, reverse=order.descending)


def _reader(name: str) -> Callable[[Rows, str], list[tuple[Any, Any, int]] | None]:
    if name == NEXT_STEP:
        return _planned
    return _opened if name in opened.FIELDS else _plain


def _planned(table: Rows, name: str) -> list[tuple[Any, Any, int]]:
    """The same by the next step; those without one first, as they wait for one."""
    asked = ("meeting_date", "booked_date", "vitec_id", "office_id", "person_hash")
    rows = list(table.order_by().only(*asked)[: MOST_READ + 1])
    steps = next_steps.find(rows) if len(rows) <= MOST_READ else {}
    return [
        (_stamp(steps[row.pk].when if row.pk in steps else None), row.meeting_date, row.pk)
        for row in rows
    ]


def _plain(table: Rows, name: str) -> list[tuple[Any, Any, int]] | None:
    """Word, moment and key of every row, of what stands there in clear."""
    column, said = WORDS.get(name, (MOMENTS.get(name, ""), None))
    rows = table.order_by().values_list(column, "meeting_date", "pk")[: MOST_READ + 1]
    if said is None:
        return [(_number(value), moment, pk) for value, moment, pk in rows]
    orders = functools.cache(lambda value: swedish.order(said(value)))
    return [(orders(value), moment, pk) for value, moment, pk in rows]


def _opened(table: Rows, name: str) -> list[tuple[Any, Any, int]] | None:
    """The same of what is sealed; None when too many rows would have to be opened."""
    columns = ("pk", "meeting_date", "fingerprint", "observed_from", "office_id", "contact_id")
    rows = list(table.order_by().values_list(*columns)[: MOST_READ + 1])
    words = None
    if len(rows) <= MOST_READ:
        words = opened.words_of(table, [(pk, (said, since)) for pk, _at, said, since, *_ in rows])
    if words is None:
        return None
    place = opened.FIELDS.index(name)
    masked = swedish.order(str(veil.MASK))
    return [
        # Its place in the list must not tell a hidden name.
        (masked if veil.hides(*contact) else words[pk][place], moment, pk)
        for pk, moment, _said, _since, *contact in rows
        # A row that vanished since is no longer there to be shown.
        if pk in words
    ]


def _read(tables: list[Rows], keys: list[tuple[Any, ...]]) -> list[Row]:
    rows: dict[tuple[int, int], Row] = {}
    for which, table in enumerate(tables):
        wanted = [pk for *_word, w, pk in keys if w == which]
        mine = table.model._default_manager.filter(pk__in=wanted).defer(*UNSHOWN)
        rows |= {(which, row.pk): row for row in mine}
    return [rows[which, pk] for *_word, which, pk in keys if (which, pk) in rows]


def _stamp(moment: Any) -> float:
    """Those without a time first, as the databases do not agree on it."""
    return moment.timestamp() if moment else -math.inf


def _number(value: Any) -> float:
    return float(value) if isinstance(value, Decimal) else _stamp(value)
