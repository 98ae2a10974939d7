"""What stands in the head of a list: its span of days in words, the ones beside it, its filters."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib import daywords
from meetings.asked import FILTERS, Asked
from meetings.ranges import beside, quick_ranges


@dataclasses.dataclass(frozen=True)
class Chip:
    """One filter that is on. query: the address without it."""

    name: str
    label: str
    value: str
    query: str


def days_of(asked: Asked, form: Any) -> dict[str, Any]:
    """What concerns the span of days: its name, the spans beside it, the ready ones."""
    chosen = form.cleaned_data if form.is_valid() else {}
    first, last = chosen.get("date_from"), chosen.get("date_to")
    ready = quick_ranges(asked.today)
    current = next((each for each in ready if (each.first, each.last) == (first, last)), None)
    found: dict[str, Any] = {
        "first": first,
        "last": last,
        "today": asked.today,
        "day": first if first == last else None,
        "ranges": [(each, _to(asked, each.first, each.last), each == current) for each in ready],
        "range": current,
        "span": _span_in_words(first, last),
        "weeks": _weeks(first, last),
    }
    if first and last and first <= last:
        found["before"] = _beside(asked, first, last, ahead=False)
        found["after"] = _beside(asked, first, last, ahead=True)
    return found


def _to(asked: Asked, first: dt.date, last: dt.date) -> str:
    return asked.filtered(date_from=first.isoformat(), date_to=last.isoformat())


def _beside(asked: Asked, first: dt.date, last: dt.date, *, ahead: bool) -> str | None:
    try:
        return _to(asked, *beside(first, last, ahead=ahead))
    except (OverflowError, ValueError):
        return None


def _span_in_words(first: dt.date | None, last: dt.date | None) -> str:
    if first and last:
        return f"{_short(first)} – {_short(last)}"
    if first:
        return _("From %s") % _short(first)
    return _("Until %s") % _short(last) if last else _("All days")


def _weeks(first: dt.date | None, last: dt.date | None) -> str:
    """The numbers of the weeks of a span, `47` or `47–48`; "" for one that has no end."""
    if not first or not last or first > last:
        return ""
    numbers = dict.fromkeys((first.isocalendar().week, last.isocalendar().week))
    return "–".join(map(str, numbers))


def _short(day: dt.date) -> str:
    return daywords.say_day(day, language=get_language() or "sv")


def chips_of(asked: Asked, form: Any) -> list[Chip]:
    chips = []
    for name in FILTERS:
        if name in ("date_from", "date_to") or name not in asked.state or name not in form.fields:
            continue
        value = asked.state[name]
        choices = dict(getattr(form.fields[name].widget, "choices", []))
        said = "" if name == "no_next_step" else str(choices.get(value, value))
        chips.append(Chip(name, str(form.fields[name].label), said, asked.filtered(**{name: None})))
    return chips
