"""Text that a spreadsheet would reckon with."""

from __future__ import annotations

import pytest

from lib import formulas


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"],
)
def test_what_begins_as_a_formula_gets_an_apostrophe(text):
    assert formulas.defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Anna Ek", "070-174 06 05", "a=1", "– utan", "'=1"])
def test_everything_else_stays_as_it_is(text):
    assert formulas.defused(text) == text


def test_a_number_abroad_is_known_for_a_phone_and_a_sum_is_not():
    assert formulas.is_phone("+47 22 12 34 56")
    assert not formulas.is_phone("+1+cmd|' /C calc'!A0")
    assert not formulas.is_phone("=1")
