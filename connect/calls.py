"""The values that cross the wire: what may be called, one frozen call, one usable answer."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote, urlencode


class Answer(enum.StrEnum):
    """What an endpoint promises in return. Anything else after the first byte is *unknown*."""

    TEXT = "text"
    """200 with a non-empty JSON string, as the help pages of the create calls show."""

    ANYTHING = "anything"
    """200 or 204 with any body or none: the area interest, whose answer is not documented."""

    JSON = "json"
    """200 with a JSON document: the look-ups."""


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """One call of Vitec Connect as its help page describes it.

    key: our stable name, such as `meetings.comeback`; stands in logs, metrics and on pauses.
    path: relative to the host, with `{snake_case}` places: `Meeting/{customer_id}/{meeting_id}`.
    writes: true when a second send could do a second thing. Say it of the endpoint, not of the
        verb: Vitec also reads by POST.
    fields: Vitec's field name -> our form field's, so that a 400's messages find their place.
    words: Vitec's field name -> what staff call it, of those that no field of ours holds.
    source: the help page the entry was written from.
    """

    key: str
    method: str
    path: str
    answer: Answer
    writes: bool
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    words: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""

    def call(
        self,
        places: Mapping[str, str] | None = None,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Call:
        """Freeze one call. `places` fill the path and are percent-encoded; ids are opaque text.

        Raises ValueError for an id that would make it another path, and for a body with a number
        that JSON does not know; KeyError for a place that is missing.
        """
        filled = {name: _segment(name, value) for name, value in (places or {}).items()}
        path = self.path.format(**filled)
        if query:
            path = f"{path}?{urlencode(query, doseq=True)}"
        return Call(
            endpoint=self.key,
            method=self.method,
            path=path,
            body=None if body is None else _json(body),
            answer=self.answer,
            writes=self.writes,
        )


@dataclasses.dataclass(frozen=True)
class Call:
    """One call, frozen: the very bytes that were approved, will be sent and stand in the audit.

    path: filled and percent-encoded, relative to the host, with its query if any.
    body: the JSON text, or None for no body.

    Path and body may hold personal data and stay out of the repr, which ends up in logs.
    """

    endpoint: str
    method: str
    path: str = dataclasses.field(repr=False)
    body: str | None = dataclasses.field(repr=False)
    answer: Answer
    writes: bool

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready copy; `from_dict` is its inverse, also after the kind has left the code."""
        return {**dataclasses.asdict(self), "answer": self.answer.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "answer": Answer(data["answer"])})


@dataclasses.dataclass(frozen=True)
class Reply:
    """A usable answer.

    value: the decoded JSON, or None where there was no body to decode.
    text: the body as it came, for the sealed part of the audit. Like value not in the repr.
    """

    status: int
    value: Any = dataclasses.field(repr=False)
    text: str = dataclasses.field(repr=False)
    milliseconds: int
    request_id: str


def _segment(name: str, value: str) -> str:
    """One segment of a path. Empty, `.` and `..` would address something else."""
    if value.strip() in ("", ".", ".."):
        raise ValueError(f"{name} cannot stand in a path.")
    return quote(value, safe="")


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
