"""Finding sealed contacts: words and numbers become keyed hashes of their beginnings.

The database sees only hashes. A search of `ann 0701` hashes `ann` and `0701` and asks for contacts
that carry both.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from lib.sealing import keyed_hash

SHORTEST = 2
LONGEST = 12

# Digits that stand by themselves: those in `anna1980@example.se` belong to the word.
_NUMBER = re.compile(r"(?<![\w@])(?<![\w@]\.)[+\d][\d\s()/–-]*\d(?!\.?[\w@])")
_WORD = re.compile(r"[\w.@+]+")
_NO_DIGIT = re.compile(r"\D")


def words_of(text: str) -> list[str]:
    """The searchable words of a text: small letters, accents but å ä ö removed, numbers national.

    `Anna-Lena von Åkesson, +46 (0)70-174 06 05` -> anna, lena, von, åkesson, 0701740605.
    """
    return list(_words_of(text))


@functools.lru_cache(maxsize=5_000)
def _words_of(text: str) -> tuple[str, ...]:
    """Remembered: a sync asks the same of a meeting and of its contact."""
    text = unicodedata.normalize("NFC", text)
    numbers = [national_number(found) for found in _NUMBER.findall(text)]
    rest = _NUMBER.sub(" ", text)
    words = _WORD.findall(_plain(rest))
    return tuple(word for word in [*words, *numbers] if len(word) >= SHORTEST)


def national_number(text: str) -> str:
    """Digits of a Swedish number as dialled at home: +46 and 0046 become 0."""
    digits = _NO_DIGIT.sub("", text.replace("(0)", ""))
    if text.lstrip().startswith("+46"):
        return "0" + digits[2:].lstrip("0")
    if digits.startswith("0046"):
        return "0" + digits[4:].lstrip("0")
    return digits


def _plain(text: str) -> str:
    text = text.casefold()
    if text.isascii():
        return text
    kept = []
    for letter in text:
        if letter in "åäö":
            kept.append(letter)
            continue
        parts = unicodedata.normalize("NFD", letter)
        kept.append("".join(part for part in parts if not unicodedata.combining(part)))
    return "".join(kept)


def details_words(details: dict[str, Any]) -> set[str]:
    """Every word by which a contact can be found."""
    texts = [details["name"], details["email"], details["address"], *details["phones"]]
    return {word for text in texts for word in words_of(text)}


def beginnings(words: Iterable[str]) -> set[str]:
    """The hashes to store: every beginning of every word, 2 to 12 letters."""
    return {digest for word in words for digest in _of_word(word, settings.BLIND_INDEX_KEY)}


@functools.lru_cache(maxsize=20_000)
def _of_word(word: str, _key: str) -> tuple[str, ...]:
    """Remembered: names, streets and towns come again and again."""
    return tuple(
        keyed_hash("term", word[:length]) for length in range(SHORTEST, min(len(word), LONGEST) + 1)
    )


def asked(text: str) -> list[str]:
    """The hashes to ask for, one a word typed."""
    return [keyed_hash("term", word[:LONGEST]) for word in words_of(text)]


def matches(details: dict[str, Any], text: str) -> bool:
    """Does each word typed begin a word of the contact? Settles words longer than the hashes."""
    known = details_words(details)
    return all(any(word.startswith(typed) for word in known) for typed in words_of(text))
