"""A series as RFC 5545 writes it (RRULE), counted out on the wall clock of Stockholm.

Ten o'clock stays ten o'clock over both nights of the clock change. A time that the spring night
skips falls an hour later that day; of one that comes twice in autumn the first is meant.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from dateutil import rrule

from lib.daywords import STOCKHOLM


def moments(rule: str, start: dt.datetime) -> Iterator[dt.datetime]:
    """Every time of the series in order, aware and in Stockholm time; it may never end.

    rule: such as `FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU`. start: aware.
    """
    first = start.astimezone(STOCKHOLM).replace(tzinfo=None, fold=0)
    return (_moment(wall_clock) for wall_clock in rrule.rrulestr(rule, dtstart=first))


def between(
    rule: str, start: dt.datetime, first: dt.datetime, last: dt.datetime
) -> list[dt.datetime]:
    """The times from `first` on that lie before `last`, all aware."""
    reached = itertools.dropwhile(lambda moment: moment < first, moments(rule, start))
    return list(itertools.takewhile(lambda moment: moment < last, reached))


def _moment(wall_clock: dt.datetime) -> dt.datetime:
    # By way of UTC, which is what moves a time that does not exist.
    return wall_clock.replace(tzinfo=STOCKHOLM).astimezone(dt.UTC).astimezone(STOCKHOLM)
