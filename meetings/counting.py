"""Figures of many meetings, counted by the database: how many were held, cancelled, and led on.

What each figure means is said in words in `meetings.figures.MEANINGS` and in the glossary.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from meetings.filters import every_table, lacks_next_step

Rows = QuerySet[Any]
# Vitec has no state for "held"; these do not say that it was called off or came to naught.
ON = ("", "Booked", "FollowedUp")


@dataclasses.dataclass(frozen=True)
class Counts:
    """Figures of some meetings; they add up.

    appointments: held listing appointments; signed: those of them that led to an assignment.
    """

    booked: int = 0
    held: int = 0
    ahead: int = 0
    by_broker: int = 0
    by_customer: int = 0
    by_somebody: int = 0
    missing: int = 0
    appointments: int = 0
    signed: int = 0
    without_next_step: int = 0
    commission: Decimal = Decimal(0)

    def __add__(self, other: Counts) -> Counts:
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Counts(*(mine + theirs for mine, theirs in pairs))

    @property
    def cancelled(self) -> int:
        return self.by_broker + self.by_customer + self.by_somebody

    @property
    def others(self) -> int:
        """Not relevant, missing at Vitec, without a time, or in a state that is not known here."""
        return self.booked - self.held - self.ahead - self.cancelled

    @property
    def hit_rate(self) -> float | None:
        """Of a hundred held listing appointments, how many led to an assignment."""
        return 100 * self.signed / self.appointments if self.appointments else None


@dataclasses.dataclass(frozen=True)
class Line:
    """The figures of one broker, booker, source, week or office. key: id, name or Monday."""

    key: Any
    label: str
    counts: Counts


def total(lines: Iterable[Line]) -> Counts:
    return sum((line.counts for line in lines), Counts())


def by_person(tables: list[Rows], who: str, as_of: dt.datetime | None = None) -> list[Line]:
    """By `broker` or `booked_by`, by id and not by name; most meetings first.

    as_of: the past moment whose rows these are, here and below; None for now.
    """
    return _most_first(_lines(tables, F(f"{who}_id"), Max(f"{who}_name"), as_of))


def by_column(
    tables: list[Rows], key: str, label: str, as_of: dt.datetime | None = None
) -> list[Line]:
    """By a column's values, such as `source`; most meetings first."""
    return _most_first(_lines(tables, F(key), Max(label), as_of))


def by_week(tables: list[Rows], column: str, as_of: dt.datetime | None = None) -> list[Line]:
    """By the Monday (a date) of the weeks in Stockholm, in order; None for what has no day."""
    week = TruncWeek(column, tzinfo=timezone.get_default_timezone())
    lines = [
        dataclasses.replace(line, key=line.key.date() if line.key else None)
        for line in _lines(tables, week, Max("type"), as_of)
    ]
    return sorted(lines, key=lambda line: line.key or dt.date.min)


def _most_first(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.counts.booked, line.label, str(line.key)))


def _lines(tables: list[Rows], key: Any, label: Any, as_of: dt.datetime | None) -> list[Line]:
    """One query a table."""
    found: dict[Any, Line] = {}
    measures = _measures(as_of)
    for table in tables:
        grouped = table.order_by().values(group=key).annotate(label=label, **measures)
        for row in grouped:
            group, said = row.pop("group"), row.pop("label") or ""
            row["commission"] = (row["commission"] or Decimal(0)).quantize(Decimal("0.01"))
            before = found.get(group, Line(group, said, Counts()))
            found[group] = Line(group, max(before.label, said), before.counts + Counts(**row))
    return list(found.values())


def _measures(as_of: dt.datetime | None) -> dict[str, Any]:
    now = as_of or timezone.now()
    here = Q(missing_since=None)
    is_on = here & Q(state__in=ON)
    held = is_on & Q(meeting_date__lt=now)
    appointment = held & Q(type="Assignment")
    signed = appointment & Q(signature_date__isnull=False)
    for table in every_table(as_of):
        signed &= ~Q(Exists(_later_ones(table, now)))
    cancelled = here & Q(state__startswith="Cancelled")
    by_broker, by_customer = Q(state="CancelledByAgent"), Q(state="CancelledByCustomer")
    conditions = {
        "held": held,
        "ahead": is_on & Q(meeting_date__gte=now),
        "by_broker": cancelled & by_broker,
        "by_customer": cancelled & by_customer,
        "by_somebody": cancelled & ~by_broker & ~by_customer,
        "missing": ~here,
        "appointments": appointment,
        "signed": signed,
        "without_next_step": lacks_next_step(as_of),
    }
    counted = {name: Count("pk", filter=wanted) for name, wanted in conditions.items()}
    return {"booked": Count("pk"), **counted, "commission": Sum("commission", filter=signed)}


def _later_ones(table: Rows, now: dt.datetime) -> Rows:
    """Held listing appointments about the same property after a meeting, signed as well: the
    assignment and its commission are one of theirs, and each is counted once.
    """
    later = Q(meeting_date__gt=OuterRef("meeting_date")) | Q(
        meeting_date=OuterRef("meeting_date"), vitec_id__gt=OuterRef("vitec_id")
    )
    about = table.filter(office=OuterRef("office"), estate_id=OuterRef("estate_id"))
    return about.exclude(estate_id="").filter(
        later,
        type="Assignment",
        state__in=ON,
        missing_since=None,
        meeting_date__lt=now,
        signature_date__isnull=False,
    )
