"""Reports of failures: classes, places and ids leave; nothing that anybody typed does."""

from __future__ import annotations

import json
import logging

import pytest
import sentry_sdk
from django.test import Client
from django.urls import reverse
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from lib.log_context import about
from submissions import tasks
from submissions.tasks import deliver_submission
from tests.vitecportal.environment import PRODUCTION, run_python
from vitecportal.error_reports import start

CANARY = "Kanariefågelsson"


class Post(Transport):
    """Keeps the very bytes that would leave."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.left.append(envelope.serialize())

    @property
    def text(self) -> str:
        return b"\n".join(self.left).decode()

    @property
    def events(self) -> list[dict]:  # type: ignore[type-arg]
        bodies = (Envelope.deserialize(each) for each in self.left)
        return [event for body in bodies if (event := body.get_event())]


@pytest.fixture
def post():
    post = Post()
    start("https://key@sentry.example.se/1", "vitecportal@1", post)
    yield post
    sentry_sdk.init()


def _fail_as(user: Client, monkeypatch) -> None:
    def fail(*_: object) -> None:
        typed = [CANARY, "070-174 06 05"]
        raise LookupError(f"nobody is called {typed}")

    monkeypatch.setattr("vitecportal.context.all_kinds", fail)
    monkeypatch.setattr("vitecportal.context.my_offices", fail)
    user.raise_request_exception = False
    user.cookies["chosen"] = "kaka-kanarie"
    answer = user.post(
        f"{reverse('meetings:new_comeback')}?q=fråga-kanarie",
        {"note": CANARY, "contact_id": "ADR-kanarie"},
        headers={"X-Canary": "huvud-kanarie", "Referer": "https://x.example/?ref-kanarie"},
    )
    assert answer.status_code == 500


def test_a_failing_page_is_reported_without_what_was_typed(as_bokare, bokare, post, monkeypatch):
    _fail_as(as_bokare, monkeypatch)
    [event] = post.events
    [exception] = event["exception"]["values"]
    assert exception["type"] == "LookupError"
    assert exception["stacktrace"]["frames"][-1]["function"] == "fail"
    for typed in (
        "anarie",
        "070-174",
        "174 06",
        "bokare",
        "Berit",
        "example.se/",
        "sessionid",
        "csrf",
    ):
        assert typed not in post.text
    assert set(event) <= {
        "event_id", "timestamp", "level", "platform", "release", "environment", "transaction",
        "exception", "user", "tags",
    }  # fmt: skip
    assert event["user"] == {"id": str(bokare.pk)}
    assert len(event["tags"]["request_id"]) == 32


def test_it_looks_for_the_right_thing(as_bokare, post, monkeypatch):
    """The same failure with the scrubbing off does leave with what was typed."""
    monkeypatch.setattr(sentry_sdk.get_client(), "options", {
        **sentry_sdk.get_client().options, "before_send": None, "max_request_body_size": "always",
    })  # fmt: skip
    _fail_as(as_bokare, monkeypatch)
    assert CANARY in json.dumps(post.events, ensure_ascii=False)


def test_a_failing_task_is_reported_with_its_id_alone(post, monkeypatch):
    def fail(_: int) -> None:
        raise LookupError(CANARY)

    monkeypatch.setattr(tasks, "deliver", fail)
    deliver_submission.apply((4711,))
    assert CANARY not in post.text
    [event] = post.events
    assert event["exception"]["values"][0]["type"] == "LookupError"
    assert event["tags"]["task"]


def test_our_own_lines_are_reported_as_they_stand_in_the_code(post):
    with about(submission=4):
        logging.getLogger("submissions.delivery").error("sending failed cause=%s", CANARY)
    [event] = post.events
    assert event["logentry"] == {"message": "sending failed cause=%s"}
    assert event["tags"] == {"submission": "4"}
    assert CANARY not in post.text


def test_lines_of_others_are_reported_without_their_text(post):
    logging.getLogger("kombu").error(f"cannot read {CANARY}")  # noqa: G004, RUF100
    assert CANARY not in post.text
    assert len(post.events) == 1


def test_it_leaves_nothing_but_failures(as_bokare, post):
    logging.getLogger("submissions.delivery").warning("late answer")
    assert as_bokare.get(reverse("meetings:list")).status_code == 200
    assert post.left == []


def test_it_is_not_even_imported_unless_wanted(tmp_path):
    code = (
        "import django, sys; django.setup();"
        "print('sentry_sdk' in sys.modules, 'vitecportal.error_reports' in sys.modules)"
    )
    variables = {"DJANGO_SETTINGS_MODULE": "vitecportal.settings", **PRODUCTION}
    assert run_python(["-c", code], tmp_path, **variables).stdout.split() == ["False", "False"]
    wanted = {**variables, "SENTRY_DSN": "https://key@sentry.example.se/1"}
    assert run_python(["-c", code], tmp_path, **wanted).stdout.split() == ["True", "True"]
