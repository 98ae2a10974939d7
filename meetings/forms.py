"""The comeback's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.form_fields import DayWordsField
from meetings.models import Meeting
from meetings.wording import say
from offices import choices
from offices.models import Office
from offices.pickers import Choice, Group, PickerField
from offices.widgets import ContactField
from submissions.forms import SubmissionForm

Choices = list[tuple[Any, Any]]


class ComebackForm(SubmissionForm):
    """A follow-up with one contact: who, when, about what, given to whom, what to remember.

    Our own minimum, since Vitec states none: contact, a time ahead and one participant.
    cleaned `participant`: (Vitec's field name, id).
    """

    contact_id = ContactField(label=_("Contact"))
    date = DayWordsField(
        label=_("Day and time"),
        help_text=_("In words or figures: tomorrow 9 · 3w · tue w 49 · 14/12 10:30"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-day-words": ""}),
        error_messages={"required": _("Say when.")},
    )
    participant = PickerField(
        label=_("Given to"),
        recall="participants",
        job="colleagues",
        error_messages={"required": _("Choose who is to do it.")},
    )
    meeting_id = forms.ChoiceField(label=_("After the meeting"), required=False)
    estate_id = PickerField(
        label=_("Property"), required=False, recall="estates", job="estates", empty=_("No property")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.fields["contact_id"].bind_office(office)  # type: ignore[attr-defined]
        meetings = self._meetings_of_contact()
        self.fields["meeting_id"].choices = meeting_choices(meetings)  # type: ignore[attr-defined]
        brokers = [f"userId:{meeting.broker_id}" for meeting in meetings[:1]]
        self._offer("participant", participants(office), likely=brokers)
        about = estates_of(meetings)
        known = {choice.value for choice in about}
        others = [choice for choice in choices.estates(office) if choice.value not in known]
        self._offer("estate_id", [*about, *others], likely=[choice.value for choice in about])

    def _offer(
        self, name: str, offered: Sequence[Choice | Group], likely: Sequence[str] = ()
    ) -> None:
        self.fields[name].offer(offered, likely)  # type: ignore[attr-defined]

    def _meetings_of_contact(self) -> list[Meeting]:
        contact_id = self["contact_id"].value() or ""
        if not contact_id:
            return []
        return list(Meeting.objects.filter(office=self.office).of_contact(contact_id)[:20])

    def clean_date(self) -> dt.datetime:
        return ahead(self.cleaned_data["date"])

    def clean_participant(self) -> tuple[str, str]:
        field, _colon, vitec_id = self.cleaned_data["participant"].partition(":")
        return field, vitec_id


def ahead(moment: dt.datetime) -> dt.datetime:
    """The moment, if a comeback may be then. Raises ValidationError."""
    if moment <= timezone.now():
        raise ValidationError(
            _("%(moment)s has passed. A comeback must lie ahead to be found."),
            params={"moment": say(moment)},
            code="past",
        )
    return moment


def participants(office: Office) -> list[Group]:
    """Exactly one of colleague, group or the office's pool; the value names Vitec's field."""
    pool = pool_id(office)
    whole = [Choice(pool, _("The office's pool (Sharktank)"), office.name)] if pool else []
    return [
        Group(_("Colleagues"), _of_field("userId", choices.colleagues(office))),
        Group(_("Groups"), _of_field("userGroupId", choices.user_groups(office))),
        Group(_("The whole office"), _of_field("officeId", whole)),
    ]


def _of_field(name: str, found: list[Choice]) -> list[Choice]:
    return [dataclasses.replace(choice, value=f"{name}:{choice.value}") for choice in found]


def pool_id(office: Office) -> str:
    """Which id stands for the office as participant; Vitec does not say, so it is a setting."""
    if settings.VITEC_COMEBACK_OFFICE_ID == "customer_id":
        return office.customer_id
    return office.vitec_office_id


def meeting_choices(meetings: list[Meeting]) -> Choices:
    """The contact's meetings, latest first."""
    rows = [
        (m.vitec_id, f"{m.type_label} {say(m.meeting_date)}") for m in meetings if m.meeting_date
    ]
    return [("", _("No meeting")), *rows]


def estates_of(meetings: list[Meeting]) -> list[Choice]:
    """The properties that the contact's meetings were about, the latest first, by address."""
    rows = {m.estate_id: m.address or m.estate_id for m in meetings if m.estate_id}
    return [Choice(vitec_id, address) for vitec_id, address in rows.items()]
