"""Is the portal well? Each part good and bad, for anybody, without anybody's name."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from meetings.models import OfficeSync
from offices.models import SyncRun
from submissions.models import Heart, State, Submission
from tests.factories import make_contact, make_meeting, make_submission
from vitecportal import health

DEADLINE = 30


def _ago(**ages):
    return timezone.now() - dt.timedelta(**ages)


def _beat(moment):
    Heart.objects.update_or_create(name="worker", defaults={"beat_at": moment})


def _synced(office, moment, error="", slot=1):
    return SyncRun.objects.create(
        office=office, job="meetings", slot=slot, finished_at=moment, error=error
    )


@pytest.fixture
def well(office, settings, tmp_path):
    """Everything as it should be; a test then spoils one part."""
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.BROKER_DIR = tmp_path
    _beat(timezone.now())
    _synced(office, timezone.now())
    return office


def _asked():
    response = Client().get("/healthz")
    facts = json.loads(response.content)
    assert response.status_code == (200 if facts["ok"] else 503)
    return facts


def _unwell():
    """The parts that are not well."""
    facts = _asked()
    parts = {name for name, part in facts.items() if name != "ok" and not part["ok"]}
    assert facts["ok"] is (not parts)
    return parts


def test_it_tells_anybody_that_all_is_well(well):
    facts = _asked()
    assert facts["ok"] is True
    assert set(facts) == {"ok", "database", "broker", "worker", "sync", "outbox"}


def test_it_misses_a_worker_that_never_was(well):
    Heart.objects.all().delete()
    assert _unwell() == {"worker"}
    assert _asked()["worker"]["heartbeat_age"] is None


def test_it_misses_a_worker_that_is_gone(well):
    _beat(_ago(seconds=61))
    assert _unwell() == {"worker"}


def test_it_trusts_a_worker_for_a_minute(well):
    _beat(_ago(seconds=30))
    assert _unwell() == set()


def test_it_misses_the_meetings_of_an_office_that_never_synced(well, neighbour_office):
    assert _unwell() == {"sync"}
    assert _asked()["sync"] == {
        "ok": False, "oldest_age": None, "offices": 2, "stale": 1,
    }  # fmt: skip


def test_it_misses_meetings_that_are_old_at_one_office(well, neighbour_office):
    _synced(neighbour_office, _ago(minutes=31))
    assert _unwell() == {"sync"}
    assert _asked()["sync"]["oldest_age"] >= 31 * 60


def test_it_counts_no_sync_that_failed_or_never_ended(well):
    SyncRun.objects.update(finished_at=_ago(minutes=31))
    _synced(well, timezone.now(), error="denied", slot=2)
    _synced(well, None, slot=3)
    assert _unwell() == {"sync"}


def test_it_misses_no_meetings_of_an_office_that_people_have_paused(well, neighbour_office):
    OfficeSync.objects.create(office=neighbour_office, paused=True)
    assert _unwell() == set()
    assert _asked()["sync"]["offices"] == 1


def test_it_gives_an_office_that_is_fetched_seldom_its_time(well, neighbour_office):
    OfficeSync.objects.create(office=neighbour_office, interval=60)
    _synced(neighbour_office, _ago(minutes=179))
    assert _unwell() == set()
    SyncRun.objects.filter(office=neighbour_office).update(finished_at=_ago(minutes=181))
    assert _unwell() == {"sync"}


def test_it_takes_the_past_for_no_news(well):
    SyncRun.objects.update(span="history")
    assert _unwell() == {"sync"}


def test_it_is_content_without_any_office(db, settings, tmp_path):
    settings.CELERY_BROKER_URL, settings.BROKER_DIR = "filesystem://", tmp_path
    _beat(timezone.now())
    assert _unwell() == set()


def test_it_sees_what_has_waited_too_long(well, bokare):
    make_submission(bokare, well)
    Submission.objects.update(hold_until=_ago(minutes=16))
    assert _unwell() == {"outbox"}
    outbox = _asked()["outbox"]
    assert (outbox["depth"], outbox["oldest_age"] >= 16 * 60) == (1, True)


def test_it_grants_a_submission_its_grace_period(well, bokare):
    make_submission(bokare, well)
    Submission.objects.update(hold_until=timezone.now() + dt.timedelta(seconds=30))
    assert _asked()["outbox"]["depth"] == 0


def test_it_sees_a_pause(well, bokare):
    make_submission(bokare, well)
    Submission.objects.update(state=State.HELD)
    assert _unwell() == {"outbox"}
    assert _asked()["outbox"]["paused"] == 1


@pytest.mark.parametrize(("state", "fact"), [("unknown", "uncertain"), ("failed", "failed")])
def test_it_counts_what_a_person_should_look_at(well, bokare, state, fact):
    make_submission(bokare, well)
    Submission.objects.update(state=state)
    assert _asked()["outbox"][fact] == 1


def test_it_says_that_the_database_is_gone(well, monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError("password=hemligt")

    monkeypatch.setattr(health, "connection", Gone())
    facts = _asked()
    assert facts["database"] == {"ok": False, "error": "OperationalError"}
    assert set(facts) == {"ok", "database", "broker"}


def test_it_says_that_the_brokers_folder_is_gone(well, settings, tmp_path):
    settings.BROKER_DIR = tmp_path / "none"
    assert _unwell() == {"broker"}


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_it_says_that_nobody_listens_at_the_broker(well, settings, monkeypatch, scheme):
    monkeypatch.setattr(health, "BROKER_SECONDS", 0.1)
    settings.CELERY_BROKER_URL = f"{scheme}://guest:hemligt@127.0.0.1:9//"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    assert _unwell() == {"broker"}
    assert "hemligt" not in json.dumps(_asked())


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_it_does_not_wait_for_a_broker_that_says_nothing(settings, monkeypatch, scheme):
    monkeypatch.setattr(health, "BROKER_SECONDS", 0.2)
    limits = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = limits if scheme == "redis" else {}
    found = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CELERY_BROKER_URL = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}//"
        asking = threading.Thread(target=lambda: found.append(health._broker()), daemon=True)
        asking.start()
        asking.join(DEADLINE)
    assert [part["ok"] for part in found] == [False]


def test_it_finds_a_broker_that_is_there(well, settings):
    settings.CELERY_BROKER_URL, settings.CELERY_BROKER_TRANSPORT_OPTIONS = "memory://", {}
    assert _asked()["broker"] == {"ok": True, "transport": "memory"}


def test_it_names_no_person_and_no_office(well, bokare):
    make_contact(well)
    make_meeting(well)
    make_submission(bokare, well, note="kanarie")
    stored = json.dumps(_asked())
    for word in ("Anna", "Ek", "bokare", "kanarie", "M30011", "Sundbyberg", "ADR1", "sandbox"):
        assert word not in stored


def test_it_needs_no_session(well, django_assert_max_num_queries):
    client = Client()
    with django_assert_max_num_queries(5):
        client.get("/healthz")
    assert not client.cookies


def test_it_is_not_for_writing(db):
    assert Client().post("/healthz").status_code == 405


def test_it_answers_a_monitor_that_comes_without_https(well, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/").status_code == 301
