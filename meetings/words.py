"""Finding sealed meetings: the beginnings of a row's words as short keyed hashes in one column.

The same words as of contacts (`offices.search_terms`), but of the meeting itself: who it was with,
by which number, and where, as it was then. A hash of 35 bits keeps the column short; two words
that meet by chance in one row are rarer than one in a billion.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q

from offices import veil
from offices.search_terms import LONGEST, SHORTEST, words_of

_BYTES = 5
_LETTERS = 7


def column_of(personal: dict[str, Any], *ids: str) -> str:
    """What to store: every beginning of every word, and whole ids, with a space around each."""
    texts = [personal["name"], personal["address"], *personal["phones"]]
    words = {word for text in texts for word in words_of(text)}
    found = [_beginnings(word) for word in sorted(words)]
    found += [_hash(_whole_id(vitec_id)) for vitec_id in ids if vitec_id]
    return f" {' '.join(found)} " if found else ""


def condition(text: str) -> Q | None:
    """Rows in which every word typed begins a word, or whose id is the text; None for no word."""
    found = Q(words__contains=_sought(_whole_id(text)))
    typed = words_of(text)
    if not typed:
        return None
    every = Q()
    for word in typed:
        every &= Q(words__contains=_sought(word[:LONGEST]))
    # Whoever is hidden is not found by their words either: being found would tell who it is.
    return every & ~veil.unseen() | found


def _sought(word: str) -> str:
    return f" {_hash(word)} "


def _whole_id(vitec_id: str) -> str:
    return f"id {vitec_id.strip().casefold()}"


@functools.lru_cache(maxsize=20_000)
def _beginnings(word: str) -> str:
    ends: Iterable[int] = range(SHORTEST, min(len(word), LONGEST) + 1)
    return " ".join(_hash(word[:end]) for end in ends)


def _hash(word: str) -> str:
    key = _key(settings.BLIND_INDEX_KEY)
    digest = hashlib.blake2b(word.encode(), digest_size=_BYTES, key=key, person=b"meeting word")
    return base64.b32encode(digest.digest()).decode().lower()[:_LETTERS]


@functools.lru_cache(maxsize=4)
def _key(text: str) -> bytes:
    """Of any text a key of the length that the hash takes."""
    return hashlib.blake2b(text.encode(), digest_size=32).digest()
