"""The filter of the submissions list: a GET form, the URL is the state. Ids only, no names."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.access import offices_for
from offices.models import Membership, Office, User
from submissions.kinds import all_kinds
from submissions.models import Shown, SubmissionQuerySet

# Beside the states of `Shown`: what waits for the person who asks.
NEEDS_ME = "needs-me"
ONE_DAY = dt.timedelta(days=1)


class FilterForm(forms.Form):
    """kind, state, sender, person (Vitec's contact id), office, and a span of days, inclusive."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (NEEDS_ME, _("Needs you")), *Shown.choices],
    )
    sender = forms.ModelChoiceField(
        label=_("Sent by"), required=False, queryset=User.objects.none(), empty_label=_("All")
    )
    office = forms.ModelChoiceField(
        label=_("Office"),
        required=False,
        queryset=Office.objects.none(),
        empty_label=_("All"),
        to_field_name="customer_id",
    )
    date_from = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    date_to = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    person = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offices = offices_for(user)
        kinds = [(kind.key, kind.label) for kind in all_kinds()]
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        colleagues = Membership.objects.filter(office__in=offices).values("user")
        senders = User.objects.filter(pk__in=colleagues).order_by("first_name", "last_name")
        self.fields["sender"].queryset = senders  # type: ignore[attr-defined]
        if offices.count() < 2:
            del self.fields["office"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("date_from"), cleaned.get("date_to")
        if first and last and first > last:
            self.add_error("date_to", _("The last day comes before the first."))
        return cleaned

    def narrow(self, found: SubmissionQuerySet) -> SubmissionQuerySet:
        """The rows that pass the filter."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        plain = {
            "kind": "kind",
            "sender": "created_by",
            "office": "office",
        }
        found = found.filter(**{plain[n]: value for n, value in chosen.items() if n in plain})
        if "date_from" in chosen:
            found = found.filter(created_at__gte=_midnight(chosen["date_from"]))
        if "date_to" in chosen:
            found = found.filter(created_at__lt=_midnight(chosen["date_to"] + ONE_DAY))
        if chosen.get("state") == NEEDS_ME:
            found = found.needing(self.user)
        elif "state" in chosen:
            found = found.shown_as(chosen["state"])
        if "person" in chosen:
            found = found.concerning(chosen["person"])
        return found


def _midnight(day: dt.date) -> dt.datetime:
    """The moment a day begins in Stockholm: an index can be asked for moments, not for days."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
