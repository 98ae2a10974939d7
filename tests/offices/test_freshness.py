"""How old the lists are, and what staff are told of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.capabilities import REST
from offices.freshness import Standing, old_ones, standings
from offices.models import Capability, Office, SyncRun
from offices.sync import sync_office
from sandbox.server import Sandbox
from tests.factories import make_colleague

FORM = reverse("calendar_app:new_appointment")


def standing(office: Office, key: str) -> Standing:
    return next(row for row in standings(office) if row.lookup.key == key)


def ran(office: Office, job: str, ago: dt.timedelta, error: str = "") -> SyncRun:
    then = timezone.now() - ago
    slot = SyncRun.objects.count()
    run = SyncRun.objects.create(office=office, job=job, slot=slot, finished_at=then, error=error)
    SyncRun.objects.filter(pk=run.pk).update(started_at=then)
    return run


def test_of_a_list_that_was_never_fetched_nothing_is_known(office: Office) -> None:
    row = standing(office, "colleagues")

    assert (row.fetched_at, row.failed, row.allowed, row.rows) == (None, "", None, 0)


def test_after_a_sync_rows_time_and_access_are_known(vitec: Sandbox, office: Office) -> None:
    sync_office(office, now=True)

    row = standing(office, "colleagues")
    assert row.fetched_at
    assert row.rows
    assert row.allowed
    assert row.next_at
    assert row.next_at > timezone.now()


def test_a_failure_since_does_not_hide_when_it_last_went_well(office: Office) -> None:
    good = ran(office, "colleagues", dt.timedelta(hours=2))
    ran(office, "colleagues", dt.timedelta(hours=1), error="unknown")

    row = standing(office, "colleagues")
    assert (row.fetched_at, row.failed) == (good.finished_at, "unknown")


def test_one_that_was_refused_is_asked_a_day_later(office: Office) -> None:
    then = timezone.now() + dt.timedelta(seconds=5)
    Capability.objects.create(office=office, name="tasks", allowed=False, checked_at=then)

    assert standing(office, "tasks").next_at == then + REST


def test_other_offices_runs_and_rows_do_not_count(office: Office, neighbour_office: Office) -> None:
    ran(neighbour_office, "colleagues", dt.timedelta(hours=1))
    make_colleague(neighbour_office)

    row = standing(office, "colleagues")
    assert (row.fetched_at, row.rows) == (None, 0)


@pytest.mark.parametrize(("hours", "old"), [(1, False), (23, False), (25, True), (500, True)])
def test_a_list_is_old_after_a_day(office: Office, hours: int, old: bool) -> None:
    ran(office, "colleagues", dt.timedelta(hours=hours))

    assert ("colleagues" in old_ones(office, {"colleagues"})) is old


def test_staff_are_told_quietly_of_an_old_list(as_bokare: Client, office: Office) -> None:
    make_colleague(office)
    ran(office, "colleagues", dt.timedelta(days=3))

    assert "Listan hämtades senast från Vitec" in as_bokare.get(FORM).content.decode()


def test_and_of_one_that_was_never_fetched(as_bokare: Client, office: Office) -> None:
    assert "har inte hämtats från Vitec" in as_bokare.get(FORM).content.decode()


def test_of_a_fresh_list_nothing_is_said(as_bokare: Client, office: Office) -> None:
    ran(office, "colleagues", dt.timedelta(minutes=10))

    page = as_bokare.get(FORM).content.decode()
    assert "från Vitec" not in page
