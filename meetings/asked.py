"""What an address, and the form that was posted to it, ask of the list of meetings."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date

from meetings import past
from meetings.filters import BOOKED_DATE
from meetings.listing import DEFAULT_SIZE, SIZES
from meetings.models import Reach, SavedView
from meetings.saved import Shelf, parameters
from offices.http import PortalRequest

# A day further away than this is a slip of the hand.
YEARS = 100
# What stands in the address, in this order.
FILTERS = (
    "date_from", "date_to", "date_field", "type", "state", "broker", "booker", "source",
    "estate_status", "office", "no_next_step", "news",
)  # fmt: skip
STATE = (*FILTERS, "as_of", "sort", "size", "columns", "page", "view")


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
