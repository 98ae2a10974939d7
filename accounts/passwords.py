"""Which passwords are refused besides the short ones: what anybody would try here, and stolen ones.

The words stand in docs/security/asvs.md, too (6.1.2); a test keeps the two alike.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from offices.models import Office

# The product and whom it speaks to, the trade, the roles, and what stands for "password".
WORDS = (
    "vitecportal", "vitec", "portal", "connect", "express",
    "fastighetsmäklare", "fastighet", "mäklare", "mäkleri", "mäklarhus", "bostad", "visning",
    "kundmöte", "återkomst", "spekulant", "intressent", "kontor",
    "administrator", "admin", "assistent", "bokare", "chef",
    "lösenord", "password", "inloggning", "hemlig", "välkommen", "welcome", "sommar", "vinter",
)  # fmt: skip
# Fewer letters than these besides such words are guessed in no time.
LETTERS_OF_ONES_OWN = 8
# Letters that are commonly written by a figure or a sign, each pair read as one.
_READ_AS_ONE = str.maketrans("013457@$!l", "oieastasii")
_SHORTEST_OF_A_NAME = 4
_HEX_OF_SHA1 = 40


class NotTheHousesWords:
    """A password of which little is left without words that belong to this place."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError. An office's name and number count as its words."""
        own = _signs(password)
        read = "".join(own).translate(_READ_AS_ONE)
        covered: set[int] = set()
        for found in re.finditer("|".join(map(re.escape, _words())), read):
            covered.update(range(*found.span()))
        left = sum(sign.isalpha() for place, sign in enumerate(own) if place not in covered)
        if covered and left < LETTERS_OF_ONES_OWN:
            raise ValidationError(
                _("The password is mostly words that anybody would try here."),
                code="password_of_the_house",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be mostly words of the trade, the portal or the office.")


def _words() -> list[str]:
    """Longest first, as they are read; of an office's name the words that are long enough."""
    offices = Office.objects.values_list("name", "customer_id")
    names = [word for row in offices for text in row for word in re.split(r"\W+", text)]
    given = [*WORDS, *settings.PASSWORD_WORDS, *names]
    read = {"".join(_signs(word)).translate(_READ_AS_ONE) for word in given}
    return sorted((word for word in read if len(word) >= _SHORTEST_OF_A_NAME), key=len)[::-1]


def _signs(text: str) -> list[str]:
    """Letters without dots and accents, figures, and signs that stand for letters."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return [sign for sign in parted if sign.isalnum() or sign in "@$!"]


class NotCommon(CommonPasswordValidator):
    """Django's list, and what is one of it with figures and signs around, or several times over.

    Of the twenty thousand on the list hardly two hundred are as long as a password must be.
    """

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(password, user)
        for core in _cores(password.casefold()):
            super().validate(core, user)


def _cores(password: str) -> set[str]:
    """Without what is no letter at both ends; and what it says over and over, once."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    return {bare, _once(password), _once(bare)}


def _once(text: str) -> str:
    return text[: (text + text).find(text, 1)] if text else ""


class NotStolen:
    """A file of passwords that were stolen elsewhere, where the operator keeps one.

    Lines of `SHA-1 in hex[:count]` in their order, as Have I Been Pwned gives them away. Nothing
    of a password leaves the machine.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError, and OSError when the file has gone: nothing passes unseen."""
        if not settings.BREACHED_PASSWORDS:
            return
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        with Path(settings.BREACHED_PASSWORDS).open("rb") as file:
            if _stands_in(file, digest.encode()):
                raise ValidationError(
                    _("This password was stolen from another service and is known."),
                    code="password_stolen",
                )

    def get_help_text(self) -> str:
        return _("Your password can’t be one that is known to be stolen.")


def _stands_in(file: BinaryIO, digest: bytes) -> bool:
    """By halves: the least offset from which on no line begins that is less."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        line = _line_from(file, middle)
        if line and line[:_HEX_OF_SHA1].upper() < digest:
            low = middle + 1
        else:
            high = middle
    return _line_from(file, low)[:_HEX_OF_SHA1].upper() == digest


def _line_from(file: BinaryIO, offset: int) -> bytes:
    """The first line that begins there or later; empty at the end."""
    if not offset:
        file.seek(0)
        return file.readline()
    file.seek(offset - 1)
    file.readline()
    return file.readline()
