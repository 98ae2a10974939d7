"""The person of a write in words, for the person who sends it and for the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from lib.personal_numbers import masked
from offices.person_form import OBTAIN_THROUGH, PREFIX


def person_words(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what it is called, what it says) of all that was entered but the name.

    data: cleaned_data of a form with PersonFields.
    """
    place = " ".join(part for part in (_of(data, "zip_code"), _of(data, "city")) if part)
    address = [_of(data, "street_address"), place, _of(data, "country_code")]
    wish = {"yes": gettext("Yes"), "no": gettext("No")}.get(_of(data, "wish_advertising"), "")
    informed = _of(data, "gdpr_approval_date")
    said = [
        (gettext("Mobile"), _of(data, "cell_phone")),
        (gettext("Home phone"), _of(data, "tele_phone")),
        (gettext("Work phone"), _of(data, "work_phone")),
        (gettext("Another phone"), _of(data, "other_phone")),
        (gettext("E-mail"), _of(data, "email_address")),
        (gettext("Another e-mail"), _of(data, "email_address2")),
        (gettext("Address"), ", ".join(part for part in address if part)),
        (gettext("Personal number"), _number(data)),
        (gettext("Informed of GDPR on"), f"{informed:%Y-%m-%d}" if informed else ""),
        (gettext("Informed of GDPR through"), _through(_of(data, "obtain_through"))),
        (gettext("Wants advertising"), wish),
        (gettext("Note about the person"), _of(data, "note")),
    ]
    return [(label, value) for label, value in said if value]


def _of(data: Mapping[str, Any], name: str) -> Any:
    return data[PREFIX + name]


def _number(data: Mapping[str, Any]) -> str:
    number = _of(data, "social_security_number")
    if not number:
        return ""
    if _of(data, "is_foreign_social_security_number"):
        return gettext("Foreign number, not shown")
    return masked(number)


def _through(chosen: str) -> str:
    return str(dict(OBTAIN_THROUGH)[chosen]) if chosen else ""
