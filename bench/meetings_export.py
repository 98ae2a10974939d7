"""How soon an export begins to arrive among a million meetings, and what it holds in memory."""

from __future__ import annotations

import resource
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.cache import cache

from bench.many_meetings import FIRST, kept_portal
from bench.meetings_list import signed_in
from bench.registry import Figure, bench

WANTED = 100_000
SECONDS_TO_BEGIN = 1.0
# More than this above what the first rows took, and it grows with the rows.
MOST_MORE = 20.0
COLUMNS = {"csv": "text/csv", "xlsx": "spreadsheetml"}


@bench
def export_sqlite() -> list[Figure]:
    """An export of many meetings as CSV and as a workbook: SQLite."""
    return _measured(postgres=False)


@bench
def export_postgresql() -> list[Figure]:
    """An export of many meetings as CSV and as a workbook: PostgreSQL."""
    return _measured(postgres=True)


def _measured(*, postgres: bool) -> list[Figure]:
    with kept_portal(postgres=postgres):
        settings.USER_LIMITS = {**settings.USER_LIMITS, "export": "1000/h"}
        cache.clear()
        client = _manager_of_enough()
        _taken(client, "csv", all_of_them=False)
        return [figure for kind in COLUMNS for figure in _figures(client, kind)]


def _figures(client: Any, kind: str) -> list[Figure]:
    _taken(client, kind, all_of_them=False)
    before = _peak()
    begun, seconds, size, rows = _taken(client, kind, all_of_them=True)
    return [
        Figure(f"{kind}: rows", rows, ""),
        Figure(f"{kind}: until it begins", begun, "s", SECONDS_TO_BEGIN),
        Figure(f"{kind}: until it is whole", seconds, "s"),
        Figure(f"{kind}: rows a second", rows / seconds, "/s"),
        Figure(f"{kind}: size", size / 1e6, "MB"),
        Figure(f"{kind}: more memory at its peak", _peak() - before, "MB", MOST_MORE),
    ]


def _taken(client: Any, kind: str, *, all_of_them: bool) -> tuple[float, float, int, int]:
    """Seconds to the first bytes and to the last, the size, and how many rows were promised."""
    days = "date_from=2000-01-01" if all_of_them else "date_from=2026-11-01&date_to=2026-11-08"
    known = _disclosures().count()
    began = time.perf_counter()
    answer = client.post("/meetings/export/", {"go": f"office=all&{days}", "format": kind})
    if answer.status_code != 200 or COLUMNS[kind] not in answer.headers["Content-Type"]:
        raise AssertionError
    portions = iter(answer.streaming_content)
    size, begun = len(next(portions)), 0.0
    for portion in portions:
        begun = begun or time.perf_counter() - began
        size += len(portion)
    seconds = time.perf_counter() - began
    rows = sum(row.facts["rows"] for row in _disclosures().order_by("pk")[known:])
    return begun, seconds, size, rows


def _manager_of_enough() -> Any:
    """A manager of as many offices as have the rows that are wanted."""
    models = import_module("offices.models")
    user, _made = models.User.objects.get_or_create(username="exporter")
    for office in _offices():
        models.Membership.objects.get_or_create(user=user, office=office, role="manager")
    return signed_in(user)


def _disclosures() -> Any:
    """What is on record of exports, and stays there."""
    return import_module("offices.models").Disclosure.objects


def _offices() -> list[Any]:
    models = import_module("offices.models")
    number, rows, offices = 0, FIRST, models.Office.objects.order_by("customer_id")
    each = _count_of(offices[1])
    while rows < WANTED and number < offices.count() - 1:
        number, rows = number + 1, rows + each
    return list(offices[: number + 1])


def _count_of(office: Any) -> int:
    return import_module("meetings.models").Meeting.objects.filter(office=office).count()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
