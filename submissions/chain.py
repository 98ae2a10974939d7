"""What binds the audit together: each event is stamped over itself and the stamp before it.

The stamp covers what is stored, sealed texts in their sealed form, so that erasing a person breaks
nothing. It is made with the master keys: who can write to the database and has no key cannot make
one. Which columns it covers is fixed; a later column needs a chain of its own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from lib.sealing import is_stamped, stamp

# What the first event is bound to: who asked for what, which never changes.
OF_SUBMISSION = (
    "code",
    "office_id",
    "created_by_id",
    "kind",
    "endpoint",
    "form_token",
    "fingerprint",
)
OF_EVENT = (
    "submission_id",
    "position",
    "number",
    "event",
    "at",
    "token",
    "worker",
    "actor_id",
    "status",
    "milliseconds",
    "cause",
    "request_id",
    "answer",
    "sealed_answer",
    "sealed_reason",
)


def beginning(submission: Any) -> str:
    """What stands in the place of the stamp before the first event's."""
    return _text(getattr(submission, name) for name in OF_SUBMISSION)


def link(previous: str, event: Any) -> str:
    """The stamp of an event; previous: the stamp before it, or the beginning."""
    return stamp(_event_text(previous, event))


def holds(previous: str, event: Any, older: Iterable[str] = ()) -> bool:
    """Is this the event that was stamped, and in its place? older: see `is_stamped`."""
    return is_stamped(_event_text(previous, event), event.link, older)


def _event_text(previous: str, event: Any) -> str:
    return _text([previous, *(getattr(event, name) for name in OF_EVENT)])


def _text(values: Iterable[Any]) -> str:
    return json.dumps([_plain(value) for value in values], ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value if value is None or isinstance(value, int) else str(value)
