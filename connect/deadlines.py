"""Doing something when time is up: one thread of a process for all that waits.

A `threading.Timer` is a thread each, and starting one makes the caller wait for it.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable

_order = itertools.count()


class Deadline:
    """A moment, by `time.monotonic`, at which `action` is done unless it is lifted before.

    action: must be quick and raise nothing; it runs in a thread of its own.
    """

    def __init__(self, moment: float, action: Callable[[], None]) -> None:
        self.key = (moment, next(_order))
        self._action: Callable[[], None] | None = action

    def __lt__(self, other: Deadline) -> bool:
        return self.key < other.key

    def lift(self) -> None:
        """Nothing is done any more; what the action held is let go."""
        self._action = None

    def pass_by(self) -> None:
        """Time is up."""
        action, self._action = self._action, None
        if action is not None:
            action()


class _Watch:
    def __init__(self) -> None:
        self._waiting: list[Deadline] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline) -> None:
        with self._changed:
            heapq.heappush(self._waiting, deadline)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            # One that comes after the first changes nothing for the thread.
            if self._waiting[0] is deadline:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            self._next().pass_by()

    def _next(self) -> Deadline:
        with self._changed:
            while True:
                wait = self._waiting[0].key[0] - time.monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._waiting)
                self._changed.wait(wait)


_watch = _Watch()


def _begin_anew() -> None:
    """A thread does not survive a fork, and its lock may have been held in that moment."""
    global _watch  # noqa: PLW0603
    _watch = _Watch()


os.register_at_fork(after_in_child=_begin_anew)


def watch(deadline: Deadline) -> None:
    """From now on it is waited for."""
    _watch.add(deadline)
