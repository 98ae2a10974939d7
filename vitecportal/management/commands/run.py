"""Everything with one command: the practice Vitec, the web server, a worker and beat."""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from interests import sync as interests_sync
from meetings import sync as meetings_sync
from offices import sync as offices_sync
from offices.models import Office, SyncRun
from viewings import sync as viewings_sync
from vitecportal.management.commands.demo import ACCOUNTS
from vitecportal.supervisor import ChildDied, Supervisor, port_is_free

HOST = "127.0.0.1"
READY_SECONDS = 90


class Command(BaseCommand):
    help = "Bring up the whole portal on this machine, with demo offices. Ctrl-C stops it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        # The one line that says where to go should stand alone.
        logging.getLogger("connect").setLevel(logging.WARNING)
        self._check_ports()
        prepare()
        with Supervisor(settings.DATA_DIR / "log") as supervisor:
            try:
                self._run(supervisor)
            except ChildDied as death:
                raise CommandError(str(death)) from death
        self.stdout.write("vitecportal has stopped.")

    def _check_ports(self) -> None:
        wanted = {"PORT": settings.PORT}
        if settings.PRACTICE:
            wanted["SANDBOX_PORT"] = settings.SANDBOX_PORT
        for name, port in wanted.items():
            if not port_is_free(port, HOST):
                raise CommandError(
                    f"Port {port} is taken. Choose another: make run {name}={port + 10}"
                )

    def _run(self, supervisor: Supervisor) -> None:
        started = time.monotonic()
        for name, command in commands().items():
            supervisor.start(name, command)
        self._wait(supervisor, started)
        if not supervisor.stopping.is_set():
            first_sync()
            self.stdout.write(ready_line())
            self.stdout.flush()
            supervisor.watch()

    def _wait(self, supervisor: Supervisor, started: float) -> None:
        """Until the page answers and a task has gone through broker and worker."""
        while not is_ready(time.monotonic() - started):
            if supervisor.watch(0.2):
                return
            if time.monotonic() - started > READY_SECONDS:
                raise CommandError(f"Not ready after {READY_SECONDS} s, see {supervisor.log_dir}.")


def prepare() -> None:
    """Tables, demo offices and static files, as far as they are not there yet."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo", verbosity=0)
    collect_static_if_changed()


def first_sync() -> None:
    """So that the first person to sign in finds contacts, meetings, viewings and areas."""
    for office in Office.objects.all():
        done = SyncRun.objects.filter(office=office, job="meetings", error="")
        if not done.exists():
            offices_sync.sync_office(office, now=True)
            meetings_sync.sync_office(office, now=True)
            viewings_sync.sync_office(office, now=True)
            interests_sync.sync_office(office, now=True)


def commands() -> dict[str, list[str]]:
    """Name and command of every child, in the order of their start."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "vitecportal"]
    web = [python, "-m", "gunicorn", "vitecportal.wsgi", "--bind", f"{HOST}:{settings.PORT}"]
    children = {
        "web": [*web, "--worker-class", "gthread", "--workers", "1", "--threads", "8"],
        "worker": worker(settings.CELERY_TASK_DEFAULT_QUEUE, 8),
        "sync": worker(settings.SYNC_QUEUE, 2),
        "lookup": worker(settings.LOOKUP_QUEUE, 2),
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }  # fmt: skip
    if settings.PRACTICE:
        state = str(settings.DATA_DIR / "sandbox.sqlite3")
        port = str(settings.SANDBOX_PORT)
        children["sandbox"] = [python, "-m", "sandbox", "--port", port, "--state", state]
    return children


def worker(queue: str, concurrency: int) -> list[str]:
    """A worker of one queue, in one process with threads."""
    return [
        sys.executable, "-m", "celery", "-A", "vitecportal", "worker", "--queues", queue,
        "--pool", "threads", "--concurrency", str(concurrency), "--hostname", f"{queue}@%h",
        "--without-gossip", "--without-mingle", "--loglevel", "INFO",
    ]  # fmt: skip


def is_ready(seconds_since_start: float) -> bool:
    """The web server answers, and the worker's heart has beaten since we started it."""
    connection = http.client.HTTPConnection(HOST, settings.PORT, timeout=5)
    try:
        connection.request("GET", "/healthz")
        age = json.loads(connection.getresponse().read())["worker"]["heartbeat_age"]
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return False
    finally:
        connection.close()
    return age is not None and age <= seconds_since_start


def ready_line() -> str:
    names = ", ".join(account.username for account in ACCOUNTS)
    password = "vitecportal" if settings.DEMO_PASSWORD == "vitecportal" else "from DEMO_PASSWORD"  # noqa: S105
    line = (
        f"vitecportal is ready: http://{HOST}:{settings.PORT}/ "
        f"(sign in as {names}; password {password})"
    )
    if settings.PRACTICE:
        line += f", practice Vitec: http://{HOST}:{settings.SANDBOX_PORT}/_sandbox/"
    return line


def collect_static_if_changed() -> None:
    """Gather and compress static files, unless they are as they were."""
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    present = _fingerprint()
    if stamp.exists() and stamp.read_text() == present:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{settings.VERSION} {settings.DEBUG}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()
