"""Ids of Vitec's typed by hand or read from a file: they stand in clear, so nothing else may."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lib import personal_numbers, phone_numbers

# Signs of one word, a figure among them: no name, no address, no e-mail.
_SHAPE = re.compile(r"(?=.*\d)[A-Za-z0-9_.:{}-]+")


def no_person(text: str) -> str:
    """The id of a person or a home as it was typed. Raises ValidationError for a name, an address,
    a telephone or a personal number, without repeating it.
    """
    number = personal_numbers.certain_in(text, timezone.localdate())
    telephone = text.startswith("0") and phone_numbers.is_dialled(text)
    if not _SHAPE.fullmatch(text) or number or telephone:
        raise ValidationError(
            _(
                "This does not look like an id of Vitec's. The field is stored in clear: no names, "
                "addresses or numbers of people here."
            ),
            code="no_id",
        )
    return text


def read_cell(text: str) -> str:
    """As `no_person`, for a column of a file. Raises ValueError with a text for people."""
    try:
        return no_person(text)
    except ValidationError as error:
        raise ValueError(
            gettext(
                "does not look like an id of Vitec's. It is stored in clear: no names, addresses "
                "or numbers of people here."
            )
        ) from error
