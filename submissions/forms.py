"""The parent of every kind's form."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from submissions import slips
from submissions.concerns import Consent
from submissions.kinds import Concern, all_kinds

COVERED = _(
    "The end of a personal number is not shown. Where “••••” stands it is sent as it was written: "
    "change the text around it, take the number away, or write another."
)


def _is_free_text(field: forms.Field | None) -> bool:
    """Words of people's own, and nothing that is read or chosen."""
    by_hand = (forms.TextInput, forms.Textarea)
    return type(field) is forms.CharField and isinstance(field.widget, by_hand)


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
        self._stored: Mapping[str, list[str]] = {}
        self._cover = slips.Cover(())
        initial = {"form_token": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    @property
    def forms_within(self) -> Sequence[forms.Form]:
        """Forms that are a part of this one, bound to the same data."""
        return ()

    @classmethod
    def field_named(cls, name: str) -> forms.Field | None:
        """The field of this name in the form's data, also in a form within."""
        return cls.base_fields.get(name)

    @classmethod
    def hides(cls, name: str, texts: Iterable[str]) -> bool:
        """Is there anything in these texts of a field that not everybody may see?"""
        if cls._is_masked(name):
            return any(texts)
        return _is_free_text(cls.field_named(name)) and bool(slips.Cover(texts))

    @classmethod
    def without(
        cls, typed: Mapping[str, list[str]], stored: Mapping[str, list[str]]
    ) -> dict[str, list[str]]:
        """What fills the form for somebody who may not see what is `stored`, see `keep`."""
        cover = cls._cover_of(stored)
        shown = {}
        for name, texts in typed.items():
            if cls._takes_marks(name, stored):
                shown[name] = [cover.put_on(text) for text in texts]
            elif not cls._is_masked(name) or texts != stored.get(name):
                shown[name] = texts
        return shown

    @classmethod
    def _is_masked(cls, name: str) -> bool:
        return isinstance(cls.field_named(name), MaskedField)

    @classmethod
    def _cover_of(cls, stored: Mapping[str, list[str]]) -> slips.Cover:
        """One for the whole form: a mark means the same wherever it stands."""
        names = sorted(name for name in stored if not cls._is_masked(name))
        return slips.Cover(text for name in names for text in stored[name])

    @classmethod
    def _takes_marks(cls, name: str, stored: Mapping[str, list[str]]) -> bool:
        """Where a number stood, and in every note, for parts of a form are moved and copied. A name
        or a subject may be said back by the page, and a number moved there would be told.
        """
        field = cls.field_named(name)
        if field is None or not _is_free_text(field):
            return False
        return name in stored or isinstance(field.widget, forms.Textarea)

    def keep(self, stored: Mapping[str, list[str]]) -> Self:
        """Take what is stored where nothing is typed in its place, and show it nowhere.

        stored: {name: [text]} of fields that hide something (`hides`). Of a MaskedField it is the
        text, of another the personal numbers in it, where their marks still stand. They are in
        cleaned_data and in `again`; never in the form's data, which is drawn.
        """
        self._stored = stored
        self._cover = self._cover_of(stored)
        for name in stored:
            if self._is_masked(name):
                cast(MaskedField, self.fields[name]).keep()
        self._tell_of_marks()
        return self

    def _tell_of_marks(self) -> None:
        data = cast(QueryDict, self.data)
        for form in (self, *self.forms_within) if self._cover else ():
            for name, field in form.fields.items():
                if any(map(slips.MARK.search, data.getlist(form.add_prefix(name)))):
                    field.help_text = COVERED

    def _put_back(self) -> dict[str, list[str]]:
        """What is stored, {name: [text]}, of the fields in which it stays."""
        data = cast(QueryDict, self.data)
        found = {
            name: texts
            for name, texts in self._stored.items()
            if self._is_masked(name) and not any(map(str.strip, data.getlist(name)))
        }
        for name in data if self._cover else ():
            if self._takes_marks(name, self._stored):
                whole = [self._cover.take_off(text) for text in data.getlist(name)]
                if whole != data.getlist(name):
                    found[name] = whole
        return found

    @property
    def kept(self) -> frozenset[str]:
        """The fields in which something stays that is not shown."""
        return frozenset(self._put_back())

    @contextlib.contextmanager
    def _with_what_is_kept(self) -> Iterator[None]:
        drawn = self.data
        if not self._stored or not (kept := self._put_back()):
            yield
            return
        whole = cast(QueryDict, drawn).copy()
        for name, texts in kept.items():
            whole.setlist(name, texts)
        parts = (self, *self.forms_within)
        try:
            for form in parts:
                form.data = whole
            yield
        finally:
            for form in parts:
                form.data = drawn

    def full_clean(self) -> None:
        with self._with_what_is_kept():
            super().full_clean()
        if self.is_bound:
            slips.refuse_marks(self)

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
