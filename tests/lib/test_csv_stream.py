"""CSV as Swedish spreadsheets open it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

from lib import csv_stream

ROWS = [
    (
        "Åsa Öberg",
        Decimal("12345.50"),
        dt.datetime.fromisoformat("2026-11-23T09:05"),
        dt.date(2026, 11, 24),
    ),
    ('Citat " och ; i', None, None, None),
    ("=HYPERLINK(1)", 7, None, None),
]


def made(rows=ROWS):
    return b"".join(csv_stream.stream(["Namn", "Provision", "Möte", "Dag"], rows))


def test_it_begins_with_a_byte_order_mark_and_has_semicolons_and_windows_line_ends():
    assert made([]) == b"\xef\xbb\xbfNamn;Provision;M\xc3\xb6te;Dag\r\n"


def test_amounts_have_a_comma_and_moments_are_read_as_moments():
    [_heading, first, *_] = made().decode("utf-8-sig").split("\r\n")
    assert first == "Åsa Öberg;12345,50;2026-11-23 09:05;2026-11-24"


def test_what_is_read_back_is_what_was_written_save_that_formulas_are_texts():
    rows = list(csv.reader(io.StringIO(made().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[2] == ['Citat " och ; i', "", "", ""]
    assert rows[3] == ["'=HYPERLINK(1)", "7", "", ""]


def test_the_heading_leaves_before_a_row_is_asked_for():
    def rows():
        raise AssertionError
        yield ()

    assert next(csv_stream.stream(["Namn"], rows())).endswith(b"Namn\r\n")


def test_it_leaves_in_portions():
    portions = list(csv_stream.stream(["Namn"], (["x" * 1000] for _ in range(100))))
    assert len(portions) > 3
    assert max(map(len, portions)) < 2 * csv_stream.PORTION
