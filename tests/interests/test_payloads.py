"""The golden pairs say what becomes what; here is what must hold of all of them together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connect.calls import Answer
from interests.payloads import SEND_INTEREST
from sandbox.schemas import INTEREST
from sandbox.validation import Fields, Items

EXAMPLES = Path(__file__).parent / "examples"


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path


def known(spec: Any, path: str = "") -> Iterator[str]:
    if isinstance(spec, Items):
        yield from known(spec.of, path)
    elif isinstance(spec, Fields):
        for name, inner in (spec.of or {}).items():
            yield from known(inner, f"{path}.{name}" if path else name)
    else:
        yield path


def bodies() -> list[Mapping[str, Any]]:
    return [json.loads(file.read_text())["call"]["body"] for file in EXAMPLES.glob("*.json")]


def test_every_leaf_of_the_body_stands_in_a_golden_pair() -> None:
    sent = {leaf for body in bodies() for leaf in leaves(body)}

    assert sent == set(known(INTEREST))


def test_vitecs_message_of_any_leaf_finds_its_field() -> None:
    deeper = ("lookingForAccommodations.polygon.", "lookingForAccommodations.")
    sent = {leaf for body in bodies() for leaf in leaves(body)} - {"updatePerson.customerId"}

    assert {
        leaf for leaf in sent if leaf not in SEND_INTEREST.fields and not leaf.startswith(deeper)
    } == set()


def test_every_polygon_is_closed() -> None:
    drawn = [
        profile["polygon"]
        for body in bodies()
        for profile in body["lookingForAccommodations"]
        if "polygon" in profile
    ]

    assert drawn
    assert all(len(polygon) >= 4 and polygon[0] == polygon[-1] for polygon in drawn)


def test_no_answer_is_a_good_answer() -> None:
    assert SEND_INTEREST.answer is Answer.ANYTHING
