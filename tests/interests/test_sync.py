from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from interests import sync
from interests.models import Area, ExtraRequirement, Municipality
from offices.models import Capability, Office, SyncRun
from sandbox.server import Sandbox
from tests.factories import make_area

pytestmark = pytest.mark.django_db

JOBS = ["areas", "municipalities", "extra_requirements"]


def outcomes() -> dict[str, str]:
    return {run.job: run.error for run in SyncRun.objects.order_by("pk")}


def test_it_keeps_areas_municipalities_and_requirements(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    assert outcomes() == dict.fromkeys(JOBS, "")
    rissne = Area.objects.get(name="Rissne")
    assert rissne.county == "0183"
    assert rissne.ring[0] != rissne.ring[-1]
    assert len(rissne.ring) == 4
    assert Municipality.objects.get(name="Solna").code == "0184"
    balcony = ExtraRequirement.objects.get(text="Balkong")
    assert balcony.valid_for_types == ["HousingCooperative", "Condominium"]


def test_an_area_without_polygon_is_kept_and_not_offered(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    bare = Area.objects.filter(polygon=[])
    assert bare.count() == 1
    assert not Area.objects.offered(office).filter(pk=bare.get().pk).exists()
    assert Area.objects.offered(office).count() == Area.objects.count() - 1


def test_an_archived_area_is_left_out(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    # The practice office has eight, the last of which is archived.
    assert Area.objects.count() == 7


def test_a_second_time_without_news_changes_nothing(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)
    sync.sync_office(office, now=True)

    assert [SyncRun.objects.filter(job=job).latest("pk").changed for job in JOBS] == [0, 0, 0]


def test_what_vitec_no_longer_lists_is_marked_and_kept(vitec: Sandbox, office: Office) -> None:
    gone = make_area(office, "STD-GONE", listed=True)

    sync.sync_office(office, now=True)

    gone.refresh_from_db()
    assert gone.missing_since
    assert not Area.objects.offered(office).filter(pk=gone.pk).exists()


@pytest.mark.parametrize("fault", ["forbidden", "error_before", "html", "unavailable"])
def test_a_failure_stops_nothing_else_and_loses_nothing(
    vitec: Sandbox, office: Office, fault: str
) -> None:
    sync.sync_office(office, now=True)
    known = Area.objects.offered(office).count()
    vitec.behave("lookups", fault, times=1)

    sync.sync_office(office, now=True)

    assert SyncRun.objects.filter(job="areas").latest("pk").error
    assert SyncRun.objects.filter(job="municipalities").latest("pk").error == ""
    assert Area.objects.offered(office).count() == known


def test_what_is_refused_is_not_asked_again_for_a_day(vitec: Sandbox, office: Office) -> None:
    vitec.behave("lookups", "forbidden", times=3)
    sync.sync_office(office)
    assert set(outcomes().values()) == {"denied"}
    assert Capability.objects.filter(office=office, allowed=False).count() == 3
    asked = len(vitec.log())

    sync.sync_office(office)
    assert len(vitec.log()) == asked

    then = timezone.now() - dt.timedelta(hours=25)
    Capability.objects.update(checked_at=then)
    office.credential.changed_at = then
    office.credential.save()
    SyncRun.objects.all().delete()
    sync.sync_office(office)
    assert len(vitec.log()) == asked + 3
    assert Area.objects.exists()
