"""The golden pairs say what becomes what; here is what must hold of all of them together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connect.calls import Answer
from offices.models import Office
from sandbox.schemas import BOOK_NEW
from sandbox.validation import Fields
from viewings.payloads import ADD_PARTICIPANT, viewings_call

EXAMPLES = Path(__file__).parent / "examples"


def leaves(value: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from leaves(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def known(spec: Any, path: str = "") -> Iterator[str]:
    for name, inner in (spec.of or {}).items():
        if isinstance(inner, Fields):
            yield from known(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def sent() -> set[str]:
    files = EXAMPLES.glob("*.json")
    bodies = [json.loads(file.read_text())["call"]["body"] for file in files]
    return {leaf for body in bodies for leaf in leaves(body)}


def test_every_leaf_of_the_body_stands_in_a_golden_pair() -> None:
    assert sent() == set(known(BOOK_NEW))


def test_vitecs_message_of_any_leaf_finds_its_field() -> None:
    ours = {"updatePerson.customerId", "returnBookingId"}

    assert sent() - ours <= set(ADD_PARTICIPANT.fields)


def test_it_waits_for_a_text() -> None:
    assert ADD_PARTICIPANT.answer is Answer.TEXT


@given(estate_id=st.text(min_size=1, max_size=40))
def test_any_id_is_one_segment_of_the_path(estate_id: str) -> None:
    if estate_id.strip() not in ("", ".", ".."):
        assert viewings_call(Office(customer_id="M30011"), estate_id).path.count("/") == 2
