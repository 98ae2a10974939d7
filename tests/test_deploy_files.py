"""deploy/: its files agree with each other and with the portal, and hold no secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy_files import (
    DEPLOY,
    PROCESSES,
    UNITS,
    compose,
    compose_command,
    compose_environment,
    interpolated,
    unit,
    unit_command,
    unit_environment,
)
from vitecportal.celery import app

ROOT = Path(__file__).resolve().parent.parent
GIVEN = {
    "POSTGRES_PASSWORD": "a",
    "BROKER_PASSWORD": "b",
    "CELERY_BROKER_URL": "amqp://",
    "PORTAL_DOMAIN": "portal.example.se",
    "CELERY_QUEUE": "q",
}
KNOWN_KEYS = {
    "build", "cap_drop", "command", "depends_on", "deploy", "env_file", "environment",
    "healthcheck", "hostname", "image", "init", "ports", "profiles", "read_only", "restart",
    "security_opt",    "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
LONGEST_CALL = 60


def _services():
    return compose()["services"]


def _seconds(text):
    return int(text.removesuffix("s"))


def test_every_service_is_made_of_settings_that_compose_knows():
    assert set(compose()) == {"name", "x-portal", "services", "volumes"}
    for name, service in _services().items():
        assert set(service) <= KNOWN_KEYS, name
        assert "image" in service, name


def test_what_a_service_waits_for_and_mounts_is_there():
    for service in _services().values():
        assert set(service.get("depends_on", [])) <= set(_services())
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in compose()["volumes"] or (DEPLOY / source).exists()


def test_no_process_but_the_proxy_is_reachable_from_outside():
    assert [name for name, service in _services().items() if "ports" in service] == ["proxy"]


@pytest.mark.parametrize("name", PROCESSES)
def test_compose_and_systemd_start_the_same(name):
    theirs = compose_command(name, GIVEN)
    ours = unit_command(name, GIVEN, "1")
    assert [part.replace("deliver-1@", "deliver@") for part in ours] == theirs


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_runs_without_rights_it_does_not_need(name):
    service = _services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert unit(name)["User"] == ["vitecportal"]
    assert unit(name)["NoNewPrivileges"] == ["yes"]
    assert "\nUSER 10001" in (DEPLOY / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["deliver", "sync", "lookup"])
def test_a_worker_has_time_to_finish_what_is_in_flight(name):
    longest = LONGEST_CALL * (1 if name == "deliver" else 2)
    assert _seconds(_services()[name]["stop_grace_period"]) > longest
    assert int(unit(name)["TimeoutStopSec"][0]) > longest
    # Only the main process is told to stop; its children finish.
    assert unit(name)["KillMode"] == ["mixed"]


def test_a_worker_listens_to_every_queue():
    """What is sent to a queue that no worker listens to waits for ever."""
    app.loader.import_default_modules()
    default = app.conf.task_default_queue
    listened = {
        command[command.index("--queues") + 1]
        for command in (compose_command(n, {**GIVEN, "CELERY_QUEUE": default}) for n in PROCESSES)
        if "--queues" in command
    }
    sent = {
        (app.amqp.router.route({}, name).get("queue") or app.amqp.queues[default]).name
        for name in app.tasks
        if not name.startswith("celery.")
    }
    assert sent == listened


def test_deliveries_run_in_processes_of_their_own_and_there_are_two():
    command = compose_command("deliver", GIVEN)
    assert command[command.index("--pool") + 1] == "prefork"
    assert _services()["deliver"]["deploy"]["replicas"] == 2
    assert (UNITS / "vitecportal.target").read_text().count("vitecportal-deliver@") == 2


def test_beat_is_alone_and_in_no_worker():
    assert "replicas" not in str(_services()["beat"])
    for name in PROCESSES:
        assert not {"-B", "--beat"} & set(compose_command(name, GIVEN))


def test_there_is_a_broker_of_each_sort_and_its_address():
    brokers = {name for name, service in _services().items() if "profiles" in service}
    assert brokers == {"rabbitmq", "redis"}
    example = (DEPLOY / "env.example").read_text()
    for broker in brokers:
        assert f"COMPOSE_PROFILES={broker}" in example
        assert f"@{broker}:" in example


def test_the_portals_variables_are_variables_of_the_portal():
    known = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    known |= {"WEB_CONCURRENCY"}
    for name in PROCESSES:
        assert set(compose_environment(name, GIVEN)) | set(unit_environment(name)) <= known
    example = (DEPLOY / "portal.env.example").read_text()
    assert set(re.findall(r"^#?(\w+)=", example, re.MULTILINE)) <= known


def test_no_secret_stands_in_any_file():
    for path in [DEPLOY / "compose.yaml", DEPLOY / "env.example", DEPLOY / "portal.env.example"]:
        for name, value in re.findall(
            r"(\w*(?:PASSWORD|PASS|KEYS?|TOKEN)): ?(.*)$", path.read_text()
        ):
            assert value.startswith("${"), name
        given = re.findall(r"^(\w*(?:PASSWORD|KEYS?|TOKEN))=(.+)$", path.read_text(), re.MULTILINE)
        assert given == []
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "var", ".git", "deploy/.env", "deploy/portal.env"} <= set(ignored)
    assert not re.search(r"SECRET_KEY|PASSWORD|ENCRYPTION", (DEPLOY / "Dockerfile").read_text())


def test_the_proxy_says_that_it_is_https_and_keeps_the_figures_inside():
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert "proxy_set_header X-Forwarded-Proto $scheme" in nginx
    assert "proxy_set_header X-Forwarded-For $remote_addr" in nginx
    for text in (nginx, (DEPLOY / "Caddyfile").read_text()):
        assert "/metrics" in text
        assert "/healthz" in text


def test_what_a_proxy_answers_by_itself_is_guarded_as_the_portals_pages_are(settings):
    """HSTS as `vitecportal.settings` has it with HTTPS=1, and no guessing of types."""
    nginx, caddy = ((DEPLOY / name).read_text() for name in ("nginx.conf", "Caddyfile"))
    for text in (nginx, caddy):
        assert 'Strict-Transport-Security "max-age=63072000; includeSubDomains; preload"' in text
        assert "X-Content-Type-Options nosniff" in text
    # Once each: the portal's own are taken away where nginx adds its.
    for name in re.findall(r"add_header ([\w-]+)", nginx):
        assert f"proxy_hide_header {name};" in nginx
    assert not re.search(r"location[^{]*{[^}]*add_header", nginx)
    assert "?Strict-Transport-Security" in caddy
    # TLS of today, no listing of folders, no file of the host's.
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in nginx
    for text in (nginx, caddy):
        assert not re.search(r"autoindex|file_server|\broot\b|\balias\b", text)


def test_the_image_holds_no_tests_and_no_practice_vitec():
    assert "rm -rf /tmp/build tests sandbox .ci" in (DEPLOY / "Dockerfile").read_text()


def test_an_address_is_told_by_the_one_proxy_that_stands_before_the_portal():
    """Without it limits by address would take everybody for the proxy."""
    example = (DEPLOY / "portal.env.example").read_text()
    assert "\nTRUSTED_PROXIES=1\n" in example


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda p: p.name)
def test_every_part_is_pinned_by_its_sum(path):
    lines = [line.strip() for line in path.read_text().replace("\\\n", " ").splitlines()]
    parts = [line for line in lines if line and not line.startswith("#")]
    assert parts
    for part in parts:
        assert re.match(r"[\w.\[\]-]+==\S+( ; [^#]*)? +--hash=sha256:[0-9a-f]{64}", part), part
        assert "://" not in part


def test_what_must_be_given_is_asked_for():
    with pytest.raises(KeyError):
        interpolated("${POSTGRES_PASSWORD:?}", {})
    assert interpolated("a ${X:-b} $$c", {}) == "a b $c"
