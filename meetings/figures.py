"""The figures page for managers: what the list's filter finds, counted, as charts and as tables."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from meetings import counting, past
from meetings.asked import read
from meetings.counting import Counts, Line
from meetings.dashboard import Found, find
from meetings.filters import MEETING_DATE
from meetings.spans import chips_of, days_of
from offices.http import PortalRequest
from offices.models import Right
from offices.rights import held_at_all

# More bars than these cannot be told apart; the table has them all.
MOST_BARS = 12

MEANINGS = [
    (
        pgettext_lazy("figure", "Booked"),
        gettext_lazy(
            "Every meeting that the filter finds, as many as in the list: also cancelled ones and"
            " those that are missing at Vitec."
        ),
    ),
    (
        pgettext_lazy("figure", "Held"),
        gettext_lazy(
            "The time has passed, and Vitec calls it booked or followed up, or gives no state."
            " Vitec has no state of its own for a meeting that took place."
        ),
    ),
    (
        pgettext_lazy("figure", "Ahead"),
        gettext_lazy("The same, with a time that has not come yet."),
    ),
    (
        pgettext_lazy("figure", "Cancelled"),
        gettext_lazy(
            "By the broker or by the customer, as Vitec says. Where Vitec does not say by whom,"
            " it stands under the total alone."
        ),
    ),
    (
        pgettext_lazy("figure", "Others"),
        gettext_lazy(
            "Not relevant, missing at Vitec, without a time, or in a state that the portal does"
            " not know. Booked is held, ahead, cancelled and others together."
        ),
    ),
    (
        gettext_lazy("Assignments"),
        gettext_lazy(
            "Held listing appointments with an assignment date. Several about the same property"
            " count once, at the latest."
        ),
    ),
    (
        gettext_lazy("Hit rate"),
        gettext_lazy(
            "Assignments, of the held listing appointments. Viewing meetings are left out."
        ),
    ),
    (
        gettext_lazy("Without next step"),
        gettext_lazy(
            "Held, neither followed up nor signed, and no comeback or event was sent from here to"
            " the contact since the booking. The same as the filter."
        ),
    ),
    (
        gettext_lazy("Commission"),
        gettext_lazy("Without tax, of the assignments that are counted."),
    ),
]


@dataclasses.dataclass(frozen=True)
class Section:
    """One way to divide the meetings: its table, and the chart of the very same lines."""

    name: str
    title: str
    heading: str
    lines: list[Line]

    @property
    def total(self) -> Counts:
        return counting.total(self.lines)

    @property
    def chart(self) -> dict[str, Any]:
        """For the script: labels, and for each figure a value a label."""
        shown = self.lines if self.name == "week" else self.lines[:MOST_BARS]
        names = ("held", "ahead", "cancelled", "others")
        return {
            "labels": [line.label for line in shown],
            "bars": {name: [getattr(line.counts, name) for line in shown] for name in names},
            "rate": [line.counts.hit_rate for line in shown],
        }

    @property
    def height(self) -> str:
        """A class of the sheet: no inline style can say how many bars there are."""
        if self.name == "week" or 4 < len(self.lines) < 9:
            return ""
        return "is-low" if len(self.lines) < 5 else "is-high"

    @property
    def left_out(self) -> int:
        """How many lines the chart does not show."""
        return 0 if self.name == "week" else max(0, len(self.lines) - MOST_BARS)


@require_http_methods(["GET", "POST"])
def figures(request: PortalRequest) -> HttpResponse:
    """The figures of what the list would show: same address, and the free text posted; of a past
    moment as the portal knew them then.
    """
    asked = read(request)
    found = find(request, asked)
    rights = held_at_all(request, found.offices)
    if Right.FIGURES not in rights:
        raise PermissionDenied
    if asked.as_of and past.is_in_words(request.GET.get("as_of", "")):
        # Tomorrow the words would mean another moment.
        return redirect(f"{reverse('meetings:figures')}?{asked.query()}")
    sections = _sections(found, asked.as_of)
    context = {
        "here": reverse("meetings:figures"),
        "carrier": "again",
        "asked": asked,
        "past": past.say(asked.as_of) if asked.as_of else "",
        "now_query": asked.filtered(as_of=None),
        "form": found.form,
        "sections": sections,
        "total": sections[0].total,
        "rights": rights,
        "amounts": Right.AMOUNTS in rights,
        "chips": chips_of(asked, found.form),
        "charts": {section.name: section.chart for section in sections},
        "words": _words(),
        "meanings": MEANINGS if Right.AMOUNTS in rights else MEANINGS[:-1],
        **days_of(asked, found.form),
    }
    return render(request, "meetings/figures.html", context)


def _sections(found: Found, as_of: dt.datetime | None) -> list[Section]:
    tables = found.tables
    column = found.form.cleaned_data.get("date_field") if found.form.is_valid() else ""
    weeks = [
        dataclasses.replace(line, label=_week(line.key))
        for line in counting.by_week(tables, column or MEETING_DATE, as_of)
    ]
    brokers = _named(counting.by_person(tables, "broker", as_of), _("No broker"))
    bookers = _named(counting.by_person(tables, "booked_by", as_of), _("Nobody named"))
    sources = _named(counting.by_column(tables, "source", "source", as_of), _("No source"))
    sections = [
        Section("week", _("Week by week"), _("Week"), weeks),
        Section("broker", _("Brokers"), _("Broker"), brokers),
        Section("booker", _("Bookers"), _("Booked by"), bookers),
        Section("source", _("Sources"), _("Source"), sources),
    ]
    if len(found.offices) > 1:
        offices = counting.by_column(tables, "office", "office__name", as_of)
        sections.append(Section("office", _("Offices"), _("Office"), offices))
    return sections


def _named(lines: list[Line], nobody: str) -> list[Line]:
    return [dataclasses.replace(line, label=line.label or line.key or nobody) for line in lines]


def _week(monday: dt.date | None) -> str:
    """`v. 47 2026`, by the year that the week belongs to."""
    if monday is None:
        return _("Without a day")
    year, week, _day = monday.isocalendar()
    return _("w. %(week)d %(year)d") % {"week": week, "year": year}


def _words() -> dict[str, str]:
    """What the charts say."""
    return {
        "held": pgettext("figure", "Held"),
        "ahead": pgettext("figure", "Ahead"),
        "cancelled": pgettext("figure", "Cancelled"),
        "others": pgettext("figure", "Others"),
        "rate": _("Hit rate, %"),
    }
