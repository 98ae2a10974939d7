"""What the list finds, as a file: the same rows in the same order, made while it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lib import csv_stream, xlsx_stream
from meetings.asked import Asked, read
from meetings.cells import Column, cells, columns
from meetings.dashboard import Found, find
from meetings.listing import Row, all_of
from offices import disclosures
from offices.http import PortalRequest
from offices.models import Disclosure, Right
from offices.rights import held_at_all

XLSX, CSV = "xlsx", "csv"
CONTENT_TYPES = {XLSX: xlsx_stream.CONTENT_TYPE, CSV: "text/csv; charset=utf-8"}


@require_POST
def export(request: PortalRequest) -> HttpResponseBase:
    """Posted, because the free text is personal. `format`: xlsx or csv."""
    asked = read(request)
    found = find(request, asked)
    rights = held_at_all(request, found.offices)
    if Right.EXPORT not in rights:
        raise PermissionDenied
    wanted = CSV if request.POST.get("format") == CSV else XLSX
    chosen = columns(rights)
    number, rows = all_of(found.tables, found.offices, order=found.order)
    _write_down(request, found, number, format=wanted, amounts=Right.AMOUNTS in rights)
    lines = (cells(row, chosen) for row in _looked_at(rows, asked.as_of))
    return StreamingHttpResponse(
        _stream(wanted, chosen, lines),
        content_type=CONTENT_TYPES[wanted],
        headers={"Content-Disposition": content_disposition_header(True, _name(asked, wanted))},
    )


def _looked_at(rows: Iterator[Row], as_of: dt.datetime | None) -> Iterator[Row]:
    """Rows that tell what lay ahead at the moment of the list."""
    for row in rows:
        row.looked_at = as_of
        yield row


def _stream(wanted: str, chosen: list[Column], lines: Iterator[list[Any]]) -> Iterator[bytes]:
    heading = [column.label for column in chosen]
    if wanted == CSV:
        return csv_stream.stream(heading, lines)
    return xlsx_stream.stream(_("Meetings"), heading, lines, [column.width for column in chosen])


def _name(asked: Asked, wanted: str) -> str:
    """`moten_2026-11-16_2026-11-22.xlsx`; of a past moment that too, `…_2026-11-19T1200.xlsx`."""
    days = [asked.state[name] for name in ("date_from", "date_to") if name in asked.state]
    then = [f"{timezone.localtime(asked.as_of):%Y-%m-%dT%H%M}"] if asked.as_of else []
    return "_".join([_("meetings"), *dict.fromkeys(days), *then]) + f".{wanted}"


def _write_down(request: PortalRequest, found: Found, number: int, **facts: Any) -> None:
    """One disclosure for each office that rows are of."""
    numbers = {found.offices[0].pk: number} if len(found.offices) == 1 else _by_office(found)
    for office in found.offices:
        if office.pk in numbers:
            disclosures.record(
                request.user,
                office,
                Disclosure.What.EXPORTED,
                subject="meetings.meeting",
                rows=numbers[office.pk],
                **facts,
            )


def _by_office(found: Found) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for table in found.tables:
        counted = table.order_by().values_list("office").annotate(Count("pk"))
        for office, number in counted:
            numbers[office] = numbers.get(office, 0) + number
    return numbers
