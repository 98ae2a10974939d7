"""Every kind's call against a copy of Vitec's contract: names, casing, types, lengths, members.

`vitec.json` holds the request of each of the five calls, {name: {type, …}}, down to the leaves.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.payloads import meetings_call
from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.kinds import Kind, all_kinds, find_kind
from submissions.models import Submission
from tests.test_every_kind import EXAMPLES, directories, read

pytestmark = pytest.mark.django_db

__all__ = ["directories"]

CONTRACT = json.loads((Path(__file__).parent / "vitec.json").read_text())["endpoints"]
PYTHON = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "datetime": str}


def endpoint_of(path: str) -> dict[str, Any]:
    """The endpoint whose path this one fills."""
    for endpoint in CONTRACT.values():
        pattern = re.sub(r"{\w+}", "[^/]+", endpoint["path"].strip("/"))
        if re.fullmatch(pattern, path):
            return endpoint  # type: ignore[no-any-return]
    raise AssertionError(f"the contract has no {path}")


def faults(fields: dict[str, Any], body: dict[str, Any], at: str = "") -> Iterator[str]:
    """What in `body` the contract does not know or allow."""
    for name, value in body.items():
        if name not in fields:
            yield f"{at}{name} is unknown"
        else:
            yield from faults_of_value(fields[name], value, f"{at}{name}")
    for name, field in fields.items():
        if field.get("required") and name not in body:
            yield f"{at}{name} is missing"


def faults_of_value(field: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if field["type"] == "object":
        yield from faults(field["fields"], value, f"{at}.")
        exclusive = set(field.get("exclusive", ())) & set(value)
        if len(exclusive) > 1:
            yield f"{at} has {exclusive} at once"
    elif field["type"] == "array":
        for one in value:
            yield from faults_of_value({**field["items"]}, one, f"{at}[]")
    else:
        yield from faults_of_leaf(field, value, at)


def faults_of_leaf(field: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    right = isinstance(value, PYTHON[field["type"]])
    if not right or (isinstance(value, bool) and field["type"] != "boolean"):
        yield f"{at} is {value!r}, not a {field['type']}"
        return
    if "enum" in field and value not in field["enum"]:
        yield f"{at} is {value!r}, not one of {field['enum']}"
    if len(str(value)) > field.get("max_length", 10**6):
        yield f"{at} is longer than {field['max_length']}"
    if field["type"] == "datetime":
        dt.datetime.fromisoformat(value)


def leaves(fields: dict[str, Any], at: str = "") -> Iterator[str]:
    """Every leaf of a body: `updatePerson.email.emailAddress`, `polygon[].latitud`."""
    for name, field in fields.items():
        yield from leaves_of_field(field, f"{at}{name}")


def leaves_of_field(field: dict[str, Any], at: str) -> Iterator[str]:
    if "fields" in field:
        yield from leaves(field["fields"], f"{at}.")
    elif "items" in field:
        yield from leaves_of_field(field["items"], f"{at}[]")
    else:
        yield at


def leaves_sent(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves_sent(one, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves_sent(one, f"{at}[]")
    else:
        yield at


def examples_of(kind: Kind) -> list[dict[str, Any]]:
    return [example for path in EXAMPLES if (example := read(path))["kind"] == kind.key]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_call_is_as_the_contract_has_it(path: Path) -> None:
    call = read(path)["call"]
    endpoint = endpoint_of(call["path"])

    assert call["method"] == endpoint["method"]
    assert list(faults(endpoint["body"], call["body"])) == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_every_leaf_of_the_contract_is_sent_at_least_once(kind: Kind) -> None:
    examples = examples_of(kind)
    endpoint = endpoint_of(examples[0]["call"]["path"])
    sent = {leaf for example in examples for leaf in leaves_sent(example["call"]["body"])}

    assert set(leaves(endpoint["body"])) - sent == set()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_posted_arrives_at_vitec_leaf_by_leaf(
    path: Path, as_bokare: Client, directories: None, vitec: Sandbox
) -> None:
    example = read(path)
    kind = find_kind(example["kind"])
    assert kind is not None
    as_bokare.post(reverse(kind.url_name), {**example["posted"], "form_token": str(uuid.uuid4())})

    deliver(Submission.objects.get().pk)

    (arrived,) = [row for row in vitec.log() if row["path"].endswith(example["call"]["path"])]
    assert arrived["method"] == example["call"]["method"]
    assert arrived["body"] == example["call"]["body"]


@pytest.mark.parametrize("by_booking_date", [True, False])
def test_the_one_that_reads_is_as_the_contract_has_it(
    office: Office, by_booking_date: bool
) -> None:
    day = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)

    call = meetings_call(office, day, day, by_booking_date=by_booking_date)

    body = json.loads(call.body or "")
    assert list(faults(CONTRACT["meeting_list"]["body"], body)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Date": "2027-03-01T09:00:00"}, "Date is unknown"),
        ({"date": "på måndag"}, None),
        ({"note": 7}, "note is 7, not a string"),
        ({"participant": {"userId": "HAN1", "officeId": "FIR1"}}, "at once"),
    ],
)
def test_it_would_notice(body: dict[str, Any], said: str | None) -> None:
    fields = CONTRACT["comeback_create"]["body"]

    if said is None:
        with pytest.raises(ValueError, match="isoformat"):
            list(faults(fields, body))
    else:
        assert said in "".join(faults(fields, body))
