"""By what sealed rows are sorted, kept in this process's memory.

To open a row costs fifty millionths of a second, which twenty thousand rows make a whole one. So
what was opened is remembered for a while, by the row and what Vitec said of it: a list that is
sorted by name again opens what has changed since, and nothing else. Nothing of it is ever
written anywhere.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from lib import swedish
from lib.sealing import Unsealable, unseal

# So many rows are opened for one page at most, and remembered in all.
MOST_OPENED = 30_000
MOST_KEPT = 200_000
# So long a name stays in memory, whoever asks for it.
KEPT_SECONDS = 3_600
# Up to so many rows are fetched by their keys; of more the whole table is read.
FEW = 500

Rows = QuerySet[Any]
# By what a row is known to be the same: what Vitec said, and since when.
Stamp = tuple[str, dt.datetime]
# The row's table and key besides.
Key = tuple[str, int, Stamp]
# What to sort by: the name, the address, the first phone.
Words = tuple[str, str, str]
FIELDS = ("person", "address", "phone")

_kept: dict[Key, Words] = {}
_since = 0.0
_lock = threading.Lock()


def forget() -> None:
    """Everything that was remembered."""
    with _lock:
        _kept.clear()


def words_of(table: Rows, found: Sequence[tuple[int, Stamp]]) -> dict[int, Words] | None:
    """By what each row is sorted, by its key; None when too many would have to be opened.

    found: key and stamp of every row of the table. One query, and none when all is remembered.
    """
    _forget_the_old()
    label = table.model._meta.label
    keys = {pk: (label, pk, stamp) for pk, stamp in found}
    known = {pk: words for pk, key in keys.items() if (words := _kept.get(key))}
    lacking = [pk for pk in keys if pk not in known]
    if len(lacking) > MOST_OPENED:
        return None
    opened = _open(table, lacking)
    _keep({keys[pk]: words for pk, words in opened.items()})
    return known | opened


def _open(table: Rows, lacking: Sequence[int]) -> dict[int, Words]:
    if not lacking:
        return {}
    rows = table.order_by()
    if len(lacking) <= FEW:
        rows = table.model._default_manager.filter(pk__in=lacking)
    wanted = set(lacking)
    # As it is stored, so that only what is lacking is opened.
    sealed = rows.annotate(token=Cast("personal", TextField())).values_list("pk", "token")
    return {pk: _words(token) for pk, token in sealed.iterator() if pk in wanted}


def _words(token: str) -> Words:
    try:
        personal = json.loads(unseal(token))
    except Unsealable:
        return ("", "", "")
    phones = personal["phones"]
    phone = str(phones[0]) if phones else ""
    return (swedish.order(str(personal["name"])), swedish.order(str(personal["address"])), phone)


def _keep(opened: dict[Key, Words]) -> None:
    with _lock:
        _kept.update(opened)
        for key in list(_kept)[: max(0, len(_kept) - MOST_KEPT)]:
            del _kept[key]


def _forget_the_old() -> None:
    global _since  # noqa: PLW0603 - one memory for the process
    now = time.monotonic()
    if now - _since > KEPT_SECONDS:
        forget()
        _since = now
