"""The person of a write (Vitec: UpdatePerson), for every form that sends one.

The fields are called `update_person-<Vitec's name in snake_case>`, so that they stand beside a
form's own. What is sent overwrites the contact at Vitec, so only what was entered is sent.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect import dates
from connect.enums import ObtainThrough
from lib import personal_numbers, phone_numbers
from lib.form_fields import MaskedField
from offices import choices, known_people, veil
from offices.models import Contact, Office
from offices.pickers import Choice, MultiPickerField, PickerField, Picks
from offices.widgets import ContactField

PREFIX = "update_person-"
# In cleaned_data: by what the known contact is reached, where whoever fills in the form may not see
# it. The names of fields alone; see `with_unseen`.
UNSEEN = PREFIX + "unseen"
PHONE_LENGTH = 17
# When the General Data Protection Regulation was adopted; nobody was informed under it before.
FIRST_INFORMED = dt.date(2016, 4, 27)

OBTAIN_THROUGH = [
    ("", _("Not stated")),
    (ObtainThrough.INTEREST, _("Web form")),
    (ObtainThrough.PHONE, _("Telephone")),
    (ObtainThrough.VISIT, _("Visit")),
    (ObtainThrough.AGREEMENT, _("Agreement")),
    (ObtainThrough.EMAIL, _("E-mail")),
    (ObtainThrough.OTHER, _("Other")),
    (ObtainThrough.NOT_ASKED, _("Not asked")),
]
WISHES = [("", _("Not stated")), ("yes", _("Yes")), ("no", _("No"))]
CHANNELS = ("email_address", "tele_phone", "work_phone", "cell_phone")
PERSONAL_NUMBER = {
    "unreadable": _("Write ten or twelve figures, such as ÅÅÅÅMMDD-NNNN."),
    "no_such_day": _("There is no such day of birth."),
    "check_digit": _("The last figure does not fit the others. Is one mistyped?"),
}

# Vitec's place in the person -> our field. Plain texts, copied as they are.
TEXTS = {
    "contactId": "contact_id",
    "firstName": "first_name",
    "lastName": "last_name",
    "socialSecurityNumber": "social_security_number",
    "telePhone": "tele_phone",
    "workPhone": "work_phone",
    "cellPhone": "cell_phone",
    "otherPhone": "other_phone",
    "email.emailAddress": "email_address",
    "email.emailAddress2": "email_address2",
    "address.streetAddress": "street_address",
    "address.zipCode": "zip_code",
    "address.city": "city",
    "address.countryCode": "country_code",
    "obtainThrough": "obtain_through",
    "note": "note",
    "userId": "user_id",
    "task.predefinedTaskId": "task-predefined_task_id",
    "task.note": "task-note",
    "task.estateId": "task-estate_id",
    "task.assignedTo": "task-assigned_to",
    "customField.name": "custom_field-name",
    "customField.value": "custom_field-value",
}
# A day at Vitec is the midnight in which it begins.
DAYS = {"gdprApprovalDate": "gdpr_approval_date", "approvalDate": "approval_date"}
ANSWERS = {"wishAdvertising": "wish_advertising", "approval": "approval"}
NUMBERS = {
    "coordinate.longitud": "coordinate-longitude",
    "coordinate.latitud": "coordinate-latitude",
    "leadScore": "lead_score",
}
_OTHERS = {
    "isForeignSocialSecurityNumber": "is_foreign_social_security_number",
    "categoryIds": "category_ids",
    **DAYS,
    **ANSWERS,
    **NUMBERS,
}
_OBJECTS = {
    "": "email_address",
    ".email": "email_address",
    ".address": "street_address",
    ".task": "task-predefined_task_id",
    ".customField": "custom_field-name",
    ".coordinate": "coordinate-latitude",
}
PERSON_PLACES = {
    **{f"updatePerson{place}": PREFIX + name for place, name in _OBJECTS.items()},
    **{f"updatePerson.{place}": PREFIX + name for place, name in {**TEXTS, **_OTHERS}.items()},
}
"""For `Endpoint.fields`: where Vitec's messages about the person belong."""
PERSON_WORDS = {
    "updatePerson.customerId": _("the office's customer id"),
}
"""For `Endpoint.words`: what staff call that of the person which no field holds."""

# What is chosen out of a directory; where the office has none, nothing is asked.
OFFERS: dict[str, Callable[[Office], list[Choice]]] = {
    "category_ids": choices.categories,
    "user_id": choices.colleagues,
    "task-predefined_task_id": choices.tasks,
    "task-estate_id": choices.estates,
    "task-assigned_to": choices.colleagues,
    "custom_field-name": choices.custom_fields,
}
# What the one is chosen for, and so is not asked either.
_TOGETHER = {"custom_field-name": "custom_field-value"}


class PhoneField(forms.CharField):
    """A number that can be dialled, Swedish or foreign, in one spelling that Vitec has room for."""

    default_error_messages = {
        "unreadable": _("This is no telephone number. Foreign ones begin with + and the country."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=_text(type="tel"), **kwargs)

    def clean(self, value: Any) -> str:
        raw = super().clean(value)
        if not raw:
            return ""
        try:
            return phone_numbers.written(raw, PHONE_LENGTH)
        except phone_numbers.NotPhoneNumber as error:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable") from error


def _text(**attrs: str) -> forms.TextInput:
    """The browser knows the person who types, not the one who is typed of."""
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


def _words(
    label: Any, longest: int, field: type[forms.CharField] = forms.CharField, **kwargs: Any
) -> forms.CharField:
    kwargs.setdefault("widget", _text())
    return field(label=label, required=False, max_length=longest, **kwargs)


def _email(label: Any) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        required=False,
        max_length=100,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("This is no e-mail address.")},
    )


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclasses.dataclass(frozen=True)
class PersonGroup:
    """Fields that are about one thing, under a heading."""

    title: Any
    fields: list[BoundField]

    @property
    def is_open(self) -> bool:
        """Something stands in them, is kept in them, or is wrong with them."""
        return any(
            field.errors or field.value() or getattr(field.field, "is_kept", False)
            for field in self.fields
        )


class PersonFields(forms.Form):
    """The person's fields, limits and rules; a form takes them in by inheriting.

    Call `bind_person` when the form has been made. At least a name and one way to reach the
    person, or a known contact, who has both at Vitec.
    """

    office: Office
    USUAL: ClassVar[tuple[str, ...]] = (
        "first_name",
        "last_name",
        "cell_phone",
        "email_address",
        "obtain_through",
    )

    def bind_person(self, office: Office) -> None:
        """The office whose contacts, colleagues, tasks and so on may be chosen."""
        self.fields[PREFIX + "contact_id"].bind_office(office)  # type: ignore[attr-defined]
        self.not_offered: set[str] = set()
        for name, offered in OFFERS.items():
            found, field = offered(office), self.fields[PREFIX + name]
            if isinstance(field, Picks):
                field.offer(found)
            if not found:
                self.not_offered |= {PREFIX + name, PREFIX + _TOGETHER.get(name, name)}

    # --- for the page ---------------------------------------------------------------------------

    @property
    def usual_person_fields(self) -> list[BoundField]:
        """Those that nearly every person needs."""
        return [self[PREFIX + name] for name in self.USUAL]

    @property
    def other_person_fields(self) -> list[BoundField]:
        """The rest, without those for which the office has no directory to choose from."""
        usual = {PREFIX + name for name in self.USUAL}
        names = (name for name in PERSON_FIELDS if name not in usual | self.not_offered)
        return [self[name] for name in names]

    @property
    def person_groups(self) -> list[PersonGroup]:
        """The rest by what they are about; each is folded until it says something."""
        rest = {field.name: field for field in self.other_person_fields}
        groups = (
            PersonGroup(title, [rest[PREFIX + name] for name in names if PREFIX + name in rest])
            for title, names in GROUPS
        )
        return [group for group in groups if group.fields]

    @property
    def known_people(self) -> list[known_people.Known]:
        """Contacts who may be the person that has been typed."""
        return known_people.find(self.office, known_people.typed_in(self.data, PREFIX))

    @property
    def contact_chosen(self) -> str:
        """The id of the contact that stands in the form now."""
        return str(self[PREFIX + "contact_id"].value() or "")

    # --- rules ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_personal_number()
        for name in DAYS.values():
            self._check_day(name)
        self._check_coordinate()
        self._check_task()
        self._check_custom_field()
        contact = self.known_contact()
        if contact is None:
            self._check_name()
        self._check_channel(contact)
        return cleaned

    def known_contact(self) -> Contact | None:
        """The contact that was chosen, if any."""
        vitec_id = self.person("contact_id")
        if not vitec_id:
            return None
        return Contact.objects.filter(office=self.office, vitec_id=vitec_id).first()

    def person(self, name: str) -> Any:
        """A cleaned value of the person; None where there is none or it was refused."""
        return self.cleaned_data.get(PREFIX + name)

    def reach_by(self, name: str, contact: Contact | None) -> bool:
        """Can `cell_phone` or `email_address` be used? Takes a known contact's when none is typed.

        Vitec checks what is sent, and does not look up what it has.
        """
        if self.person(name):
            return True
        known = _known_channels(contact).get(name, "")
        if contact and known and not self.has_error(PREFIX + name):
            if contact.is_veiled:
                self.cleaned_data.setdefault(UNSEEN, set()).add(name)
            else:
                self.cleaned_data[PREFIX + name] = known
        return bool(known)

    def _check_personal_number(self) -> None:
        raw = self.person("social_security_number")
        if not raw or self.person("is_foreign_social_security_number"):
            return
        try:
            number = personal_numbers.read(raw, timezone.localdate())
        except personal_numbers.NotPersonalNumber as error:
            message = ValidationError(PERSONAL_NUMBER[error.code], code=error.code)
            self.add_error(PREFIX + "social_security_number", message)
        else:
            self.cleaned_data[PREFIX + "social_security_number"] = number

    def _check_day(self, name: str) -> None:
        day = self.person(name)
        if day and day > timezone.localdate():
            self._refuse(name, _("That day has not come yet."), "future")
        elif day and day < FIRST_INFORMED and name == "gdpr_approval_date":
            self._refuse(name, _("There was no GDPR yet on that day."), "too_early")

    def _check_coordinate(self) -> None:
        """Both or none."""
        names = ("coordinate-latitude", "coordinate-longitude")
        wrong = any(self.has_error(PREFIX + name) for name in names)
        lacking = [name for name in names if self.person(name) is None]
        if len(lacking) == 1 and not wrong:
            self._refuse(lacking[0], _("A position has a latitude and a longitude."), "pair")

    def _check_task(self) -> None:
        """For whom and about which home says nothing, until it is said what is to be done."""
        said = self.person("task-predefined_task_id") or self.person("task-note")
        about = self.person("task-estate_id") or self.person("task-assigned_to")
        if about and not said:
            first = "task-predefined_task_id"
            name = "task-note" if PREFIX + first in self.not_offered else first
            if not self.has_error(PREFIX + name):
                self._refuse(name, _("Say what is to be done."), "required")

    def _check_custom_field(self) -> None:
        name, value = self.person("custom_field-name"), self.person("custom_field-value")
        if name and not value and not self.has_error(PREFIX + "custom_field-value"):
            self._refuse("custom_field-value", _("Write what is to stand in the field."), "pair")
        if value and not name and not self.has_error(PREFIX + "custom_field-name"):
            self._refuse("custom_field-name", _("Choose which field it is."), "pair")

    def _check_name(self) -> None:
        names = ("first_name", "last_name")
        wrong = any(self.has_error(PREFIX + name) for name in names)
        if not wrong and not any(self.person(name) for name in names):
            self._refuse("first_name", _("Write a first name or a last name."), "required")

    def _check_channel(self, contact: Contact | None) -> None:
        given = any(self.person(name) or self.has_error(PREFIX + name) for name in CHANNELS)
        if given or self.reach_by("cell_phone", contact) or self.reach_by("email_address", contact):
            return
        message = _("Write a mobile number, another telephone number or an e-mail address.")
        self._refuse("cell_phone", message, "channel")

    def _refuse(self, name: str, message: Any, code: str) -> None:
        self.add_error(PREFIX + name, ValidationError(message, code=code))


def _known_channels(contact: Contact | None) -> dict[str, str]:
    """Also of one who is hidden: whether there are any, so that she can be booked."""
    if contact is None or not contact.is_veiled:
        return _channels_of(contact)
    with veil.lifted():
        return _channels_of(Contact.objects.filter(pk=contact.pk).first())


def _channels_of(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    details = contact.details
    mobiles = [phone for phone in details["phones"] if phone_numbers.is_mobile(phone)]
    return {"cell_phone": mobiles[0] if mobiles else "", "email_address": details["email"]}


class DegreesField(forms.DecimalField):
    """Degrees of WGS 84, with a comma or a point."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            min_value=-most,
            max_value=most,
            max_digits=13,
            decimal_places=10,
            widget=_text(inputmode="decimal"),
            error_messages={"invalid": _("Write degrees, such as 59,3622.")},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace(",", ".")
        return super().to_python(value)


class CountryField(forms.CharField):
    """An ISO 3166-1 alpha-2 code; Sweden may be left out."""

    default_error_messages = {
        "unknown": _("Write the country's two letters, such as NO. Sweden may be left out."),
    }

    def clean(self, value: Any) -> str:
        code: str = super().clean(value).upper()
        if code and code not in phone_numbers.COUNTRIES:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return code


class ZipCodeField(forms.CharField):
    """`172 31` for five figures in a row; what is foreign stays as it is."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return f"{text[:3]} {text[3:]}" if re.fullmatch(r"[0-9]{5}", text) else text


def check_box(label: Any, **kwargs: Any) -> forms.BooleanField:
    """A box with its words beside it."""
    return forms.BooleanField(
        label=label, required=False, template_name="includes/check.html", **kwargs
    )


_FIELDS: dict[str, forms.Field] = {
    "first_name": _words(_("First name"), 30),
    "last_name": _words(_("Last name"), 30),
    "cell_phone": PhoneField(label=_("Mobile"), required=False),
    "email_address": _email(_("E-mail")),
    "obtain_through": forms.ChoiceField(
        label=_("Informed of GDPR through"), required=False, choices=OBTAIN_THROUGH
    ),
    "contact_id": ContactField(
        label=_("Known contact"),
        required=False,
        help_text=_("What you write in the other fields replaces what Vitec has of the person."),
    ),
    "gdpr_approval_date": forms.DateField(
        label=_("Informed of GDPR on"),
        required=False,
        widget=_day(),
        error_messages={"invalid": _("Write the day as 2026-11-23.")},
    ),
    "wish_advertising": forms.ChoiceField(
        label=_("Wants advertising"), required=False, choices=WISHES
    ),
    "tele_phone": PhoneField(label=_("Home phone"), required=False),
    "work_phone": PhoneField(label=_("Work phone"), required=False),
    "other_phone": PhoneField(label=_("Another phone"), required=False),
    "email_address2": _email(_("Another e-mail")),
    "street_address": _words(_("Street address"), 68),
    "zip_code": ZipCodeField(label=_("Postcode"), required=False, max_length=15, widget=_text()),
    "city": _words(_("Town"), 25),
    "country_code": CountryField(
        label=_("Country"),
        required=False,
        max_length=2,
        widget=_text(placeholder="SE"),
        error_messages={"max_length": CountryField.default_error_messages["unknown"]},
    ),
    "social_security_number": _words(
        _("Personal number"),
        20,
        MaskedField,
        help_text=_("Only where it is needed to know who somebody is. It is sealed."),
    ),
    "is_foreign_social_security_number": check_box(_("A foreign number, not to be checked")),
    "note": _words(_("Note about the person"), 4000, widget=forms.Textarea(attrs={"rows": 2})),
    "approval": forms.ChoiceField(
        label=_("PUL approval"),
        required=False,
        choices=WISHES,
        help_text=_("Of the law before GDPR."),
    ),
    "approval_date": forms.DateField(
        label=_("PUL approval on"),
        required=False,
        widget=_day(),
        error_messages={"invalid": _("Write the day as 2026-11-23.")},
    ),
    "category_ids": MultiPickerField(
        label=_("Categories"), required=False, recall="categories", empty=_("No category")
    ),
    "user_id": PickerField(
        label=_("The person's broker"), required=False, recall="colleagues", empty=_("Nobody")
    ),
    "lead_score": forms.TypedChoiceField(
        label=_("Lead score"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Not stated")), *((str(n), "★" * n) for n in range(1, 6))],
    ),
    "coordinate-latitude": DegreesField(label=_("Latitude of the home"), most=90),
    "coordinate-longitude": DegreesField(label=_("Longitude of the home"), most=180),
    "task-predefined_task_id": PickerField(
        label=_("Task"), required=False, recall="tasks", empty=_("No task")
    ),
    "task-assigned_to": PickerField(
        label=_("Task is done by"), required=False, recall="colleagues", empty=_("Nobody named")
    ),
    "task-estate_id": PickerField(
        label=_("Task is about the property"),
        required=False,
        recall="estates",
        empty=_("No property"),
    ),
    "task-note": _words(_("Note on the task"), 4000, widget=forms.Textarea(attrs={"rows": 2})),
    "custom_field-name": PickerField(
        label=_("Custom field"), required=False, recall="custom_fields", empty=_("No field")
    ),
    "custom_field-value": _words(_("Its value"), 4000),
}
GROUPS: list[tuple[Any, tuple[str, ...]]] = [
    (
        _("Known contact, more ways to reach"),
        ("contact_id", "tele_phone", "work_phone", "other_phone", "email_address2"),
    ),
    (
        _("Address"),
        ("street_address", "zip_code", "city", "country_code", "coordinate-latitude",
         "coordinate-longitude"),
    ),
    (
        _("GDPR, advertising, personal number"),
        ("gdpr_approval_date", "wish_advertising", "social_security_number",
         "is_foreign_social_security_number", "approval", "approval_date"),
    ),
    (
        _("Note, categories, broker, custom field"),
        ("note", "category_ids", "user_id", "lead_score", "custom_field-name",
         "custom_field-value"),
    ),
    (
        _("Task to a colleague"),
        ("task-predefined_task_id", "task-assigned_to", "task-estate_id", "task-note"),
    ),
]  # fmt: skip
PERSON_FIELDS = {PREFIX + name: field for name, field in _FIELDS.items()}
# A hyphen cannot stand in a name that a class body binds.
PersonFields.base_fields.update(PERSON_FIELDS)


def with_unseen(office: Office, cleaned: Mapping[str, Any]) -> Mapping[str, Any]:
    """cleaned, with the ways to reach a hidden contact that the form took over.

    Whole where the veil is lifted, for what is stored and sent; without them where it lies.
    """
    if UNSEEN not in cleaned:
        return cleaned
    vitec_id = cleaned[PREFIX + "contact_id"]
    known = _channels_of(Contact.objects.filter(office=office, vitec_id=vitec_id).first())
    taken = {PREFIX + name: known[name] for name in cleaned[UNSEEN] if known.get(name)}
    return {**cleaned, **taken}


def person_body(office: Office, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """`updatePerson` as Vitec takes it: the customer id, and only what was entered.

    cleaned: cleaned_data of a form with PersonFields.
    """
    whole = with_unseen(office, cleaned)
    said = {name.removeprefix(PREFIX): whole.get(name) for name in PERSON_FIELDS}
    body: dict[str, Any] = {"customerId": office.customer_id}
    for place, name in TEXTS.items():
        if value := said[name]:
            _put(body, place, str(value))
    if said["social_security_number"] and said["is_foreign_social_security_number"]:
        body["isForeignSocialSecurityNumber"] = True
    for place, value in _not_texts(said):
        _put(body, place, value)
    if categories := said["category_ids"]:
        body["categoryIds"] = list(categories)
    return body


def _not_texts(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Days, answers and numbers that were entered, as JSON has them."""
    for place, name in DAYS.items():
        if day := said[name]:
            midnight = dt.datetime.combine(day, dt.time(), dates.STOCKHOLM)
            yield place, dates.to_vitec(midnight)
    for place, name in ANSWERS.items():
        if answer := said[name]:
            yield place, answer == "yes"
    for place, name in NUMBERS.items():
        number = said[name]
        if number not in (None, ""):
            yield place, float(number) if isinstance(number, decimal.Decimal) else number


def _put(body: dict[str, Any], place: str, value: Any) -> None:
    """`address.city`: the town, in an object of its own."""
    *outer, last = place.split(".")
    inner = body.setdefault(outer[0], {}) if outer else body
    inner[last] = value


def person_names(cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    """Colleagues in whose names a person is sent: who becomes the broker, who is given the task."""
    fields = (PREFIX + "user_id", PREFIX + "task-assigned_to")
    return {field: [cleaned[field]] if cleaned.get(field) else [] for field in fields}


def person_name(office: Office, cleaned: Mapping[str, Any]) -> str:
    """Who it is, in words: the name typed, else the known contact's."""
    typed = f"{cleaned[PREFIX + 'first_name']} {cleaned[PREFIX + 'last_name']}".strip()
    contact_id = cleaned[PREFIX + "contact_id"]
    if typed or not contact_id:
        return typed
    contact = Contact.objects.filter(office=office, vitec_id=contact_id).first()
    return contact.name if contact else contact_id
