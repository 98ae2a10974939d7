"""The calendar event's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from calendar_app.payloads import WEEKDAYS
from calendar_app.preview import Preview, preview_of
from calendar_app.wording import day_words, moment_words
from connect.enums import RecurrencePattern
from lib.form_fields import DayWordsField, read_end
from offices import choices
from offices.models import Office
from offices.pickers import PickerField
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
_WHOLE_WEEKS = re.compile(r"(\d{1,2})\s*(v|vecka|veckor|w|week|weeks)", re.IGNORECASE)
# What the preview is made of.
_PREVIEWED = {
    "starts_at", "ends_at", "all_day_event",
    "recurrence", "recurrence_interval", "recurrence_day_of_weeks",
}  # fmt: skip


class AppointmentForm(SubmissionForm):
    """An event, or a series without end, in one colleague's calendar.

    Our own minimum, since Vitec states none: whose calendar, a subject, a start from today on.
    `user_id` is Vitec's `id`. cleaned `starts_at` and `ends_at` are aware; of an all-day event
    they are the midnights that begin its first and its last day. Without a pattern, interval and
    weekdays are None and []; Vitec's recurrenceDay and recurrenceMonth follow from the start.
    """

    user_id = PickerField(
        label=_("Calendar of"),
        recall="colleagues",
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
        self.fields["user_id"].offer(choices.colleagues(office))  # type: ignore[attr-defined]

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
        cleaned = self.cleaned_data
        pattern = cleaned.get("recurrence")
        if not pattern:
            # Nobody sees these while nothing repeats.
            for name in ("recurrence_interval", "recurrence_day_of_weeks"):
                self.errors.pop(name, None)
            return cleaned | {"recurrence_interval": None, "recurrence_day_of_weeks": []}
        if "recurrence_interval" in cleaned:
            cleaned["recurrence_interval"] = cleaned["recurrence_interval"] or 1
        if pattern != RecurrencePattern.WEEKLY:
            self.errors.pop("recurrence_day_of_weeks", None)
            cleaned["recurrence_day_of_weeks"] = []
        elif cleaned.get("starts_at") and "recurrence_day_of_weeks" in cleaned:
            self._settle_weekdays(cleaned["starts_at"])
        return cleaned

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

    @property
    def preview(self) -> Preview | None:
        """What it comes to, as far as it can be said; None while a time is wanting or wrong."""
        if not self.is_bound:
            return None
        form = type(self)(self.data, office=self.office)
        if _PREVIEWED & set(form.errors):
            return None
        return preview_of(form.cleaned_data)


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
