from lib.swedish_order import sort_key


def test_the_last_letters_come_last() -> None:
    names = ["Öberg", "Ek", "Zeta", "Åberg", "ärlig", "édith"]

    assert sorted(names, key=sort_key) == ["édith", "Ek", "Zeta", "Åberg", "ärlig", "Öberg"]
