"""Sweden's län and kommuner: their codes, names and outlines (static/interests/SOURCE.md)."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from lib import polygons
from lib.polygons import Point, Ring

HERE = Path(__file__).parent
LAN = HERE / "static" / "interests" / "sweden-lan.geojson"
KOMMUNER = HERE / "static" / "interests" / "sweden-kommuner.geojson"

# The outlines are simplified and leave out small islands; the shore is nearer than this.
SHORE_KM = 10.0


@dataclasses.dataclass(frozen=True)
class Place:
    """A län (two digits and a letter) or a kommun (four digits, in the län of its first two)."""

    code: str
    name: str
    letter: str
    rings: tuple[Ring, ...] = dataclasses.field(repr=False)

    @property
    def is_lan(self) -> bool:
        return len(self.code) == 2

    def contains(self, point: Point) -> bool:
        return any(polygons.contains(ring, point) for ring in self.rings)


@functools.cache
def lan() -> Mapping[str, Place]:
    """The 21 län by code, by name."""
    return _read(LAN)


@functools.cache
def kommuner() -> Mapping[str, Place]:
    """The 290 kommuner by code, by name."""
    return _read(KOMMUNER)


@functools.cache
def places() -> Mapping[str, Place]:
    """All of both by code."""
    return {**lan(), **kommuner()}


def _read(path: Path) -> dict[str, Place]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    found = [_place(feature) for feature in features]
    return {place.code: place for place in sorted(found, key=lambda place: _order(place.name))}


def _place(feature: Mapping[str, Any]) -> Place:
    about = feature["properties"]
    rings = (part[0] for part in feature["geometry"]["coordinates"])
    return Place(
        code=about["code"],
        name=about["name"],
        letter=about.get("letter", ""),
        rings=tuple([(x, y) for x, y in ring[:-1]] for ring in rings),
    )


def _order(name: str) -> str:
    """Swedish: å, ä, ö last."""
    return name.casefold().translate(str.maketrans("åäö", "{|}"))


def is_in_sweden(point: Point) -> bool:
    """On Swedish ground, or within SHORE_KM of it."""
    if any(place.contains(point) for place in lan().values()):
        return True
    corners = (corner for place in lan().values() for ring in place.rings for corner in ring)
    return any(
        # A degree of latitude is 111 km: far off ones are not worth the reckoning.
        abs(corner[1] - point[1]) < 0.1 and polygons.kilometres_between(corner, point) < SHORE_KM
        for corner in corners
    )


def kommun_at(point: Point) -> Place:
    """The kommun in which the point lies, else the one whose outline comes nearest."""
    inside = next((place for place in kommuner().values() if place.contains(point)), None)
    return inside or min(kommuner().values(), key=lambda place: _distance(place, point))


def _distance(place: Place, point: Point) -> float:
    corners = (corner for ring in place.rings for corner in ring)
    return min(polygons.kilometres_between(corner, point) for corner in corners)


def codes_sent(code: str, known: Mapping[str, str]) -> list[str]:
    """How a län or kommun is told to Vitec, which does not say what form it wants.

    known: our code of a kommun -> as Vitec's own list of municipalities writes it.
    The setting `VITEC_COUNTY_FORM` decides about a län: `digits` (`01`), `letter` (`AB`) or
    `municipalities` (every kommun in it, four digits each).
    """
    place = places()[code]
    if not place.is_lan:
        return [known.get(code, code)]
    if settings.VITEC_COUNTY_FORM == "letter":
        return [place.letter]
    if settings.VITEC_COUNTY_FORM == "municipalities":
        inside = sorted(other for other in kommuner() if other.startswith(code))
        return [known.get(other, other) for other in inside]
    return [code]
