"""Kinds of submission. An app declares its own in `<app>/kinds.py`; nothing here names one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connect.calls import Call, Endpoint
from connect.client import Client
from offices.models import Office

if TYPE_CHECKING:
    from submissions.forms import SubmissionForm
    from submissions.models import Submission


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of what is sent, in words: what it is called and what it says.

    full: what `value` masks, such as a personal number; shown by right, with a reason.
    """

    label: str
    value: str
    full: str = ""


class Tone(enum.StrEnum):
    """What sort of thing an effect is."""

    CREATES = "creates"
    OVERWRITES = "overwrites"
    MESSAGE = "message"
    NOTE = "note"


@dataclasses.dataclass(frozen=True)
class Effect:
    """One thing that sending does, in a sentence: in Vitec, or to a person outside."""

    text: str
    tone: Tone = Tone.CREATES


@dataclasses.dataclass(frozen=True)
class Trace:
    """What a later submission may be like; only a keyed hash of `value` is stored.

    name: what is compared, such as `person-on-slot`. value: normalised, equal when it is the same.
    said: the sentence of the warning. at: the moment it is about, now when None.
    span: how far apart two moments may lie and still count as the same.
    """

    name: str
    value: str
    said: Any
    span: dt.timedelta = dt.timedelta(days=1)
    at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Concern:
    """A reason to ask before sending. key: stable as long as it is the same reason."""

    key: str
    text: str
    url: str = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """One of the several submissions that a form comes to.

    typed: a form that says this one alone, {name: [text]}, to correct it by.
    """

    cleaned: Mapping[str, Any]
    typed: dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Span:
    """When the tries were that may have arrived; aware, both inclusive."""

    first: dt.datetime
    last: dt.datetime


@dataclasses.dataclass(frozen=True)
class ReadBack:
    """How to see at Vitec whether something has arrived.

    endpoint: the call that is made, by whose key a refusal is remembered.
    find: (client, office, the call as sent, when it was tried) -> Vitec's id of everything there
        that this call may have made, "" where it has none; None when that cannot be told. Only
        reads. Raises VitecError.
    """

    endpoint: Endpoint
    find: Callable[[Client, Office, Call, Span], Sequence[str] | None]


@dataclasses.dataclass(frozen=True)
class Planned:
    """Where what is sent stands in a calendar. Stored unsealed, so nothing personal belongs here.

    colleague_id: in whose calendar, Vitec's id; "" for nobody's but the office's. ends_at: None
    where it has no end of its own. Of an all-day one both are midnights, the end's is the one
    after its last day. rule: how it repeats, as RFC 5545 writes it; "" for once.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    all_day: bool = False
    colleague_id: str = ""
    rule: str = ""


@dataclasses.dataclass(frozen=True)
class Link:
    """Something else to be had of a submission, offered on its page."""

    label: Any
    url: str
    icon: str


@dataclasses.dataclass(frozen=True)
class Many:
    """How a kind is sent to many at once, what they share typed once.

    What is a target's own goes by these names, any of which may be missing: contact_id, meeting_id,
    estate_id, colleague_id (whose customer it is), subject, place, topic.

    form_class: the fields that are shared.
    part: (office, cleaned_data of that form, own) -> the part, whose `cleaned` and `typed` name
        the person as `Kind.person` reads them. Raises ValidationError with the reason why this one
        cannot be sent.
    obstacle: own -> why this one can never be sent, "" for no reason.
    complete: (office, what is each one's own) -> the same in the same order, with what the
        database knows besides; a fixed number of queries.
    offer, said: how many -> the button that leads to the form, and the one that sends it.
    template: draws the shared fields of a `form`.
    known: (office, parts) -> for each the reasons to ask that `Kind.known` gives of it alone; a
        fixed number of queries.
    """

    form_class: type[SubmissionForm]
    part: Callable[[Office, Mapping[str, Any], Mapping[str, str]], Part]
    obstacle: Callable[[Mapping[str, str]], str]
    complete: Callable[[Office, Sequence[Mapping[str, str]]], list[Mapping[str, str]]]
    offer: Callable[[int], str]
    said: Callable[[int], str]
    template: str
    known: Callable[[Office, Sequence[Part]], list[list[Concern]]] | None = None


@dataclasses.dataclass(frozen=True)
class Kind:
    """One thing that staff can send to Vitec, declared as data.

    key: stable name, `<app>.<thing>`; stands on every row.
    label, action: what it is called, and the verb on its button; translated lazily.
    icon: name of a symbol in the icon sheet.
    url_name: the page with its form.
    build: pure function (office, cleaned_data) -> the call to freeze.
    describe: pure function (office, cleaned_data) -> what is sent, in words, for people.
    person: pure function cleaned_data -> Vitec's id of the person concerned, "" for none.
    takes_contact: its page is opened for a person by `?contact=`.
    takes_topics: its page is opened about a thing of another app's by `?<key>=`, see
        `offices.agendas.register_topic`.
    told_by: so many of its first lines tell it apart in a list.
    effects: (office, calls) -> of each what sending it does, told from the very call that is sent;
        a fixed number of queries.
    traces: by what a later one is recognised as the same, see `Trace`.
    known: reasons to ask before sending that the database knows.
    read_back: how to see at Vitec whether one has arrived; None where nothing can be seen.
    exhibit: template with more of a `submission` for its page, such as a map.
    split: (office, cleaned_data, typed) -> what becomes a submission each; one part is no batch.
    occurs: when it takes place and in whose calendar, for the calendar of the office.
    many: how it is sent to many at once; None for a kind that is not.
    linked_by_name: one who is typed in it and not chosen belongs to the contact of the same name
        and number, see `submissions.linking`; False where Vitec itself tells whom it took them for.
    links: what else its page offers.
    names: in whose names it is sent, Vitec's ids of colleagues by the form's fields; others' than
        one's own take a right, see `offices.own_name`.
    """

    key: str
    label: Any
    action: Any
    icon: str
    url_name: str
    form_class: type[SubmissionForm]
    endpoint: Endpoint
    build: Callable[[Office, Mapping[str, Any]], Call]
    describe: Callable[[Office, Mapping[str, Any]], list[Line]]
    person: Callable[[Mapping[str, Any]], str]
    template: str = "submissions/submit.html"
    takes_contact: bool = True
    takes_topics: bool = False
    told_by: int = 2
    effects: Callable[[Office, Sequence[Call]], list[list[Effect]]] | None = None
    traces: Callable[[Office, Mapping[str, Any]], list[Trace]] | None = None
    known: Callable[[Office, Mapping[str, Any]], list[Concern]] | None = None
    read_back: ReadBack | None = None
    exhibit: str = ""
    split: Callable[[Office, Mapping[str, Any], dict[str, list[str]]], list[Part]] | None = None
    occurs: Callable[[Office, Mapping[str, Any]], list[Planned]] | None = None
    links: Callable[[Submission], list[Link]] | None = None
    names: Callable[[Mapping[str, Any]], Mapping[str, list[str]]] | None = None
    many: Many | None = None
    linked_by_name: bool = False


_registry: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError when another has its key."""
    if kind.key in _registry:
        raise ValueError(f"two kinds are called {kind.key}")
    _registry[kind.key] = kind
    return kind


def all_kinds() -> list[Kind]:
    """Every kind known, in the order of their keys."""
    return [_registry[key] for key in sorted(_registry)]


def find_kind(key: str) -> Kind | None:
    """The kind, or None when it has left the code; its rows stay readable and deliverable."""
    return _registry.get(key)
