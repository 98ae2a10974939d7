"""What is typed turns up nowhere: a canary in every field of every kind, under every fault.

A new kind and a new fault are picked up by themselves. Searched are the log, every column of every
table and what the sessions hold, the cache, the broker's folder, addresses, and what the browser is
told to keep.
"""

from __future__ import annotations

import logging
import uuid
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings as here
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from offices.models import Office, User
from sandbox.faults import FAULTS
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.kinds import Kind, all_kinds
from submissions.models import Submission
from tests.submissions.conftest import SHORT
from tests.test_every_kind import EXAMPLES, directories, read  # noqa: F401 - a fixture

# One of each sort of text that a field may want; each is searched for in its bare form.
CANARIES = {
    "Kanariefågelsson": "Kanarief",
    "kanarie@example.se": "kanarie@",
    "070-174 06 99": "174 06 99",
}
TRACES = [*CANARIES.values(), "1740699", "Papegoja"]
VITECS_WORDS = "Papegojan får inte innehålla semikolon."


def richest(kind: Kind) -> dict[str, Any]:
    """The golden pair of a kind that fills most fields, as it is posted."""
    posted = [read(path)["posted"] for path in EXAMPLES if read(path)["kind"] == kind.key]
    return dict(max(posted, key=len))


def filled(kind: Kind, office: Office) -> dict[str, Any]:
    """A form that can be sent, with a canary in every field that takes one."""
    data = richest(kind)
    names = [name for name, field in kind.form_class.base_fields.items() if _takes_text(field)]
    for name in dict.fromkeys([*data, *names]):
        for canary in CANARIES:
            tried = {**data, name: canary}
            if not isinstance(data.get(name, ""), list) and _is_valid(kind, office, tried):
                data = tried
                break
    return data


def _takes_text(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.HiddenInput)


def _query(data: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    query["form_token"] = str(uuid.uuid4())
    return query


def _is_valid(kind: Kind, office: Office, data: dict[str, Any]) -> bool:
    return kind.form_class(_query(data), office=office).is_valid()


def everywhere(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """Everything that outlives a request, by where it lies."""
    found = {"log": caplog.text, "cache": str(getattr(cache, "_cache", {}))}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = str(cursor.fetchall())
    for number, session in enumerate(Session.objects.all()):
        found[f"session {number}"] = str(session.get_decoded())
    for file in Path(here.BROKER_DIR).rglob("*"):
        if file.is_file():
            found[str(file)] = file.read_bytes().decode(errors="replace")
    return found


def leaks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        f"{trace} in {place}"
        for place, text in everywhere(caplog).items()
        for trace in TRACES
        if trace.casefold() in text.casefold()
    ]


def told(answer: Any) -> str:
    """What an answer's head says: addresses to go to, to show, to remember."""
    return str(dict(answer.headers)) + str({name: c.value for name, c in answer.cookies.items()})


@pytest.fixture(autouse=True)
def every_word_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # Django's own log of statements quotes what goes into them; it is off in every portal.
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_a_canary_sits_in_something_of_every_kind(
    kind: Kind,
    office: Office,
    directories: None,  # noqa: F811
) -> None:
    assert any(value in CANARIES for value in filled(kind, office).values() if value)


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_typed_is_found_after_a_delivery_under(
    kind: Kind,
    fault: str,
    as_bokare: Client,
    bokare: User,
    office: Office,
    directories: None,  # noqa: F811
    vitec: Sandbox,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.VITEC_TIME_LIMITS = SHORT
    options = {"seconds": 0.1} if fault in ("latency", "trickle") else {}
    if fault == "bad_request":
        options = {"shape": "string", "text": VITECS_WORDS}
    vitec.behave("*", fault, **options)

    answer = as_bokare.post(
        reverse(kind.url_name),
        _query(filled(kind, office)).urlencode(),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 302, answer.content.decode()
    for submission in Submission.objects.all():
        deliver(submission.pk)
        page = as_bokare.get(submission.get_absolute_url())
        assert page.status_code == 200
        assert not any(trace in told(page) for trace in TRACES)
    assert Submission.objects.exclude(state="queued").exists() or fault in (
        "refuse",
        "too_many",
        "unavailable",
    )
    assert not any(trace in told(answer) for trace in TRACES)
    assert leaks(caplog) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_half_written_is_found(
    kind: Kind,
    as_bokare: Client,
    office: Office,
    directories: None,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every field of the form, also those that want something else."""
    typed = dict.fromkeys(kind.form_class.base_fields, "Kanariefågelsson 070-174 06 99")
    data = {**typed, "form_token": str(uuid.uuid4())}
    look = as_bokare.post(
        reverse("submissions:look", args=[kind.key]), data, headers={"HX-Request": "true"}
    )
    sent = as_bokare.post(reverse(kind.url_name), data)
    assert sent.status_code == 422
    assert not any(trace in told(look) + told(sent) for trace in TRACES)
    assert leaks(caplog) == []


def test_nothing_typed_in_a_search_is_found(
    as_bokare: Client, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for path, name in (("quick_search", "q"), ("find_contacts", "contact_search")):
        answer = as_bokare.post(
            reverse(f"offices:{path}"), {name: "Kanariefågelsson 070-174 06 99"}
        )
        assert not any(trace in told(answer) for trace in TRACES)
    assert leaks(caplog) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_nothing_typed_is_found_when_we_fail_ourselves(
    kind: Kind,
    bokare: User,
    office: Office,
    directories: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault of ours")

    client = Client(raise_request_exception=False)
    client.force_login(bokare)
    data = _query(filled(kind, office))
    monkeypatch.setattr("submissions.outbox.submit", fails)
    monkeypatch.setattr("submissions.batches.submit_batch", fails)
    answer = client.post(
        reverse(kind.url_name), data.urlencode(), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 500
    assert "a fault of ours" in caplog.text
    assert not any(trace in answer.content.decode() + told(answer) for trace in TRACES)
    assert leaks(caplog) == []


def test_the_search_would_find_a_canary(bokare: User, caplog: pytest.LogCaptureFixture) -> None:
    """So that silence means something."""
    bokare.last_name = "Kanariefågelsson"
    bokare.save()
    logging.getLogger("meetings").info("Kanariefågelsson")
    assert set(leaks(caplog)) == {"Kanarief in log", "Kanarief in offices_user"}
