"""One request id leads from the page to the attempt and through every line of the worker."""

from __future__ import annotations

import json
import logging
import threading
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from lib.log_context import begin
from lib.log_lines import JsonLines
from submissions.models import Attempt, Event, Submission
from submissions.tasks import deliver_submission
from tests.factories import make_colleague, make_contact

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "Kanariefågelsson 070-174 06 99"


@pytest.fixture
def lines():
    """Every line that is logged, as JSON would have it."""
    found: list[dict[str, object]] = []
    texts: list[str] = []
    format_of = JsonLines()

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            texts.append(format_of.format(record))
            found.append(json.loads(texts[-1]))

    keeper, root = Keeper(), logging.getLogger()
    before = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    yield found
    root.removeHandler(keeper)
    root.setLevel(before)
    begin()


@pytest.fixture
def sent(vitec, office, as_bokare: Client, monkeypatch, lines):
    """A comeback that bokare has just sent; the id of the request, and the row."""
    monkeypatch.setattr("submissions.outbox.ring", lambda *_: None)
    make_contact(office)
    make_colleague(office)
    answer = as_bokare.post(
        reverse("meetings:new_comeback"),
        {
            "form_token": str(uuid.uuid4()),
            "contact_id": "ADR1",
            "date": "2027-03-01 09:00",
            "participant": "userId:HAN1",
            "note": NOTE,
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["X-Request-Id"], Submission.objects.get()


def test_what_was_saved_bears_the_id_of_the_request(sent):
    request_id, submission = sent
    assert submission.attempts.get(event=Event.ACCEPTED).request_id == request_id


def test_every_line_of_the_worker_bears_it(sent, lines):
    request_id, submission = sent
    del lines[:]

    worker = threading.Thread(target=deliver_submission.apply, args=((submission.pk,),))
    worker.start()
    worker.join()

    said = [line for line in lines if line["logger"] != "sandbox"]
    assert {line["logger"] for line in said} >= {"connect", "submissions.journal"}
    assert [line["message"] for line in said if line["logger"] == "submissions.journal"][:2] == [
        "event=claimed try=1",
        "event=sending try=1",
    ]
    for line in said:
        assert (line["request_id"], line["submission"]) == (request_id, str(submission.pk)), line
        assert line["task"]


def test_the_call_to_vitec_is_found_by_its_own_id(sent, lines, vitec):
    _, submission = sent
    deliver_submission.apply((submission.pk,))
    [line] = [line for line in lines if line["logger"] == "connect"]
    answered = Attempt.objects.exclude(status=None).get()
    assert line["call_id"] == answered.request_id


def test_what_a_person_does_later_bears_that_requests_id(sent, as_bokare):
    _, submission = sent
    answer = as_bokare.post(reverse("submissions:cancel", args=[submission.code]))
    undone = submission.attempts.get(event=Event.CANCELLED)
    assert undone.request_id == answer.headers["X-Request-Id"]


def test_no_line_holds_what_was_typed(sent, lines):
    _, submission = sent
    deliver_submission.apply((submission.pk,))
    said = json.dumps(lines, ensure_ascii=False)
    assert "/meetings/comebacks/new/" in said
    for typed in ("Kanarie", "174 06 99", "ADR1", "Anna", "Storgatan"):
        assert typed not in said
