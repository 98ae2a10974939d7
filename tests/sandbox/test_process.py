"""The sandbox as a process of its own, started and stopped as an operator does."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox: http://127.0.0.1:"), line
        yield process, line.removeprefix("sandbox: ").strip()
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_it_prints_its_address_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    options = ("--today", "2026-03-11", "--username", "u", "--password", "p")
    with started("--state", str(tmp_path / "s.sqlite3"), *options) as (process, url):
        answer = requests.get(
            f"{url}/Office/GetOffice?CustomerId=M30012", auth=("u", "p"), timeout=5
        )
        assert answer.json()[0]["officeId"] == "FIR30012"
        assert requests.get(f"{url}/_sandbox/healthz", timeout=5).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=3) == 0


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "s.sqlite3"))
    auth = ("sandbox", "sandbox")
    with started(*state) as (process, url):
        body = {"customerId": "M30011", "lastName": "Överlevande", "cellPhone": "0701740605"}
        contact_id = requests.post(
            f"{url}/Contacts/UpdatePerson", json=body, auth=auth, timeout=5
        ).json()
        process.kill()
    with started(*state) as (_process, url):
        path = f"{url}/CRM/Contact/M30011/Person/{contact_id}"
        assert requests.get(path, auth=auth, timeout=5).json()["lastName"] == "Överlevande"


def test_a_taken_port_gives_one_sentence_and_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "sandbox", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stdout == ""
    expected = f"sandbox: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    assert ended.stderr == expected
