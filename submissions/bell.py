"""Ringing for a worker without making anybody wait.

A broker that is down or swallows packets would hold the request for seconds or for ever. So a
daemon thread of each process publishes, at the time when the row is due; what it cannot publish
the sweep finds. A ring is a hint, the table is the truth.
"""

from __future__ import annotations

import heapq
import logging
import os
import threading
import time

from celery import current_app

log = logging.getLogger(__name__)

DELIVER = "submissions.tasks.deliver_submission"
# A row that became due just now by the database's clock must not be asked for too early. We begin
# to count after its commit, so what is left is how finely the database tells the time.
MARGIN_SECONDS = 0.002


class Bell:
    """Times at which to ring, and the thread that rings."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int]] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def ring(self, submission_id: int, seconds: float) -> None:
        """Ring for the row after so many seconds. Returns at once, never raises."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, submission_id))
            self._start()
            self._changed.notify()

    def _start(self) -> None:
        # A thread does not survive the fork of a web server's worker.
        if self._thread is None or not self._thread.is_alive() or self._pid != os.getpid():
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            publish(self._next())

    def _next(self) -> int:
        with self._changed:
            while True:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[1]
                self._changed.wait(wait)


def publish(submission_id: int) -> None:
    """Hand the row's id to the broker; a failure is left to the sweep."""
    try:
        current_app.send_task(DELIVER, (submission_id,), retry=False)
    except Exception as error:  # noqa: BLE001 - whatever a broker raises, the sweep makes good
        log.warning("could not ring submission=%s cause=%s", submission_id, type(error).__name__)


_bell = Bell()


def ring(submission_id: int, seconds: float = 0) -> None:
    """Have a worker look at the row in so many seconds."""
    _bell.ring(submission_id, seconds + MARGIN_SECONDS)
