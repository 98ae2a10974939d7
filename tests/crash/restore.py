"""Back to a backup: what was sent since is not known to it any more, and Vitec knows it all.

A backup is taken while workers send. More is sent, everything settles, and the database becomes
what it was then. What `quarantine` set aside must not be sent by any machine, and looking at Vitec
must find what is there and call nothing absent that is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import random
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from lib import database_clock
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions import delivery, reconcile
from submissions.models import OUTAGE_AFTER, Attempt, Outage, State, Submission, Verdict
from tests.crash import points
from tests.crash.rig import rig, teach_contacts
from tests.crash.scenario import Form, Scenario, forms_of, submission_of
from tests.factories import make_submission
from tests.invariants import states_after

# So old is what was tried before the backup was taken; more than Vitec's clock may go wrong by.
BEFORE = dt.timedelta(hours=1)
FAULTS = ("lose_answer", "cut_after", "cut_before", "error_after", "html", "too_many")
# When a worker would have rung for whatever it may send.
SWEPT_AFTER_SECONDS = 3.0


@dataclasses.dataclass
class Report:
    """How a return to a backup went: what was set aside, and what the looks said of it."""

    seed: int
    aside: int
    arrived: int
    verdicts: Counter[str]
    wrong: list[str]

    def said(self) -> str:
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in self.verdicts.items())
        first = (
            f"crash: back to a backup, seed {self.seed}: {self.aside} set aside, of which "
            f"{self.arrived} had arrived; looks said {verdicts}; {len(self.wrong)} violations"
        )
        return "\n".join([first, *(f"  VIOLATION: {one}" for one in self.wrong)])


class Restore:
    """Plays one return to a backup, with workers before and after it."""

    def __init__(self, vitec: Sandbox, user: User, office: Office, workers: str) -> None:
        self.vitec, self.user, self.office, self.workers = vitec, user, office, workers
        self.number = self.since = 0

    def play(self, seed: int) -> Report:
        chance = random.Random(seed)
        self.vitec.clear()
        self.vitec.practice.journal.clear()
        Path(settings.CRASH_PLAN_DIR).mkdir(exist_ok=True)
        points.forget_plans()
        last = Submission.objects.order_by("pk").last()
        self.since = last.pk if last else 0
        busy = [self._busy_an_hour_ago() for _ in range(OUTAGE_AFTER - 1)]
        with contextlib.ExitStack() as stack:
            with rig(self.vitec, self.workers) as built:
                day = Scenario(built, self.user, self.office)
                day.pks += busy
                self._send(day, chance)
                threading.Event().wait(chance.uniform(0, 0.6))
                backup = stack.enter_context(_backup())
                self._send(day, chance)
                Submission.objects.filter(pk__in=busy).update(not_before=database_clock.now())
                wrong = day._settled()
                built.wait_for_quiet_vitec()
            _restore(backup)
        before = {row.pk for row in self._open().only("pk")}
        call_command("quarantine", verbosity=0)
        self.vitec.clear()
        sent_before = len(self.vitec.log())
        with rig(self.vitec, self.workers):
            threading.Event().wait(SWEPT_AFTER_SECONDS)
        wrong += self._sent_since(sent_before)
        self._look()
        return self._judged(seed, before, wrong)

    # --- a day's work -------------------------------------------------------------------------

    def _busy_an_hour_ago(self) -> int:
        """Tried once, long before the backup, when Vitec was too busy, and not again before it."""
        with _long_ago():
            submission = self._comeback()
            self.vitec.behave(endpoint="comeback", fault="too_many", retryAfter=1, times=1)
            delivery.deliver(submission.pk)
        submission.refresh_from_db()
        assert submission.state == State.QUEUED
        after_the_backup = submission.not_before + BEFORE
        Submission.objects.filter(pk=submission.pk).update(not_before=after_the_backup)
        return submission.pk

    def _comeback(self) -> Submission:
        """To somebody of its own, so that each is found by itself."""
        self.number += 1
        person = f"ATER{self.number}X{random.randrange(10**9)}"
        teach_contacts(self.vitec, [person])
        return make_submission(
            self.user, self.office, contact_id=person, note=f"Nummer {self.number}"
        )

    def _send(self, day: Scenario, chance: random.Random) -> None:
        for _ in range(chance.randint(0, 2)):
            self.vitec.behave(endpoint="*", times=1, fault=chance.choice(FAULTS))
        for _ in range(3):
            day.pks.append(self._comeback().pk)
        for _ in range(3):
            example = chance.randrange(len(forms_of(self.office)))
            day._send(Form(example=example, dies=[], doubled=0, rung=True))

    # --- and after it -------------------------------------------------------------------------

    def _open(self) -> Any:
        """Those of this run that a restore leaves open."""
        mine = Submission.objects.filter(pk__gt=self.since)
        return mine.exclude(state__in=[State.DELIVERED, State.REJECTED, State.CANCELLED])

    def _sent_since(self, entries: int) -> list[str]:
        later = self.vitec.log()[entries:]
        return [f"a machine has sent after the restore: {submission_of(one)}" for one in later]

    def _look(self) -> None:
        """As the timetable does later, when Vitec has long been asked again."""
        Outage.objects.all().delete()
        cache.clear()
        with override_settings(RECONCILE_SETTLING_SECONDS=0):
            for row in Submission.objects.uncertain():
                reconcile.reconcile(row)

    def _judged(self, seed: int, before: set[int], wrong: list[str]) -> Report:
        worked: Counter[int] = Counter()
        for entry in self.vitec.log():
            pk = submission_of(entry)
            if pk is not None and entry["worked"]:
                worked[pk] += 1
        rows = Submission.objects.filter(pk__in=before)
        for row in rows:
            wrong += self._violations(row, worked[row.pk])
        return Report(
            seed=seed,
            aside=len(rows),
            arrived=sum(worked[row.pk] > 0 for row in rows),
            verdicts=Counter(row.verdict or row.state for row in rows),
            wrong=wrong,
        )

    def _violations(self, row: Submission, worked: int) -> list[str]:
        told = Attempt.objects.filter(submission=row).order_by("pk")
        events = list(told.values_list("event", flat=True))
        rules = {
            "is said to be absent, and has arrived": row.verdict != Verdict.ABSENT or not worked,
            "is said to be delivered, and has not arrived": (
                row.state != State.DELIVERED or worked > 0
            ),
            "has arrived twice": worked <= 1,
            "may be sent by a machine": row.state in (State.UNKNOWN, State.DELIVERED),
            "has a journal that no life of a submission can have written": (
                row.state in states_after(events)
            ),
        }
        facts = f"state={row.state} verdict={row.verdict} worked={worked} events={' '.join(events)}"
        return [f"submission {row.pk} {rule}: {facts}" for rule, ok in rules.items() if not ok]


@contextlib.contextmanager
def _long_ago() -> Iterator[None]:
    """What is written down meanwhile says that it was an hour ago."""
    right = database_clock.now
    database_clock.now = lambda: right() - BEFORE
    try:
        yield
    finally:
        database_clock.now = right


# --- Backups -----------------------------------------------------------------------------------


@dataclasses.dataclass
class Backup:
    """A copy of the whole database. name: a file, or a database beside it."""

    name: str

    def forget(self) -> None:
        if connection.vendor == "sqlite":
            Path(self.name).unlink(missing_ok=True)
        else:
            with _server() as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextlib.contextmanager
def _backup() -> Iterator[Backup]:
    """As an operator takes one while the portal works; forgotten if the run does not come to it."""
    backup = Backup(f"{connection.settings_dict['NAME']}_backup")
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(backup.name)) as copy:
            connection.connection.backup(copy)
    else:
        _copy(str(connection.settings_dict["NAME"]), backup.name)
    try:
        yield backup
    finally:
        backup.forget()


def _restore(backup: Backup) -> None:
    """No worker runs: the database becomes what it was."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if connection.vendor == "sqlite":
        for end in ("-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
        shutil.copyfile(backup.name, name)
        return
    with _server() as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    _copy(backup.name, name)


def _copy(name: str, to: str) -> None:
    """PostgreSQL copies a database that nobody uses: whoever does is cut off for a moment."""
    connection.close()
    with _server() as server:
        server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            server.execute(f'CREATE DATABASE "{to}" TEMPLATE "{name}"')
        finally:
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def _server() -> psycopg.Connection[Any]:
    values = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {key: connection.settings_dict[name] or None for key, name in values.items()}
    return psycopg.connect(dbname="postgres", autocommit=True, **given)  # type: ignore[arg-type]
