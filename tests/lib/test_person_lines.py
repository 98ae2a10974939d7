from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import person_lines
from lib.person_lines import PersonLine

LINES = [
    ("Anna Andersson 0701234567", ("Anna", "Andersson", "0701234567", "")),
    ("Anna Andersson, 070-123 45 67", ("Anna", "Andersson", "070-123 45 67", "")),
    ("Anna Andersson (070-123 45 67)", ("Anna", "Andersson", "070-123 45 67", "")),
    ("0701234567 Anna Andersson", ("Anna", "Andersson", "0701234567", "")),
    ("Anna\tAndersson\t+46 70 123 45 67", ("Anna", "Andersson", "+46 70 123 45 67", "")),
    ("Andersson, Anna 0701234567", ("Anna", "Andersson", "0701234567", "")),
    ("Bo von Essen bo@essen.se", ("Bo", "von Essen", "", "bo@essen.se")),
    ("Anna Maria Ek <anna.ek@example.se>", ("Anna Maria", "Ek", "", "anna.ek@example.se")),
    ("Ek, Bo; bo@ek.se; 08-465 004 35", ("Bo", "Ek", "08-465 004 35", "bo@ek.se")),
    ("anna1980@ek.se Anna Ek", ("Anna", "Ek", "", "anna1980@ek.se")),
    ("Anna-Lena Ek-Berg 0047 22 22 55 55", ("Anna-Lena", "Ek-Berg", "0047 22 22 55 55", "")),
    ("Anna", ("Anna", "", "", "")),
    ("070 123 45 67", ("", "", "070 123 45 67", "")),
    ("Åsa Öberg – 073/123 45 67", ("Åsa", "Öberg", "073/123 45 67", "")),
    ("• Li El Amrani 0701234567.", ("Li", "El Amrani", "0701234567", "")),
    ("", ("", "", "", "")),
]


@pytest.mark.parametrize(("text", "said"), LINES)
def test_a_line_is_read(text: str, said: tuple[str, str, str, str]) -> None:
    assert person_lines.read(text) == PersonLine(*said)


@given(text=st.text(max_size=80))
def test_nothing_that_is_written_breaks_it(text: str) -> None:
    line = person_lines.read(text)

    assert all(part == part.strip() for part in (line.first_name, line.phone, line.email))


@pytest.mark.parametrize(
    ("first", "last", "people"),
    [
        ("Anna", "Ek", [("Anna", "Ek")]),
        ("Anna & Bo", "Ek", [("Anna", "Ek"), ("Bo", "Ek")]),
        ("Anna och Bo", "Ek", [("Anna", "Ek"), ("Bo", "Ek")]),
        ("Anna&Bo", "Ek", [("Anna", "Ek"), ("Bo", "Ek")]),
        ("Anna Alm & Bo", "Ek", [("Anna", "Alm"), ("Bo", "Ek")]),
        ("Anna", "Alm & Bo Ek", [("Anna", "Alm"), ("Bo", "Ek")]),
        ("Anna & Bo", "Alm & Ek", [("Anna", "Alm"), ("Bo", "Ek")]),
        ("Ann och", "Ek", [("Ann och", "Ek")]),
        ("Andreas", "Chandler", [("Andreas", "Chandler")]),
    ],
)
def test_two_in_one_entry(first: str, last: str, people: list[tuple[str, str]]) -> None:
    assert person_lines.couple(first, last) == people


@pytest.mark.parametrize(
    ("text", "landline"),
    [("08-465 004 35", True), ("070-174 06 05", False), ("123", False), ("anna@ek.se", False)],
)
def test_a_landline_is_told_from_a_mobile(text: str, landline: bool) -> None:
    assert person_lines.is_landline(text) is landline
