"""A worker's own clock, which may go wrong as a host's does while the database's goes right.

Each worker reads how wrong it is from a file of its own, whenever it asks for the time.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def go_wrong(worker: int, by: dt.timedelta) -> None:
    """From now on the worker's clock is ahead by so much; what is negative is behind."""
    _file(worker).parent.mkdir(exist_ok=True)
    aside = _file(worker).with_suffix(".new")
    aside.write_text(str(by.total_seconds()))
    aside.replace(_file(worker))


def go_right() -> None:
    """Every worker's."""
    for path in _file(0).parent.glob("*"):
        path.unlink()


def install(worker: int) -> None:
    """Lay this process's clock around the real one."""
    right = timezone.now

    def now() -> dt.datetime:
        return right() + _wrong_by(worker)

    timezone.now = now  # type: ignore[assignment]


def _wrong_by(worker: int) -> dt.timedelta:
    try:
        return dt.timedelta(seconds=float(_file(worker).read_text()))
    except FileNotFoundError:
        return dt.timedelta(0)


def _file(worker: int) -> Path:
    return Path(settings.CRASH_CLOCK_DIR) / str(worker)
