"""The practice Vitec without its sockets: data, calls, faults and log in one object."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox import demo
from sandbox.api import Api, Login
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.journal import Journal
from sandbox.routes import ENDPOINTS
from sandbox.store import Collections, Doc, Store

RECORDS = ("comebacks", "participants", "interests", "appointments")


class Practice:
    """Everything that one practice Vitec knows; safe to use from several threads."""

    def __init__(self, logins: tuple[Login, ...], state: Path | None, today: date | None) -> None:
        self.clock = Clock(today)
        self.store = Store(lambda: _fresh(self.clock.today()), state)
        self.faults = Faults(ENDPOINTS)
        self.journal = Journal(self.clock.now)
        self.api = Api(self.store, self.clock, logins)

    def reset(self) -> None:
        """Start again: fresh data around today, no faults, an empty log."""
        self.store.reset()
        self.faults.clear()
        self.journal.clear()

    def records(self) -> dict[str, list[Doc]]:
        """Return what was written through the calls, each with its exact ``bodyText``."""
        with self.store.lock:
            return {
                kind: [dict(doc) for doc in self.store.all(kind) if doc["bodyText"] is not None]
                for kind in RECORDS
            }

    def counts(self) -> dict[str, Any]:
        """Return how much of everything is held, demo data included."""
        return self.store.counts()


def _fresh(today: date) -> Collections:
    """Return collections of their own; the documents in them are replaced, never changed."""
    return {kind: dict(docs) for kind, docs in _built(today).items()}


@lru_cache(maxsize=4)
def _built(today: date) -> Collections:
    return demo.build(today)
