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
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import push_url, trigger_client_event

from lib import daywords
from meetings import next_steps
from meetings.filters import ALL_OFFICES, BOOKED_DATE, MeetingFilter, tables
from meetings.listing import DEFAULT_SIZE, DEFAULT_SORT, SIZES, Order, page_of
from meetings.models import OfficeSync
from meetings.ranges import beside, quick_ranges
from meetings.sync import JOB, ask_now, is_wanted
from meetings.tasks import ring
from offices.access import my_offices
from offices.http import PortalRequest
from offices.models import Office
from offices.syncing import freshness as freshness_of

# A day further away than this is a slip of the hand.
YEARS = 100
# What stands in the address, in this order.
FILTERS = (
    "date_from", "date_to", "date_field", "type", "state", "broker", "booker", "source",
    "estate_status", "office", "no_next_step",
)  # fmt: skip
# These are folded away until one of them is on.
MORE = ("date_field", "booker", "source", "estate_status", "office", "no_next_step")
STATE = (*FILTERS, "sort", "size", "page")
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
    """

    state: dict[str, str]
    text: str
    today: dt.date

    def query(self, **changes: str | None) -> str:
        """The address's query with some parameters changed; None takes one away."""
        changed = {**self.state, **changes}
        kept = {name: changed[name] for name in STATE if changed.get(name)}
        return urlencode(kept)

    def filtered(self, **changes: str | None) -> str:
        """The same, on the first page: another filter has other pages."""
        return self.query(**{"page": None, **changes})

    @property
    def whole_number(self) -> int:
        text = self.state.get("page", "")
        return int(text) if text.isdecimal() and len(text) < 9 else 1

    @property
    def size(self) -> int:
        text = self.state.get("size", "")
        return int(text) if text.isdecimal() and int(text) in SIZES else DEFAULT_SIZE


def read(request: PortalRequest) -> Asked:
    """The address, and on top of it the posted form. `?day=` is one day; nothing is today."""
    given = _given(request)
    today = timezone.localdate()
    if "date_from" not in given and "date_to" not in given:
        day = _day(given.get("day", ""), today).isoformat()
        given = {**given, "date_from": day, "date_to": day}
    state = {name: given[name].strip() for name in STATE if given.get(name, "").strip()}
    if state.get("date_field") != BOOKED_DATE:
        state.pop("date_field", None)
    return Asked(state, request.POST.get("q", "").strip(), today)


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
    asked = read(request)
    address = f"{reverse('meetings:list')}?{asked.query()}"
    if request.method == "POST" and not asked.text and not request.htmx:
        return redirect(address)
    context = _context(request, asked)
    if request.htmx:
        return push_url(render(request, "meetings/_answer.html", context), address)
    return render(request, "meetings/list.html", context)


def _context(request: PortalRequest, asked: Asked) -> dict[str, Any]:
    mine = my_offices(request)
    if not mine or request.office is None:
        raise PermissionDenied
    offices = _offices(mine, request.office, asked.state.get("office", ""))
    data = QueryDict(mutable=True)
    data.update(asked.state)
    if len(mine) > 1 and not asked.state.get("office"):
        data["office"] = request.office.customer_id
    found = tables(offices, None)
    filtered = MeetingFilter(data, found[0], offices=offices, mine=mine)
    form = filtered.form
    order = Order.of(asked.state.get("sort", DEFAULT_SORT))
    narrowed = [
        filtered.narrow(table, asked.text) if form.is_valid() else table.none() for table in found
    ]
    page = page_of(narrowed, order=order, number=asked.whole_number, size=asked.size)
    steps = next_steps.find(page.rows)
    shown = [Shown(row, steps.get(row.pk)) for row in page.rows]
    days = _days(asked, form)
    return {
        "asked": asked,
        "form": form,
        "page": page,
        "groups": _groups(shown, page.order, headed=days["day"] is None),
        "columns": 6,
        "previous_page": asked.query(page=str(page.number - 1)),
        "next_page": asked.query(page=str(page.number + 1)),
        "more_filters": any(name in asked.state for name in MORE),
        "several_offices": len(offices) > 1,
        "chips": _chips(asked, form),
        "sizes": [(size, asked.filtered(size=str(size))) for size in SIZES],
        "sorted_by": _headings(asked, page.order),
        **_freshness_of(request.office),
        **days,
    }


@dataclasses.dataclass(frozen=True)
class Shown:
    """A meeting as a row of the list, with what is booked next."""

    meeting: Any
    next_step: next_steps.NextStep | None


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


def _offices(mine: list[Office], active: Office, wanted: str) -> list[Office]:
    """The active office, unless another of the person's own, or all of them, are asked for."""
    if wanted == ALL_OFFICES:
        return mine
    if not wanted:
        return [active]
    return [office for office in mine if office.customer_id == wanted]


def _days(asked: Asked, form: Any) -> dict[str, Any]:
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


def _chips(asked: Asked, form: Any) -> list[Chip]:
    chips = []
    for name in FILTERS:
        if name in ("date_from", "date_to") or name not in asked.state or name not in form.fields:
            continue
        value = asked.state[name]
        choices = dict(getattr(form.fields[name].widget, "choices", []))
        said = "" if name == "no_next_step" else str(choices.get(value, value))
        chips.append(Chip(name, str(form.fields[name].label), said, asked.filtered(**{name: None})))
    return chips


def _headings(asked: Asked, order: Order) -> dict[str, dict[str, str]]:
    """For each heading: the query that sorts by it, and how it is sorted now."""
    found = {}
    for name in ("time", "booked", "person", "broker", "state", "office"):
        mine = order.name == name
        turned = f"-{name}" if mine and not order.descending else name
        now = ("descending" if order.descending else "ascending") if mine else "none"
        found[name] = {"query": asked.filtered(sort=turned), "now": now, "value": turned}
    return found


# --- Fetching ------------------------------------------------------------------------------------


def _freshness_of(office: Office, *, asked_for: bool = False) -> dict[str, Any]:
    """For the line that says how old the meetings are. pending: it must be asked for again."""
    plan = OfficeSync.of(office)
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
