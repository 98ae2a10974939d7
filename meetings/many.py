"""Comebacks to many: the day, the note and who does them typed once; the rest is each meeting's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lib.form_fields import DayWordsField
from meetings.forms import ahead, participants
from meetings.models import Meeting
from offices.models import Colleague, Office
from offices.pickers import PickerField
from submissions.forms import SubmissionForm
from submissions.kinds import Many, Part

Own = Mapping[str, str]


class ManyComebacksForm(SubmissionForm):
    """What comebacks to many share. cleaned `participant`: "" for each one's own broker."""

    date = DayWordsField(
        label=_("Day and time"),
        help_text=_("In words or figures: tomorrow 9 · 3w · tue w 49 · 14/12 10:30"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-day-words": ""}),
        error_messages={"required": _("Say when.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        # One line, so that Enter sends.
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    participant = PickerField(
        label=_("Given to"),
        required=False,
        recall="participants",
        job="colleagues",
        empty=_("Each one's own broker"),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.fields["participant"].offer(participants(office))  # type: ignore[attr-defined]

    def clean_date(self) -> Any:
        return ahead(self.cleaned_data["date"])


def _part(_office: Office, cleaned: Mapping[str, Any], own: Own) -> Part:
    chosen = cleaned["participant"]
    if not chosen and own.get("colleague_id"):
        chosen = f"userId:{own['colleague_id']}"
    if not chosen:
        raise ValidationError(gettext("Has no broker of their own: choose who is to do it."))
    field, _colon, vitec_id = chosen.partition(":")
    values = {name: own.get(name, "") for name in ("contact_id", "meeting_id", "estate_id")}
    typed = {
        **values,
        "date": f"{cleaned['date']:%Y-%m-%d %H:%M}",
        "participant": chosen,
        "note": cleaned["note"],
    }
    parted = {**values, "date": cleaned["date"], "note": cleaned["note"]}
    return Part(
        cleaned={**parted, "participant": (field, vitec_id)},
        typed={name: [text] for name, text in typed.items()},
    )


def _obstacle(own: Own) -> str:
    if own.get("contact_id"):
        return ""
    return gettext("Waits for a contact id from Vitec.")


def _complete(office: Office, owns: Sequence[Own]) -> list[Own]:
    """With whose customer each one is: the broker of the latest meeting with the person, else of
    the latest about the home. Three queries.
    """
    lacking = [own for own in owns if not own.get("colleague_id")]
    by_contact = _brokers(office, "contact_id", lacking)
    by_estate = _brokers(office, "estate_id", lacking)
    found: list[Own] = []
    for own in owns:
        broker = own.get("colleague_id") or by_contact.get(own.get("contact_id", ""))
        broker = broker or by_estate.get(own.get("estate_id", ""))
        found.append({**own, "colleague_id": broker or ""})
    brokers = {own["colleague_id"] for own in found}
    rows = Colleague.objects.filter(office=office, vitec_id__in=brokers, missing_since=None)
    here = set(rows.values_list("vitec_id", flat=True))
    return [own if own["colleague_id"] in here else {**own, "colleague_id": ""} for own in found]


def _brokers(office: Office, name: str, owns: Sequence[Own]) -> dict[str, str]:
    ids = {own[name] for own in owns if own.get(name)}
    if not ids:
        return {}
    rows = Meeting.objects.filter(office=office, **{f"{name}__in": ids}).exclude(broker_id="")
    return dict(rows.order_by("meeting_date").values_list(name, "broker_id"))


def _offer(number: int) -> str:
    said = ngettext("Comeback to %d person", "Comeback to %d people", number)
    return said % number


def _said(number: int) -> str:
    return ngettext("Create %d comeback", "Create %d comebacks", number) % number


MANY_COMEBACKS = Many(
    form_class=ManyComebacksForm,
    part=_part,
    obstacle=_obstacle,
    complete=_complete,
    offer=_offer,
    said=_said,
    template="meetings/_many_comebacks.html",
)
