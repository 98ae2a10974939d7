"""Order of words as in a Swedish dictionary: å, ä and ö after z, é as e, capitals as small."""

from __future__ import annotations

import unicodedata

_LAST = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}


def order(text: str) -> str:
    """What to sort a text by. Equal for what a reader takes for the same word."""
    kept = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter in _LAST:
            kept.append(_LAST[letter])
            continue
        parts = unicodedata.normalize("NFD", letter)
        kept.append("".join(part for part in parts if not unicodedata.combining(part)))
    return "".join(kept)
