"""Amounts as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import amounts

READ = [
    ("3,5m", 3_500_000),
    ("3.5m", 3_500_000),
    ("3,5 m", 3_500_000),
    ("3,5M", 3_500_000),
    ("3 mkr", 3_000_000),
    ("3,25 miljoner", 3_250_000),
    ("3 miljoner kr", 3_000_000),
    ("1 miljon", 1_000_000),
    ("2,750m", 2_750_000),
    ("2.750 mkr", 2_750_000),
    ("4500t", 4_500_000),
    ("4 500 tkr", 4_500_000),
    ("950k", 950_000),
    ("950 tusen", 950_000),
    ("2 750 000", 2_750_000),
    ("2\u00a0750\u00a0000 kr", 2_750_000),
    ("2.750.000", 2_750_000),
    ("2,750,000 SEK", 2_750_000),
    ("2750000:-", 2_750_000),
    ("2 750", 2_750),
    ("  70 ", 70),
    ("0", 0),
    ("70,5", Decimal("70.5")),
    ("3.5", Decimal("3.5")),
]
UNREADABLE = [
    "", " ", "m", "kr", "3-4,5m", "3–4", "-3", "3m5", "3 m m", "3,5,5", "1 00", "1 0000",
    "2.750 000", "3,", ",5", ".5", "3..5", "tre", "3 euro", "1e6", "0x10", "NaN", "inf", "٣", "²",
    "3 / 4", "1" * 41,
]  # fmt: skip


@pytest.mark.parametrize(("text", "amount"), READ)
def test_it_reads_what_people_say(text: str, amount: Decimal | int) -> None:
    assert amounts.read(text) == amount


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(amounts.NotAmount) as refused:
        amounts.read(text)
    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("text", ["2.750", "2,750", "2.750 kr", "70,500"])
def test_thousands_or_a_fraction_is_not_guessed(text: str) -> None:
    with pytest.raises(amounts.NotAmount) as refused:
        amounts.read(text)
    assert refused.value.code == "ambiguous"


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("3500000", "kr", "3 500 000 kr"),
        ("3500000.0", "kr", "3 500 000 kr"),
        ("100", "kr", "100 kr"),
        ("70.5", "m²", "70,5 m²"),
        ("70.50", "m²", "70,5 m²"),
        ("1234.5", "m²", "1 234,5 m²"),
        ("3", "", "3"),
        ("0", "kr", "0 kr"),
    ],
)
def test_it_is_said_in_groups_that_do_not_break(amount: str, unit: str, said: str) -> None:
    assert amounts.said(Decimal(amount), unit) == said.replace(" ", "\u00a0")


@pytest.mark.parametrize(("amount", "sent"), [("70", 70), ("70.0", 70), ("70.5", 70.5)])
def test_json_carries_whole_numbers_whole(amount: str, sent: float) -> None:
    number = amounts.as_json(Decimal(amount))
    assert number == sent
    assert type(number) is type(sent)


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_said_is_read_back_as_the_same(amount: int) -> None:
    assert amounts.read(amounts.said(Decimal(amount))) == amount


@given(st.decimals(min_value=0, max_value=9999, places=2))
def test_a_fraction_is_read_back_as_the_same(amount: Decimal) -> None:
    assert amounts.read(amounts.said(amount, "")) == amount


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        amount = amounts.read(text)
    except amounts.NotAmount:
        return
    assert amount >= 0
