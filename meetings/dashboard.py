"""The list of meetings: whatever is filtered, sorted or paged stands in the address."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import push_url

from meetings import next_steps, past
from meetings.asked import Asked, read
from meetings.columns import Column
from meetings.columns import read as read_columns
from meetings.columns import shown as shown_columns
from meetings.filters import ALL_OFFICES, MeetingFilter, tables
from meetings.freshness import freshness_of
from meetings.listing import (
    DEFAULT_SORT,
    MOST_READ,
    SIZES,
    SORTS,
    Order,
    Rows,
    page_of,
)
from meetings.saved import Shelf, parameters, shelf_of
from meetings.since import News, news
from meetings.spans import chips_of, days_of
from offices.access import my_offices
from offices.http import PortalRequest
from offices.models import Office, Right
from offices.rights import held_at_all

# These are folded away until one of them is on.
MORE = ("date_field", "booker", "source", "estate_status", "office", "no_next_step")


@require_http_methods(["GET", "POST"])
def list_meetings(request: PortalRequest) -> HttpResponse:
    """The meetings that the filter finds; those of today without one.

    Posted is only the form: its free text is personal and stands in no address. Without such a
    text the answer is the address itself.
    """
    shelf = shelf_of(request)
    asked = read(request, shelf)
    address = f"{reverse('meetings:list')}?{_short_query(asked, shelf)}"
    if request.method == "POST" and not asked.text and not request.htmx and not asked.complaint:
        return redirect(address)
    if asked.as_of and past.is_in_words(request.GET.get("as_of", "")):
        # Tomorrow the words would mean another moment.
        return redirect(address)
    context = _context(request, asked, shelf)
    if request.htmx:
        return push_url(render(request, "meetings/_answer.html", context), address)
    return render(request, "meetings/list.html", context)


@dataclasses.dataclass(frozen=True)
class Found:
    """What the filter finds at the offices that are asked for.

    tables: the rows that pass, in no order; one table, or the present and the past.
    rights: those that the person has at every one of the offices.
    news: since the person's last visit; None for a moment of the past.
    """

    active: Office
    offices: list[Office]
    form: Any
    tables: list[Rows]
    order: Order
    rights: frozenset[str]
    news: News | None


def find(request: PortalRequest, asked: Asked) -> Found:
    """Raises PermissionDenied for a person of no office."""
    mine = my_offices(request)
    if not mine or request.office is None:
        raise PermissionDenied
    offices = offices_asked(mine, request.office, asked.state.get("office", ""))
    data = QueryDict(mutable=True)
    data.update(asked.state)
    if len(mine) > 1 and not asked.state.get("office"):
        data["office"] = request.office.customer_id
    told = None if asked.as_of else news(request.user, offices)
    found = tables(offices, asked.as_of)
    filtered = MeetingFilter(
        data, found[0], offices=offices, mine=mine, as_of=asked.as_of, news=told
    )
    form = filtered.form
    narrowed = [
        filtered.narrow(table, asked.text) if form.is_valid() else table.none() for table in found
    ]
    rights = held_at_all(request, offices)
    # An order by amounts tells as much as the amounts.
    order = Order.of(asked.state.get("sort", DEFAULT_SORT), amounts=Right.AMOUNTS in rights)
    return Found(request.office, offices, form, narrowed, order, rights, told)


def _context(request: PortalRequest, asked: Asked, shelf: Shelf) -> dict[str, Any]:
    found = find(request, asked)
    form, offices, told = found.form, found.offices, found.news
    keys = read_columns(asked.state["columns"]) if "columns" in asked.state else shelf.columns
    columns = shown_columns(keys, amounts=Right.AMOUNTS in found.rights)
    page = page_of(
        found.tables, offices, order=found.order, number=asked.whole_number, size=asked.size
    )
    shown = _shown(page.rows, columns, asked.as_of, told)
    days = days_of(asked, form)
    return {
        "here": reverse("meetings:list"),
        "carrier": "filters",
        "asked": asked,
        "form": form,
        "page": page,
        "groups": _groups(shown, page.order, headed=days["day"] is None),
        "columns": columns,
        "column_keys": [column.key for column in columns],
        # Beside them the box that marks a row, and what is to be done with it.
        "width": len(columns) + 2,
        "most": MOST_READ,
        "shelf": shelf,
        "usual": urlencode(dict.fromkeys(("date_from", "date_to"), asked.today.isoformat())),
        "view": shelf.find(asked.state.get("view", "")),
        "view_changed": _differs(asked, shelf),
        "previous_page": asked.query(page=str(page.number - 1)),
        "next_page": asked.query(page=str(page.number + 1)),
        "news": told,
        "past": past.say(asked.as_of) if asked.as_of else "",
        "now_query": asked.filtered(as_of=None),
        "news_query": asked.only_news() if told else "",
        "more_filters": any(name in asked.state and name in form.fields for name in MORE),
        "several_offices": len(offices) > 1,
        "rights": found.rights,
        "chips": chips_of(asked, form),
        "sizes": [(size, asked.filtered(size=str(size))) for size in SIZES],
        "headings": [(column, _heading(asked, page.order, column.key)) for column in columns],
        **freshness_of(found.active),
        **days,
    }


def _short_query(asked: Asked, shelf: Shelf) -> str:
    """A view that is unchanged by its number alone, so that a bookmark moves with the calendar."""
    view = shelf.find(asked.state.get("view", ""))
    if view is None or "page" in asked.state or _differs(asked, shelf):
        return asked.query()
    return urlencode({"view": view.pk})


def _differs(asked: Asked, shelf: Shelf) -> bool:
    """Something has been changed since the view was opened."""
    view = shelf.find(asked.state.get("view", ""))
    if view is None:
        return False
    meant = {name: value for name, value in parameters(view, asked.today).items() if value}
    said = {name: value for name, value in asked.state.items() if name not in ("page", "view")}
    return meant != said


@dataclasses.dataclass(frozen=True)
class Shown:
    """A meeting as a row of the list: what its columns say, what is booked next, and what has
    happened to it.
    """

    meeting: Any
    columns: list[Column]
    next_step: next_steps.NextStep | None = None
    news: str = ""

    @property
    def cells(self) -> list[tuple[Column, Any]]:
        return [(each, each.value(self.meeting)) for each in self.columns]


def _shown(
    rows: list[Any], columns: list[Column], as_of: dt.datetime | None, told: News | None
) -> list[Shown]:
    """What is booked next concerns the present alone, and so does what is new."""
    if told is None:
        for row in rows:
            row.looked_at = as_of
        return [Shown(row, columns) for row in rows]
    steps, happened = next_steps.find(rows), told.told(rows)
    return [Shown(row, columns, steps.get(row.pk), happened.get(row.pk, "")) for row in rows]


@dataclasses.dataclass(frozen=True)
class Group:
    """Rows of one day in Stockholm, or all of them when they are sorted by something else."""

    day: dt.date | None
    rows: list[Shown]
    is_headed: bool


def _groups(rows: list[Shown], order: Order, *, headed: bool) -> list[Group]:
    if order.name != DEFAULT_SORT:
        return [Group(None, rows, is_headed=False)] if rows else []
    days = [
        (day, list(found))
        for day, found in itertools.groupby(rows, key=lambda shown: _day_of(shown.meeting))
    ]
    return [Group(day, found, is_headed=headed) for day, found in days]


def _day_of(meeting: Any) -> dt.date | None:
    return timezone.localtime(meeting.meeting_date).date() if meeting.meeting_date else None


def offices_asked(mine: list[Office], active: Office, wanted: str) -> list[Office]:
    """The active office, unless another of the person's own, or all of them, are asked for."""
    if wanted == ALL_OFFICES:
        return mine
    if not wanted:
        return [active]
    return [office for office in mine if office.customer_id == wanted]


def _heading(asked: Asked, order: Order, name: str) -> dict[str, str]:
    """The query that sorts by a column, and how it is sorted by it now; "" for a column that
    nothing is sorted by.
    """
    if name not in SORTS:
        return {}
    mine = order.name == name
    turned = f"-{name}" if mine and not order.descending else name
    now = ("descending" if order.descending else "ascending") if mine else "none"
    return {"query": asked.filtered(sort=turned), "now": now}
