"""Celery is the bell: what is rung twice or not at all must do no harm."""

from __future__ import annotations

import time

from celery.signals import setup_logging, task_postrun, task_prerun, worker_ready
from django.db import connection
from kombu.transport import get_transport_cls

from lib.log_context import bind, present
from submissions.tasks import beat_heart
from vitecportal import celery
from vitecportal.broker import Transport
from vitecportal.celery import app


def test_it_takes_a_message_back_from_a_worker_that_died():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_it_cuts_no_delivery_short_when_the_broker_is_gone():
    assert app.conf.worker_cancel_long_running_tasks_on_connection_loss is False


def test_it_keeps_no_results_and_tells_nobody_of_tasks():
    assert app.conf.task_ignore_result is True
    assert app.conf.worker_send_task_events is False
    assert app.conf.worker_enable_remote_control is False


def test_it_does_not_make_a_page_wait_for_a_broker_that_is_gone():
    assert app.conf.task_publish_retry is False


def test_it_uses_our_own_folder_broker():
    assert get_transport_cls("filesystem") is Transport


def test_it_looks_for_work_as_soon_as_a_worker_is_ready(monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", sent.append)
    worker_ready.send(sender=None)
    assert sent == ["submissions.tasks.beat_heart", "submissions.tasks.sweep_outbox"]


def test_it_looks_for_work_by_tasks_that_exist():
    app.loader.import_default_modules()
    assert {"submissions.tasks.beat_heart", "submissions.tasks.sweep_outbox"} <= set(app.tasks)


def test_it_keeps_its_hands_off_the_log():
    assert setup_logging.receivers


def test_a_task_begins_with_its_own_id_and_ends_without():
    bind(submission=4)
    task_prerun.send(sender=None, task_id="t1", task=beat_heart)
    assert dict(present()) == {"task": "t1"}
    task_postrun.send(sender=None, task_id="t1")
    assert dict(present()) == {}


def test_a_task_meets_no_connection_that_has_died(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.errors_occurred = True
    connection.connection.close()

    task_prerun.send(sender=None, task_id="t1", task=beat_heart)
    task_postrun.send(sender=None, task_id="t1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_it_keeps_its_connection_from_task_to_task():
    assert app.conf.get("CELERY_DB_REUSE_MAX") > 1_000_000


def test_a_message_is_json_and_makes_no_objects():
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"


def test_it_asks_once_a_second_whether_a_connection_lives_and_at_once_after_a_fault(
    transactional_db, monkeypatch
):
    now = [time.monotonic() + 10]
    monkeypatch.setattr(celery.time, "monotonic", lambda: now[0])

    def begin(seconds: float, *, fault: bool = False) -> bool:
        """Was the connection looked at?"""
        now[0] += seconds
        connection.ensure_connection()
        connection.errors_occurred = fault
        connection.health_check_done = True
        task_prerun.send(sender=None, task_id="t1", task=beat_heart)
        return (connection.health_check_done, connection.errors_occurred) != (True, fault)

    assert begin(0)
    assert [begin(0.2) for _ in range(4)] == [False] * 4
    assert begin(0.3)
    assert begin(0.1, fault=True)
    assert not begin(0.1)
