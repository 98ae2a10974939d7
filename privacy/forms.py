"""Looking for a person, and saying why they are erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

OFF = {"autocomplete": "off", "spellcheck": "false"}


class SearchForm(forms.Form):
    """One field for whatever the person has said of themselves."""

    person = forms.CharField(
        label=_("Phone, e-mail, name, personal number or contact id"),
        min_length=3,
        max_length=100,
        widget=forms.TextInput(attrs={**OFF, "autofocus": True, "type": "search"}),
        error_messages={"required": _("Write whom you look for.")},
    )


class AskForm(forms.Form):
    """Why a person is to be erased; kept until it is done."""

    reason = forms.CharField(
        label=_("Why are they erased?"),
        max_length=300,
        help_text=_("Such as: the person has asked for it by e-mail today."),
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": _("Say in a few words why; the second person reads it.")},
    )


class LiftForm(forms.Form):
    """Who was erased and is a customer again: looked for, then chosen by `contact_id`."""

    use_required_attribute = False

    person = forms.CharField(
        label=_("Phone, e-mail, name or contact id"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={**OFF, "type": "search"}),
    )
    contact_id = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("person") and not given.get("contact_id") and not self.errors:
            self.add_error("person", _("Write whom you look for."))
        return given
