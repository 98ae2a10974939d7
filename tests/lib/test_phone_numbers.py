import pytest

from lib.phone_numbers import shown


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
