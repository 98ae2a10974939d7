"""Reading Vitec's JSON without trusting it: unset values come as null, left out or as "".

Every function takes a decoded object and a key and answers with the plain type it promises,
whatever stands there. Some numbers come as text and the other way round.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

from connect import dates

Row = Mapping[str, Any]


def text(row: Row, key: str) -> str:
    """The text or number as text, without outer spaces; "" for nothing."""
    return _as_text(row.get(key))


def flag(row: Row, key: str) -> bool | None:
    """True, False, or None where Vitec does not say."""
    value = row.get(key)
    return value if isinstance(value, bool) else None


def number(row: Row, key: str) -> float | None:
    """A finite number, also where it comes as text; None for nothing and for what is none."""
    text_or_number = _as_text(row.get(key))
    try:
        value = float(text_or_number)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def moment(row: Row, key: str) -> datetime.datetime | None:
    """An aware datetime in Europe/Stockholm; None for nothing and for what is no date."""
    try:
        return dates.parse(row.get(key))
    except ValueError:
        return None


def texts(row: Row, key: str) -> tuple[str, ...]:
    """The texts of a list that are not empty, each once."""
    value = row.get(key)
    found = [_as_text(item) for item in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(item for item in found if item))


def child(row: Row, key: str) -> Row:
    """The object under the key, or an empty one."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def children(row: Row, key: str) -> tuple[Row, ...]:
    """The objects of the list under the key."""
    value = row.get(key)
    return (
        tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    )


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""
