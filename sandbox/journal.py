"""The log of the latest requests, for people and for tests."""

import base64
import binascii
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.messages import Request

KEPT = 5000
CUT = "cut"
LOST = "lost"
REFUSED = "refused"


@dataclass
class Entry:
    """One request: what came, what was done with it, and how it was answered.

    ``status`` is the HTTP status, ``cut`` (connection reset), ``lost`` (never answered),
    ``refused`` (reset before a byte was read), or None while it is being worked on.
    ``worked`` is True once the work was done, whatever the client then got to see.
    """

    sequence: int
    time: str
    request: Request | None
    endpoint: str | None = None
    status: int | str | None = None
    fault: str | None = None
    worked: bool = False
    unknown: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the entry as ``GET /_sandbox/log`` shows it."""
        request = self.request
        return {
            "sequence": self.sequence,
            "time": self.time,
            "method": request.method if request else None,
            "path": request.target if request else None,
            "endpoint": self.endpoint,
            "status": self.status,
            "worked": self.worked,
            "fault": self.fault,
            "body": request.json() if request and request.body else None,
            "bodyText": request.text if request else "",
            "unknownFields": self.unknown,
            "headers": _headers(request) if request else {},
        }


def _headers(request: Request) -> dict[str, str | None]:
    user, _password = credentials(request) or (None, None)
    return {
        "User-Agent": request.headers.get("User-Agent"),
        "X-Request-Id": request.headers.get("X-Request-Id"),
        "Content-Type": request.headers.get("Content-Type"),
        # The name only: a password is never kept.
        "Authorization": user,
    }


def credentials(request: Request) -> tuple[str, str] | None:
    """Return user name and password of HTTP Basic, or None when they are missing or garbled."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, secret) if colon else None


class Journal:
    """Thread-safe list of the latest entries; sequence numbers never start again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._last = 0

    def open(self, request: Request | None, endpoint: str | None = None) -> Entry:
        """Add an entry for a request that just arrived and return it to be filled in."""
        with self._lock:
            self._last += 1
            time = self._now().isoformat(timespec="milliseconds")
            entry = Entry(self._last, time, request, endpoint)
            self._entries.append(entry)
            return entry

    def entries(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the entries with a sequence number above *after*, oldest first."""
        with self._lock:
            held = [entry for entry in self._entries if entry.sequence > after]
        return [entry.as_json() for entry in held]

    def clear(self) -> None:
        """Forget the entries."""
        with self._lock:
            self._entries.clear()
