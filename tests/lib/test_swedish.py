"""Swedish order: å, ä, ö last, é as e, capitals as small."""

from __future__ import annotations

from lib import swedish


def test_letters_stand_as_in_a_dictionary() -> None:
    words = ["Öst", "ek", "Ärla", "Zon", "Åke", "élan", "Elan", "Anna", "æska", "von Ek"]

    assert sorted(words, key=swedish.order) == [
        "Anna", "ek", "élan", "Elan", "von Ek", "Zon", "Åke", "Ärla", "æska", "Öst",
    ]  # fmt: skip


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert swedish.order("A\u030akesson") == swedish.order("Åkesson")
    assert swedish.order("É") == swedish.order("e")
