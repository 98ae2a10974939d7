"""The list of meetings: whatever is filtered, sorted or paged stands in the address."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import push_url, trigger_client_event

from lib import daywords
from meetings import next_steps, past
from meetings.columns import Column
from meetings.columns import read as read_columns
from meetings.columns import shown as shown_columns
from meetings.filters import ALL_OFFICES, BOOKED_DATE, MeetingFilter, tables
from meetings.listing import (
    DEFAULT_SIZE,
    DEFAULT_SORT,
    MOST_READ,
    SIZES,
    SORTS,
    Order,
    Rows,
    page_of,
)
from meetings.models import OfficeSync, Reach, SavedView
from meetings.ranges import beside, quick_ranges
from meetings.saved import Shelf, parameters, shelf_of
from meetings.since import News, news
from meetings.sync import JOB, ask_now, is_wanted
from meetings.tasks import ring
from offices.access import my_offices
from offices.http import PortalRequest
from offices.models import Office, Right
from offices.rights import held_at_all
from offices.syncing import freshness as freshness_of

# A day further away than this is a slip of the hand.
YEARS = 100
# What stands in the address, in this order.
FILTERS = (
    "date_from", "date_to", "date_field", "type", "state", "broker", "booker", "source",
    "estate_status", "office", "no_next_step", "news",
)  # fmt: skip
# These are folded away until one of them is on.
MORE = ("date_field", "booker", "source", "estate_status", "office", "no_next_step")
STATE = (*FILTERS, "as_of", "sort", "size", "columns", "page", "view")
# Seconds after which the page asks again how a fetch is getting on.
POLL_SECONDS = 1


@dataclasses.dataclass(frozen=True)
class Chip:
    """One filter that is on. query: the address without it."""

    name: str
    label: str
    value: str
    query: str


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the address and the posted text ask for.

    state: the address's parameters, cleaned of what says nothing. text: the free text, posted.
    as_of: the past moment whose list is wanted, None for now. complaint: why what was typed for it
    cannot be read.
    """

    state: dict[str, str]
    text: str
    today: dt.date
    as_of: dt.datetime | None = None
    complaint: str = ""
    typed: str = ""

    def query(self, **changes: str | None) -> str:
        """The address's query with some parameters changed; None takes one away. Without any
        day it says so, for an address that says nothing of days means today.
        """
        changed = {**self.state, **changes}
        kept = {name: changed[name] for name in STATE if changed.get(name)}
        days = {} if "date_from" in kept or "date_to" in kept else {"date_from": ""}
        return urlencode({**days, **kept})

    def filtered(self, **changes: str | None) -> str:
        """The same, on the first page: another filter has other pages."""
        return self.query(**{"page": None, **changes})

    def only_news(self) -> str:
        """The query of everything that is news, whatever else was asked for."""
        kept = {"office": self.state.get("office"), "size": self.state.get("size"), "news": "all"}
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def whole_number(self) -> int:
        text = self.state.get("page", "")
        return int(text) if text.isdecimal() and len(text) < 9 else 1

    @property
    def size(self) -> int:
        text = self.state.get("size", "")
        return int(text) if text.isdecimal() and int(text) in SIZES else DEFAULT_SIZE


def read(request: PortalRequest, shelf: Shelf | None = None) -> Asked:
    """The address, and on top of it the posted form. `?day=` is one day; `?view=` alone is a saved
    view as it means today; nothing is the person's start page, or today, or the day of the past
    moment. News is of all days.

    shelf: the saved views; None where an address never is a view alone.
    """
    given = _given(request)
    today = timezone.localdate()
    view = _opened_view(request, shelf, given) if shelf else None
    if view is not None:
        given = {**parameters(view, today), "view": str(view.pk)}
    typed = given.get("as_of_words", "").strip() or given.get("as_of", "").strip()
    as_of, complaint = _moment(typed)
    if not {"date_from", "date_to", "news"} & given.keys():
        default = timezone.localdate(as_of) if as_of else today
        day = _day(given.get("day", ""), default).isoformat()
        given = {**given, "date_from": day, "date_to": day}
    state = {name: given[name].strip() for name in STATE if given.get(name, "").strip()}
    if state.get("date_field") != BOOKED_DATE:
        state.pop("date_field", None)
    state.pop("as_of", None)
    if as_of:
        state["as_of"] = past.stamp(as_of)
    return Asked(state, request.POST.get("q", "").strip(), today, as_of, complaint, typed)


def _moment(text: str) -> tuple[dt.datetime | None, str]:
    """The past moment that is meant, and what is wrong with a text that means none."""
    try:
        return past.read(text), ""
    except ValidationError as error:
        return None, error.messages[0]


def _opened_view(request: PortalRequest, shelf: Shelf, given: dict[str, str]) -> SavedView | None:
    """The view that an address means which says nothing else. Raises Http404 for a stranger's."""
    if request.method != "GET" or given.keys() - {"view"}:
        return None
    if "view" not in given:
        return shelf.start
    if view := shelf.find(given["view"]):
        return view
    # One of another of the person's offices: the list turns to that office.
    pk = given["view"] if given["view"].isdecimal() and len(given["view"]) < 10 else 0
    found = SavedView.objects.for_user(request.user).filter(reach=Reach.OFFICE)
    elsewhere = get_object_or_404(found.select_related("office"), pk=pk)
    office: Any = elsewhere.office
    elsewhere.query = {"office": office.customer_id, **elsewhere.query}
    return elsewhere


def _given(request: PortalRequest) -> dict[str, str]:
    if request.method != "POST":
        return request.GET.dict()
    if "go" in request.POST:
        # A link of the list, pressed while a text is looked for.
        return QueryDict(request.POST["go"]).dict()
    return {**request.GET.dict(), **dict.fromkeys(FILTERS, ""), **request.POST.dict()}


def _day(text: str, today: dt.date) -> dt.date:
    try:
        day = parse_date(text) or today
    except ValueError:
        return today
    return day if abs(day.year - today.year) < YEARS else today


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
    page = page_of(found.tables, order=found.order, number=asked.whole_number, size=asked.size)
    shown = _shown(page.rows, columns, asked.as_of, told)
    days = days_of(asked, form)
    return {
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
        **_freshness_of(found.active),
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


# --- Fetching ------------------------------------------------------------------------------------


def _freshness_of(office: Office, *, asked_for: bool = False) -> dict[str, Any]:
    """For the line that says how old the meetings are. pending: it must be asked for again."""
    plan = OfficeSync.told_by(office)
    known = freshness_of(office, JOB, plan.interval)
    return {
        "freshness": known,
        "pending": asked_for or known.running is not None or is_wanted(office, plan),
        "poll_seconds": POLL_SECONDS,
    }


@require_GET
def freshness(request: PortalRequest) -> HttpResponse:
    """How old the meetings are; asked again while a fetch goes on, and then the list is."""
    if request.office is None:
        raise PermissionDenied
    context = _freshness_of(request.office)
    answer = render(request, "meetings/_freshness.html", context)
    return answer if context["pending"] else trigger_client_event(answer, "meetings-fetched")


@require_POST
def fetch_now(request: PortalRequest) -> HttpResponse:
    """Have the meetings fetched now, unless that was asked for moments ago."""
    if request.office is None:
        raise PermissionDenied
    begun = ask_now(request.office)
    if begun:
        ring(request.office)
    if not request.htmx:
        return redirect("meetings:list")
    context = _freshness_of(request.office, asked_for=begun) | {"too_soon": not begun}
    return render(request, "meetings/_freshness.html", context)
