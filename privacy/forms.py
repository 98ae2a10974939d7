"""Looking for a person, and saying why they are erased."""

from __future__ import annotations

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
    """A contact who was erased and is a customer again."""

    contact_id = forms.CharField(
        label=_("Contact id at Vitec"), max_length=64, widget=forms.TextInput(attrs=OFF)
    )
