"""Only numbers that the tax authority publishes for tests: nobody alive was born in 1890."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.personal_numbers import NotPersonalNumber, is_in, masked, masked_in, read, says_so
from sandbox.demo_names import PERSONAL_NUMBERS

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize("number", PERSONAL_NUMBERS)
def test_it_knows_the_published_test_numbers(number: str) -> None:
    assert read(number, TODAY) == number


@pytest.mark.parametrize("text", ["18900101-9802", " 18900101 9802", "189001019802", "900101+9802"])
def test_every_spelling_becomes_twelve_digits(text: str) -> None:
    assert read(text, TODAY) == "189001019802"


def test_ten_digits_are_of_the_latest_century_that_can_be() -> None:
    assert read("900101-9802", TODAY) == "199001019802"
    assert read("900101-9802", dt.date(1989, 12, 31)) == "189001019802"


def test_a_child_born_later_this_year_is_a_hundred_years_old() -> None:
    assert read("9001029819", dt.date(1990, 1, 1)) == "189001029819"
    assert read("9001029819", dt.date(1990, 1, 2)) == "199001029819"


def test_a_coordination_number_has_sixty_added_to_its_day() -> None:
    numbers = [f"18900161980{digit}" for digit in range(10)]

    right = [number for number in numbers if _is_read(number)]

    assert len(right) == 1


def _is_read(number: str) -> bool:
    try:
        return read(number, TODAY) == number
    except NotPersonalNumber:
        return False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable"),
        ("18900101980", "unreadable"),
        ("1890010198021", "unreadable"),
        ("18900101-98O2", "unreadable"),
        ("１８９００１０１９８０２", "unreadable"),
        ("18900101--9802", "unreadable"),
        ("189001019803", "check_digit"),
        ("209001019802", "no_such_day"),
        ("000000000000", "no_such_day"),
        ("0000000000", "no_such_day"),
    ],
)
def test_what_is_no_number_is_told_apart(text: str, code: str) -> None:
    with pytest.raises(NotPersonalNumber) as caught:
        read(text, TODAY)

    assert caught.value.code == code


@given(text=st.text(alphabet="0123456789-+ ", max_size=16))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        number = read(text, TODAY)
    except NotPersonalNumber:
        return
    assert len(number) == 12
    assert read(number, TODAY) == number


def test_masked_it_tells_the_day_alone() -> None:
    assert masked("189001019802") == "18900101-••••"


@pytest.mark.parametrize(
    "text",
    [
        "Anna 189001019802", "Anna 9001019802", "18900101-9802 Anna", "Anna Ek, 900101-9802, Solna",
        "90 01 01 98 02", "anna 900101+9802", "Anna 900101–9802",
        # Mistyped: the check digit is wrong, and it was a search by number all the same.
        "Anna 8001019876", "8001019876",
    ],
)  # fmt: skip
def test_it_is_recognised_anywhere_in_a_text(text: str) -> None:
    assert is_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Anna Ek", "070-174 06 05", "0701740605", "070-101 06 05", "0701010606",
        "+46 70 174 06 05", "Storgatan 4, 172 65 Sundbyberg", "ADR8001019876543", "800199-9876",
        "5560001234567",
    ],
)  # fmt: skip
def test_a_telephone_and_an_address_are_none(text: str) -> None:
    assert not is_in(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Anna 189001019802, Solna", "Anna 18900101-••••, Solna"),
        ("900101–9802 – ring", "900101-•••• – ring"),
        ("90 01 01 98 02 och 18900101-9802", "900101-•••• och 18900101-••••"),
        ("070-174 06 05, port 1234", "070-174 06 05, port 1234"),
        ("", ""),
    ],
)
def test_within_a_text_it_is_masked_and_nothing_else(text: str, told: str) -> None:
    assert masked_in(text) == told
    assert not is_in(masked_in(text))


@pytest.mark.parametrize(
    "name",
    [
        "socialSecurityNumber", "contactSocialSecurityNumber", "SOCIAL_SECURITY_NUMBER",
        "personalNumber", "personalIdentityNumber", "Personnummer", "kundPersonnummer",
        "samordningsnummer",
    ],
)  # fmt: skip
def test_a_field_is_called_so(name: str) -> None:
    assert says_so(name)


@pytest.mark.parametrize("name", ["id", "contactId", "cellPhone", "contactPerson", "objectNumber"])
def test_another_field_is_not(name: str) -> None:
    assert not says_so(name)
