"""Swedish personal numbers (personnummer) and coordination numbers (samordningsnummer)."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator
from typing import Literal

Code = Literal["unreadable", "no_such_day", "check_digit"]

_SHAPE = re.compile(r"(?P<century>[0-9]{2})?(?P<rest>[0-9]{6})(?P<mark>[-+]?)(?P<last>[0-9]{4})")
_WITHIN = re.compile(r"(?<!\d)(?:\d\s?){6,8}[-+]?\s?(?:\d\s?){3}\d(?!\d)")
_NAMED = re.compile("socialsecurity|person(al)?(identity|id)?(number|nummer)|samordningsnummer")
# A coordination number has 60 added to the day of birth.
_COORDINATION = 60


class NotPersonalNumber(ValueError):
    """The text is no personal number; `code` says why, and the form finds the words for it."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def read(text: str, today: dt.date) -> str:
    """The twelve digits of a number of ten or twelve, with or without `-` or `+`.

    Of ten digits the century is the latest in which the person was born by `today`; a `+` stands
    for the year in which one turns a hundred and those after it. Raises NotPersonalNumber.
    """
    found = _SHAPE.fullmatch(re.sub(r"\s", "", text).replace("–", "-"))
    if found is None:
        raise NotPersonalNumber("unreadable")
    digits = found["rest"] + found["last"]
    if _checksum(digits) % 10:
        raise NotPersonalNumber("check_digit")
    century = found["century"] or _century(digits, found["mark"] == "+", today)
    if _born(century + digits) > today:
        raise NotPersonalNumber("no_such_day")
    return century + digits


def is_in(text: str) -> bool:
    """Does a personal number stand anywhere in the text, in whatever spelling, mistyped or not?

    Ten digits that begin with a nought and have no `-` or `+` may be a telephone: they need their
    check digit.
    """
    return any(_is_one(found[0]) for found in _WITHIN.finditer(text.replace("–", "-")))


def masked_in(text: str) -> str:
    """The text with every personal number in it masked, those alone that `is_in` recognises."""
    # A dash of another length is as long in characters, so that the places are the same.
    parts, end = [], 0
    for found in _WITHIN.finditer(text.replace("–", "-")):
        if _is_one(found[0]):
            parts += [text[end : found.start()], masked(digits_of(found[0]))]
            end = found.end()
    return "".join([*parts, text[end:]])


def certain_in(text: str, today: dt.date) -> list[str]:
    """The personal numbers in a text that are whole and right, as they are written, digits alone.

    Stricter than `is_in`, for what is told of people's own words: the day must have been and the
    check digit fit, and ten digits that begin with a nought and have no `-` are a telephone's.
    """
    return [digits_of(text[start:end]) for start, end in _certain(text, today)]


def masked_certain(text: str, today: dt.date) -> str:
    """The text with those that `certain_in` finds masked."""
    return with_certain(text, today, lambda written: masked(digits_of(written)))


def with_certain(text: str, today: dt.date, said: Callable[[str], str]) -> str:
    """The text with `said` of each that `certain_in` finds, as it is written, in its place."""
    parts, end = [], 0
    for start, after in _certain(text, today):
        parts += [text[end:start], said(text[start:after])]
        end = after
    return "".join([*parts, text[end:]])


def _certain(text: str, today: dt.date) -> Iterator[tuple[int, int]]:
    for found in _WITHIN.finditer(text.replace("–", "-")):
        shape = _SHAPE.fullmatch(re.sub(r"\s", "", found[0]))
        if shape is None or shape["century"] not in (None, "18", "19", "20"):
            continue
        if not shape["century"] and not shape["mark"] and shape["rest"][0] == "0":
            continue
        try:
            read(found[0], today)
        except NotPersonalNumber:
            continue
        yield found.span()


@functools.lru_cache(maxsize=1024)
def says_so(name: str) -> bool:
    """Is a field of this name one for a personal number (`contactSocialSecurityNumber`)?"""
    return bool(_NAMED.search(re.sub(r"[^a-z]", "", name.lower())))


def _is_one(text: str) -> bool:
    shape = _SHAPE.fullmatch(re.sub(r"\s", "", text))
    if shape is None or not any(_is_day(century + shape["rest"]) for century in ("19", "20")):
        return False
    may_be_telephone = not shape["century"] and not shape["mark"] and shape["rest"][0] == "0"
    return not may_be_telephone or not _checksum(shape["rest"] + shape["last"]) % 10


def _is_day(eight: str) -> bool:
    try:
        _born(eight)
    except NotPersonalNumber:
        return False
    return True


def digits_of(written: str) -> str:
    """A number as it stands in a text, digits alone."""
    return re.sub(r"\D", "", written)


def masked(number: str) -> str:
    """`18900101-••••`: the day of birth, and nothing that identifies."""
    return f"{number[:-4]}-••••"


def _checksum(ten: str) -> int:
    """Modulus 10: every other digit doubled, the digits of the products added."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten))
    return sum(product // 10 + product % 10 for product in products)


def _century(ten: str, past_hundred: bool, today: dt.date) -> str:
    year = today.year - (today.year - int(ten[:2])) % 100
    if not past_hundred and year == today.year and _born(f"{year}{ten[2:]}") > today:
        year -= 100
    return str(year - 100 * past_hundred)[:2]


def _born(twelve: str) -> dt.date:
    day = int(twelve[6:8])
    try:
        return dt.date(
            int(twelve[:4]), int(twelve[4:6]), day - _COORDINATION * (day > _COORDINATION)
        )
    except ValueError:
        raise NotPersonalNumber("no_such_day") from None
