"""The Celery app. Celery is the bell, the submission table is the queue."""

import math
import os
import threading
import time

from celery import Celery, Task
from celery.signals import setup_logging, task_postrun, task_prerun, worker_ready
from django.db import close_old_connections, connections
from kombu.transport import TRANSPORT_ALIASES

from lib import log_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitecportal.settings")

# kombu's own filesystem transport loses half-written messages, and one of them ends the worker.
TRANSPORT_ALIASES["filesystem"] = "vitecportal.broker:Transport"
for alias in ("redis", "rediss"):
    TRANSPORT_ALIASES[alias] = "vitecportal.redis_broker:Transport"

# Seconds.
LOOK_EVERY = 1.0

app = Celery("vitecportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Celery closes the database connection after every task, whatever CONN_MAX_AGE says, which costs
# half the throughput. Not before this many; what is broken or too old goes in `task_begins`.
app.conf["CELERY_DB_REUSE_MAX"] = 1_000_000_000
app.autodiscover_tasks()


@setup_logging.connect
def keep_djangos_logging(**_: object) -> None:
    """That somebody is connected here keeps Celery from setting up loggers of its own."""


class _Looked(threading.local):
    """When this thread last asked whether its connections to the database are alive."""

    at = -math.inf


_looked = _Looked()


@task_prerun.connect
def task_begins(task_id: str, task: Task, **_: object) -> None:
    """Its lines carry its id, and it meets no dead connection to the database."""
    log_context.begin(task=task_id)
    if not task.request.is_eager and not _has_just_looked():
        close_old_connections()
        _looked.at = time.monotonic()


def _has_just_looked() -> bool:
    """Asking costs a statement. One that dies within the second is met by the sweep."""
    failed = any(each.errors_occurred for each in connections.all(initialized_only=True))
    return not failed and time.monotonic() - _looked.at < LOOK_EVERY


@task_postrun.connect
def task_ends(**_: object) -> None:
    log_context.begin()


@worker_ready.connect
def look_for_work_at_once(**_: object) -> None:
    """A worker that has just started need not wait for the timetable to learn what is due."""
    for name in ("submissions.tasks.beat_heart", "submissions.tasks.sweep_outbox"):
        app.send_task(name)
