"""What stands in an office's calendar, and what an event can be about: each app says its own.

The apps of what staff do are strangers to each other, so a calendar cannot ask them. An app
declares in `<app>/agenda.py` a source of entries, and the things of its own that an event can be
made about; the calendar asks them all.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from offices.models import Office


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a calendar wants to know: what begins before `last` and is not over at `first`.

    colleagues: only what stands in these calendars, by Vitec's ids; None for the whole office.
    titled: False leaves titles and places empty, so that nothing sealed is opened in vain.
    """

    office: Office
    first: dt.datetime
    last: dt.datetime
    colleagues: Collection[str] | None = None
    titled: bool = True


@dataclasses.dataclass(frozen=True)
class Entry:
    """One thing in a calendar. Titles are personal: for those who may see the office alone.

    what: the sort of thing, in the staff's word. ends_at: None where nobody has said an end. Of an
    all-day entry both are midnights, the end's is the one after its last day.
    colleague_id: in whose calendar, Vitec's id; "" for nobody's but the office's. who: in whose, in
    words, where one id does not say it.
    busy: it takes up the time, so that another at the same time is a clash. sent: from here.
    topic: `<key>:<id>` of the topic that it is, "" for none.
    """

    what: Any
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    all_day: bool = False
    title: str = ""
    place: str = ""
    colleague_id: str = ""
    who: str = ""
    url: str = ""
    icon: str = "calendar-event"
    state: Any = ""
    tone: str = "calm"
    busy: bool = True
    sent: bool = False
    topic: str = ""


@dataclasses.dataclass(frozen=True)
class Topic:
    """What an event is about, as far as it fills in the event's form.

    contact_id: Vitec's id of the person whom it concerns, "" for none.
    """

    office: Office
    subject: str
    place: str = ""
    starts_at: dt.datetime | None = None
    colleague_id: str = ""
    contact_id: str = ""


Source = Callable[[Asked], Iterable[Entry]]
# (offices to look in, Vitec's id) -> the topic, or None when it is in none of them.
TopicFinder = Callable[[QuerySet[Office], str], Topic | None]

_sources: list[Source] = []
_topics: dict[str, TopicFinder] = {}


def register_source(source: Source) -> Source:
    """Make a source of entries known."""
    _sources.append(source)
    return source


def register_topic(key: str, find: TopicFinder) -> None:
    """Let `?<key>=<id>` open the event's form about that thing. Raises ValueError for a double."""
    if key in _topics:
        raise ValueError(f"two topics are called {key}")
    _topics[key] = find


def topic_keys() -> list[str]:
    """The names by which an address can say what an event is about."""
    return sorted(_topics)


def find_topic(offices: QuerySet[Office], key: str, vitec_id: str) -> Topic | None:
    """What an event is to be about, looked for in these offices only."""
    return _topics[key](offices, vitec_id)


def entries(asked: Asked) -> list[Entry]:
    """What every source knows of, by time."""
    found = [entry for source in _sources for entry in source(asked)]
    return sorted(found, key=lambda entry: (entry.starts_at, str(entry.what), entry.title))
