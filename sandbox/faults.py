"""Programmed misbehaviour: which fault hits which call, how often, and what it answers.

Faults queue: a request gets the first one that matches it and has times left.
"""

import fnmatch
import itertools
import threading
from dataclasses import dataclass
from typing import Any

from sandbox.messages import HTML, Reply, json_reply
from sandbox.problems import DENIED, FORBIDDEN

# Name to what it does, as the page explains it.
FAULTS = {
    "latency": "Fördröjning, sedan vanligt svar",
    "refuse": "Anslutningen avvisas innan något läses",
    "cut_before": "Bryts efter läst anrop, före arbetet",
    "cut_after": "Arbetet görs, sedan bryts anslutningen",
    "lose_answer": "Arbetet görs, svaret kommer aldrig",
    "bad_request": "400 med valfri form",
    "unauthorized": "401 fel inloggning",
    "forbidden": "403 ingen behörighet",
    "too_many": "429 för många anrop",
    "unavailable": "503 otillgängligt",
    "error_before": "500 före arbetet",
    "error_after": "500 efter arbetet",
    "html": "Arbetet görs, svaret är HTML",
    "empty": "Arbetet görs, svaret är tomt",
    "trickle": "Arbetet görs, svaret droppar en byte i taget",
    "half_body": "Arbetet görs, halva svaret kommer",
    "redirect": "307 omdirigering",
}
SHAPES = ("modelState", "message", "validationErrors", "string", "list", "garbage")
CUTS_BEFORE = frozenset({"refuse", "cut_before"})

_DEFAULT_SECONDS = {"latency": 1.0, "trickle": 1.0, "lose_answer": 600.0}
_TEXT = "E-postadressen är inte giltig."
_PAGE = "<!DOCTYPE html><html><body><h1>Tjänsten är tillfälligt stängd</h1></body></html>"
_UNEXPECTED = {"message": "An error has occurred."}


@dataclass
class Fault:
    """One programmed fault; ``times`` is how many requests it still hits, None for no end.

    ``seconds``: latency before or after the work (``when``), or the pause between trickled bytes,
    or how long a lost answer is waited for. ``retry_after`` (seconds) becomes the header.
    """

    number: int
    endpoint: str
    fault: str
    times: int | None
    seconds: float
    when: str
    shape: str
    field: str | None
    text: str
    retry_after: int | None
    location: str | None

    def matches(self, endpoint: str, path: str) -> bool:
        """Tell whether a request is hit: by name, ``*``, or a pattern of the path."""
        if self.endpoint.startswith("/"):
            return fnmatch.fnmatchcase(path.lower(), self.endpoint.lower())
        return self.endpoint in ("*", endpoint)

    def as_json(self) -> dict[str, Any]:
        """Return the fault as ``GET /_sandbox/behaviour`` shows it."""
        return {
            "number": self.number,
            "endpoint": self.endpoint,
            "fault": self.fault,
            "times": self.times,
            "seconds": self.seconds,
            "when": self.when,
            "shape": self.shape,
            "field": self.field,
            "text": self.text,
            "retryAfter": self.retry_after,
            "location": self.location,
        }


class FaultError(ValueError):
    """The wish for a fault cannot be understood; the text is for the person who wished."""


class Faults:
    """The thread-safe queue of programmed faults."""

    def __init__(self, endpoints: tuple[str, ...]) -> None:
        self._endpoints = endpoints
        self._lock = threading.Lock()
        self._queue: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, wish: dict[str, Any]) -> Fault:
        """Queue the fault that *wish* (JSON of ``POST /_sandbox/behaviour``) describes."""
        fault = _read(wish, self._endpoints, next(self._numbers))
        with self._lock:
            self._queue.append(fault)
        return fault

    def take(self, endpoint: str, path: str) -> Fault | None:
        """Return the fault that hits this request, and count it."""
        with self._lock:
            return self._count(self._first(endpoint, path))

    def take_refusal(self, endpoint: str, path: str) -> Fault | None:
        """Return the fault only when it refuses the connection, and count it."""
        with self._lock:
            fault = self._first(endpoint, path)
            return self._count(fault) if fault and fault.fault == "refuse" else None

    def take_blind_refusal(self) -> Fault | None:
        """Like ``take_refusal`` for a connection that has not said what it wants yet."""
        with self._lock:
            fault = self._queue[0] if self._queue else None
            blind = fault is not None and fault.endpoint == "*" and fault.fault == "refuse"
            return self._count(fault) if blind else None

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._queue.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return the queue, the next fault first."""
        with self._lock:
            return [fault.as_json() for fault in self._queue]

    def _first(self, endpoint: str, path: str) -> Fault | None:
        return next((fault for fault in self._queue if fault.matches(endpoint, path)), None)

    def _count(self, fault: Fault | None) -> Fault | None:
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._queue.remove(fault)
        return fault


def _read(wish: dict[str, Any], endpoints: tuple[str, ...], number: int) -> Fault:
    fault = _one_of(wish, "fault", tuple(FAULTS), None)
    endpoint = str(wish.get("endpoint", "*"))
    if endpoint != "*" and not endpoint.startswith("/") and endpoint not in endpoints:
        raise FaultError(f"endpoint ska vara *, en sökväg eller något av {', '.join(endpoints)}.")
    location = wish.get("location")
    return Fault(
        number=number,
        endpoint=endpoint,
        fault=fault,
        times=_whole(wish, "times", 1),
        seconds=_seconds(wish, fault),
        when=_one_of(wish, "when", ("before", "after"), "before"),
        shape=_one_of(wish, "shape", SHAPES, "modelState"),
        field=str(wish["field"]) if wish.get("field") else None,
        text=str(wish.get("text") or _TEXT),
        retry_after=_whole(wish, "retryAfter", 0),
        location=str(location) if location else None,
    )


def _one_of(wish: dict[str, Any], name: str, allowed: tuple[str, ...], default: str | None) -> str:
    value = wish.get(name) or default
    if value not in allowed:
        raise FaultError(f"{name} ska vara något av {', '.join(allowed)}.")
    return str(value)


def _whole(wish: dict[str, Any], name: str, least: int) -> int | None:
    value = wish.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not str(value).isdigit() or int(value) < least:
        raise FaultError(f"{name} ska vara ett heltal, minst {least}.")
    return int(value)


def _seconds(wish: dict[str, Any], fault: str) -> float:
    value = wish.get("seconds")
    if value in (None, ""):
        return _DEFAULT_SECONDS.get(fault, 0.0)
    try:
        seconds = float(str(value).replace(",", "."))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise FaultError("seconds ska vara ett tal från 0 till 3600.")
    return seconds


def instead_of_work(fault: Fault, target: str) -> Reply | None:
    """Return the reply of a fault that stops the work, or None when the work shall be done."""
    again = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    replies = {
        "unauthorized": (401, {"message": DENIED}, {}),
        "forbidden": (403, {"message": FORBIDDEN}, {}),
        "too_many": (429, {"message": "För många anrop."}, again),
        "unavailable": (503, {"message": "Tjänsten är tillfälligt otillgänglig."}, again),
        "error_before": (500, _UNEXPECTED, {}),
        "redirect": (307, {"message": "Flyttad."}, {"Location": fault.location or target}),
    }
    if fault.fault == "bad_request":
        return _bad_request(fault)
    found = replies.get(fault.fault)
    return json_reply(*found) if found else None


def _bad_request(fault: Fault) -> Reply:
    field, text = fault.field or "updatePerson.email.emailAddress", fault.text
    if fault.shape == "garbage":
        return Reply(400, b'{"message": "Anropet \xe4r avbrut')
    shaped: dict[str, Any] = {
        "modelState": {"message": "The request is invalid.", "modelState": {field: [text]}},
        "message": {"message": text},
        "validationErrors": {
            "validationErrors": [{"field": fault.field, "message": text} if fault.field else text]
        },
        "string": text,
        "list": [text],
    }
    return json_reply(400, shaped[fault.shape])


def after_work(fault: Fault, reply: Reply) -> Reply:
    """Return the reply as the fault changes it once the work is done."""
    if fault.fault == "error_after":
        return json_reply(500, _UNEXPECTED)
    if fault.fault == "html":
        return Reply(200, _PAGE.encode(), HTML)
    if fault.fault == "empty":
        return Reply(200, b"")
    return reply
