"""One golden pair a kind, at least: what was posted, and the exact call that it must become.

A new kind is picked up here by itself and fails until its pair stands in
`tests/<app>/examples/<name>.json`.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connect.calls import Call
from offices.models import Office
from submissions.kinds import Kind, all_kinds, find_kind
from submissions.models import Submission
from tests.factories import (
    make_area,
    make_colleague,
    make_contact,
    make_lead_source,
    make_meeting,
    make_person_directories,
    make_requirement,
    make_slot,
    make_user_group,
)

EXAMPLES = sorted(Path(__file__).parent.glob("*/examples/*.json"))


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())  # type: ignore[no-any-return]


@pytest.fixture
def directories(office: Office) -> None:
    fill_directories(office)


def fill_directories(office: Office) -> None:
    """Everything that the examples name."""
    make_contact(office)
    make_colleague(office)
    make_user_group(office)
    make_meeting(office)
    make_slot(office)
    make_lead_source(office)
    make_area(office)
    make_requirement(office)
    make_person_directories(office)


def test_every_kind_has_a_golden_pair() -> None:
    shown = {read(path)["kind"] for path in EXAMPLES}

    assert {kind.key for kind in all_kinds()} == shown


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_posted_becomes_exactly_this_call(
    path: Path, as_bokare: Client, directories: None
) -> None:
    example = read(path)
    kind = find_kind(example["kind"])
    assert kind is not None

    answer = as_bokare.post(
        reverse(kind.url_name), {**example["posted"], "form_token": str(uuid.uuid4())}
    )

    assert answer.status_code == 302, answer.content.decode()
    call = Submission.objects.get().call
    assert call.method == example["call"]["method"]
    assert call.path == example["call"]["path"]
    assert json.loads(call.body or "null") == example["call"]["body"]


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_what_many_do_is_told_as_of_each_alone_with_few_questions(
    kind: Kind, office: Office, directories: None, django_assert_max_num_queries: Any
) -> None:
    assert kind.effects is not None
    calls = [
        Call(
            endpoint=kind.endpoint.key,
            method=kind.endpoint.method,
            path=example["call"]["path"],
            body=json.dumps(example["call"]["body"]),
            answer=kind.endpoint.answer,
            writes=True,
        )
        for example in map(read, EXAMPLES)
        if example["kind"] == kind.key
    ]
    alone = [kind.effects(office, [call])[0] for call in calls]

    with django_assert_max_num_queries(7):
        together = kind.effects(office, calls * 5)

    assert together == alone * 5
    assert all(alone)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_an_empty_form_says_what_is_missing_and_saves_nothing(
    kind: Kind, as_bokare: Client, office: Office
) -> None:
    answer = as_bokare.post(reverse(kind.url_name), {})

    assert answer.status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_its_form_opens(kind: Kind, as_bokare: Client, office: Office) -> None:
    assert as_bokare.get(reverse(kind.url_name)).status_code == 200


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_vitecs_field_names_lead_to_fields_of_the_form(kind: Kind) -> None:
    assert set(kind.endpoint.fields.values()) <= set(kind.form_class.base_fields)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_a_write_is_declared_as_one(kind: Kind) -> None:
    assert kind.endpoint.writes
    assert kind.endpoint.source.startswith("https://")
