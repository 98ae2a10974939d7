"""One search profile (sökprofil) of an area interest, and a form's list of them."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.answers import place
from connect.errors import FieldMessage
from interests import housing
from interests.housing import ABROAD, HOUSINGS
from interests.models import Area, ExtraRequirement, Municipality
from interests.places import Place, codes_sent, is_in_sweden, kommuner, lan, places
from lib import polygons
from lib.form_fields import AmountField
from offices.models import Office
from offices.person_form import CountryField, check_box
from offices.pickers import Choice, Group, MultiPickerField
from submissions import slips

PREFIX = "looking_for_accommodations"
MOST = 10
# So many kommuner stand first in the list.
LIKELY = 3
RANGES = ("living_space", "number_of_rooms", "price", "plot_area")

POLYGON = {
    "unreadable": _("Line %(line)s is no place. Write “59.36, 17.97”: latitude, longitude."),
    "unreadable_whole": _("This is no GeoJSON that we can read."),
    "not_a_place": _("There is no such place on the globe."),
    "not_one_ring": _("Paste one area without holes, as a GeoJSON polygon."),
    "too_few": _("An area has three corners or more."),
    "too_many": _("At most %(most)s corners."),
    "crosses": _("The border crosses itself. Move a corner."),
}

_NAME = re.compile(rf"{PREFIX}-([0-9]{{1,3}})-(.+)")

# Vitec's place in a preference -> our field.
PLACES = {
    "id": "id",
    "areaIds": "area_ids",
    "countys": "counties",
    "countryCode": "country_code",
    "polygon": "polygon",
    "foreignProperty": ABROAD,
    **{kind.flag: kind.field for kind in HOUSINGS},
    "livingSpace": "living_space-max",
    "livingSpace.min": "living_space-min",
    "livingSpace.max": "living_space-max",
    "numberOfRooms": "number_of_rooms-max",
    "numberOfRooms.min": "number_of_rooms-min",
    "numberOfRooms.max": "number_of_rooms-max",
    "price": "price-max",
    "price.min": "price-min",
    "price.max": "price-max",
    "plotArea": "plot_area-max",
    "plotArea.min": "plot_area-min",
    "plotArea.max": "plot_area-max",
    "specialRequset": "special_request",
    "increasedRequirementIDs": "increased_requirement_ids",
    "active": "active",
}


class PolygonField(forms.CharField):
    """Corners, typed or pasted -> a ring of (longitude, latitude) without its closing point."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return polygons.read(text)
        except polygons.NotPolygon as error:
            whole = error.code == "unreadable" and not error.line
            message = POLYGON["unreadable_whole" if whole else error.code]
            params = {"line": error.line, "most": polygons.MOST}
            raise ValidationError(message, code=error.code, params=params) from error


@dataclasses.dataclass(frozen=True)
class Range:
    """The least and the most of something, for the page. in_full: said back as it is typed."""

    label: Any
    ends: tuple[BoundField, BoundField]
    unit: Any
    in_full: bool


@functools.cache
def county_choices() -> tuple[Group, ...]:
    """The 21 län, then the kommuner of each; found by name, letter and code."""
    groups = [Group(_("Counties"), [_county_choice(place) for place in lan().values()])]
    for code, county in lan().items():
        inside = [place for place in kommuner().values() if place.code.startswith(code)]
        groups.append(Group(county.name, [_county_choice(place) for place in inside]))
    return tuple(groups)


def _county_choice(place_: Place) -> Choice:
    return Choice(place_.code, place_.name, f"{place_.letter} {place_.code}".strip())


def counties_of(areas: Iterable[Area]) -> list[str]:
    """The kommuner in which the office has most areas, and the län of the first of them."""
    counted = Counter(area.county for area in areas if area.county in kommuner())
    codes = [code for code, _count in counted.most_common(LIKELY)]
    return [*codes, *(code[:2] for code in codes[:1])]


def area_choices(areas: Iterable[Area]) -> list[Choice]:
    """Those that have a polygon, with the kommun where Vitec tells it."""
    return [Choice(area.vitec_id, area.name, _county_name(area)) for area in areas]


def _county_name(area: Area) -> str:
    county = places().get(area.county)
    return county.name if county else ""


class ProfileForm(forms.Form):
    """What somebody is looking for, and where.

    cleaned: `<range>-min` and `-max` are Decimal or None, `polygon` a ring or [], `county_codes`
    what `counties` is told to Vitec as.
    """

    use_required_attribute = False
    # It has just been added: the writing goes on in it.
    is_fresh = False

    counties = MultiPickerField(
        label=_("Counties and municipalities"),
        required=False,
        recall="counties",
        error_messages={"invalid_choice": _("There is no such county or municipality.")},
    )
    area_ids = MultiPickerField(
        label=_("Areas"),
        required=False,
        recall="areas",
        job="areas",
        error_messages={
            "invalid_choice": _("This area is not in the office's list. Choose another.")
        },
    )
    polygon = PolygonField(
        label=_("Corners of the area"),
        required=False,
        max_length=20_000,
        help_text=_("A corner a line, as “59.361, 17.971”, or a GeoJSON polygon. We close it."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    special_request = forms.CharField(
        label=_("Special wishes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    increased_requirement_ids = forms.MultipleChoiceField(
        label=_("Extra requirements"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("This requirement is not in the office's list any more.")
        },
    )
    foreign_property = check_box(_("Looks for a home abroad"))
    country_code = CountryField(
        label=_("Country"),
        required=False,
        max_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "ES"}),
        error_messages={"max_length": CountryField.default_error_messages["unknown"]},
    )
    active = check_box(_("Active: homes are matched to it"), initial=True)
    id = forms.CharField(
        label=_("Id of the preference at Vitec"),
        required=False,
        max_length=40,
        help_text=_("Only to change one that Vitec has already. Without it a new one is made."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, office: Office, number: int = 0) -> None:
        self.office = office
        self.number = number
        super().__init__(data, prefix=f"{PREFIX}-{number}")
        areas = list(Area.objects.offered(office))
        self.fields["area_ids"].offer(area_choices(areas))  # type: ignore[attr-defined]
        self.fields["counties"].offer(county_choices(), likely=counties_of(areas))  # type: ignore[attr-defined]
        self.fields["increased_requirement_ids"].choices = [  # type: ignore[attr-defined]
            (row.vitec_id, row.text) for row in self.extra_requirements.values()
        ]

    @cached_property
    def extra_requirements(self) -> dict[str, ExtraRequirement]:
        rows = ExtraRequirement.objects.filter(office=self.office, missing_since=None)
        return {row.vitec_id: row for row in rows}

    # --- for the page ---------------------------------------------------------------------------

    @property
    def knows_areas(self) -> bool:
        return bool(self.fields["area_ids"].choices)  # type: ignore[attr-defined]

    @cached_property
    def reading(self) -> ProfileForm:
        """The same, looked through: what can be understood of it stands in its cleaned_data."""
        data = self.data if self.is_bound else {}
        copy = type(self)(data, office=self.office, number=self.number)
        copy.is_valid()
        return copy

    @property
    def usual_housings(self) -> list[BoundField]:
        return [self[kind.field] for kind in housing.USUAL]

    @property
    def other_housings(self) -> list[BoundField]:
        return [self[kind.field] for kind in housing.OTHERS]

    @property
    def other_housings_open(self) -> bool:
        """One of them is ticked, or something of a home abroad is wrong."""
        return self[ABROAD].value() or any(
            field.errors or field.value() for field in (*self.other_housings, self["country_code"])
        )

    @property
    def housing_errors(self) -> list[str]:
        return [str(error) for kind in HOUSINGS for error in self[kind.field].errors]

    @property
    def usual_ranges(self) -> list[Range]:
        return [self._range(name) for name in RANGES[:3]]

    @property
    def other_ranges(self) -> list[Range]:
        return [self._range(name) for name in RANGES[3:]]

    def _range(self, name: str) -> Range:
        return Range(
            label=LABELS[name],
            ends=(self[f"{name}-min"], self[f"{name}-max"]),
            unit="" if name == "number_of_rooms" else BOUNDS[name]["unit"],
            in_full=name == "price",
        )

    @property
    def prices(self) -> tuple[BoundField, BoundField]:
        return self._range("price").ends

    @property
    def requirements(self) -> list[tuple[Any, str]]:
        """Each box of the extra requirements, and the kinds of home under which it makes sense."""
        boxes = self["increased_requirement_ids"]
        rows = self.extra_requirements.values()
        return [
            (box, " ".join(housing.fields_with(row.valid_for_types)))
            for box, row in zip(boxes, rows, strict=True)
        ]

    @property
    def map_open(self) -> bool:
        return bool(self["polygon"].value() or self["polygon"].errors)

    @property
    def more_open(self) -> bool:
        names = ("plot_area-min", "plot_area-max", "increased_requirement_ids", "special_request")
        return any(self[name].errors or self[name].value() for name in names)

    @property
    def unusual_open(self) -> bool:
        return bool(self["id"].value() or self["id"].errors) or (
            self.is_bound and not self["active"].value()
        )

    # --- rules ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._check_housings()
        for name in RANGES:
            self._check_range(name)
        self._check_country()
        if not cleaned.get(ABROAD):
            self._check_is_in_sweden()
        self._check_requirements()
        cleaned["county_codes"] = self._county_codes()
        slips.refuse_marks(self)
        return cleaned

    def _refuse(self, name: str, message: Any, code: str, **params: Any) -> None:
        self.add_error(name, ValidationError(message, code=code, params=params))

    def _check_housings(self) -> None:
        if not any(self.cleaned_data.get(kind.field) for kind in HOUSINGS):
            message = _("Choose at least one kind of home.")
            self._refuse(HOUSINGS[0].field, message, "housing")

    def _check_range(self, name: str) -> None:
        least, most = self.cleaned_data.get(f"{name}-min"), self.cleaned_data.get(f"{name}-max")
        if least is not None and most is not None and least > most:
            self._refuse(f"{name}-max", _("This is less than the least."), "range")

    def _check_country(self) -> None:
        abroad, country = self.cleaned_data.get(ABROAD), self.cleaned_data.get("country_code")
        if abroad and country == "SE":
            self._refuse("country_code", _("Sweden is not abroad."), "sweden")
        if country not in (None, "", "SE") and not abroad:
            self._refuse(ABROAD, _("Tick this for a home in another country."), "abroad")
        if abroad and (self.cleaned_data.get("counties") or self.cleaned_data.get("area_ids")):
            message = _("Counties and areas lie in Sweden. Make a search profile of its own.")
            self._refuse(ABROAD, message, "both")

    def _check_is_in_sweden(self) -> None:
        for number, corner in enumerate(self.cleaned_data.get("polygon") or [], 1):
            if not is_in_sweden(corner):
                message = _("Corner %(number)s lies outside Sweden. Tick “abroad” if it is meant.")
                self._refuse("polygon", message, "outside", number=number)
                return

    def _check_requirements(self) -> None:
        chosen = self.cleaned_data.get("increased_requirement_ids", [])
        ticked = {kind.field for kind in HOUSINGS if self.cleaned_data.get(kind.field)}
        if self.cleaned_data.get(ABROAD):
            ticked.add(ABROAD)
        rows = [self.extra_requirements[vitec_id] for vitec_id in chosen]
        odd = [row.text for row in rows if not ticked & set(fields_of(row))]
        if odd and ticked:
            message = _("Not asked of the kinds of home chosen: %(names)s.")
            self._refuse("increased_requirement_ids", message, "types", names=", ".join(odd))

    def _county_codes(self) -> list[str]:
        known = {
            row.vitec_id: row.code
            for row in Municipality.objects.filter(office=self.office, missing_since=None)
        }
        by_ours = {_digits(code): code for code in known.values()}
        codes = (
            sent
            for code in self.cleaned_data.get("counties", [])
            for sent in codes_sent(code, by_ours)
        )
        return list(dict.fromkeys(codes))

    def silence(self) -> None:
        """As it was typed so far, without a word about what is wrong with it."""
        self._errors = ErrorDict()

    def tell(self, messages: Iterable[FieldMessage]) -> None:
        """Put what Vitec said about this preference at its fields."""
        for message in place(messages, PLACES):
            field = message.field if message.field in self.fields else None
            self.add_error(field, message.message)


def fields_of(row: ExtraRequirement) -> list[str]:
    """The fields of a wish under which the requirement makes sense."""
    return housing.fields_with(row.valid_for_types)


def _digits(code: str) -> str:
    """Vitec may write `180` for `0180`."""
    return code.zfill(4)


def _amount(label: Any, **kwargs: Any) -> AmountField:
    return AmountField(label=label, required=False, **kwargs)


def _both(name: str, label: Any, unit: Any, **bounds: Any) -> dict[str, forms.Field]:
    return {
        f"{name}-min": _amount(format_lazy("{} {}", label, _("from")), unit=unit, **bounds),
        f"{name}-max": _amount(format_lazy("{} {}", label, _("to")), unit=unit, **bounds),
    }


ROOMS = pgettext_lazy("unit", "rooms")
BOUNDS: dict[str, dict[str, Any]] = {
    "living_space": {"least": 1, "most": 10_000, "unit": "m²", "fractions": True},
    "number_of_rooms": {"least": 1, "most": 50, "unit": ROOMS, "fractions": True},
    "price": {"least": 1_000, "most": 1_000_000_000, "unit": "kr"},
    "plot_area": {"least": 1, "most": 100_000_000, "unit": "m²", "fractions": True},
}
LABELS = {
    "living_space": _("Living area"),
    "number_of_rooms": _("Rooms"),
    "price": _("Price"),
    "plot_area": _("Plot area"),
}
# A hyphen cannot stand in a name that a class body binds.
ProfileForm.base_fields.update(
    {
        **{kind.field: check_box(kind.label) for kind in HOUSINGS},
        **{
            field: made
            for name in RANGES
            for field, made in _both(name, LABELS[name], **BOUNDS[name]).items()
        },
    }
)


# --- The list of them --------------------------------------------------------------------------


def numbers_in(data: Any) -> list[int]:
    """The numbers of the profiles that were posted, in order; [0] when there is none."""
    found = {int(match[1]) for name in data if (match := _NAME.fullmatch(name))}
    return sorted(found) or [0]


def names_in(data: Any) -> list[str]:
    """The names of everything posted about profiles that a profile has."""
    matches = (_NAME.fullmatch(name) for name in data)
    return [found[0] for found in matches if found and found[2] in ProfileForm.base_fields]


def field_named(name: str) -> forms.Field | None:
    """The field of a profile by its name in the data, None where it is none of a profile's."""
    found = _NAME.fullmatch(name)
    return ProfileForm.base_fields.get(found[2]) if found else None


def changed(data: QueryDict, step: str) -> tuple[QueryDict, int | None]:
    """What was posted, with a profile added, copied or removed, and the number of the new one.

    step: `look:add`, `look:copy:<number>` or `look:remove:<number>`; anything else changes nothing.
    The rest stays as it was typed.
    """
    _look, _colon, rest = step.partition(":")
    verb, _colon, number = rest.partition(":")
    numbers: list[int | None] = list(numbers_in(data))
    at = numbers.index(int(number)) if number.isdigit() and int(number) in numbers else None
    fresh = None
    if verb == "add" and len(numbers) < MOST:
        numbers.append(None)
        fresh = len(numbers) - 1
    elif verb == "copy" and at is not None and len(numbers) < MOST:
        numbers.insert(at + 1, numbers[at])
        fresh = at + 1
    elif verb == "remove" and at is not None and len(numbers) > 1:
        del numbers[at]
    return _renumbered(data, numbers), fresh


def _renumbered(data: QueryDict, numbers: list[int | None]) -> QueryDict:
    """The profiles of these numbers, counted from 0 on; None is an empty one."""
    fresh = QueryDict(mutable=True)
    for name, values in data.lists():
        if not _NAME.fullmatch(name):
            fresh.setlist(name, values)
    for place_, number in enumerate(numbers):
        if number is None:
            fresh[f"{PREFIX}-{place_}-active"] = "on"
            continue
        for name in names_in(data):
            found = _NAME.fullmatch(name)
            if found and int(found[1]) == number:
                fresh.setlist(f"{PREFIX}-{place_}-{found[2]}", data.getlist(name))
    return fresh


def told_of(message: FieldMessage) -> tuple[int | None, FieldMessage]:
    """Which profile (counted from 0) a message of Vitec's is about, and the rest of its path."""
    found = re.search(r"lookingForAccommodations\[([0-9]+)\]\.?(.*)", message.field, re.IGNORECASE)
    if found is None:
        return None, message
    return int(found[1]), FieldMessage(found[2], message.message)
