"""People as they are written on one line: `Anna Andersson 070-123 45 67`, `Ek, Bo; bo@ek.se`."""

from __future__ import annotations

import dataclasses
import re

from lib import phone_numbers

_EMAIL = re.compile(r"[^\s<>;,\"()]+@[^\s<>;,\"()]+")
_PHONE = re.compile(r"(?<![\w@])\+?\(?\d[\d\s()/.–-]{4,}\d(?!\w)")
_AND = re.compile(r"\s+(?:&|\+|och|and)\s+|\s*&\s*", re.IGNORECASE)
_MARKS = " \t,;:|·•*<>()\"'"
_LOOSE = _MARKS + ".-–"
# They belong to the last name that they stand before.
_PARTICLES = frozenset(
    ["af", "av", "von", "van", "de", "der", "den", "di", "da", "del", "la", "le", "el", "al", "bin",
     "ibn", "ter"]
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class PersonLine:
    """What a line says of one person, each as it was written, "" where it says nothing."""

    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def reach(self) -> str:
        """How to reach the person, in one text."""
        return ", ".join(filter(None, (self.phone, self.email)))


def read(text: str) -> PersonLine:
    """Name, phone and e-mail of a line, in any order and with any marks between them."""
    email, rest = _taken(_EMAIL, " ".join(text.split()))
    phone, rest = _taken(_PHONE, rest)
    first, last = split_name(rest)
    return PersonLine(first, last, phone, email)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The first find, and the text without it."""
    found = pattern.search(text)
    if found is None:
        return "", text
    taken = found[0].strip(_MARKS.replace("(", "") + ".-–")
    if taken.count("(") > taken.count(")"):
        taken = taken.replace("(", "")
    return taken, f"{text[: found.start()]} {text[found.end() :]}"


def split_name(text: str) -> tuple[str, str]:
    """First and last name: `Anna Maria Ek`, `Bo von Essen`, `Ek, Anna`."""
    text = " ".join(text.split()).strip(_MARKS + "-–")
    if text.count(",") == 1:
        last, first = (part.strip(_MARKS) for part in text.split(","))
        if last and first:
            return first, last
    words = [word for word in re.split(r"[\s,;|]+", text) if word.strip(_LOOSE)]
    if len(words) < 2:
        return "".join(words), ""
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def couple(first_name: str, last_name: str) -> list[tuple[str, str]]:
    """The names of those who stand in one entry: `Anna & Bo`, `Ek` are two of the name of Ek.

    `Anna Alm & Bo`, `Ek` keeps the name that is written with the first. One name gives one.
    """
    firsts = [part for part in _AND.split(first_name) if part.strip()]
    lasts = [part for part in _AND.split(last_name) if part.strip()]
    if len(firsts) < 2 and len(lasts) < 2:
        return [(first_name, last_name)]
    if len(firsts) < 2:
        return _couple_in_the_last(first_name, lasts)
    whole = len(lasts) == len(firsts)
    pairs = [_own_name(first) for first in firsts]
    return [
        (first, own or (lasts[place] if whole else last_name))
        for place, (first, own) in enumerate(pairs)
    ]


def _couple_in_the_last(first_name: str, lasts: list[str]) -> list[tuple[str, str]]:
    """`Anna`, `Alm & Bo Ek`: what follows the mark is a name of its own."""
    others = [split_name(part) for part in lasts[1:]]
    return [(first_name, lasts[0]), *(pair for pair in others)]


def _own_name(first: str) -> tuple[str, str]:
    parts = split_name(first)
    return parts if parts[1] and len(first.split()) > 1 else (first.strip(), "")


def is_email(text: str) -> bool:
    """Meant as an e-mail address, right or wrong."""
    return "@" in text


def is_landline(text: str) -> bool:
    """A number that can be dialled and takes no SMS."""
    try:
        number = phone_numbers.written(text, 40)
    except phone_numbers.NotPhoneNumber:
        return False
    return not phone_numbers.is_mobile(number)
