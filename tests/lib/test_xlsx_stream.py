"""A workbook that is made while it is sent, opened by a program that others wrote."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

from openpyxl import load_workbook

from lib import xlsx_stream


def opened(*rows):
    width = len(rows[0]) if rows else 2
    heading = ["Namn", "Provision", "Möte", "Dag", "Telefon"][:width]
    portions = xlsx_stream.stream("Möten", heading, iter(rows), [20] * width)
    return load_workbook(io.BytesIO(b"".join(portions)))


def test_texts_numbers_and_moments_come_out_as_what_they_are():
    [_heading, row] = opened(
        (
            "Åsa & <Öberg>",
            Decimal("12345.50"),
            dt.datetime.fromisoformat("2026-03-29T09:05"),
            dt.date(2026, 11, 24),
            7,
        )
    ).active.iter_rows()
    assert [cell.value for cell in row] == [
        "Åsa & <Öberg>",
        12345.5,
        dt.datetime.fromisoformat("2026-03-29T09:05"),
        dt.datetime.fromisoformat("2026-11-24T00:00"),
        7,
    ]
    assert [cell.is_date for cell in row] == [False, False, True, True, False]


def test_a_phone_is_text_with_its_leading_nought():
    [_heading, row] = opened(("0701740605", "+47 22 12 34 56")).active.iter_rows()
    assert [(cell.value, cell.data_type, cell.number_format) for cell in row] == [
        ("0701740605", "s", "@"),
        ("+47 22 12 34 56", "s", "@"),
    ]
    assert row[1].quotePrefix


def test_a_formula_is_a_text_that_says_so():
    [_heading, row] = opened(("=1+1", "@SUM(A1)")).active.iter_rows()
    assert [(cell.value, cell.data_type) for cell in row] == [("'=1+1", "s"), ("'@SUM(A1)", "s")]
    assert row[0].quotePrefix


def test_an_empty_cell_is_none_at_all_and_what_no_file_may_hold_is_left_out():
    [_heading, row] = opened(("", None, "a\0\x08b\ud800c")).active.iter_rows()
    assert [cell.value for cell in row] == [None, None, "abc"]


def test_the_sheet_has_a_name_a_heading_that_stands_still_and_a_filter():
    sheet = opened(("a", "b"), ("c", "d")).active
    assert sheet.title == "Möten"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert [cell.value for cell in sheet[1]] == ["Namn", "Provision"]
    assert sheet["A1"].font.b


def test_without_rows_it_is_a_file_all_the_same():
    assert opened().active.max_row == 1


def test_columns_go_on_after_z():
    cells = [str(number) for number in range(30)]
    portions = xlsx_stream.stream("x", cells, [cells], [9] * 30)
    sheet = load_workbook(io.BytesIO(b"".join(portions))).active
    assert sheet["AD2"].value == "29"


def test_it_leaves_in_portions_and_begins_before_a_row_is_asked_for():
    def rows():
        for number in range(50_000):
            asked.append(number)
            yield [f"{number * 7919 % 50_000}-{number}"]

    asked: list[int] = []
    portions = xlsx_stream.stream("x", ["Namn"], rows(), [9])
    assert next(portions).startswith(b"PK")
    assert asked == []
    next(portions)
    assert 0 < len(asked) < 50_000
    assert sum(1 for _ in portions) > 3
