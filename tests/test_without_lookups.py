"""With every look-up refused, everything that staff send still arrives.

Each golden pair of every kind is posted and delivered to the practice Vitec; a kind that is added
later is picked up here by itself.
"""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from offices import registry
from offices.models import Capability, Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.kinds import all_kinds, find_kind
from submissions.models import Pause, State, Submission
from tests.test_every_kind import EXAMPLES, directories, read

__all__ = ["directories"]


def refuse_everything(vitec: Sandbox, office: Office) -> None:
    """Every look-up answers 403, and each has been asked."""
    vitec.behave("lookups", "forbidden")
    registry.fetch_everything(office)
    known = Capability.objects.filter(office=office).exclude(name="meetings")
    assert known.exists()
    assert not known.filter(allowed=True).exists()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_kind_is_sent(
    path: Path, as_bokare: Client, office: Office, directories: None, vitec: Sandbox
) -> None:
    refuse_everything(vitec, office)
    example = read(path)
    kind = find_kind(example["kind"])
    assert kind is not None

    posted = {**example["posted"], "form_token": str(uuid.uuid4())}
    answer = as_bokare.post(reverse(kind.url_name), posted)
    assert answer.status_code == 302, answer.content.decode()
    asked = len(vitec.log())
    submission = Submission.objects.get()
    deliver(submission.pk)

    sent = vitec.log()[asked:]
    assert [(row["method"], row["path"].lstrip("/")) for row in sent] == [
        (example["call"]["method"], example["call"]["path"])
    ]
    assert sent[0]["body"] == example["call"]["body"]
    # The practice Vitec does not know the pair's ids, and says so; it denies nothing.
    assert sent[0]["status"] in (200, 204, 400, 404)
    assert not Pause.objects.exists()
    submission.refresh_from_db()
    assert submission.state in (State.DELIVERED, State.REJECTED)


def test_every_kind_is_among_them() -> None:
    assert {kind.key for kind in all_kinds()} == {read(path)["kind"] for path in EXAMPLES}


def test_a_refused_look_up_is_asked_once_however_often_the_timetable_comes_round(
    office: Office, vitec: Sandbox
) -> None:
    vitec.behave("lookups", "forbidden")
    for _time in range(3):
        registry.fetch_everything(office)

    paths = [row["path"].partition("?")[0] for row in vitec.log()]
    refused = [path for path in paths if path != "/Meeting/GetMeetings"]
    assert refused
    assert len(refused) == len(set(refused))
