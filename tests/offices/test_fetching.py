"""*Hämta nu*: a wish that the sync worker comes for."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from meetings.models import Meeting
from offices import fetching
from offices.models import Capability, Colleague, ContactCategory, Office, SyncRun
from offices.tasks import fetch_wanted
from sandbox.server import Sandbox
from viewings.models import Viewing


def test_a_wish_is_fulfilled_by_the_worker_for_every_list(vitec: Sandbox, office: Office) -> None:
    assert fetching.wish(office)
    assert vitec.log() == []

    fetch_wanted()

    for model in (Colleague, ContactCategory, Meeting, Viewing):
        assert model._default_manager.filter(office=office).exists(), model


def test_a_wish_is_fulfilled_once(vitec: Sandbox, office: Office) -> None:
    fetching.wish(office)

    assert fetching.fulfil() == 1
    asked = len(vitec.log())
    assert fetching.fulfil() == 0
    assert len(vitec.log()) == asked


def test_only_the_office_that_wished_is_fetched(
    vitec: Sandbox, office: Office, neighbour_office: Office
) -> None:
    fetching.wish(office)
    fetch_wanted()

    assert not Colleague.objects.filter(office=neighbour_office).exists()


def test_there_is_a_floor_between_two_wishes(office: Office, neighbour_office: Office) -> None:
    assert fetching.wish(office)
    assert not fetching.wish(office)
    assert fetching.wish(neighbour_office)

    SyncRun.objects.update(
        started_at=timezone.now() - dt.timedelta(seconds=61), finished_at=timezone.now(), slot=0
    )
    assert fetching.wish(office)


def test_what_was_refused_within_a_day_is_not_asked_for(vitec: Sandbox, office: Office) -> None:
    later = timezone.now() + dt.timedelta(seconds=5)
    Capability.objects.create(office=office, name="categories", allowed=False, checked_at=later)
    fetching.wish(office)

    fetch_wanted()

    assert not any("Category" in row["path"] for row in vitec.log())
    assert any("Task" in row["path"] for row in vitec.log())
