"""Phone numbers as people in Sweden write them."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA", "XK"}
"""ISO 3166-1 alpha-2 codes of every country that has telephones."""

_WRITTEN = re.compile(r"[+]?[0-9\s()/.–-]+")


class NotPhoneNumber(ValueError):
    """The text cannot be dialled."""


def shown(raw: str) -> str:
    """`070-174 06 05` for any spelling of a Swedish number, `+47 …` abroad, else as it came."""
    try:
        number = phonenumbers.parse(raw.replace("/", ""), "SE")
    except phonenumbers.NumberParseException:
        return raw.strip()
    if not phonenumbers.is_possible_number(number):
        return raw.strip()
    return phonenumbers.format_number(number, _style(number))


def written(raw: str, longest: int) -> str:
    """As `shown`, in at most `longest` characters: a long one goes without its spaces.

    Raises NotPhoneNumber for what is no number of its country's length, or holds letters.
    """
    text = raw.strip()
    if not _WRITTEN.fullmatch(text):
        raise NotPhoneNumber
    try:
        number = phonenumbers.parse(text.replace("/", ""), "SE")
    except phonenumbers.NumberParseException as error:
        raise NotPhoneNumber from error
    if not phonenumbers.is_possible_number(number):
        raise NotPhoneNumber
    spaced = phonenumbers.format_number(number, _style(number))
    if len(spaced) <= longest:
        return spaced
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_dialled(raw: str) -> bool:
    """Is it a whole number, not the beginning of one?"""
    try:
        written(raw, 40)
    except NotPhoneNumber:
        return False
    return True


def is_mobile(raw: str) -> bool:
    """Can it take an SMS, by the look of the number? Abroad also where nobody can tell."""
    try:
        number = phonenumbers.parse(raw.replace("/", ""), "SE")
    except phonenumbers.NumberParseException:
        return False
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return phonenumbers.number_type(number) in kinds


def _style(number: phonenumbers.PhoneNumber) -> int:
    return (
        PhoneNumberFormat.NATIONAL if number.country_code == 46 else PhoneNumberFormat.INTERNATIONAL
    )
