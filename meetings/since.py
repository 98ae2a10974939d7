"""What has happened to the meetings since a person last looked: changed, new, and gone ones.

What counts is the difference between then and now: a meeting that was moved and moved back is no
news. A look after a pause begins a sitting; news is what was seen since the sitting before.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from lib.prepared import Select, Slot
from meetings import past
from meetings.changes import briefly
from meetings.models import Meeting, MeetingVersion, Visit
from meetings.sync import JOB
from offices.models import Office, SyncRun, User
from offices.syncing import HISTORY, latest_good

# A pause this long ends a sitting.
IDLE = dt.timedelta(hours=2)
# How exactly the end of a sitting is known: no look costs a write that is nearer to the one before.
PRECISION = dt.timedelta(minutes=5)
# More news than this are not counted.
MOST = 5_000

CHANGED, NEW, GONE = "changed", "new", "gone"
KINDS = (CHANGED, NEW, GONE)
ALL = "all"

# By office: the moment since which things are news.
Since = Mapping[int, dt.datetime]


def look(user: User, offices: Iterable[Office]) -> dict[int, dt.datetime]:
    """Since when things are news to the person, who looks at these offices now.

    An office whose meetings were never fetched is left out, else its first fetch were all news.
    """
    now = timezone.now()
    keys = [office.pk for office in offices]
    # Of somebody with hundreds of offices each is looked at: as plain rows they cost a fifth.
    visits = Visit.objects.filter(user=user, office__in=keys)
    known = {pk: _Look(pk, *times) for pk, *times in visits.values_list(*_LOOK)}
    if new := [office for office in offices if office.pk not in known]:
        fetched = latest_good(JOB, *new)
        first = [Visit(user=user, office_id=pk, since=now, last_at=now) for pk in fetched]
        Visit.objects.bulk_create(first, ignore_conflicts=True)
        known |= {pk: _Look(pk, now, now) for pk in fetched}
    _go_on(user, known.values(), now)
    return {pk: each.since for pk, each in known.items()}


@dataclasses.dataclass
class _Look:
    """A visit's office, and its moments."""

    office: int
    since: dt.datetime
    last_at: dt.datetime


_LOOK = ("office", "since", "last_at")


def _go_on(user: User, looks: Iterable[_Look], now: dt.datetime) -> None:
    """Note that the person looks now; after a pause that begins a sitting. Two writes at most."""
    seen = [each for each in looks if now - each.last_at > PRECISION]
    again = [each for each in seen if now - each.last_at > IDLE]
    for each in again:
        each.since = max(each.since, each.last_at)
    for looks_, changes in (
        (again, {"since": Greatest("since", "last_at"), "last_at": now}),
        ([each for each in seen if now - each.last_at <= IDLE], {"last_at": now}),
    ):
        if looks_:
            # By what they were, so that of two pages at once one begins the sitting.
            latest = max(each.last_at for each in looks_)
            mine = Visit.objects.filter(user=user, office__in=[each.office for each in looks_])
            mine.filter(last_at__lte=latest).update(**changes)


def mark_seen(user: User, offices: Iterable[Office], until: dt.datetime) -> None:
    """The person has seen what happened up to that moment, as the page told it."""
    until = min(until, timezone.now())
    Visit.objects.filter(user=user, office__in=offices, since__lt=until).update(
        since=until, last_at=timezone.now()
    )


def news_of(since: Mapping[Any, Any]) -> QuerySet[Any]:
    """The meetings that are news, each with `news`, one of KINDS.

    since: by office the moment, or what stands for these in a statement written once.
    """
    if not since:
        return Meeting.objects.none()
    wanted = Q()
    for moment, offices in _by_moment(since).items():
        wanted |= Q(_at(offices), observed_from__gt=moment)
    then = MeetingVersion.objects.filter(
        meeting=OuterRef("pk"), observed_from__lte=_moments(since), observed_to__gt=_moments(since)
    )
    was_there = Exists(then)
    was_missing = Exists(then.filter(missing_since__isnull=False))
    the_same = Exists(then.filter(fingerprint=OuterRef("fingerprint"), missing_since=None))
    gone = Q(missing_since__isnull=False)
    candidates = Meeting.objects.filter(wanted).exclude(_fetched_as_history())
    kind = Case(
        When(gone & ~Q(was_missing), then=Value(GONE)),
        When(gone, then=Value("")),
        When(~Q(was_there), then=Value(NEW)),
        When(~Q(the_same), then=Value(CHANGED)),
        default=Value(""),
    )
    return candidates.annotate(news=kind).exclude(Q(news="")).order_by()


# At one office, as nearly every page asks; writing it anew costs more than asking it.
_news_here = Select(
    lambda: news_of(
        {Slot.of(Meeting, "office"): Slot("since", models.DateTimeField())}
    ).values_list("pk", "news")[:MOST]
)


def _by_moment(since: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    """The offices of each moment: who looks at many looks at them together."""
    found: dict[Any, list[Any]] = {}
    for office, moment in since.items():
        found.setdefault(moment, []).append(office)
    return found


def _at(offices: list[Any]) -> Q:
    """One alone may be a slot, which is no part of a list."""
    return Q(office=offices[0]) if len(offices) == 1 else Q(office__in=offices)


def _moments(since: Mapping[Any, Any]) -> Any:
    """The office's moment, inside of a query over meetings."""
    found = {
        moment: moment if isinstance(moment, Slot) else Value(moment, models.DateTimeField())
        for moment in since.values()
    }
    if len(found) == 1:
        return next(iter(found.values()))
    whens = [
        When(_at(offices), then=found[moment]) for moment, offices in _by_moment(since).items()
    ]
    return Case(*whens)


def _fetched_as_history() -> Q:
    """Rows that were filled in from long ago, and have not changed since: new to us alone."""
    fetched = SyncRun.objects.filter(
        Q(finished_at__gte=OuterRef("observed_from")) | Q(finished_at=None),
        office=OuterRef("office"),
        job=JOB,
        span=HISTORY,
        started_at__lte=OuterRef("observed_from"),
    )
    return Q(Exists(fetched), changed=[])


@dataclasses.dataclass(frozen=True)
class News:
    """What is news to a person at the offices that are looked at.

    until: as the page tells it. kinds: by the key of each meeting, which of KINDS.
    """

    since: Since
    until: dt.datetime
    kinds: Mapping[int, str]

    def __bool__(self) -> bool:
        return bool(self.kinds)

    @property
    def until_stamp(self) -> str:
        return self.until.isoformat()

    @property
    def since_said(self) -> str:
        """`igår 16:10`; of several offices, the earliest."""
        return past.say_since(min(self.since.values())) if self.since else ""

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(kind, in words) of each kind that there is: `2 ändrade`, `1 ny`, `1 borta`."""
        counts = dict.fromkeys(KINDS, 0)
        for kind in self.kinds.values():
            counts[kind] += 1
        return [(kind, _counted(kind, number)) for kind, number in counts.items() if number]

    def rows(self, queryset: QuerySet[Any], kind: str) -> QuerySet[Any]:
        """Those of the rows that are news of that kind, or of any for ALL."""
        found = news_of(self.since)
        if kind in KINDS:
            found = found.filter(news=kind)
        return queryset.filter(pk__in=found.values("pk"))

    def told(self, rows: Iterable[Any]) -> dict[int, str]:
        """By the key of each row that is news: what has happened to it, in words. One query."""
        mine = {row.pk: row for row in rows if row.pk in self.kinds}
        before = self._before([row for pk, row in mine.items() if self.kinds[pk] == CHANGED])
        return {pk: self._words(row, before.get(pk)) for pk, row in mine.items()}

    def _words(self, row: Meeting, before: MeetingVersion | None) -> str:
        kind = self.kinds[row.pk]
        if kind == CHANGED and before is not None:
            return briefly(before, row)
        return gettext("Gone from Vitec") if kind == GONE else pgettext("news", "New")

    def _before(self, rows: list[Meeting]) -> dict[int, MeetingVersion]:
        if not rows:
            return {}
        versions = MeetingVersion.objects.filter(
            meeting__in=rows,
            observed_from__lte=max(self.since.values()),
            observed_to__gt=min(self.since.values()),
        )
        return {
            version.meeting_id: version
            for version in versions
            if version.observed_from <= self.since[version.office_id] < version.observed_to
        }


def news(user: User, offices: list[Office]) -> News:
    """What is news to the person, who looks at these offices now."""
    since = look(user, offices)
    until = timezone.now()
    asked = {office.pk: since[office.pk] for office in offices if _has_changed(office, since)}
    return News(since, until, dict(_kinds(asked)))


def _kinds(since: Since) -> Iterable[tuple[int, str]]:
    """Of at most so many meetings that are news: key, and which of KINDS."""
    if len(since) == 1:
        ((office, moment),) = since.items()
        return _news_here.all(office=office, since=moment)
    return news_of(since).values_list("pk", "news")[:MOST] if since else ()


def _has_changed(office: Office, since: Since) -> bool:
    """False where nothing can be news; an office that does not tell is asked for."""
    if office.pk not in since:
        return False
    if not hasattr(office, "meetings_changed_at"):
        return True
    latest: dt.datetime | None = office.meetings_changed_at
    return latest is not None and latest > since[office.pk]


def _counted(kind: str, number: int) -> str:
    if kind == NEW:
        said = ngettext("%(number)d new", "%(number)d new", number)
    elif kind == GONE:
        said = ngettext("%(number)d gone", "%(number)d gone", number)
    else:
        said = ngettext("%(number)d changed", "%(number)d changed", number)
    return said % {"number": number}
