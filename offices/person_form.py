"""The person of a write (Vitec: UpdatePerson), for every form that sends one.

The fields are called `update_person-<Vitec's name in snake_case>`, so that they stand beside a
form's own. What is sent overwrites the contact at Vitec, so only what was entered is sent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect import dates
from connect.enums import ObtainThrough
from lib import personal_numbers, phone_numbers
from offices.models import Contact, Office
from offices.widgets import ContactField

PREFIX = "update_person-"
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
}
_OTHERS = {
    "isForeignSocialSecurityNumber": "is_foreign_social_security_number",
    "gdprApprovalDate": "gdpr_approval_date",
    "wishAdvertising": "wish_advertising",
}
PERSON_PLACES = {
    "updatePerson": PREFIX + "email_address",
    "updatePerson.email": PREFIX + "email_address",
    **{f"updatePerson.{place}": PREFIX + name for place, name in {**TEXTS, **_OTHERS}.items()},
}
"""For `Endpoint.fields`: where Vitec's messages about the person belong."""


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


def _words(label: Any, longest: int, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("widget", _text())
    return forms.CharField(label=label, required=False, max_length=longest, **kwargs)


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
        """The office whose contacts may be chosen."""
        self.fields[PREFIX + "contact_id"].bind_office(office)  # type: ignore[attr-defined]

    # --- for the page ---------------------------------------------------------------------------

    @property
    def usual_person_fields(self) -> list[BoundField]:
        """Those that nearly every person needs."""
        return [self[PREFIX + name] for name in self.USUAL]

    @property
    def other_person_fields(self) -> list[BoundField]:
        usual = {PREFIX + name for name in self.USUAL}
        return [self[name] for name in PERSON_FIELDS if name not in usual]

    @property
    def other_person_fields_open(self) -> bool:
        """Something stands in them, or is wrong with them."""
        return any(field.errors or field.value() for field in self.other_person_fields)

    # --- rules ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_personal_number()
        self._check_informed()
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
        if known and not self.has_error(PREFIX + name):
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

    def _check_informed(self) -> None:
        day = self.person("gdpr_approval_date")
        if day and day > timezone.localdate():
            self._refuse("gdpr_approval_date", _("That day has not come yet."), "future")
        elif day and day < FIRST_INFORMED:
            self._refuse("gdpr_approval_date", _("There was no GDPR yet on that day."), "too_early")

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
    if contact is None:
        return {}
    details = contact.details
    mobiles = [phone for phone in details["phones"] if phone_numbers.is_mobile(phone)]
    return {"cell_phone": mobiles[0] if mobiles else "", "email_address": details["email"]}


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
        help_text=_("Only where it is needed to know who somebody is. It is sealed."),
    ),
    "is_foreign_social_security_number": check_box(_("A foreign number, not to be checked")),
    "note": _words(_("Note about the person"), 4000, widget=forms.Textarea(attrs={"rows": 2})),
}
PERSON_FIELDS = {PREFIX + name: field for name, field in _FIELDS.items()}
# A hyphen cannot stand in a name that a class body binds.
PersonFields.base_fields.update(PERSON_FIELDS)


def person_body(office: Office, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """`updatePerson` as Vitec takes it: the customer id, and only what was entered.

    cleaned: cleaned_data of a form with PersonFields.
    """
    body: dict[str, Any] = {"customerId": office.customer_id}
    for place, name in TEXTS.items():
        if value := cleaned[PREFIX + name]:
            *outer, last = place.split(".")
            inner = body.setdefault(outer[0], {}) if outer else body
            inner[last] = str(value)
    number = cleaned[PREFIX + "social_security_number"]
    if number and cleaned[PREFIX + "is_foreign_social_security_number"]:
        body["isForeignSocialSecurityNumber"] = True
    if day := cleaned[PREFIX + "gdpr_approval_date"]:
        midnight = dt.datetime.combine(day, dt.time(), dates.STOCKHOLM)
        body["gdprApprovalDate"] = dates.to_vitec(midnight)
    if wish := cleaned[PREFIX + "wish_advertising"]:
        body["wishAdvertising"] = wish == "yes"
    return body


def person_name(office: Office, cleaned: Mapping[str, Any]) -> str:
    """Who it is, in words: the name typed, else the known contact's."""
    typed = f"{cleaned[PREFIX + 'first_name']} {cleaned[PREFIX + 'last_name']}".strip()
    contact_id = cleaned[PREFIX + "contact_id"]
    if typed or not contact_id:
        return typed
    contact = Contact.objects.filter(office=office, vitec_id=contact_id).first()
    return contact.name if contact else contact_id
