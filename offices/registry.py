"""What is read from Vitec, declared as data. An app declares its own in `<app>/lookups.py`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Protocol

from connect.calls import Call
from offices.models import DirectoryRow, Office


class Fetch(Protocol):
    """Refreshes one or several lists of an office; now: whatever the timetable says."""

    def __call__(self, office: Office, *, now: bool) -> object: ...


@dataclasses.dataclass(frozen=True)
class Lookup:
    """One read that an office's login may or may not make.

    key: name of its `Capability`, and of its runs (`SyncRun.job`) where it is fetched by schedule.
    label: what it brings, for people. probe: a small call that tells whether it is allowed; None
    while there is nothing to ask about. every: seconds between two runs, 0 for one that is made
    when it is needed. fetch: what runs it. model: where its rows are kept.
    """

    key: str
    label: Any
    probe: Callable[[Office], Call | None]
    every: int = 0
    fetch: Fetch | None = None
    model: type[DirectoryRow] | None = None


_registry: dict[str, Lookup] = {}


def register(lookup: Lookup) -> Lookup:
    """Make a look-up known. Raises ValueError when another has its key."""
    if lookup.key in _registry:
        raise ValueError(f"two look-ups are called {lookup.key}")
    _registry[lookup.key] = lookup
    return lookup


def all_lookups() -> list[Lookup]:
    """Every look-up known, in the order in which they were declared."""
    return list(_registry.values())


def said(key: str) -> str:
    """What people call a look-up; its key where nobody knows it."""
    return str(_registry[key].label) if key in _registry else key


def fetch_everything(office: Office) -> None:
    """Refresh every list of the office now, save those that were refused within a day."""
    for fetch in dict.fromkeys(lookup.fetch for lookup in all_lookups()):
        if fetch:
            fetch(office, now=True)
