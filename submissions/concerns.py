"""Reasons to ask before something is sent: it was sent before, or the database knows better.

What was sent before is found by keyed hashes, so that it works on encrypted rows. Of what is not
for the eyes of the person who asks nothing is told: that somebody is expected there is too much.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext

from connect.calls import Call
from lib import daywords
from lib.sealing import keyed_hash
from offices.models import Office, User
from submissions.kinds import Concern, Kind, Trace
from submissions.models import Likeness, Submission

# So many questions are read by nobody; the rest is counted.
MOST_SHOWN = 8
# The key of an item's own concern that another above it says the same.
TWIN = "twin"


@dataclasses.dataclass(frozen=True)
class Consent:
    """The concerns that a person has read, by their keys, and why to send all the same."""

    keys: frozenset[str] = frozenset()
    reason: str = ""

    def covers(self, concerns: list[Concern]) -> bool:
        return not concerns or (
            bool(self.reason) and all(concern.key in self.keys for concern in concerns)
        )


NO_CONSENT = Consent()


@dataclasses.dataclass(frozen=True)
class Asker:
    """Who is about to send, and by which forms; what these have become is no reason to ask."""

    user: User
    office: Office
    kind: Kind
    tokens: frozenset[uuid.UUID]


@dataclasses.dataclass(frozen=True)
class Item:
    """One of the things about to be sent."""

    cleaned: Mapping[str, Any]
    call: Call


@dataclasses.dataclass(frozen=True)
class Mark:
    """A trace as it is stored: a keyed hash and a moment."""

    mark: str
    moment: dt.datetime
    trace: Trace

    def meets(self, other: Mark | Likeness) -> bool:
        return self.mark == other.mark and abs(self.moment - other.moment) <= self.trace.span


def fingerprint_of(office: Office, call: Call) -> str:
    """The same for the very same request of the same office."""
    return keyed_hash("call", f"{office.pk} {call.method} {call.path} {call.body}")


def marks_of(office: Office, kind: Kind, cleaned: Mapping[str, Any]) -> list[Mark]:
    """By what a later submission is recognised as the same."""
    if kind.traces is None:
        return []
    now = timezone.now()
    return [
        Mark(
            mark=keyed_hash(f"trace {kind.key} {trace.name}", f"{office.pk} {trace.value}"),
            moment=trace.at or now,
            trace=trace,
        )
        for trace in kind.traces(office, cleaned)
    ]


def concerns_about(
    asker: Asker, items: Sequence[Item], whole: Mapping[str, Any] | None = None
) -> list[Concern]:
    """Every reason to ask, the same content first; one reason an earlier submission.

    whole: the cleaned form that the items came from, when they came from one.
    """
    found: dict[str, Concern] = {}
    for concern in (
        *_very_same(asker, items),
        *_alike(asker, items),
        *_alike_among_themselves(asker, items),
        *_known(asker, items, whole),
    ):
        found.setdefault(concern.key, concern)
    return list(found.values())


def concerns_of_each(asker: Asker, items: Sequence[Item]) -> list[list[Concern]]:
    """The reasons to ask about each item, the second of two alike told of the first.

    The same number of queries however many they are; not what `Kind.known` may say.
    """
    by_print: dict[str, list[Concern]] = {}
    for fingerprint, concern in _same_prints(asker, items):
        by_print.setdefault(fingerprint, []).append(concern)
    marks = [marks_of(asker.office, asker.kind, item.cleaned) for item in items]
    likenesses = _likenesses(asker, [mark for of_one in marks for mark in of_one])
    found = []
    for number, (item, mine) in enumerate(zip(items, marks, strict=True)):
        told = {c.key: c for c in by_print.get(fingerprint_of(asker.office, item.call), ())}
        for mark in mine:
            for likeness in likenesses.get(mark.mark, ()):
                if mark.meets(likeness):
                    about = _about(likeness.submission, str(mark.trace.said))
                    told.setdefault(about.key, about)
        others = (mark for of_one in marks[:number] for mark in of_one)
        if any(mark.mark == other.mark and mark.meets(other) for other in others for mark in mine):
            told[TWIN] = Concern(TWIN, gettext("Stands above already."))
        found.append(list(told.values()))
    return found


def _earlier(asker: Asker) -> Q:
    return ~Q(created_by=asker.user, form_token__in=asker.tokens)


def _very_same(asker: Asker, items: Sequence[Item]) -> Iterator[Concern]:
    for _fingerprint, concern in _same_prints(asker, items):
        yield concern


def _same_prints(asker: Asker, items: Sequence[Item]) -> Iterator[tuple[str, Concern]]:
    fingerprints = {fingerprint_of(asker.office, item.call) for item in items}
    same = Submission.objects.same_content(asker.office, fingerprints).filter(_earlier(asker))
    for submission in same.select_related("created_by"):
        if submission.is_veiled:
            continue
        said = gettext("The very same was sent within the last day.")
        yield submission.fingerprint, _about(submission, said)


def _alike(asker: Asker, items: Sequence[Item]) -> Iterator[Concern]:
    marks = [m for item in items for m in marks_of(asker.office, asker.kind, item.cleaned)]
    likenesses = _likenesses(asker, marks)
    for mark in marks:
        for likeness in likenesses.get(mark.mark, ()):
            if mark.meets(likeness):
                yield _about(likeness.submission, str(mark.trace.said))


def _likenesses(asker: Asker, marks: Sequence[Mark]) -> dict[str, list[Likeness]]:
    """By mark, what living submissions have left of it anywhere near; the latest first.

    Without those under the veil.
    """
    if not marks:
        return {}
    longest = max(mark.trace.span for mark in marks)
    first, last = (f(mark.moment for mark in marks) for f in (min, max))
    living = Submission.objects.living().filter(_earlier(asker), office=asker.office)
    found = Likeness.objects.filter(
        mark__in={mark.mark for mark in marks},
        moment__range=(first - longest, last + longest),
        submission__in=living,
    )
    by_mark: dict[str, list[Likeness]] = {}
    for likeness in found.select_related("submission__created_by").order_by("-pk"):
        if not likeness.submission.is_veiled:
            by_mark.setdefault(likeness.mark, []).append(likeness)
    return by_mark


def twin_key(twin: int, number: int) -> str:
    """The key of the concern about several that number `number` says the same as `twin`."""
    return f"{TWIN}:{twin}:{number}"


def _alike_among_themselves(asker: Asker, items: Sequence[Item]) -> Iterator[Concern]:
    seen: dict[str, list[tuple[int, Mark]]] = {}
    for number, item in enumerate(items, start=1):
        for mark in marks_of(asker.office, asker.kind, item.cleaned):
            twin = next((n for n, m in seen.get(mark.mark, []) if mark.meets(m) and n != number), 0)
            if twin:
                text = gettext("Number %(number)d is the same as number %(twin)d.")
                key = twin_key(twin, number)
                yield Concern(key=key, text=text % {"number": number, "twin": twin})
            seen.setdefault(mark.mark, []).append((number, mark))


def _known(
    asker: Asker, items: Sequence[Item], whole: Mapping[str, Any] | None
) -> Iterable[Concern]:
    if asker.kind.known is None:
        return []
    cleaned = [whole] if whole is not None else [item.cleaned for item in items]
    return [concern for one in cleaned for concern in asker.kind.known(asker.office, one)]


def _about(submission: Submission, said: str) -> Concern:
    who_and_when = gettext("%(person)s, %(time)s.") % {
        "person": submission.created_by,
        "time": daywords.say_briefly(submission.created_at, language=get_language() or "sv"),
    }
    return Concern(
        key=f"submission:{submission.code}",
        text=f"{said} {who_and_when}",
        url=submission.get_absolute_url(),
    )
