"""The participant's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lib import phone_numbers
from offices import choices
from offices.models import Contact, Office
from offices.person_form import PREFIX, PersonFields, check_box
from offices.pickers import PickerField
from submissions.forms import SubmissionForm
from viewings.models import LeadSource, TimeSlot, start_of_today
from viewings.payloads import OPTIONS
from viewings.wording import slot_option

BOOKING, DOOR = "booking", "door"
MODES = [(BOOKING, _("Book ahead")), (DOOR, _("At the door"))]
OTHER = "other"
REMINDERS = [
    ("", _("No reminder")),
    ("30", _("30 minutes before")),
    ("60", _("1 hour before")),
    ("120", _("2 hours before")),
    ("1440", _("A day before")),
    (OTHER, _("Another time")),
]
LONGEST_REMINDER = 14 * 24 * 60
MESSAGES = ("mail_confirmation", "sms_confirmation", "sms_reminder")
DEADLINE, LIMIT = OPTIONS.values()
ONLY_BOOKING = (*MESSAGES, "reminder_time", "reminder_minutes", DEADLINE, LIMIT)


class ParticipantForm(PersonFields, SubmissionForm):
    """One person for one time slot of a viewing, in one of two modes.

    booking: ahead of the viewing; Vitec checks deadline and places, messages are offered.
    door: the person is or was there; nothing is checked, no message leaves.
    The page has the fields of both, so that going to the other mode and back loses nothing.
    cleaned: `viewing_id` beside `time_slot_id`; `reminder_time` is minutes or None.
    """

    mode = forms.ChoiceField(
        choices=MODES,
        required=False,
        initial=BOOKING,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Book ahead, or register at the door: choose one.")},
    )
    time_slot_id = forms.ChoiceField(
        label=_("Viewing and time"),
        error_messages={
            "required": _("Choose a viewing and a time."),
            "invalid_choice": _(
                "This time is not in the office's list of viewings. Choose another."
            ),
        },
    )
    participated = check_box(_("Attended the viewing"), initial=True)
    mail_confirmation = check_box(_("Confirmation by e-mail"))
    sms_confirmation = check_box(_("Confirmation by SMS"))
    sms_reminder = check_box(_("Reminder by SMS"))
    reminder_time = forms.ChoiceField(label=_("Reminder"), required=False, choices=REMINDERS)
    reminder_minutes = forms.IntegerField(
        label=_("Minutes before"),
        required=False,
        min_value=1,
        max_value=LONGEST_REMINDER,
        error_messages={"invalid": _("Write a whole number of minutes.")},
    )
    contact_message = forms.CharField(
        label=_("Message from the person"),
        required=False,
        max_length=4000,
        help_text=_("Stands on the lead that the booking makes."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    lead_source_id = PickerField(
        label=_("Lead source"),
        required=False,
        recall="lead_sources",
        job="lead_sources",
        empty=_("As preselected at Vitec"),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.bind_person(office)
        self.fields["time_slot_id"].choices = slot_choices(list(self.slots.values()))  # type: ignore[attr-defined]
        self.fields["lead_source_id"].offer(choices.named(LeadSource, office))  # type: ignore[attr-defined]

    @cached_property
    def slots(self) -> dict[str, TimeSlot]:
        return {slot.vitec_id: slot for slot in TimeSlot.objects.offered(self.office)}

    @property
    def at_the_door(self) -> bool:
        return bool(self["mode"].value() == DOOR)

    @property
    def chosen(self) -> TimeSlot | None:
        """The slot that stands in the form now."""
        return self.slots.get(self["time_slot_id"].value() or "")

    @property
    def message_fields(self) -> list[Any]:
        return [self[name] for name in MESSAGES]

    @property
    def lead_fields_open(self) -> bool:
        """Something stands in the folded ones, is wrong with them, or is not as it usually is."""
        said = [self["contact_message"], self["lead_source_id"]]
        checked = all(field.value() for field in self.check_fields) or self.at_the_door
        wrong = any(field.errors for field in (*said, *self.check_fields))
        return wrong or not checked or any(field.value() for field in said)

    @property
    def check_fields(self) -> list[Any]:
        return [self[DEADLINE], self[LIMIT]]

    def clean(self) -> dict[str, Any]:
        if self.at_the_door:
            # They stand in the other mode, kept for whoever goes back to it.
            for name in ONLY_BOOKING:
                self._errors.pop(name, None)
        cleaned = super().clean()
        slot = self.slots.get(cleaned.get("time_slot_id", ""))
        cleaned["viewing_id"] = slot.viewing.vitec_id if slot else ""
        if self.at_the_door:
            none = dict.fromkeys((*MESSAGES, DEADLINE, LIMIT), False)
            return {**cleaned, **none, "reminder_time": None}
        cleaned["participated"] = False
        if slot and slot.is_over:
            self._refuse_slot(slot)
        self._check_messages()
        cleaned["reminder_time"] = self._minutes(slot)
        return cleaned

    def _refuse_slot(self, slot: TimeSlot) -> None:
        message = _("This viewing is over. Register who was there with “At the door”.")
        self.add_error("time_slot_id", ValidationError(message, code="over"))

    def _check_messages(self) -> None:
        """A message needs somewhere to go."""
        contact = self.known_contact()
        wants = self.cleaned_data.get
        by_sms = [name for name in ("sms_confirmation", "sms_reminder") if wants(name)]
        if by_sms and not self._takes_sms(contact):
            self._missing("cell_phone", _("An SMS needs a mobile number."))
        if wants("mail_confirmation") and not self.reach_by("email_address", contact):
            self._missing("email_address", _("A confirmation by e-mail needs an e-mail address."))

    def _takes_sms(self, contact: Contact | None) -> bool:
        if not self.reach_by("cell_phone", contact):
            return False
        # What is taken over from a contact is a mobile.
        typed = self.person("cell_phone")
        return not typed or phone_numbers.is_mobile(str(typed))

    def _missing(self, name: str, message: Any) -> None:
        if self.has_error(PREFIX + name):
            # It is refused already: one complaint at a field is enough.
            if not self.has_error(PREFIX + name, "channel"):
                return
            del self._errors[PREFIX + name]
        self.add_error(PREFIX + name, ValidationError(message, code="needed"))

    def _minutes(self, slot: TimeSlot | None) -> int | None:
        chosen = self.cleaned_data.get("reminder_time", "")
        typed = self.cleaned_data.get("reminder_minutes")
        wrong = self.has_error("reminder_time") or self.has_error("reminder_minutes")
        if wrong:
            return None
        if chosen == OTHER and typed is None:
            self.add_error("reminder_minutes", _("Write how many minutes before."))
        if chosen not in ("", OTHER) and typed is not None:
            message = _("You have chosen another time above. Choose one of the two.")
            self.add_error("reminder_minutes", message)
        minutes = typed if typed is not None else _number(chosen)
        if minutes is None and self.cleaned_data.get("sms_reminder") and chosen != OTHER:
            self.add_error("reminder_time", _("Choose how long before the viewing."))
        if minutes and slot and slot.starts_at - dt.timedelta(minutes=minutes) < timezone.now():
            where = "reminder_minutes" if typed is not None else "reminder_time"
            self.add_error(where, _("That moment has passed already. Choose a shorter time."))
        return minutes


def _number(chosen: str) -> int | None:
    return int(chosen) if chosen.isdigit() else None


ParticipantForm.base_fields.update(
    {
        DEADLINE: check_box(_("Let Vitec check the last time for booking"), initial=True),
        LIMIT: check_box(_("Let Vitec check the number of places"), initial=True),
    }
)


def slot_choices(slots: list[TimeSlot]) -> list[tuple[Any, Any]]:
    """Today's and coming slots by day, then those of the last fortnight, the latest first."""
    today = start_of_today()
    coming = [slot for slot in slots if slot.starts_at >= today]
    past = [slot for slot in reversed(slots) if slot.starts_at < today]
    groups: list[tuple[Any, Any]] = [("", _("Choose …"))]
    for label, found in ((_("Today and later"), coming), (_("The last fortnight"), past)):
        if found:
            groups.append((label, [(slot.vitec_id, slot_option(slot)) for slot in found]))
    return groups
