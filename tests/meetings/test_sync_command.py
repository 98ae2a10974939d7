"""`manage.py sync_meetings`: any days, with progress, going on where it stopped."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from meetings.management.commands import sync_meetings
from meetings.models import Meeting, OfficeSync
from offices.models import Office, SyncRun
from sandbox.server import Sandbox
from tests.meetings.conftest import Diary

pytestmark = pytest.mark.django_db


def fetch(first: str = "2019-01-01", last: str = "2020-12-31", office: str = "M30011") -> str:
    out = StringIO()
    call_command(
        "sync_meetings",
        "--office",
        office,
        "--from",
        first,
        "--to",
        last,
        stdout=out,
        no_color=True,
    )
    return out.getvalue()


@pytest.fixture
def years(diary: Diary, office: Office) -> None:
    for year in (2018, 2019, 2020):
        diary.add(f"CAL{year}", f"{year}-12-31T23:30:00", bookedDate=f"{year}-12-01T10:00:00")
    OfficeSync.of(office)
    OfficeSync.objects.update(window_days=366)


def test_it_fetches_the_days_and_says_how_far_it_is(years: None) -> None:
    said = fetch()

    assert sorted(Meeting.objects.values_list("vitec_id", flat=True)) == ["CAL2019", "CAL2020"]
    assert "2019-01-01 to 2020-01-01: 1 fetched, 1 new" in said
    assert "(50%)" in said
    assert "(100%)" in said


def test_it_stops_at_a_failure_and_goes_on_from_there(years: None, vitec: Sandbox) -> None:
    vitec.behave("meetings", "latency", seconds=0, times=2)
    vitec.behave("meetings", "html", times=1)
    with pytest.raises(CommandError, match="goes on from there"):
        fetch()
    asked = len(vitec.log())

    assert "Going on from 2020-01-02." in fetch()
    assert len(vitec.log()) == asked + 2


def test_it_waits_while_another_run_has_the_office(
    years: None, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SyncRun.objects.create(office=office, job="meetings", slot=1)
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        SyncRun.objects.filter(pk=other.pk).update(finished_at=other.started_at)

    monkeypatch.setattr(sync_meetings.time, "sleep", sleep)

    assert "is here" in fetch()
    assert waited


@pytest.mark.parametrize(
    ("first", "last", "office", "said"),
    [
        ("2020-01-01", "2019-01-01", "M30011", "before the first"),
        ("2019-01-01", "2020-01-01", "M1", "no office M1"),
        ("igår", "2020-01-01", "M30011", "invalid"),
    ],
)
def test_it_says_what_it_does_not_understand(
    office: Office, first: str, last: str, said: str, request: pytest.FixtureRequest
) -> None:
    wanted = request.node.callspec.params["office"]
    with pytest.raises(CommandError, match=said):
        fetch(first, last, wanted)


def test_days_are_days_in_stockholm(years: None, vitec: Sandbox) -> None:
    fetch("2020-12-31", "2020-12-31")

    assert vitec.log()[0]["body"]["dateFrom"] == "2020-12-31T00:00:00+01:00"
    assert vitec.log()[0]["body"]["dateTo"] == "2021-01-01T00:00:00+01:00"
    assert dt.date(2020, 12, 31) == SyncRun.objects.latest("pk").window_from
