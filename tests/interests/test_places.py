from __future__ import annotations

import pytest

from interests import places
from interests.places import kommun_at, kommuner, lan

# Inside, and a few metres from home: a town, an island, a lake shore, the far north.
AT_HOME = {
    (17.971, 59.361): "Sundbyberg",
    (18.29, 57.64): "Gotland",
    (20.23, 67.86): "Kiruna",
    (12.69, 56.05): "Helsingborg",
    (14.16, 57.78): "Jönköping",
}


def test_there_are_21_and_290() -> None:
    assert len(lan()) == 21
    assert len(kommuner()) == 290
    assert {code[:2] for code in kommuner()} == set(lan())


def test_codes_keep_their_leading_zeros_and_those_out_of_use_are_not_there() -> None:
    assert "01" in lan()
    assert "0180" in kommuner()
    assert not {"02", "11", "15", "16"} & set(lan())


def test_they_stand_in_swedish_order() -> None:
    names = [place.name for place in kommuner().values()]
    assert names[0] == "Ale"
    assert names[-1] == "Överkalix" or names[-1].startswith("Övertorneå")
    assert [place.name for place in lan().values()][-2:] == ["Örebro län", "Östergötlands län"]


def test_every_lan_has_a_letter_of_its_own() -> None:
    assert lan()["01"].letter == "AB"
    assert len({place.letter for place in lan().values()}) == 21


@pytest.mark.parametrize(("point", "name"), AT_HOME.items())
def test_a_point_lies_in_its_kommun(point: tuple[float, float], name: str) -> None:
    assert kommun_at(point).name == name
    assert places.is_in_sweden(point)


@pytest.mark.parametrize(
    "point", [(24.94, 60.17), (10.75, 59.91), (12.57, 55.68), (19.94, 60.1), (0.0, 0.0)]
)
def test_the_neighbours_are_not_in_sweden(point: tuple[float, float]) -> None:
    assert not places.is_in_sweden(point)


def test_off_the_coast_the_nearest_is_taken() -> None:
    assert kommun_at((18.9, 59.0)).name in {"Haninge", "Nynäshamn", "Värmdö"}
