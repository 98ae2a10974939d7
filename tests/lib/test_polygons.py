"""Areas as they are typed, pasted and drawn."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib import polygons
from lib.polygons import NotPolygon

SQUARE = [(17.96, 59.36), (17.98, 59.36), (17.98, 59.37), (17.96, 59.37)]
TYPED = "59.36, 17.96\n59.36, 17.98\n59.37, 17.98\n59.37, 17.96"
GEOJSON = {"type": "Polygon", "coordinates": [[*map(list, SQUARE), [17.96, 59.36]]]}

SPELLINGS = [
    TYPED,
    TYPED + "\n59.36, 17.96",
    TYPED.replace(", ", " "),
    TYPED.replace(", ", "\t"),
    TYPED.replace(", ", ";"),
    TYPED.replace("\n", "\r\n\r\n"),
    TYPED.replace(", ", "; ").replace(".", ","),
    TYPED.replace(", ", ",").replace(".", ","),
    TYPED.replace("\n", ",\n"),
    "\n".join(f"{latitude}° N, {longitude}° Ö" for longitude, latitude in SQUARE),
    "\n".join(f"[{longitude}, {latitude}]" for longitude, latitude in SQUARE),
    "\n".join(f"({longitude} {latitude})" for longitude, latitude in SQUARE),
    json.dumps(GEOJSON),
    json.dumps({"type": "Feature", "properties": {}, "geometry": GEOJSON}),
    json.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": GEOJSON}]}
    ),
    json.dumps({"type": "MultiPolygon", "coordinates": [GEOJSON["coordinates"]]}),
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_way_to_write_it_gives_the_same_corners(text: str) -> None:
    assert polygons.read(text) == SQUARE


def test_nothing_written_is_no_area_and_no_mistake() -> None:
    assert polygons.read(" \n ") == []


def test_abroad_the_latitude_comes_first() -> None:
    assert polygons.read("36.5, -4.9\n36.6, -4.9\n36.6, -4.8")[0] == (-4.9, 36.5)


HOLE = [[17.965, 59.362], [17.97, 59.362], [17.97, 59.365], [17.965, 59.362]]
BAD = [
    ("59.36", "unreadable", 1),
    (TYPED + "\nhär", "unreadable", 5),
    ("59.36, 17.96, 0\n59.36, 17.98\n59.37, 17.98", "unreadable", 1),
    ("1e2, 3\n1,2\n3,4", "unreadable", 1),
    ("{", "unreadable", 0),
    ("[" * 2000, "unreadable", 1),
    ("95.0, 17.0\n59.1, 17.1\n59.2, 17.1", "not_a_place", 1),
    ("36.5, 190\n36.6, 4\n36.7, 5", "not_a_place", 1),
    (json.dumps({"type": "Polygon", "coordinates": [[[17, 59], ["x", 60], [18, 60]]]}),
     "not_a_place", 0),
    (json.dumps({"type": "Polygon", "coordinates": [[[17, 59], [999, 60], [18, 60]]]}),
     "not_a_place", 0),
    (json.dumps({"type": "Polygon", "coordinates": [[17, 59]]}), "not_a_place", 0),
    (json.dumps({"type": "Polygon", "coordinates": [*GEOJSON["coordinates"], HOLE]}),
     "not_one_ring", 0),
    (json.dumps({"type": "Point", "coordinates": [17, 59]}), "not_one_ring", 0),
    (json.dumps({"type": "FeatureCollection", "features": []}), "not_one_ring", 0),
    (json.dumps({"type": "MultiPolygon", "coordinates": [1, 2]}), "not_one_ring", 0),
    ("59.36, 17.96", "too_few", 0),
    ("59.36, 17.96\n59.36, 17.98", "too_few", 0),
    ("59.36, 17.96\n59.36, 17.98\n59.36, 17.96", "too_few", 0),
    ("59.36, 17.96\n59.36, 17.96\n59.36, 17.96\n59.37, 17.98", "too_few", 0),
    ("\n".join(f"{59 + n / 1000}, {17 + n * n / 100000}" for n in range(201)), "too_many", 0),
    ("59.0, 17.0\n60.0, 18.0\n59.0, 18.0\n60.0, 17.0", "crosses", 0),
    ("59.0, 17.0\n59.1, 17.0\n59.2, 17.0", "crosses", 0),
    ("59.0, 17.0\n59.0, 18.0\n59.5, 18.0\n59.0, 17.5\n59.5, 17.0", "crosses", 0),
    ("59.0, 17.0\n59.0, 18.0\n59.0, 17.5\n59.5, 17.5", "crosses", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line"), BAD)
def test_what_is_no_area_says_why_and_where(text: str, code: str, line: int) -> None:
    with pytest.raises(NotPolygon) as refused:
        polygons.read(text)
    assert (refused.value.code, refused.value.line) == (code, line)


class TestMeasures:
    def test_a_square_kilometre(self) -> None:
        high = math.degrees(1 / polygons.EARTH_KM)
        wide = high / math.cos(math.radians(59))
        ring = [(17, 59), (17 + wide, 59), (17 + wide, 59 + high), (17, 59 + high)]

        assert polygons.area_km2(ring) == pytest.approx(1, rel=0.001)
        assert polygons.middle(ring) == pytest.approx((17 + wide / 2, 59 + high / 2))

    def test_it_is_the_same_whichever_way_round(self) -> None:
        assert polygons.area_km2(SQUARE) == pytest.approx(polygons.area_km2(SQUARE[::-1]))
        assert polygons.middle(SQUARE) == pytest.approx(polygons.middle(SQUARE[::-1]))

    def test_stockholm_to_gothenburg(self) -> None:
        assert polygons.kilometres_between((18.07, 59.33), (11.97, 57.71)) == pytest.approx(
            397, abs=3
        )

    @pytest.mark.parametrize(
        ("point", "inside"),
        [((17.97, 59.365), True), ((17.95, 59.365), False), ((17.97, 59.38), False)],
    )
    def test_inside_and_outside(self, point: polygons.Point, inside: bool) -> None:
        assert polygons.contains(SQUARE, point) is inside


points = st.tuples(
    st.floats(min_value=11, max_value=24).map(lambda x: round(x, 6)),
    st.floats(min_value=55, max_value=69).map(lambda x: round(x, 6)),
)


@given(st.lists(points, min_size=3, max_size=8))
def test_what_is_written_is_read_back_as_the_same(corners: list[polygons.Point]) -> None:
    try:
        ring = polygons.checked(corners)
    except NotPolygon:
        assume(False)
    assert polygons.read(polygons.written(ring)) == ring
    assert not polygons.crosses_itself(ring[::-1])
    assert not polygons.crosses_itself([*ring[1:], ring[0]])


@given(st.lists(points, min_size=1, max_size=8), points)
def test_any_ring_can_be_measured(corners: list[polygons.Point], extra: polygons.Point) -> None:
    longitude, latitude = polygons.middle(corners)

    assert polygons.area_km2(corners) >= 0
    assert math.isfinite(longitude)
    assert math.isfinite(latitude)
    assert polygons.contains(corners, extra) in (True, False)


@given(st.integers(min_value=3, max_value=60))
def test_a_star_round_a_middle_never_crosses(corners: int) -> None:
    ring = [
        (
            18 + (0.1 + 0.05 * (n % 2)) * math.cos(2 * math.pi * n / corners),
            59 + (0.1 + 0.05 * (n % 2)) * math.sin(2 * math.pi * n / corners),
        )
        for n in range(corners)
    ]
    assert not polygons.crosses_itself(ring)


@given(st.text(max_size=80))
def test_nothing_pasted_breaks_it(text: str) -> None:
    try:
        ring = polygons.read(text)
    except NotPolygon:
        return
    assert len(ring) != 1
    assert len(ring) != 2


@pytest.mark.parametrize("text", ["59.36, 17.96", "17,96 59,36", "59.36°N 17.96°E"])
def test_one_place_is_read_alike(text: str) -> None:
    assert polygons.read_point(text) == (17.96, 59.36)
