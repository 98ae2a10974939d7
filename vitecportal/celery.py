"""The Celery app. Celery is the bell, the submission table is the queue."""

import os

from celery import Celery
from celery.signals import worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitecportal.settings")

# kombu's own filesystem transport loses half-written messages, and one of them ends the worker.
TRANSPORT_ALIASES["filesystem"] = "vitecportal.broker:Transport"

app = Celery("vitecportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def look_for_work_at_once(**_: object) -> None:
    """A worker that has just started need not wait for the timetable to learn what is due."""
    for name in ("submissions.tasks.beat_heart", "submissions.tasks.sweep_outbox"):
        app.send_task(name)
