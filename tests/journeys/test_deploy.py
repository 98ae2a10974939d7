"""The processes of deploy/, by the very command lines of compose.yaml and of the systemd units."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import kombu
import pytest

from sandbox.server import Sandbox
from tests.journeys.deployed import Deployment, Visitor, deployed
from tests.journeys.stack import wait_until

SLOW = 3


def _parents(deployment: Deployment) -> set[int]:
    """The workers whose children have delivered, by the workers' process ids."""
    found = set()
    for line in deployment.lines():
        if line["message"].startswith("event=delivered"):
            status = Path(f"/proc/{line['process']}/status").read_text()
            match = re.search(r"^PPid:\s*(\d+)", status, re.MULTILINE)
            assert match
            found.add(int(match[1]))
    return found


def _sync(deployment: Deployment) -> None:
    """Through the broker and the workers, as beat would in a few minutes."""
    for task in ("offices.tasks.sync_directories", "meetings.tasks.sync_meetings"):
        deployment.run("celery", "-A", "vitecportal", "call", task)
    wait_until(lambda: deployment.is_well("sync"), 90, "a sync of the meetings")


def _is_quorum(deployment: Deployment, ending: str) -> None:
    """Declaring it again as what it is not is refused."""
    with kombu.Connection(os.environ["CELERY_BROKER_URL"], connect_timeout=5) as connection:
        connection.default_channel.queue_declare(
            deployment.queue + ending,
            durable=True,
            auto_delete=False,
            arguments={"x-queue-type": "quorum"},
        )


@pytest.mark.parametrize("source", ["compose", "systemd"])
def test_two_workers_deliver_stop_gracefully_and_go_on(tmp_path: Path, source: str) -> None:
    with Sandbox() as vitec, deployed(tmp_path, source, vitec.url) as deployment:
        person = Visitor(deployment, "bokare")
        _sync(deployment)

        # More at once than one worker may hold: both have their share, each arrives once.
        vitec.behave("comeback", "latency", seconds=SLOW)
        pages = [person.new_comeback() for _ in range(8)]
        for page in pages:
            person.wait_for(page, "delivered", seconds=60)
        assert len(vitec.records()["comebacks"]) == 8
        workers = {deployment.processes[name].pid for name in ("deliver-1", "deliver-2")}
        assert _parents(deployment) == workers

        # Told to stop in the middle of a call, a worker finishes it and takes no other.
        in_flight = person.new_comeback()
        person.wait_for(in_flight, "sending")
        assert deployment.terminate("deliver-1", "deliver-2") == [0, 0]
        assert person.state(in_flight) == "delivered"
        waiting = person.new_comeback()
        assert person.state(waiting) == "waiting"

        deployment.start("deliver", "3")
        person.wait_for(waiting, "delivered", seconds=60)
        assert len(vitec.records()["comebacks"]) == 10
        assert len([row for row in vitec.log() if row["endpoint"] == "comeback"]) == 10

        metrics = deployment.metrics()
        assert 'vitecportal_heartbeat_age_seconds{name="worker"}' in metrics
        assert 'job="meetings",office="M30011"' in metrics

        if os.environ.get("CELERY_BROKER_URL", "").startswith("amqp"):
            for ending in ("", "-sync", "-lookup"):
                _is_quorum(deployment, ending)

        codes = deployment.terminate(*deployment.processes)
        assert set(codes) == {0}

    accepted = [line for line in deployment.lines() if line["message"].startswith("event=accepted")]
    assert len(accepted) == 10
    for line in accepted:
        mine = [each for each in deployment.lines() if each.get("submission") == line["submission"]]
        assert {each["request_id"] for each in mine} == {line["request_id"]}
        assert {each["logger"] for each in mine} >= {"connect", "submissions.journal"}
    assert "Anna" not in json.dumps(deployment.lines(), ensure_ascii=False)
