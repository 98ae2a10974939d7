"""Everything with one command: its small parts. The whole is driven by the journeys."""

from __future__ import annotations

import importlib.util
import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from tests.connect.wire import Server, answering
from vitecportal.management.commands import run
from vitecportal.supervisor import Supervisor


@pytest.fixture
def healthz(settings):
    """Answers at the portal's port as it is told."""

    def answer(body, status=200):
        server = Server(answering(status, body))
        servers.append(server.__enter__())
        settings.PORT = urlsplit(server.url).port

    servers = []
    yield answer
    for server in servers:
        server.__exit__(None, None, None)


def _healthy(age):
    return json.dumps({"ok": False, "worker": {"ok": True, "heartbeat_age": age}}).encode()


def test_it_starts_web_worker_beat_and_the_practice_vitec(settings):
    settings.PRACTICE = True
    assert list(run.commands()) == ["web", "worker", "sync", "lookup", "beat", "sandbox"]


def test_it_starts_no_practice_vitec_beside_a_real_one(settings):
    settings.PRACTICE = False
    assert list(run.commands()) == ["web", "worker", "sync", "lookup", "beat"]


def test_it_starts_modules_that_exist():
    for command in run.commands().values():
        assert command[1] == "-m"
        assert importlib.util.find_spec(command[2]), command


def test_it_listens_on_this_machine_only(settings):
    settings.PORT = 9123
    command = run.commands()["web"]
    assert command[command.index("--bind") + 1] == "127.0.0.1:9123"


def test_it_is_ready_when_the_heart_has_beaten_since_the_start(healthz):
    healthz(_healthy(3), status=503)
    assert run.is_ready(5)
    assert not run.is_ready(2)


@pytest.mark.parametrize(
    "body", [_healthy(None), b'{"ok": false}', b"<html>", b"", b"[]", b"null", b'{"worker": null}']
)
def test_it_is_not_ready_before(healthz, body):
    healthz(body)
    assert not run.is_ready(60)


def test_it_is_not_ready_while_nobody_listens(settings):
    settings.PORT = 9
    assert not run.is_ready(60)


def test_it_gives_up_waiting_in_a_sentence(settings, monkeypatch, tmp_path):
    settings.PORT = 9
    monkeypatch.setattr(run, "READY_SECONDS", 0)
    with pytest.raises(CommandError, match="Not ready after 0 s, see"):
        run.Command()._wait(Supervisor(tmp_path), time.monotonic())


def test_it_says_where_the_portal_is_and_who_may_sign_in(settings):
    settings.PRACTICE, settings.PORT, settings.SANDBOX_PORT = True, 8000, 8001
    settings.DEMO_PASSWORD = "vitecportal"
    assert run.ready_line() == (
        "vitecportal is ready: http://127.0.0.1:8000/ "
        "(sign in as bokare, maklare, chef, grannkontor, ombud, admin; password vitecportal), "
        "practice Vitec: http://127.0.0.1:8001/_sandbox/"
    )


def test_it_prints_no_password_of_somebodys_own(settings):
    settings.PRACTICE, settings.DEMO_PASSWORD = False, "hemligt"
    assert "hemligt" not in run.ready_line()
    assert "from DEMO_PASSWORD" in run.ready_line()
    assert "practice" not in run.ready_line()


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_it_says_which_port_is_taken_and_how_to_choose_another(settings, name):
    settings.PRACTICE = True
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.PORT = settings.SANDBOX_PORT = free.getsockname()[1]
        free.close()
        port = other.getsockname()[1]
        setattr(settings, name, port)
        with pytest.raises(
            CommandError, match=f"Port {port} is taken.*make run {name}={port + 10}"
        ):
            call_command("run")


@pytest.fixture
def collected(settings, tmp_path) -> Path:
    settings.STATIC_ROOT = tmp_path / "static"
    run.collect_static_if_changed()
    (found,) = tmp_path.glob("static/js/site.js")
    return found


def test_it_collects_static_files_once(collected):
    collected.unlink()
    run.collect_static_if_changed()
    assert not collected.exists()


def test_it_collects_static_files_again_for_a_new_version(collected, settings):
    collected.unlink()
    settings.VERSION = "99"
    run.collect_static_if_changed()
    assert collected.exists()


def test_it_throws_old_static_files_away(collected, settings):
    (collected.parent / "old.js").touch()
    settings.VERSION = "99"
    run.collect_static_if_changed()
    assert not (collected.parent / "old.js").exists()
