"""The filter of the meetings: its state is the address. Ids and codes only, never a name.

What is personal (free text) is no part of it: that is posted, and stays in the page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lib import swedish
from meetings import words
from meetings.models import STATE_LABELS, TYPE_LABELS, Meeting, MeetingVersion
from meetings.since import ALL as ANY_NEWS
from meetings.since import CHANGED, GONE, NEW, News
from meetings.windows import midnight
from offices.models import Colleague, Office
from submissions.models import LIVE, Submission

DAY = dt.timedelta(days=1)
MEETING_DATE, BOOKED_DATE = "meeting_date", "booked_date"
ALL_OFFICES = "all"
# Beside Vitec's own states.
ANY_CANCELLED, MISSING = "Cancelled", "Missing"
# Submissions that are a next step with a contact.
NEXT_STEPS = ("meetings.create_comeback", "calendar_app.create_appointment")
# How long what an office's lists hold is offered without looking for new ones.
CACHED_SECONDS = 300

NEWS = [
    (ANY_NEWS, _("everything that happened")),
    (CHANGED, _("changed")),
    (NEW, _("new ones")),
    (GONE, _("gone ones")),
]

Choices = list[tuple[str, Any]]
Rows = QuerySet[Any]


class PlainSelect(forms.Select):
    """The same markup as Django's, without a template for each of its options: an office has
    hundreds of colleagues.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        every = {**self.build_attrs(self.attrs, attrs), "name": name}
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, " selected" if str(key) in chosen else "", label)
                for key, label in self.choices
            ),
        )
        return format_html("<select{}>{}</select>", flatatt(every), options)


def _select() -> forms.Select:
    return PlainSelect(attrs={"class": "form-select"})


class MeetingFilter(django_filters.FilterSet):
    """date_from and date_to are days in Stockholm, both included, of the `date_field`.

    Any text is taken for a code: one that is unknown finds nothing, and is no error.
    """

    date_field = django_filters.ChoiceFilter(
        label=_("Date of"),
        choices=[(MEETING_DATE, _("the meeting")), (BOOKED_DATE, _("the booking"))],
        empty_label=None,
        method="leave",
    )
    date_from = django_filters.DateFilter(
        label=_("From"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        method="leave",
    )
    date_to = django_filters.DateFilter(
        label=_("To"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        method="leave",
    )
    type = django_filters.CharFilter(label=_("Type"), widget=_select())
    state = django_filters.CharFilter(label=_("State"), widget=_select(), method="by_state")
    broker = django_filters.CharFilter(
        label=_("Broker"), field_name="broker_id", widget=_select(), lookup_expr="exact"
    )
    booker = django_filters.CharFilter(
        label=_("Booked by"), field_name="booked_by_id", widget=_select(), lookup_expr="exact"
    )
    source = django_filters.CharFilter(label=_("Source"), widget=_select(), lookup_expr="exact")
    estate_status = django_filters.CharFilter(
        label=_("Property status"), widget=_select(), lookup_expr="exact"
    )
    office = django_filters.CharFilter(label=_("Office"), widget=_select(), method="leave")
    no_next_step = django_filters.BooleanFilter(
        label=_("Next step is missing"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        method="without_next_step",
    )
    news = django_filters.CharFilter(label=_("Since last time"), widget=_select(), method="by_news")

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict,
        queryset: Rows,
        *,
        offices: list[Office],
        mine: list[Office],
        as_of: dt.datetime | None = None,
        news: News | None = None,
    ) -> None:
        """as_of: the moment whose rows these are; None for now. news: what `news` may ask for."""
        super().__init__(data, queryset)
        self.as_of = as_of
        self.news = news
        self._offer("news", NEWS)
        self._offer("type", [(value, label) for value, label in TYPE_LABELS.items()])
        self._offer("state", _states())
        found = _known(offices)
        self._offer("broker", found["people"])
        self._offer("booker", found["people"])
        self._offer("source", [(value, value) for value in found["source"]])
        self._offer("estate_status", [(value, value) for value in found["estate_status"]])
        if len(mine) > 1:
            each = [(office.customer_id, office.name) for office in mine]
            self._offer("office", [*each, (ALL_OFFICES, _("All my offices"))], empty=False)
        else:
            del self.form.fields["office"]

    def _offer(self, name: str, choices: Choices, *, empty: bool = True) -> None:
        first: Choices = [("", _("All"))] if empty else []
        self.form.fields[name].widget.choices = [*first, *choices]

    def leave(self, queryset: Rows, name: str, value: Any) -> Rows:
        """Together with others, see `narrow`."""
        return queryset

    def by_state(self, queryset: Rows, name: str, value: str) -> Rows:
        """One that Vitec gave no state is booked while it lies ahead."""
        if value == MISSING:
            return queryset.filter(missing_since__isnull=False)
        if value == ANY_CANCELLED:
            return queryset.filter(state__startswith=ANY_CANCELLED)
        if value == "Booked":
            ahead = Q(state="", meeting_date__gte=self.as_of or timezone.now())
            return queryset.filter(Q(state="Booked") | ahead)
        return queryset.filter(state=value)

    def without_next_step(self, queryset: Rows, name: str, value: bool | None) -> Rows:
        return queryset.filter(lacks_next_step(self.as_of)) if value else queryset

    def by_news(self, queryset: Rows, name: str, value: str) -> Rows:
        """What the person has not seen yet; of the past there is no news."""
        if self.news is None or self.as_of is not None:
            return queryset
        return self.news.rows(queryset, value)

    def narrow(self, queryset: Rows, text: str) -> Rows:
        """The rows of one table that pass the filter and hold the free text."""
        chosen = self.form.cleaned_data
        column = chosen["date_field"] or MEETING_DATE
        if _is_near(chosen["date_from"]):
            queryset = queryset.filter(**{f"{column}__gte": midnight(chosen["date_from"])})
        if _is_near(chosen["date_to"]):
            queryset = queryset.filter(**{f"{column}__lt": midnight(chosen["date_to"] + DAY)})
        condition = words.condition(text)
        if condition is not None:
            queryset = queryset.filter(condition)
        return self.filter_queryset(queryset)


def _is_near(day: dt.date | None) -> bool:
    """Some day that a calendar can reckon with; beyond, a bound bounds nothing."""
    return day is not None and 1900 < day.year < 2200


def next_steps_of(office: Any, hashed: Any) -> QuerySet[Submission]:
    """Comebacks and events with a person that are there or on their way, booked after a meeting
    was. For use inside of a query over meetings.
    """
    sent = Submission.objects.filter(office=office, person_hash=hashed, kind__in=NEXT_STEPS)
    return sent.exclude(person_hash="").filter(
        state__in=LIVE, created_at__gte=OuterRef("booked_date")
    )


def lacks_next_step(as_of: dt.datetime | None = None) -> Q:
    """Held, not settled, not signed, and nothing booked with the contact since.

    as_of: as it was at that moment; None for now.
    """
    now = as_of or timezone.now()
    held = Q(
        meeting_date__lt=now,
        state__in=["", "Booked"],
        signature_date=None,
        missing_since=None,
    )
    steps = next_steps_of(OuterRef("office"), OuterRef("person_hash"))
    return held & ~Q(Exists(steps.filter(created_at__lte=now)))


def _states() -> Choices:
    known = [(value, label) for value, label in STATE_LABELS.items() if value != ANY_CANCELLED]
    return [*known, (ANY_CANCELLED, _("Cancelled, by anybody")), (MISSING, _("Missing at Vitec"))]


def _colleagues(offices: list[Office]) -> Choices:
    found = Colleague.objects.filter(office__in=offices).values_list("vitec_id", "name")
    named = {vitec_id: name for vitec_id, name in found if name}
    return sorted(named.items(), key=lambda pair: swedish.order(pair[1]))


def _known(offices: list[Office]) -> dict[str, Any]:
    """The offices' colleagues, and the sources and statuses that their meetings name; nothing of a
    customer.
    """
    key = f"meetings-known:{_short(offices)}"
    cache = caches["process"]
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        meetings = Meeting.objects.filter(office__in=offices)
        known = {name: _values(meetings, name) for name in ("source", "estate_status")}
        known["people"] = _colleagues(offices)
        cache.set(key, known, CACHED_SECONDS)
    return known


def _short(offices: list[Office]) -> str:
    """What stands for these offices in a key of the cache, however many they are."""
    ids = "-".join(str(office.pk) for office in offices)
    return hashlib.sha256(ids.encode()).hexdigest()


def _values(meetings: Rows, name: str) -> list[str]:
    found: Iterable[str] = meetings.exclude(**{name: ""}).order_by().values_list(
        name, flat=True
    ).distinct()  # fmt: skip
    return sorted(found, key=swedish.order)


def tables(offices: list[Office], as_of: dt.datetime | None) -> list[Rows]:
    """The rows of the offices as they are, or as the portal knew them at a past moment."""
    keys = [office.pk for office in offices]
    return [table.filter(office__in=keys) for table in every_table(as_of)]


def every_table(as_of: dt.datetime | None) -> list[Rows]:
    """The same of every office."""
    now: Rows = Meeting.objects.all()
    if as_of is None:
        return [now]
    then: Rows = MeetingVersion.objects.filter(observed_from__lte=as_of, observed_to__gt=as_of)
    return [now.filter(observed_from__lte=as_of), then]
