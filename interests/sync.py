"""Areas, municipalities and extra requirements from Vitec; each may be refused by itself."""

from __future__ import annotations

from connect import lookups
from connect.client import Client
from interests.models import Area, ExtraRequirement, Municipality
from lib import polygons
from offices.directory import learn_rows
from offices.models import Office
from offices.syncing import Pulled, run_sync

EVERY = 60 * 60


def sync_office(office: Office, *, now: bool = False) -> None:
    """Refresh the lists of one office; see `offices.syncing.run_sync`."""
    run_sync(office, "areas", EVERY, pull_areas, now=now)
    run_sync(office, "municipalities", EVERY, pull_municipalities, now=now)
    run_sync(office, "extra_requirements", EVERY, pull_extra_requirements, now=now)


def pull_areas(client: Client, office: Office) -> Pulled:
    """The areas that are not archived, also those without a polygon."""
    found = [a for a in lookups.areas(client, office.customer_id) if not a.archived and a.name]
    values = {
        area.area_id: {
            "name": area.name[:200],
            "county": area.county[:20],
            "polygon": _ring(area.polygon),
        }
        for area in found
        if 0 < len(area.area_id) <= 64
    }
    return Pulled(len(found), learn_rows(Area, office, values, complete=True))


def _ring(points: tuple[polygons.Point, ...]) -> list[list[float]]:
    """Vitec's polygon without its closing point; as it stands where it is odd, else []."""
    ring = list(points[:-1]) if len(points) > 1 and points[0] == points[-1] else list(points)
    return [[longitude, latitude] for longitude, latitude in ring] if len(ring) > 2 else []


def pull_municipalities(client: Client, office: Office) -> Pulled:
    """The municipalities, of which we learn how Vitec writes their codes."""
    found = [row for row in lookups.municipalities(client, office.customer_id) if row.code]
    values = {
        row.municipality_id: {"name": row.name[:200], "code": row.code}
        for row in found
        if 0 < len(row.municipality_id) <= 64 and len(row.code) <= 20
    }
    return Pulled(len(found), learn_rows(Municipality, office, values, complete=True))


def pull_extra_requirements(client: Client, office: Office) -> Pulled:
    """The extra requirements that a search profile may name."""
    found = [row for row in lookups.extra_requirements(client, office.customer_id) if row.text]
    values = {
        row.requirement_id: {"text": row.text[:200], "valid_for_types": list(row.valid_for_types)}
        for row in found
        if 0 < len(row.requirement_id) <= 64
    }
    return Pulled(len(found), learn_rows(ExtraRequirement, office, values, complete=True))
