from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from offices.agendas import Asked, Entry
from offices.models import Office
from tests.factories import STOCKHOLM, make_viewing
from viewings.agenda import viewings

pytestmark = pytest.mark.django_db

SUNDAY = dt.datetime(2027, 2, 7, 13, 0, tzinfo=STOCKHOLM)


def asked(office: Office, **values: Any) -> list[Entry]:
    first = SUNDAY.replace(hour=0)
    return list(viewings(Asked(office, first, first + dt.timedelta(days=1), **values)))


def test_a_viewing_stands_in_the_offices_calendar(office: Office) -> None:
    make_viewing(office, starts_at=SUNDAY, ends_at=SUNDAY + dt.timedelta(minutes=45))

    (entry,) = asked(office)

    assert (entry.title, entry.place) == ("Storgatan 4", "Rissne")
    assert entry.ends_at == SUNDAY + dt.timedelta(minutes=45)
    assert entry.colleague_id == ""
    assert not entry.busy


def test_it_is_in_nobodys_own_calendar(office: Office) -> None:
    make_viewing(office, starts_at=SUNDAY)

    assert asked(office, colleagues=["HAN1"]) == []


def test_what_is_over_elsewhere_or_gone_is_not_there(
    office: Office, neighbour_office: Office
) -> None:
    before = SUNDAY - dt.timedelta(days=1)
    make_viewing(office, starts_at=before, ends_at=before + dt.timedelta(hours=1))
    make_viewing(office, "VIS2", starts_at=SUNDAY + dt.timedelta(days=1))
    make_viewing(office, "VIS3", starts_at=SUNDAY, missing_since=timezone.now())
    make_viewing(neighbour_office, "VIS4", starts_at=SUNDAY)

    assert asked(office) == []


def test_it_leads_to_the_page_of_the_viewing(office: Office) -> None:
    viewing = make_viewing(office, starts_at=SUNDAY)

    assert [entry.url for entry in asked(office)] == [viewing.get_absolute_url()]
