"""What a run needs: a database and a broker of its own, a practice Vitec, workers and beats."""

from __future__ import annotations

import contextlib
import copy
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import kombu
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from offices.models import Office, Role, User
from sandbox.server import Sandbox
from tests.factories import make_contact, make_office, make_user
from tests.journeys.stack import ROOT, wait_until
from tests.test_every_kind import fill_directories

CUT_SECONDS = 0.3
CUSTOMER = "M30011"
# The one whom the golden pairs name, and others in the same place: of one person's submissions
# each waits for the earlier ones.
PEOPLE = ("ADR1", "ADR2", "ADR3")
# What the golden pairs name; each becomes a copy of something of the demo.
TAUGHT = (
    *(("contacts", "id", person) for person in PEOPLE),
    ("users", "userId", "HAN1"),
    ("groups", "userGroupId", "GRP1"),
    ("estates", "id", "OBJ1_2"),
    ("meetings", "id", "CAL1"),
    ("viewings", "id", "VIS1"),
    ("areas", "id", "STD1"),
)


def teach(vitec: Sandbox) -> None:
    """Let the practice Vitec know whom and what the golden pairs name."""
    store = vitec.practice.store
    with store.transaction():
        for kind, name, value in TAUGHT:
            doc = copy.deepcopy(next(doc for doc in store.all(kind) if _is_ours(doc)))
            doc[name] = value
            for slot in doc.get("timeSlots", ()):
                slot["id"] = "TID1"
            store.put(kind, value, doc)


def teach_contacts(vitec: Sandbox, contact_ids: Iterable[str]) -> None:
    """Let the practice Vitec know more people."""
    store = vitec.practice.store
    with store.transaction():
        one = next(doc for doc in store.all("contacts") if _is_ours(doc))
        for contact_id in contact_ids:
            store.put("contacts", contact_id, {**one, "id": contact_id})


def _is_ours(doc: dict[str, Any]) -> bool:
    return CUSTOMER in (doc.get("customerIds") or doc["customerId"])


class Rig:
    """A running portal without its web server: the runs are its web server."""

    def __init__(self, vitec: Sandbox, pools: str) -> None:
        self.vitec = vitec
        self.deaths: Counter[int] = Counter()
        self._pids: dict[int, int] = {}
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", pools],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._ready.wait(60), "the workers did not start"

    def _listen(self) -> None:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            word, *numbers = line.split()
            if word == "died":
                self.deaths[int(numbers[0])] += 1
            elif word == "born":
                self._pids[int(numbers[0])] = int(numbers[1])
            else:
                self._ready.set()

    def megabytes(self, child: int) -> float:
        """How much memory a worker holds that it does not share with the others."""
        text = Path(f"/proc/{self.pid(child)}/smaps_rollup").read_text()
        return int(text.split("Private_Dirty:")[1].split()[0]) / 1024

    def pid(self, child: int) -> int:
        """The process of a worker, by its place among them."""
        return self._pids[child]

    def signal(self, name: str, child: int) -> None:
        """Send a signal to a worker, by its place among them, and what it has forked."""
        assert self._nursery.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._nursery.stdin.write(f"{name} {child}\n")
            self._nursery.stdin.flush()

    def stop(self) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(20)

    def empty_broker(self) -> None:
        """Every message that waits is gone."""
        with (
            kombu.Connection(
                settings.CELERY_BROKER_URL,
                transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            ) as broker,
            contextlib.suppress(broker.channel_errors),
        ):
            broker.default_channel.queue_purge(settings.CELERY_TASK_DEFAULT_QUEUE)

    def cut_database(self) -> None:
        """The database is away for a moment, as in a restart: what was open is rolled back."""
        if connection.vendor == "postgresql":
            _cut_postgresql()
        else:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN EXCLUSIVE")
                threading.Event().wait(CUT_SECONDS)
                cursor.execute("ROLLBACK")

    def wait_for_quiet_vitec(self) -> None:
        """Until the practice Vitec has dealt with everything that was sent."""
        listener = self.vitec._api
        assert listener is not None
        wait_until(lambda: not listener._connections, 20, "a quiet Vitec")


def _cut_postgresql() -> None:
    name = str(connection.settings_dict["NAME"])
    values = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {key: connection.settings_dict[name] or None for key, name in values.items()}
    connection.close()
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:  # type: ignore[arg-type]
        server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            threading.Event().wait(CUT_SECONDS)
        finally:
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def house() -> tuple[User, Office]:
    """The tables, one office and one person."""
    call_command("migrate", interactive=False, verbosity=0)
    office = make_office(CUSTOMER)
    fill_directories(office)
    for number, person in enumerate(PEOPLE[1:]):
        make_contact(office, person, "Bo Ek", f"070-174 06 {number:02d}")
    return make_user("bokare", office, role=Role.MANAGER), office


@contextlib.contextmanager
def rig(vitec: Sandbox, pools: str) -> Iterator[Rig]:
    Path(settings.CRASH_PLAN_DIR).mkdir(exist_ok=True)
    built = Rig(vitec, pools)
    try:
        yield built
    finally:
        built.stop()
