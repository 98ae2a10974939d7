"""The portal under measurement: Django in this process on a fresh database, a worker beside it.

Which stack, say BENCH_DATABASE_URL and the broker's address that a bench passes; without servers a
bench runs on SQLite and a folder and says so.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("BENCH_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
FOLDER = "filesystem://"


@contextlib.contextmanager
def portal(broker: str, vitec: str, *, postgres: bool, hold: int = 0) -> Iterator[dict[str, str]]:
    """Settings for this process and its children; the database is gone in the end.

    Django can be set up once in a process, so this can be entered once in a process.
    """
    name = f"vitecportal_bench_{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        env = {
            "VITECPORTAL_DATA_DIR": folder,
            "CELERY_BROKER_URL": broker,
            "CELERY_QUEUE": name,
            "FLOOD_PER_MINUTE": "0",
            "VITEC_BASE_URL": vitec,
            "SUBMISSION_HOLD_SECONDS": str(hold),
            "LOG_LEVEL": "WARNING",
            # Its own speed is measured, not how polite it is; what keeping to limits costs stays.
            "VITEC_CALLS_AT_ONCE": "60",
            "VITEC_CALLS_PER_SECOND": "100000",
            "DJANGO_SETTINGS_MODULE": "vitecportal.settings",
        }
        if postgres:
            env["DATABASE_URL"] = stack.enter_context(_database(name))
        os.environ.update(env)
        django.setup()
        call_command("migrate", verbosity=0)
        yield {**os.environ}
        django.db.connections.close_all()


@contextlib.contextmanager
def _database(name: str) -> Iterator[str]:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def worker(env: dict[str, str], *, pool: str, concurrency: int) -> Iterator[None]:
    """One worker process for deliveries."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "-A", "vitecportal", "worker",
        "--queues", env["CELERY_QUEUE"], "--pool", pool, "--concurrency", str(concurrency),
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
