"""The timetable names tasks that exist, and lets none of them pile up."""

from __future__ import annotations

import pytest

from interests import sync as interests_sync
from meetings import sync as meetings_sync
from offices import sync as offices_sync
from viewings import sync as viewings_sync
from vitecportal.celery import app
from vitecportal.health import HEART_LIMIT, SYNC_LIMIT
from vitecportal.schedule import TIMETABLE


@pytest.mark.parametrize("name", TIMETABLE)
def test_it_names_a_task_that_is_registered(name):
    app.loader.import_default_modules()
    assert TIMETABLE[name]["task"] in app.tasks


def test_it_names_every_task_but_the_one_that_is_rung_for():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    listed = {entry["task"] for entry in TIMETABLE.values()}
    assert ours - listed == {"submissions.tasks.deliver_submission"}


@pytest.mark.parametrize("name", TIMETABLE)
def test_it_lets_a_message_expire_that_nobody_took(name):
    assert TIMETABLE[name]["options"]["expires"] > 0


def test_it_is_what_beat_reads():
    assert app.conf.beat_schedule == TIMETABLE


def test_it_syncs_once_in_every_interval():
    assert TIMETABLE["sync-directories"]["schedule"] == offices_sync.EVERY
    assert TIMETABLE["sync-meetings"]["schedule"] == meetings_sync.EVERY
    assert TIMETABLE["sync-viewings"]["schedule"] == viewings_sync.EVERY
    assert TIMETABLE["sync-interests"]["schedule"] == interests_sync.EVERY


def test_it_beats_often_enough_for_the_monitor():
    assert TIMETABLE["beat-heart"]["schedule"] * 3 < HEART_LIMIT.total_seconds()
    assert TIMETABLE["sync-meetings"]["schedule"] * 3 < SYNC_LIMIT.total_seconds()
