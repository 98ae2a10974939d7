import pytest

from lib.phone_numbers import NotPhoneNumber, is_mobile, shown, written


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0701740605", "070-174 06 05"),
        ("070/1740687", "070-174 06 87"),
        ("+46 70 174 06 72", "070-174 06 72"),
        ("0046701740672", "070-174 06 72"),
        ("+46 8 46500435", "08-465 004 35"),
        ("+4722225555", "+47 22 22 55 55"),
        ("se baksidan", "se baksidan"),
        ("123", "123"),
        ("", ""),
    ],
)
def test_it_writes_numbers_as_people_in_sweden_do(raw: str, expected: str) -> None:
    assert shown(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" 0701740605 ", "070-174 06 05"),
        ("+46 (0)70-174 06 05", "070-174 06 05"),
        ("+47 22 22 55 55", "+47 22 22 55 55"),
        ("0047 22225555", "+47 22 22 55 55"),
    ],
)
def test_a_number_to_send_is_written_in_one_way(raw: str, expected: str) -> None:
    assert written(raw, 17) == expected


def test_a_long_number_goes_without_its_spaces() -> None:
    assert written("+49 1512 3456789", 14) == "+4915123456789"


@pytest.mark.parametrize(
    "raw", ["", "123", "070-FLOWERS", "070174060500000000", "+", "070 ring", "++46"]
)
def test_what_cannot_be_dialled_is_told(raw: str) -> None:
    with pytest.raises(NotPhoneNumber):
        written(raw, 17)


@pytest.mark.parametrize(
    ("raw", "mobile"), [("070-174 06 05", True), ("08-465 004 35", False), ("se baksidan", False)]
)
def test_it_knows_which_numbers_take_messages(raw: str, mobile: bool) -> None:
    assert is_mobile(raw) is mobile
