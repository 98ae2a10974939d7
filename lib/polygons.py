"""An area drawn on a map: read from what was typed or pasted, checked, measured.

A point is (longitude, latitude) in degrees, WGS 84. A ring is its corners in order, each once; the
closing point is added where it is sent. Everything here is plain geometry for areas of a town or a
county, far from the poles and the date line.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

Point = tuple[float, float]
Ring = list[Point]
Code = Literal["unreadable", "not_a_place", "not_one_ring", "too_few", "too_many", "crosses"]

LEAST: Final = 3
"""Corners: with the closing point they are the four that Vitec asks for."""

MOST: Final = 200
DECIMALS: Final = 6
"""A tenth of a metre."""

EARTH_KM: Final = 6371.0
# Square kilometres; below that rounding decides.
_NO_AREA: Final = 1e-9
_NUMBER: Final = r"-?[0-9]{1,3}(?:[.,][0-9]+)?"
_LINE: Final = re.compile(rf"({_NUMBER})(?:[ \t]*[,;][ \t]*|[ \t]+)({_NUMBER})")
# What people copy along with a coordinate: the degree's sign and the points of the compass.
_ORNAMENTS: Final = re.compile(r"[°()\[\]NEÖO]|[,;]\s*$", re.IGNORECASE)
# Swedish latitudes are no Swedish longitudes, so the order of a pair shows by itself.
_LATITUDES: Final = (54.0, 70.0)
_LONGITUDES: Final = (9.0, 25.0)


class NotPolygon(ValueError):
    """The text is no area; `code` says why, `line` where (counted from 1, 0 for the whole)."""

    def __init__(self, code: Code, line: int = 0) -> None:
        super().__init__(code)
        self.code: Code = code
        self.line = line


def read(text: str) -> Ring:
    """A ring from lines `latitude, longitude`, or from GeoJSON; an empty text gives no corners.

    A pair that is the other way round is turned where both numbers are Swedish. Raises
    NotPolygon, also for a ring that crosses itself or has no area.
    """
    stripped = text.strip()
    if not stripped:
        return []
    points = _geojson(stripped) if stripped.startswith("{") else _lines(stripped)
    return checked(points)


def checked(points: Iterable[Point]) -> Ring:
    """The ring of these points, without repetitions and the closing one. Raises NotPolygon."""
    ring: Ring = []
    for longitude, latitude in points:
        point = (round(longitude, DECIMALS), round(latitude, DECIMALS))
        if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            raise NotPolygon("not_a_place")
        if not ring or ring[-1] != point:
            ring.append(point)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < LEAST:
        raise NotPolygon("too_few")
    if len(ring) > MOST:
        raise NotPolygon("too_many")
    if crosses_itself(ring):
        raise NotPolygon("crosses")
    return ring


def written(ring: Sequence[Point]) -> str:
    """As `read` takes it: a line a corner, `latitude, longitude`."""
    return "\n".join(f"{latitude:.6f}, {longitude:.6f}" for longitude, latitude in ring)


def read_point(text: str) -> Point:
    """One place, `latitude, longitude` or a Swedish pair in any order. Raises NotPolygon."""
    return _pair(text.strip(), 1)


def _lines(text: str) -> list[Point]:
    lines = enumerate(text.splitlines(), 1)
    return [_pair(line.strip(), number) for number, line in lines if line.strip()]


def _pair(line: str, number: int) -> Point:
    found = _LINE.fullmatch(_ORNAMENTS.sub(" ", line).strip())
    if found is None:
        raise NotPolygon("unreadable", number)
    latitude, longitude = (float(part.replace(",", ".")) for part in found.groups())
    if _within(longitude, _LATITUDES) and _within(latitude, _LONGITUDES):
        latitude, longitude = longitude, latitude
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise NotPolygon("not_a_place", number)
    return longitude, latitude


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def _geojson(text: str) -> list[Point]:
    """The only ring of a Polygon, alone or inside a Feature, a collection or a MultiPolygon."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise NotPolygon("unreadable") from None
    rings = _rings(value)
    if len(rings) != 1:
        raise NotPolygon("not_one_ring")
    return [_position(position) for position in rings[0]]


def _rings(value: Any) -> list[list[Any]]:
    if not isinstance(value, dict):
        return []
    parts, inner = value.get("features"), value.get("geometry")
    if isinstance(parts, list) and len(parts) == 1:
        return _rings(parts[0])
    if isinstance(inner, dict):
        return _rings(inner)
    found = value.get("coordinates")
    if value.get("type") == "MultiPolygon" and isinstance(found, list) and len(found) == 1:
        found = found[0]
    elif value.get("type") != "Polygon":
        return []
    rings = found if isinstance(found, list) else []
    return [ring for ring in rings if isinstance(ring, list)]


def _position(value: Any) -> Point:
    pair = value[:2] if isinstance(value, list) else []
    plain = [number for number in pair if isinstance(number, int | float) and number == number]
    if len(plain) != 2 or any(isinstance(number, bool) or abs(number) > 180 for number in plain):
        raise NotPolygon("not_a_place")
    return float(plain[0]), float(plain[1])


# --- Geometry ----------------------------------------------------------------------------------


def crosses_itself(ring: Sequence[Point]) -> bool:
    """Do two sides meet anywhere but at the corner they share? Also true of a ring without area.

    Reckoned in whole millionths of a degree, which is exact.
    """
    whole = [(round(x * 10**DECIMALS), round(y * 10**DECIMALS)) for x, y in ring]
    count = len(whole)
    sides = [(whole[at], whole[(at + 1) % count]) for at in range(count)]
    for first in range(count):
        if _turns_back(*sides[first - 1], sides[first][1]):
            return True
        for second in range(first + 2, count):
            neighbours = first == 0 and second == count - 1
            if not neighbours and _meet(*sides[first], *sides[second]):
                return True
    return False


def _turn(a: Point, b: Point, c: Point) -> float:
    """Which side of a-b c lies on: above 0 left, below 0 right, 0 in line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _turns_back(a: Point, b: Point, c: Point) -> bool:
    """At b back along the way from a."""
    ahead = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return _turn(a, b, c) == 0 and ahead < 0


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Do the sides a-b and c-d have a point in common?"""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c, turns[0]), (a, b, d, turns[1]), (c, d, a, turns[2]), (c, d, b, turns[3]))
    return any(turn == 0 and _lies_on(p, q, r) for p, q, r, turn in ends)


def _lies_on(a: Point, b: Point, c: Point) -> bool:
    """Is c, which is in line with a and b, between them?"""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def area_km2(ring: Sequence[Point]) -> float:
    """The area on the globe, good to a few parts in a thousand for what people draw."""
    return abs(_moments(_flat(ring))[0])


def middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity."""
    area, x, y = _moments(_flat(ring))
    if abs(area) < _NO_AREA:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    kilometres = math.radians(1) * EARTH_KM
    longitude = ring[0][0] + x / (area * kilometres * _narrowing(ring))
    return longitude, ring[0][1] + y / (area * kilometres)


def contains(ring: Sequence[Point], point: Point) -> bool:
    """Does the point lie inside? On the very border either answer may come."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def kilometres_between(a: Point, b: Point) -> float:
    """How far apart, for places within a few hundred kilometres."""
    narrowing = math.cos(math.radians((a[1] + b[1]) / 2))
    return math.radians(math.hypot((a[0] - b[0]) * narrowing, a[1] - b[1])) * EARTH_KM


def _narrowing(ring: Sequence[Point]) -> float:
    """How much shorter a degree of longitude is than one of latitude, halfway up the ring."""
    latitudes = [latitude for _longitude, latitude in ring]
    return math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))


def _flat(ring: Sequence[Point]) -> list[Point]:
    """The corners in kilometres from the first one."""
    kilometres, narrowing = math.radians(1) * EARTH_KM, _narrowing(ring)
    origin = ring[0]
    return [
        ((x - origin[0]) * kilometres * narrowing, (y - origin[1]) * kilometres) for x, y in ring
    ]


def _moments(flat: Sequence[Point]) -> tuple[float, float, float]:
    """Signed area, and the area times the middle's x and y."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(flat, [*flat[1:], flat[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area += cross / 2
        x += (x1 + x2) * cross / 6
        y += (y1 + y2) * cross / 6
    return area, x, y
