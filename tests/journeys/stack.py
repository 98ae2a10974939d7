"""The whole portal, running: as `make run` starts it, in a folder, with a database of its own."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import datetime as dt
import functools
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import kombu
import psycopg
import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], Any], seconds: float = 30, what: str = "it") -> Any:
    """Ask again and again until the answer is true; fails with `what` when time is up."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        answer = true()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        pause.wait(0.05)


class HasEnvironment(Protocol):
    """Something whose processes run in this environment."""

    env: dict[str, str]


class Stack:
    """One running portal with its practice Vitec.

    hold: seconds of grace. deadline: seconds that a write may take.
    vitec: address of a practice Vitec that the test runs itself.
    settling: seconds until an uncertain one that is not at Vitec counts as absent.
    Database and broker come from the environment, as in production; on PostgreSQL a fresh
    database is made, on a shared broker a queue of its own is used.
    """

    def __init__(
        self, folder: Path, hold: int = 1, vitec: str = "", settling: int = 90, deadline: int = 2
    ) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.process: subprocess.Popen[str] | None = None
        self.ready_line = ""
        self.env = {
            **os.environ,
            "VITECPORTAL_DATA_DIR": str(folder),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "SUBMISSION_HOLD_SECONDS": str(hold),
            "VITEC_DEADLINE_SECONDS": str(deadline),
            "RECONCILE_SETTLING_SECONDS": str(settling),
            "SYNC_FLOOR_SECONDS": "0",
            "CELERY_QUEUE": f"journey-{uuid.uuid4().hex}",
            "DJANGO_SETTINGS_MODULE": "vitecportal.settings",
            "VITEC_BASE_URL": vitec,
        }

    # --- starting and stopping ---------------------------------------------------------------

    def start(self) -> None:
        command = [sys.executable, "manage.py", "run"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        try:
            self.ready_line = self._read_ready_line()
        finally:
            timer.cancel()

    def _read_ready_line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "is ready:" in line:
                return line
        logs = "\n".join(path.read_text() for path in (self.folder / "log").glob("*.log"))
        raise AssertionError("the portal did not start:\n" + "".join(said) + logs)

    def stop(self) -> str:
        """Ctrl-C; returns what was said since it was ready."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=60)
        return said

    def throw_away(self) -> None:
        """At once, with all its processes; how it ends by itself is what `stop` is for."""
        assert self.process is not None
        if self.process.poll() is None:
            # Each child leads a session of its own, with what it has forked.
            children = self.children()
            self.process.kill()
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        self.process.wait(60)

    def kill_child(self, name: str) -> str:
        """kill -9 one child; returns what `run` says when it ends for that reason."""
        assert self.process is not None
        os.kill(self.child_pid(name), signal.SIGKILL)
        said, _ = self.process.communicate(timeout=60)
        return said

    def child_pid(self, name: str) -> int:
        marks = {
            "worker": f"--queues\0{self.env['CELERY_QUEUE']}\0".encode(),
            "beat": b"\0beat\0",
            "web": b"gunicorn",
            "sandbox": b"\0sandbox\0",
        }
        for pid in self.children():
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            if marks[name] in line:
                return pid
        raise AssertionError(f"no child is called {name}")

    def children(self) -> list[int]:
        assert self.process is not None
        pid = self.process.pid
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    # --- the practice Vitec ------------------------------------------------------------------

    def behave(self, endpoint: str, fault: str, **options: Any) -> None:
        wish = {"endpoint": endpoint, "fault": fault, **options}
        requests.post(f"{self.sandbox_url}/_sandbox/behaviour", json=wish, timeout=10)

    def behave_well(self) -> None:
        requests.delete(f"{self.sandbox_url}/_sandbox/behaviour", timeout=10)

    def meetings(self, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
        """The meetings of M30011 on these days, as Vitec would tell them."""
        asked = {
            "customerId": "M30011", "search": False, "type": "All",
            "dateFrom": f"{first}T00:00:00", "dateTo": f"{last}T23:59:59",
        }  # fmt: skip
        url = f"{self.sandbox_url}/Meeting/GetMeetings"
        answer = requests.post(url, json=asked, auth=("sandbox", "sandbox"), timeout=10)
        return list(answer.json())

    def change_meeting(self, vitec_id: str, **fields: Any) -> None:
        """Do in Vitec what its own staff do: move, cancel, add (with every field), take away."""
        wish = {"id": vitec_id, **fields}
        answer = requests.post(f"{self.sandbox_url}/_sandbox/meetings", json=wish, timeout=10)
        assert answer.ok, answer.text

    def comebacks(self) -> list[dict[str, Any]]:
        """The comebacks that the practice Vitec holds."""
        answer = requests.get(f"{self.sandbox_url}/_sandbox/records", timeout=10)
        return list(answer.json()["comebacks"])

    def comeback_requests(self) -> list[dict[str, Any]]:
        """Every request for a comeback that reached it."""
        return self._requests("/Meeting/Comeback/")

    def meeting_requests(self) -> list[dict[str, Any]]:
        """Every request for a list of meetings that reached it."""
        return self._requests("/Meeting/GetMeetings")

    def _requests(self, path: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.sandbox_url}/_sandbox/log", timeout=10).json()
        rows = answer if isinstance(answer, list) else answer["log"]
        return [row for row in rows if row["path"] and path in row["path"]]


_fortnights = itertools.count(2)


def free_day() -> str:
    """A day for a comeback that is more than a fortnight from every other: nobody is asked why."""
    return f"{dt.date.today() + dt.timedelta(days=15 * next(_fortnights))}"  # noqa: DTZ011


class Person:
    """Somebody at a browser without JavaScript."""

    def __init__(self, stack: Stack, username: str) -> None:
        self.stack = stack
        self.session = requests.Session()
        self.session.trust_env = False
        page = self.get("/sign-in/")
        answer = self.post("/sign-in/", page, username=username, password="vitecportal")
        assert answer.ok
        assert "/sign-in/" not in answer.url

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.stack.url + path, timeout=30, **options)

    def post(
        self, path: str, page: requests.Response, *, allow_redirects: bool = True, **fields: Any
    ) -> requests.Response:
        """Post a form with the token that stands on `page`."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found, page.text
        data = {"csrfmiddlewaretoken": found[1], **fields}
        return self.session.post(
            self.stack.url + path, data=data, timeout=30, allow_redirects=allow_redirects
        )

    def new_comeback(self, **values: Any) -> requests.Response:
        """Fill the form for the first meeting of the list and send it; the submission's page."""
        page, fields = self.comeback_form()
        return self.post("/meetings/comebacks/new/", page, **{**fields, **values})

    def comeback_form(self) -> tuple[requests.Response, dict[str, str]]:
        """The form of a meeting, and the values that it stands with, plus a day."""
        link = self._meeting_link()
        page = self.get(link)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        fields = {
            "form_token": hidden["form_token"],
            "contact_id": _checked(page.text, "contact_id"),
            "participant": _selected(page.text, "participant"),
            "meeting_id": _selected(page.text, "meeting_id"),
            "estate_id": _selected(page.text, "estate_id"),
            "date": free_day(),
            "note": uuid.uuid4().hex,
        }
        return page, fields

    def _meeting_link(self) -> str:
        for day in range(1, 15):
            moment = time.strftime("%Y-%m-%d", time.localtime(time.time() + day * 86400))
            page = self.get(f"/meetings/?day={moment}").text
            if found := re.search(r'href="(/meetings/comebacks/new/\?meeting=[^"]+)"', page):
                return found[1]
        raise AssertionError("no meeting in the coming two weeks")

    def end_pauses(self) -> requests.Response:
        """Press *Try again* on every banner; the page on which they stood."""
        home = self.get("/submissions/")
        for path in set(re.findall(r"/submissions/pauses/\d+/end/", home.text)):
            self.post(path, home)
        return home

    def state(self, page: requests.Response) -> str:
        """The state that the submission's page shows, one of `Shown`."""
        text = self.get_again(page)
        found = re.search(r'data-state="(\w+)"', text)
        assert found, text
        return found[1]

    def get_again(self, page: requests.Response) -> str:
        return self.session.get(page.url, timeout=30).text

    def wait_for(self, page: requests.Response, *states: str, seconds: float = 30) -> str:
        return str(
            wait_until(
                lambda: (now := self.state(page)) in states and now, seconds, f"state {states}"
            )
        )


def _checked(text: str, name: str) -> str:
    for tag in re.findall(rf'<input[^>]*name="{name}"[^>]*>', text):
        if "checked" in tag or 'type="hidden"' in tag:
            return str(re.search(r'value="([^"]*)"', tag)[1])  # type: ignore[index]
    raise AssertionError(f"nothing is chosen for {name}")


def _selected(text: str, name: str) -> str:
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', text, re.DOTALL)
    assert select, f"no {name}"
    found = re.search(r'value="([^"]*)"[^>]*selected', select[0])
    return found[1] if found else ""


@contextlib.contextmanager
def running(folder: Path, *, empty: bool = False, **options: Any) -> Iterator[Stack]:
    """A portal that runs; with a PostgreSQL of the environment, in a database of its own.

    empty: it begins with nothing, as on a new machine; otherwise with what such a one has made.
    """
    stack = Stack(folder, **options)
    template = ""
    if not empty:
        template = prepared().database
        shutil.copytree(prepared().folder, folder, dirs_exist_ok=True)
    with own_database(stack, template):
        try:
            stack.start()
            yield stack
        finally:
            stack.throw_away()
            leave_no_queues(stack.env["CELERY_QUEUE"])


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A data folder, and the name of a PostgreSQL database, as `run` leaves them before it starts
    anything; "" for a database that lies in the folder.
    """

    folder: Path
    database: str


@functools.cache
def prepared() -> Prepared:
    """Made once in a run of the tests, for migrations and demo offices take longer than a start."""
    kept = contextlib.ExitStack()
    atexit.register(kept.close)
    folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="vitecportal-journey-")))
    url = kept.enter_context(fresh_database(os.environ.get("DATABASE_URL", "")))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vitecportal.settings",
        "VITECPORTAL_DATA_DIR": str(folder),
        "VITEC_BASE_URL": "",
        **({"DATABASE_URL": url} if url else {}),
    }
    work = "import django; django.setup()\n"
    work += "from vitecportal.management.commands.run import prepare; prepare()"
    subprocess.run([sys.executable, "-c", work], cwd=ROOT, env=env, check=True)
    return Prepared(folder, urlsplit(url).path.lstrip("/"))


def leave_no_queues(queue: str) -> None:
    """On a broker that outlives the portal its queues would stay for ever."""
    url = os.environ.get("CELERY_BROKER_URL", "")
    if not url or url.startswith("filesystem"):
        return
    with kombu.Connection(url, connect_timeout=5) as connection:
        channel = connection.default_channel
        for name in (queue, f"{queue}-sync", f"{queue}-lookup"):
            channel.queue_delete(name)
            if url.startswith("redis"):
                # kombu's own deletes only what the same connection has bound.
                bindings = [f"_kombu.{key}.{name}" for key in ("binding", "binding_permanent")]
                channel.client.delete(name, *bindings)


@contextlib.contextmanager
def own_database(stack: HasEnvironment, template: str = "") -> Iterator[None]:
    """On PostgreSQL the processes get a database of their own; template: as a copy of that one."""
    with fresh_database(os.environ.get("DATABASE_URL", ""), template) as url:
        if url:
            stack.env["DATABASE_URL"] = url
        yield


@contextlib.contextmanager
def fresh_database(url: str, template: str = "") -> Iterator[str]:
    """The address of a new database beside the one given, dropped afterwards; PostgreSQL alone."""
    if not url.startswith("postgres"):
        yield url
        return
    name = f"vitecportal_journey_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
