"""The calendar event's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from calendar_app.payloads import WEEKDAYS, rule_of
from calendar_app.preview import Preview, preview_of
from calendar_app.recurrence import MOST, Dates, dates_of
from calendar_app.wording import day_words, moment_words
from connect.enums import RecurrencePattern
from lib.form_fields import DayWordsField, read_end
from offices import choices
from offices.models import Colleague, Office, UserGroup
from offices.pickers import Choice, Group, MultiPickerField
from submissions.forms import SubmissionForm

AN_HOUR = dt.timedelta(hours=1)
PATTERNS = [
    ("", _("Does not repeat")),
    (RecurrencePattern.DAILY.value, _("Daily")),
    (RecurrencePattern.WEEKLY.value, _("Weekly")),
    (RecurrencePattern.MONTHLY.value, _("Monthly")),
    (RecurrencePattern.YEARLY.value, _("Yearly")),
]
_WHOLE_DAYS = re.compile(r"(\d{1,3})\s*(d|dag|dagar|day|days)", re.IGNORECASE)
_TIMES = re.compile(
    r"(\d{1,4})\s*(ggr|gång|gånger|st|stycken|tillfällen|x|times|time)", re.IGNORECASE
)
_A_WEEK = re.compile(r"(v|vecka|w|week)\.?\s*\d{1,2}(\s+\d{4})?", re.IGNORECASE)
_WHOLE_WEEKS = re.compile(r"(\d{1,2})\s*(v|vecka|veckor|w|week|weeks)", re.IGNORECASE)
# What the preview is made of.
_PREVIEWED = {
    "starts_at", "ends_at", "all_day_event",
    "recurrence", "recurrence_interval", "recurrence_day_of_weeks", "recurrence_until",
}  # fmt: skip
# A group among the colleagues: all of its members.
GROUP = "userGroupId:"


class AppointmentForm(SubmissionForm):
    """An event, or a series, in the calendars of one or several colleagues.

    Our own minimum, since Vitec states none: whose calendar, a subject, a start from today on.
    `user_id` is Vitec's `id`, cleaned to a list of ids in which a group is its members. cleaned
    `starts_at` and `ends_at` are aware; of an all-day event they are the midnights that begin its
    first and its last day. Without a pattern, interval and weekdays are None and []; Vitec's
    recurrenceDay and recurrenceMonth follow from the start. A series that ends has its `Dates` as
    cleaned `recurrence_dates`; None is one without end, or no series. `about`: what it was opened
    about, `<key>:<id>`, with which it does not clash; `about_contact`: whom that concerns.
    """

    about = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    about_contact = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    user_id = MultiPickerField(
        label=_("Calendar of"),
        recall="colleagues",
        job="colleagues",
        error_messages={"required": _("Choose whose calendar.")},
    )
    subject = forms.CharField(
        label=_("Subject"),
        max_length=255,
        error_messages={"required": _("Say what it is about.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    all_day_event = forms.BooleanField(label=_("All day"), required=False)
    starts_at = DayWordsField(
        label=_("Starts"),
        help_text=_("In words or figures: tomorrow 9 · 3w · tue w 49 · 14/12 10:30"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-day-words": ""}),
        error_messages={"required": _("Say when.")},
    )
    ends_at = forms.CharField(
        label=_("Ends"),
        required=False,
        max_length=60,
        help_text=_(
            "A time or how long: 15:30 · 45 min · 1.5 h · 3 days. Empty: one hour, or the one day."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recurrence = forms.ChoiceField(label=_("Repeats"), required=False, choices=PATTERNS)
    recurrence_interval = forms.IntegerField(
        label=_("Interval"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("1 is every time, 2 every other, 3 every third."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    recurrence_day_of_weeks = forms.MultipleChoiceField(
        label=_("Weekdays"),
        required=False,
        choices=[(day.value, WEEKDAY_NAMES[number]) for number, day in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the weekday of the start."),
    )
    recurrence_until = forms.CharField(
        label=_("Until"),
        required=False,
        max_length=60,
        help_text=_(
            "The last day, or how many times: 14 Jun · w 24 · 22 times. It is then sent as single"
            " events. Empty: a series without end."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recurrence_skips_days_off = forms.BooleanField(
        label=_("Pass over red days and weekends"), required=False, initial=True
    )
    location = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.members = members_of(office)
        self.fields["user_id"].offer(calendars(office, self.members))  # type: ignore[attr-defined]

    def clean_user_id(self) -> list[str]:
        """Each colleague once, in the order chosen."""
        found: list[str] = []
        for value in self.cleaned_data["user_id"]:
            found.extend(self.members.get(value, [value]))
        return list(dict.fromkeys(found))

    def clean_starts_at(self) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data["starts_at"]
        if self.cleaned_data.get("all_day_event"):
            moment = _midnight(moment)
        if moment.date() < timezone.localdate():
            raise ValidationError(
                _("%(day)s has passed. Choose today or a day ahead."),
                params={"day": day_words(moment.date())},
                code="past",
            )
        return moment

    def clean_ends_at(self) -> dt.datetime | None:
        start = self.cleaned_data.get("starts_at")
        if start is None:
            return None
        text = self.cleaned_data["ends_at"]
        if self.cleaned_data.get("all_day_event"):
            return _last_day(text, start)
        return _end(text, start)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data | {"recurrence_dates": None}
        self.cleaned_data = cleaned
        if not cleaned.get("recurrence"):
            self._settle_once()
            return cleaned
        if "recurrence_interval" in cleaned:
            cleaned["recurrence_interval"] = cleaned["recurrence_interval"] or 1
        if cleaned["recurrence"] != RecurrencePattern.WEEKLY:
            self.errors.pop("recurrence_day_of_weeks", None)
            cleaned["recurrence_day_of_weeks"] = []
        elif cleaned.get("starts_at") and "recurrence_day_of_weeks" in cleaned:
            self._settle_weekdays(cleaned["starts_at"])
        if cleaned.get("recurrence_until") and cleaned.get("starts_at"):
            self._settle_end(cleaned["starts_at"])
        return cleaned

    def _settle_once(self) -> None:
        """Nobody sees what belongs to a series while nothing repeats."""
        unseen: dict[str, Any] = {
            "recurrence_interval": None,
            "recurrence_day_of_weeks": [],
            "recurrence_until": "",
        }
        for name in unseen:
            self.errors.pop(name, None)
        self.cleaned_data.update(unseen)

    def _settle_weekdays(self, start: dt.datetime) -> None:
        """The start is the first of its series; what Vitec makes of another is not known."""
        first = WEEKDAYS[start.weekday()].value
        chosen = self.cleaned_data["recurrence_day_of_weeks"] or [first]
        self.cleaned_data["recurrence_day_of_weeks"] = chosen
        if first not in chosen:
            message = _("It starts on a %(weekday)s. Choose that weekday too, or another start.")
            weekday = WEEKDAY_NAMES[start.weekday()]
            error = ValidationError(message, params={"weekday": weekday}, code="start")
            self.add_error("recurrence_day_of_weeks", error)

    def _settle_end(self, start: dt.datetime) -> None:
        """The dates of a series that ends, or why there are none."""
        cleaned = self.cleaned_data
        try:
            end = _series_end(cleaned["recurrence_until"], start)
            if {"recurrence_interval", "recurrence_day_of_weeks"} <= set(cleaned):
                rule: Any = rule_of(cleaned)
                dates = dates_of(rule, start, end, cleaned["recurrence_skips_days_off"])
                cleaned["recurrence_dates"] = dates
                _refuse_extremes(dates, len(cleaned.get("user_id", [""])))
        except ValidationError as error:
            self.add_error("recurrence_until", error)

    @property
    def preview(self) -> Preview | None:
        """What it comes to, as far as it can be said; None while a time is wanting or wrong."""
        form = type(self)(self.data if self.is_bound else self._filled_in(), office=self.office)
        if _PREVIEWED & set(form.errors):
            return None
        return preview_of(self.office, form.cleaned_data)

    def _filled_in(self) -> QueryDict:
        """What a form that nobody has touched would be sent with."""
        data = QueryDict(mutable=True)
        for name in self.fields:
            value = self[name].value()
            if value:
                data.setlist(name, value if isinstance(value, list) else [str(value)])
        return data


def members_of(office: Office) -> dict[str, list[str]]:
    """{choice of a group: ids of its members who are there}; groups without any are left out."""
    here = Colleague.objects.filter(office=office, missing_since=None)
    ids = set(here.values_list("vitec_id", flat=True))
    groups = UserGroup.objects.filter(office=office, missing_since=None)
    found = {
        f"{GROUP}{group.vitec_id}": [each for each in group.members if each in ids]
        for group in groups
    }
    return {key: members for key, members in found.items() if members}


def calendars(office: Office, members: Mapping[str, list[str]]) -> list[Choice | Group]:
    """Everybody who is there, and the groups that have members."""
    people = choices.colleagues(office)
    groups = [
        Choice(f"{GROUP}{choice.value}", choice.label, _people_words(members, choice.value))
        for choice in choices.user_groups(office)
        if f"{GROUP}{choice.value}" in members
    ]
    if not groups:
        return [*people]
    return [Group(_("Colleagues"), people), Group(_("Whole groups"), groups)]


def _people_words(members: Mapping[str, list[str]], group_id: str) -> str:
    number = len(members[f"{GROUP}{group_id}"])
    return ngettext("%(number)d person", "%(number)d people", number) % {"number": number}


def _series_end(text: str, start: dt.datetime) -> dt.date | int:
    """The last day that may be one, or how many; a week alone means the whole of it."""
    if found := _TIMES.fullmatch(text):
        count = int(found[1])
        if not 1 <= count <= MOST:
            raise ValidationError(
                _("Say between 1 and %(most)s times."), params={"most": MOST}, code="count"
            )
        return count
    day = read_end(text, start).date()
    if _A_WEEK.fullmatch(text):
        day += dt.timedelta(days=6 - day.weekday())
    if day < start.date():
        raise ValidationError(
            _("%(day)s is before the first day."), params={"day": day_words(day)}, code="before"
        )
    return day


def _refuse_extremes(dates: Dates, people: int) -> None:
    if not dates.kept and not dates.more:
        raise ValidationError(
            _("Every one of these days is a day off, and they are passed over."), code="none"
        )
    if dates.more or len(dates.kept) * people > MOST:
        raise ValidationError(
            _(
                "That is more than %(most)s events at once. Choose an earlier end or fewer"
                " people, or leave the end empty for a series."
            ),
            params={"most": MOST},
            code="too_many",
        )


def _end(text: str, start: dt.datetime) -> dt.datetime:
    end = read_end(text, start) if text else (_in_utc(start) + AN_HOUR).astimezone(start.tzinfo)
    # Compared in UTC: on the wall clock the autumn night has an hour twice.
    if _in_utc(end) <= _in_utc(start):
        raise ValidationError(
            _("%(moment)s is not after the start."),
            params={"moment": moment_words(end)},
            code="before",
        )
    return end


def _last_day(text: str, start: dt.datetime) -> dt.datetime:
    """The midnight that begins the last day; "3 days" and "2 weeks" count the first one in."""
    if not text:
        return start
    for pattern, size in ((_WHOLE_DAYS, 1), (_WHOLE_WEEKS, 7)):
        if found := pattern.fullmatch(text):
            # "0 days" falls before the start and is refused below.
            return _not_before(start + dt.timedelta(days=int(found[1]) * size - 1), start)
    return _not_before(_midnight(read_end(text, start)), start)


def _not_before(last: dt.datetime, start: dt.datetime) -> dt.datetime:
    if last < start:
        raise ValidationError(
            _("%(day)s is before the first day."),
            params={"day": day_words(last.date())},
            code="before",
        )
    return last


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, fold=0)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC)
