"""The parent of every kind's form."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, cast

from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from connect.answers import place
from connect.errors import FieldMessage
from lib.form_fields import MaskedField
from offices.models import Office
from submissions.concerns import Consent
from submissions.kinds import Concern, all_kinds


class SubmissionForm(forms.Form):
    """Carries the one-time token; the office is given, not chosen in the form.

    Children name their fields as Vitec does, in snake_case, and know limits and cross-field
    rules; they do no HTTP and no writes.
    """

    # Our own messages, in the person's language, instead of the browser's in its own.
    use_required_attribute = False

    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        self.office = office
        self._stored: dict[str, list[str]] = {}
        initial = {"form_token": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    def keep(self, stored: Mapping[str, list[str]]) -> Self:
        """Take these texts where nothing is typed in their place, and show them nowhere.

        stored: {name of a MaskedField: [text]}. They are in cleaned_data and in `again`; never in
        the form's data, which is drawn.
        """
        self._stored = {name: texts for name, texts in stored.items() if name in self.fields}
        for name in self._stored:
            cast(MaskedField, self.fields[name]).keep()
        return self

    @property
    def kept(self) -> frozenset[str]:
        """The fields in whose place nothing was typed."""
        data = cast(QueryDict, self.data)
        return frozenset(
            name for name in self._stored if not any(map(str.strip, data.getlist(name)))
        )

    @contextlib.contextmanager
    def _with_what_is_kept(self) -> Iterator[None]:
        drawn = self.data
        if kept := self.kept:
            self.data = cast(QueryDict, self.data).copy()
            for name in kept:
                self.data.setlist(name, self._stored[name])
        try:
            yield
        finally:
            self.data = drawn

    def full_clean(self) -> None:
        with self._with_what_is_kept():
            super().full_clean()

    def without_complaints(self) -> Self:
        """As it was typed so far, for showing it again before it has been sent."""
        self._errors = ErrorDict()
        return self

    def tell(
        self,
        messages: Iterable[FieldMessage],
        fields: Mapping[str, str],
        words: Mapping[str, Any] | None = None,
    ) -> None:
        """Put what Vitec said at our fields. fields, words: of the endpoint. The form is bound."""
        for message in place(messages, fields, words):
            self.add_error(message.field if message.field in self.fields else None, message.message)

    def again(self) -> dict[str, list[str]]:
        """As `whole`, but in words that mean the same tomorrow: "3v" becomes its date."""
        return self.whole() | {
            name: [field.lasting(self.cleaned_data[name])]
            for name, field in self.fields.items()
            if hasattr(field, "lasting") and self.cleaned_data.get(name)
        }

    def whole(self) -> dict[str, list[str]]:
        """As `typed`, with what is kept: to be stored, and never shown."""
        with self._with_what_is_kept():
            return self.typed()

    def typed(self) -> dict[str, list[str]]:
        """What was typed, to fill the form again: {name: [text]}, without the token."""
        data = cast(QueryDict, self.data)
        return {
            name: [str(value) for value in data.getlist(name)]
            for name in self.fields
            if name != "form_token" and name in data
        }


class ConsentForm(forms.Form):
    """What a person has read and sends in spite of: the concerns' keys, and why."""

    use_required_attribute = False

    although_reason = forms.CharField(
        label=_("Why send it all the same?"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say in a few words why.")},
    )

    def given(self) -> Consent:
        """The consent as posted; without a proper reason there is none."""
        reason = self.cleaned_data["although_reason"] if self.is_valid() else ""
        return Consent(self._read(), reason)

    def unless_unread(self, concerns: list[Concern]) -> Self:
        """Complains of a missing reason only to who had every concern before their eyes."""
        unread = {concern.key for concern in concerns} - self._read()
        return self.without_complaints() if unread else self

    def without_complaints(self) -> Self:
        """As it was typed so far."""
        self._errors = ErrorDict()
        return self

    def _read(self) -> frozenset[str]:
        return frozenset(cast(QueryDict, self.data).getlist("although"))


class ReasonForm(forms.Form):
    """Why a person decides an uncertain submission as they do."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say in a few words how you know.")},
    )


EVERYTHING = "everything"


class PauseForm(forms.Form):
    """What shall stand still, and why."""

    use_required_attribute = False

    office = forms.ModelChoiceField(
        label=_("Office"), queryset=Office.objects.none(), to_field_name="customer_id"
    )
    endpoint = forms.ChoiceField(label=_("What"))
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say in a few words why, for those who wait.")},
    )

    def __init__(self, offices: QuerySet[Office], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = cast("forms.ModelChoiceField[Office]", self.fields["office"])
        chosen.queryset = offices
        chosen.empty_label = None
        kinds = {kind.endpoint.key: kind.label for kind in all_kinds()}
        cast(forms.ChoiceField, self.fields["endpoint"]).choices = [
            (EVERYTHING, _("Everything")),
            *kinds.items(),
        ]

    def clean_endpoint(self) -> str:
        """As `Pause.endpoint` has it."""
        chosen = self.cleaned_data["endpoint"]
        return "" if chosen == EVERYTHING else str(chosen)
