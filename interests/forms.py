"""The area interest's form: fields named as Vitec's, in snake_case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from connect.enums import MatchingWatched
from connect.errors import FieldMessage
from interests import profiles
from interests.housing import PRESENT_HOMES
from interests.profiles import BOUNDS, LABELS, POLYGON, ProfileForm
from lib import polygons
from lib.form_fields import AmountField
from offices.models import Office
from offices.person_form import PREFIX, PersonFields, check_box
from submissions.forms import SubmissionForm

PRESENT = "present_accommodation-"
BROKER = PREFIX + "user_id"
WATCHED = [
    (MatchingWatched.NOT_ASKED, _("Not asked")),
    (MatchingWatched.YES, _("Yes")),
    (MatchingWatched.NO, _("No")),
    ("", _("Leave it as it is at Vitec")),
]
INFORMED = ("obtain_through", "gdpr_approval_date")


class PointField(forms.CharField):
    """A place, typed or pasted as `59.361, 17.971` -> (longitude, latitude), or None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return polygons.read_point(text)
        except polygons.NotPolygon as error:
            message = POLYGON[error.code]
            raise ValidationError(message, code=error.code, params={"line": 1}) from error


class ProfilesField(forms.Field):
    """The place at which it is said what is wrong with the list of profiles; holds nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput)


class InterestForm(PersonFields, SubmissionForm):
    """A person, and one to ten search profiles.

    The profiles' fields are `looking_for_accommodations-<number>-<name>`; in cleaned_data they are
    a list of each one's cleaned_data. `watched` is "" where Vitec's own is left as it is.
    """

    USUAL = ("first_name", "last_name", "cell_phone", "email_address")

    looking_for_accommodations = ProfilesField()
    watched = forms.ChoiceField(
        label=_("To be matched with homes"),
        required=False,
        choices=WATCHED,
        initial=MatchingWatched.NOT_ASKED,
    )
    notify_user = check_box(_("Tell the person's broker"))

    def __init__(self, *args: Any, office: Office, step: str = "", **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        self.bind_person(office)
        self.fresh: int | None = None
        step = step or str(self.data.get("step", ""))
        if self.is_bound and step.startswith("look:"):
            self.data, self.fresh = profiles.changed(_as_query(self.data), step)

    @cached_property
    def profiles(self) -> list[ProfileForm]:
        """One form a profile, at most ten; bound when this one is."""
        if not self.is_bound:
            return [ProfileForm(office=self.office)]
        numbers = profiles.numbers_in(self.data)[: profiles.MOST]
        made = [ProfileForm(self.data, office=self.office, number=number) for number in numbers]
        for profile in made:
            profile.is_fresh = profile.number == self.fresh
        return made

    @property
    def forms_within(self) -> list[ProfileForm]:
        """For the pickers that remember what was chosen lately."""
        return self.profiles

    # --- for the page ---------------------------------------------------------------------------

    @property
    def informed_fields(self) -> list[BoundField]:
        """How and when the person was informed: it is said at the end of the call."""
        return [self[PREFIX + name] for name in INFORMED]

    @property
    def other_person_fields(self) -> list[BoundField]:
        """Without those that stand at the end: how informed, and whose the person is."""
        apart = {PREFIX + name for name in INFORMED} | {BROKER}
        return [field for field in super().other_person_fields if field.name not in apart]

    @property
    def present_fields(self) -> list[BoundField]:
        return [self[PRESENT + name] for name in ("estate_type", *PRESENT_RANGES)]

    @property
    def other_present_fields(self) -> list[BoundField]:
        return [self[PRESENT + name] for name in ("other", "coordinate")]

    @property
    def other_present_fields_open(self) -> bool:
        return any(field.errors or field.value() for field in self.other_present_fields)

    @property
    def present_price(self) -> BoundField:
        return self[PRESENT + "price"]

    @property
    def broker(self) -> BoundField:
        return self[BROKER]

    @property
    def several(self) -> bool:
        return len(self.profiles) > 1

    @property
    def may_add(self) -> bool:
        return len(self.profiles) < profiles.MOST

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the list of profiles itself, not inside one of them."""
        found = self.errors.as_data().get(profiles.PREFIX, []) if self.is_bound else []
        return [str(error.messages[0]) for error in found if error.code != "inside"]

    # --- rules ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_profiles()
        cleaned[profiles.PREFIX] = [profile.cleaned_data for profile in self.profiles]
        if cleaned.get("notify_user") and not self.known_contact() and not self._has_broker():
            message = _("A new contact has no broker yet. Choose who is told.")
            self.add_error(BROKER, ValidationError(message, code="required"))
        return cleaned

    def _has_broker(self) -> bool:
        return bool(self.person("user_id")) or self.has_error(BROKER)

    def _check_profiles(self) -> None:
        if len(profiles.numbers_in(self.data)) > profiles.MOST:
            message = _("At most %(most)s search profiles at a time.")
            error = ValidationError(message, code="many", params={"most": profiles.MOST})
            self.add_error(profiles.PREFIX, error)
        # Each is asked, so that each tells what is wrong with it.
        if not all([profile.is_valid() for profile in self.profiles]):  # noqa: C419
            message = _("Something in a search profile is not right.")
            self.add_error(profiles.PREFIX, ValidationError(message, code="inside"))

    @classmethod
    def field_named(cls, name: str) -> forms.Field | None:
        return profiles.field_named(name) or super().field_named(name)

    # --- as a submission's form -------------------------------------------------------------------

    def without_complaints(self) -> Self:
        for profile in self.profiles:
            profile.silence()
        return super().without_complaints()

    def typed(self) -> dict[str, list[str]]:
        data = _as_query(self.data)
        found = {name: data.getlist(name) for name in profiles.names_in(data)}
        return super().typed() | found

    def tell(
        self,
        messages: Iterable[FieldMessage],
        fields: Mapping[str, str],
        words: Mapping[str, Any] | None = None,
    ) -> None:
        others = []
        for message in messages:
            number, inner = profiles.told_of(message)
            if number is not None and number < len(self.profiles):
                self.profiles[number].tell([inner])
            else:
                others.append(message)
        super().tell(others, fields, words)


def _as_query(data: Any) -> QueryDict:
    """Tests and callers may hand a plain dictionary."""
    if isinstance(data, QueryDict):
        return data
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, list(value) if isinstance(value, list | tuple) else [value])
    return query


PRESENT_RANGES = ("living_space", "number_of_rooms", "price")


def _text(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest, **kwargs)


# Names with a hyphen, which a class body cannot bind.
InterestForm.base_fields.update(
    {
        PRESENT + "estate_type": forms.ChoiceField(
            label=_("Kind of home"), required=False, choices=PRESENT_HOMES
        ),
        **{
            PRESENT + name: AmountField(label=LABELS[name], required=False, **BOUNDS[name])
            for name in PRESENT_RANGES
        },
        PRESENT + "other": _text(
            _("More about the home"), 4000, widget=forms.Textarea(attrs={"rows": 2})
        ),
        PRESENT + "coordinate": PointField(
            label=_("Where it lies"),
            required=False,
            max_length=60,
            help_text=_("Latitude and longitude, as “59.361, 17.971”."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
    }
)
