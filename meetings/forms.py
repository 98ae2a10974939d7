"""The comeback's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.form_fields import DayWordsField
from meetings.models import Meeting
from meetings.wording import say
from offices.models import Colleague, Office, UserGroup
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
    participant = forms.ChoiceField(
        label=_("Given to"), error_messages={"required": _("Choose who is to do it.")}
    )
    meeting_id = forms.ChoiceField(label=_("After the meeting"), required=False)
    estate_id = forms.ChoiceField(label=_("Property"), required=False)
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
        self._offer("participant", participant_choices(office))
        self._offer("meeting_id", meeting_choices(meetings))
        self._offer("estate_id", estate_choices(meetings))

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _meetings_of_contact(self) -> list[Meeting]:
        contact_id = self["contact_id"].value() or ""
        if not contact_id:
            return []
        return list(Meeting.objects.filter(office=self.office).of_contact(contact_id)[:20])

    def clean_date(self) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data["date"]
        if moment <= timezone.now():
            raise ValidationError(
                _("%(moment)s has passed. A comeback must lie ahead to be found."),
                params={"moment": say(moment)},
                code="past",
            )
        return moment

    def clean_participant(self) -> tuple[str, str]:
        field, _colon, vitec_id = self.cleaned_data["participant"].partition(":")
        return field, vitec_id


def participant_choices(office: Office) -> Choices:
    """Exactly one of colleague, group or the office's pool; the value names Vitec's field."""
    people = Colleague.objects.filter(office=office, missing_since=None)
    groups = UserGroup.objects.filter(office=office, missing_since=None)
    choices: Choices = [
        ("", _("Choose …")),
        (_("Colleagues"), [(f"userId:{row.vitec_id}", row.name) for row in people]),
    ]
    if groups:
        choices.append((_("Groups"), [(f"userGroupId:{row.vitec_id}", row.name) for row in groups]))
    if pool := pool_id(office):
        label = _("The office's pool (Sharktank)")
        choices.append((_("The whole office"), [(f"officeId:{pool}", label)]))
    return choices


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


def estate_choices(meetings: list[Meeting]) -> Choices:
    """The properties that the contact's meetings were about, by address."""
    rows = {m.estate_id: m.address or m.estate_id for m in meetings if m.estate_id}
    return [("", _("No property")), *rows.items()]
