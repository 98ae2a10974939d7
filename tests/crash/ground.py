"""The ground under the crash tests, laid before Django reads its settings."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator

import django

from sandbox.server import Sandbox
from tests.journeys.stack import fresh_database, leave_no_queues


@contextlib.contextmanager
def ground(**more: str) -> Iterator[Sandbox]:
    """A practice Vitec, and Django set up on a data folder, a database and a queue of its own.

    more: further variables of the environment.
    """
    folder = tempfile.mkdtemp(prefix="vitecportal-crash-")
    queue = f"crash-{uuid.uuid4().hex}"
    with Sandbox() as vitec, fresh_database(os.environ.get("DATABASE_URL", "")) as database:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "VITECPORTAL_DATA_DIR": folder,
            "CELERY_QUEUE": queue,
            "VITEC_BASE_URL": vitec.url,
            **({"DATABASE_URL": database} if database else {}),
            **more,
        }
        django.setup()
        try:
            yield vitec
        finally:
            leave_no_queues(queue)
            shutil.rmtree(folder, ignore_errors=True)
