"""The timetable names tasks that exist, and lets none of them pile up."""

from __future__ import annotations

import pytest
from django.conf import settings

from interests import sync as interests_sync
from meetings import sync as meetings_sync
from meetings.models import OfficeSync
from offices import sync as offices_sync
from viewings import sync as viewings_sync
from vitecportal.celery import app
from vitecportal.health import HEART_LIMIT
from vitecportal.schedule import TIMETABLE


@pytest.mark.parametrize("name", TIMETABLE)
def test_it_names_a_task_that_is_registered(name):
    app.loader.import_default_modules()
    assert TIMETABLE[name]["task"] in app.tasks


def test_it_names_every_task_but_those_that_are_rung_for():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    listed = {entry["task"] for entry in TIMETABLE.values()}
    assert ours - listed == {
        "submissions.tasks.deliver_submission",
        "meetings.tasks.fetch_meetings",
        "notices.tasks.mail_notice",
    }


def test_only_what_a_delivery_needs_shares_its_queue():
    """A walk over a year's audit must not stand before what somebody has just sent."""
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    router = app.amqp.router
    queues = {name: router.route({}, name)["queue"].name for name in ours}
    with_deliveries = {n for n, queue in queues.items() if queue == app.conf.task_default_queue}
    assert with_deliveries == {
        "submissions.tasks.deliver_submission",
        "submissions.tasks.sweep_outbox",
        "submissions.tasks.beat_heart",
    }


@pytest.mark.parametrize("name", TIMETABLE)
def test_it_lets_a_message_expire_that_nobody_took(name):
    assert TIMETABLE[name]["options"]["expires"] > 0


def test_it_is_what_beat_reads():
    assert app.conf.beat_schedule == TIMETABLE


SYNCS = {
    "sync-directories": offices_sync.EVERY,
    "sync-meetings": 60,  # the shortest that an office can have
    "sync-viewings": viewings_sync.EVERY,
    "sync-interests": interests_sync.EVERY,
}


@pytest.mark.parametrize("name", SYNCS)
def test_a_bell_that_rings_too_early_or_is_missed_costs_no_interval(name):
    assert TIMETABLE["sync-meetings"]["schedule"] == meetings_sync.TICK
    assert 3 * TIMETABLE[name]["schedule"] <= SYNCS[name]


@pytest.mark.parametrize("name", SYNCS)
@pytest.mark.parametrize("early", [0.0, 0.005])
def test_every_interval_has_its_run_although_the_bell_rings_a_little_early(name, early):
    """Beat rings by its own clock, so that each ring may come some milliseconds too soon."""
    interval, step = SYNCS[name], TIMETABLE[name]["schedule"]
    rings = [number * (step - early) for number in range(1, 20 * interval // step)]
    slots = {int(ring) // interval for ring in rings}
    assert slots == set(range(max(slots) + 1))


def test_it_beats_often_enough_for_the_monitor():
    assert TIMETABLE["beat-heart"]["schedule"] * 3 < HEART_LIMIT.total_seconds()
    default = OfficeSync._meta.get_field("interval").default * 60
    assert TIMETABLE["sync-meetings"]["schedule"] <= default
    assert default * 3 < settings.SYNC_STALE_MINUTES * 60
