"""The portal as deploy/ starts it: the very command lines, against the services of this machine.

What Docker and systemd do around them (images, users, networks, TLS) is not done here; the test is
the proxy, and says so by the headers a proxy sets.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from tests.deploy_files import (
    PROCESSES,
    compose_command,
    compose_environment,
    unit_command,
    unit_environment,
)
from tests.journeys.stack import (
    ROOT,
    Person,
    free_port,
    leave_no_queues,
    own_database,
    wait_until,
)
from tests.vitecportal.environment import PRODUCTION

BIN = Path(sys.executable).parent
TOKEN = "a-token-of-the-monitor"
STOP_SECONDS = 60
# Celery writes these past every logger.
LAST_WORDS = {"", "worker: Warm shutdown (MainProcess)"}


class Deployment:
    """Processes by name. source: whose command lines, "compose" or "systemd"."""

    def __init__(self, folder: Path, source: str, vitec: str) -> None:
        self.folder, self.source = folder, source
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.queue = f"deploy-{uuid.uuid4().hex}"
        self.given = {
            "CELERY_QUEUE": self.queue,
            "POSTGRES_PASSWORD": "unused",
            "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", "filesystem://"),
        }
        self.env = {
            **self._environment(),
            **PRODUCTION,
            **self.given,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "METRICS_TOKEN": TOKEN,
            "LOG_FORMAT": "json",
            # Where tests run as root; the files themselves never do.
            "PYTHONWARNINGS": "ignore:You're running the worker",
            "PORT": str(self.port),
            "SUBMISSION_HOLD_SECONDS": "0",
            "VITEC_BASE_URL": vitec,
            "VITECPORTAL_DATA_DIR": str(folder / "data"),
        }
        # On PostgreSQL `own_database` enters the address of a fresh one.
        self.env.pop("DATABASE_URL", None)

    def _environment(self) -> dict[str, str]:
        """What the files themselves set for the web server, which is the most there is."""
        if self.source == "compose":
            return compose_environment("web", self.given)
        return unit_environment("web")

    def command(self, process: str, instance: str = "1") -> list[str]:
        if self.source == "compose":
            return compose_command(process, self.given)
        return unit_command(process, self.given, instance)

    # --- starting and stopping ---------------------------------------------------------------

    def run(self, *command: str) -> None:
        """A command that ends by itself, and well."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, process: str, instance: str = "1") -> None:
        name = f"{process}-{instance}"
        with self.log_of(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(process, instance), cwd=ROOT, env=self.env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def terminate(self, *names: str) -> list[int]:
        """As Docker and systemd stop a process: SIGTERM to it alone. Returns the exit codes."""
        for name in names:
            self.processes[name].send_signal(signal.SIGTERM)
        return [self.processes.pop(name).wait(STOP_SECONDS) for name in names]

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def lines(self) -> list[dict[str, Any]]:
        """Every line of every process; fails for one that is no JSON."""
        texts = [path.read_text() for path in sorted(self.folder.glob("*.log"))]
        lines = [line for text in texts for line in text.splitlines()]
        return [json.loads(line) for line in lines if line not in LAST_WORDS]

    def metrics(self) -> str:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return requests.get(f"{self.url}/metrics", headers=headers, timeout=10).text

    def is_well(self, part: str) -> bool:
        """`worker`: a task has come through; `sync`: every office's meetings have been fetched."""
        try:
            return bool(requests.get(f"{self.url}/healthz", timeout=5).json()[part]["ok"])
        except (requests.RequestException, LookupError, ValueError):
            self.must_live()
            return False

    def must_live(self) -> None:
        for name, process in self.processes.items():
            assert process.poll() is None, f"{name} ended:\n{self.log_of(name).read_text()}"


class Proxy(requests.adapters.HTTPAdapter):
    """Brings also the cookies that a browser sends over HTTPS alone, which is where it is."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__()
        self.session = session

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        request.headers["Cookie"] = "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)
        return super().send(request, *args, **options)


class Visitor(Person):
    """Somebody at a browser behind the proxy."""

    def __init__(self, deployment: Deployment, username: str) -> None:
        self.stack = deployment  # type: ignore[assignment]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", Proxy(self.session))
        self.session.headers["X-Forwarded-Proto"] = "https"
        self.session.headers["Referer"] = f"https://127.0.0.1:{deployment.port}/"
        page = self.get("/sign-in/")
        answer = self.post("/sign-in/", page, username=username, password="vitecportal")
        assert answer.ok
        assert "/sign-in/" not in answer.url


@contextlib.contextmanager
def deployed(folder: Path, source: str, vitec: str) -> Iterator[Deployment]:
    """Everything up: two workers for deliveries and one of every other process."""
    deployment = Deployment(folder, source, vitec)
    with own_database(deployment):
        deployment.run("python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        deployment.run(*deployment.command("migrate"))
        deployment.run("python", "manage.py", "demo")
        try:
            for process in PROCESSES[1:]:
                deployment.start(process)
            deployment.start("deliver", "2")
            wait_until(lambda: deployment.is_well("worker"), 120, "a heartbeat")
            yield deployment
        finally:
            for process in deployment.processes.values():
                process.terminate()
            for process in deployment.processes.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
            leave_no_queues(deployment.env["CELERY_QUEUE"])
