"""Celery is the bell: what is rung twice or not at all must do no harm."""

from __future__ import annotations

from celery.signals import worker_ready
from kombu.transport import get_transport_cls

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
