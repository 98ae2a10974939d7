"""A CSV file as Swedish spreadsheets open it, made while it is sent.

UTF-8 with a byte order mark, semicolons, decimal commas, `2026-11-23 10:00`. Source: RFC 4180 for
quotes and line ends.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from lib.formulas import defused

# So many letters leave at once.
PORTION = 32_000


def stream(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in portions; the first one leaves before a row is asked for.

    Cells: str, int, Decimal, date, datetime on the wall clock, or None.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([defused(word) for word in heading])
    yield codecs.BOM_UTF8 + _taken(text)
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        if text.tell() > PORTION:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return str(cell)
