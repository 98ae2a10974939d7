"""How a log line looks: text for a person, JSON for a machine. Both hold codes and ids alone.

The message of an exception may quote what somebody typed, so that a line says its class and where
it was raised, and no more; with DEBUG on, the whole traceback.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from types import TracebackType
from typing import Any

from lib.log_context import present

# What every record has; whatever else stands on one is a fact its writer gave as `extra`.
_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
_DEEPEST = 30
# What would begin a line of its own, or move what a terminal shows.
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160), 0x2028, 0x2029)}


class Lines(logging.Formatter):
    """What both formats share. quote: show the texts of exceptions, for development."""

    def __init__(self, *, quote: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.quote = quote

    def said(self, record: logging.LogRecord) -> str:
        """The message. Celery's own of a failed task is made without the exception's text."""
        if self.quote or not isinstance(record.args, dict) or "exc" not in record.args:
            return record.getMessage()
        return str(record.msg) % {**record.args, "exc": _class_of(record), "traceback": ""}

    def failure(self, record: logging.LogRecord) -> dict[str, Any]:
        """`exception`: the classes from the outermost inwards; `trace`: where, outermost first."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return {}
        facts: dict[str, Any] = {
            "exception": [type(each).__name__ for each in _chain(error)],
            "trace": _places(error.__traceback__),
        }
        if self.quote:
            facts["text"] = "".join(traceback.format_exception(error))
        return facts


class JsonLines(Lines):
    """One JSON object a line: time (UTC), level, logger, message, process, the ids, the facts."""

    def format(self, record: logging.LogRecord) -> str:
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.said(record),
            "process": record.process,
            **_facts(record),
            **present(),
            **self.failure(record),
        }
        return json.dumps(line, ensure_ascii=False)


class TextLines(Lines):
    """`time level logger message`, then the ids as `name=value`; a failure on lines below.

    The time is UTC. A message is one line, whatever is in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.message = self.said(record).translate(_CONTROL)
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        record.asctime = moment.isoformat(sep=" ", timespec="milliseconds")
        ids = "".join(f" {name}={value}" for name, value in present().items())
        failure = self.failure(record)
        if not failure:
            return self.formatMessage(record) + ids
        places = [f"  at {place}" for place in failure["trace"]]
        below = failure.get("text") or "\n".join([*places, "  " + " < ".join(failure["exception"])])
        return f"{self.formatMessage(record)}{ids}\n{below}"


def _facts(record: logging.LogRecord) -> dict[str, str | int | float | bool]:
    """What the writer gave besides, as far as it is plain: an object's repr might say anything."""
    return {
        name: value
        for name, value in record.__dict__.items()
        if name not in _USUAL and isinstance(value, str | int | float | bool)
    }


def _class_of(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else "error"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_DEEPEST):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_DEEPEST:]
    return [f"{'/'.join(PurePath(f.filename).parts[-2:])}:{f.lineno} {f.name}" for f in frames]
