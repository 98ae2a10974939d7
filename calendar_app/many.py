"""Events for many: when they begin, how long each takes and in whose calendar, typed once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calendar_app.clashes import clashes_of
from calendar_app.sending import clash_concern
from calendar_app.wording import names_of
from lib.form_fields import DayWordsField
from offices import choices
from offices.models import Colleague, Office
from offices.pickers import PickerField
from submissions.forms import SubmissionForm
from submissions.kinds import Concern, Many, Part

Own = Mapping[str, str]
LONGEST_MINUTES = 8 * 60


class ManyEventsForm(SubmissionForm):
    """What events for many share. cleaned `user_id`: "" for each one's own broker."""

    starts_at = DayWordsField(
        label=_("The first starts"),
        help_text=_("In words or figures: tomorrow 9 · 3w · tue w 49 · 14/12 10:30"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-day-words": ""}),
        error_messages={"required": _("Say when.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes each"),
        min_value=5,
        max_value=LONGEST_MINUTES,
        initial=30,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("In one calendar they stand one after the other."),
    )
    user_id = PickerField(
        label=_("Calendar of"),
        required=False,
        recall="colleagues",
        job="colleagues",
        empty=_("Each one's own broker"),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.fields["user_id"].offer(choices.colleagues(office))  # type: ignore[attr-defined]

    def clean_starts_at(self) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data["starts_at"]
        if moment.date() < timezone.localdate():
            raise ValidationError(_("That day has passed."), code="past")
        return moment


def _complete(office: Office, owns: Sequence[Own]) -> list[Own]:
    """With which turn each one has in its broker's calendar and among all. One query."""
    asked = {own.get("colleague_id", "") for own in owns}
    rows = Colleague.objects.filter(office=office, vitec_id__in=asked, missing_since=None)
    here = set(rows.values_list("vitec_id", flat=True))
    turns: Counter[str] = Counter()
    found: list[Own] = []
    for number, own in enumerate(owns):
        broker = own.get("colleague_id", "") if own.get("colleague_id") in here else ""
        turn = {"turn": str(turns[broker]), "number": str(number)}
        found.append({**own, "colleague_id": broker, **turn})
        turns[broker] += 1
    return found


def _part(_office: Office, cleaned: Mapping[str, Any], own: Own) -> Part:
    chosen = cleaned["user_id"] or own["colleague_id"]
    if not chosen:
        raise ValidationError(gettext("Has no broker of their own: choose whose calendar."))
    turn = int(own["number"] if cleaned["user_id"] else own["turn"])
    length = dt.timedelta(minutes=cleaned["minutes"])
    first: dt.datetime = cleaned["starts_at"]
    # Reckoned in UTC: on the wall clock the autumn night has an hour twice.
    starts = (first.astimezone(dt.UTC) + turn * length).astimezone(first.tzinfo)
    ends = (starts.astimezone(dt.UTC) + length).astimezone(first.tzinfo)
    texts = {
        "about": own.get("topic", ""),
        # By this the event is the person's: under the veil, in the extract, in an erasure.
        "about_contact": own.get("contact_id", ""),
        "subject": own.get("subject", "")[:255],
        "location": own.get("place", "")[:255],
        "note": cleaned["note"],
    }
    typed = {
        **texts,
        "user_id": chosen,
        "starts_at": f"{starts:%Y-%m-%d %H:%M}",
        "ends_at": f"{ends:%Y-%m-%d %H:%M}",
    }
    return Part(
        cleaned={
            **texts,
            "user_id": [chosen],
            "starts_at": starts,
            "ends_at": ends,
            "all_day_event": False,
            "recurrence": "",
            "recurrence_interval": None,
            "recurrence_day_of_weeks": [],
            "recurrence_until": "",
            "recurrence_skips_days_off": False,
            "recurrence_dates": None,
        },
        typed={name: [text] for name, text in typed.items()},
    )


def _known(office: Office, parts: Sequence[Part]) -> list[list[Concern]]:
    """What stands in each one's calendar already; asked for once for all of them."""
    people = list(dict.fromkeys(part.cleaned["user_id"][0] for part in parts))
    spans = [(part.cleaned["starts_at"], part.cleaned["ends_at"]) for part in parts]
    clashes = clashes_of(office, people, list(dict.fromkeys(spans)))
    names = names_of(office, people)
    return [
        [
            clash_concern(clash, names)
            for clash in clashes
            if clash.colleague_id == part.cleaned["user_id"][0]
            and clash.starts_at == part.cleaned["starts_at"]
            and not (part.cleaned["about"] and clash.entry.topic == part.cleaned["about"])
            and not (clash.entry.sent and clash.entry.starts_at == clash.starts_at)
        ]
        for part in parts
    ]


def _offer(number: int) -> str:
    said = ngettext("Calendar event for %d person", "Calendar events for %d people", number)
    return said % number


def _said(number: int) -> str:
    return ngettext("Create %d calendar event", "Create %d calendar events", number) % number


MANY_EVENTS = Many(
    form_class=ManyEventsForm,
    part=_part,
    obstacle=lambda _own: "",
    complete=_complete,
    known=_known,
    offer=_offer,
    said=_said,
    template="calendar_app/_many_events.html",
)
