"""Phone numbers as people in Sweden write them."""

from __future__ import annotations

import phonenumbers


def shown(raw: str) -> str:
    """`070-174 06 05` for any spelling of a Swedish number, `+47 …` abroad, else as it came."""
    try:
        number = phonenumbers.parse(raw.replace("/", ""), "SE")
    except phonenumbers.NumberParseException:
        return raw.strip()
    if not phonenumbers.is_possible_number(number):
        return raw.strip()
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == 46
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)
