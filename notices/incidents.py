"""Finding what people must be told of, out of the audit and the outages. Writes notices alone.

It looks at what is stored, a little later and as often as it likes: the delivery knows nothing of
it, and nobody is told of the same thing twice. A look goes back to where the last whole one began,
by the database's clock, and of an incident all are told or nobody: a crash or a long silence loses
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from lib import database_clock
from notices.models import TROUBLE, Notice, NoticeItem, What
from offices.models import Membership, Office, Role
from submissions.models import (
    ON_THE_WAY,
    OUTAGE_AFTER,
    Attempt,
    Event,
    Heart,
    Outage,
    Pause,
    State,
    Submission,
)

HEART = "notices"
# A transaction may be committed so long after its events' own time.
OVERLAP = dt.timedelta(minutes=2)
FIRST_LOOK = dt.timedelta(hours=1)
# What goes wrong within so long of the last of its sort is the same incident.
SAME_INCIDENT = dt.timedelta(hours=1)
# An outage's end is told when all of the person's have arrived, and not later than this.
DRAINED_WITHIN = dt.timedelta(minutes=20)
KEPT_FOR = dt.timedelta(days=90)

TOLD = {
    Event.REFUSED: What.REFUSED,
    Event.UNKNOWN: What.UNCERTAIN,
    Event.SENDING_EXPIRED: What.UNCERTAIN,
    Event.QUARANTINED: What.UNCERTAIN,
    Event.GAVE_UP: What.FAILED,
}


def look_around() -> list[int]:
    """Tell whoever is concerned; returns the ids of the notices that are new."""
    now = database_clock.now()
    heard = Heart.objects.filter(name=HEART).values_list("beat_at", flat=True).first()
    since = min(heard or now - FIRST_LOOK, now) - OVERLAP
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _tell_of_events(since)
    _tell_of_denials()
    _tell_of_ends(since, now)
    clear_what_is_settled()
    Heart.objects.update_or_create(name=HEART, defaults={"beat_at": now})
    return list(Notice.objects.filter(pk__gt=before).values_list("pk", flat=True))


# --- Refused, uncertain, failed ----------------------------------------------------------------


def _tell_of_events(since: dt.datetime) -> None:
    told = NoticeItem.objects.filter(attempt=OuterRef("pk"))
    events = Attempt.objects.filter(~Exists(told), at__gte=since, event__in=TOLD)
    grouped: dict[tuple[int, What], list[Attempt]] = defaultdict(list)
    for event in events.select_related("submission").order_by("pk"):
        what = TOLD[Event(event.event)]
        # What somebody, or a late answer, has settled meanwhile is no news.
        if event.submission.state == TROUBLE[what]:
            grouped[event.submission.office_id, what].append(event)
    for (office_id, what), found in grouped.items():
        _tell_office(Office.objects.get(pk=office_id), what, found)


def _tell_office(office: Office, what: What, events: list[Attempt]) -> None:
    deciding = _deciding(office)
    shares: dict[int, list[Attempt]] = defaultdict(list)
    for event in events:
        for user_id in {event.submission.created_by_id, *deciding}:
            shares[user_id].append(event)
    try:
        with transaction.atomic():
            # In order, so that two that look at once wait for each other and never crosswise.
            for user_id in sorted(shares):
                _tell(user_id, office, what, shares[user_id])
    except IntegrityError:
        # Another has told of one of them this moment; the rest is told at the next look.
        return


def _deciding(office: Office) -> set[int]:
    roles = [Role.MANAGER, Role.ADMINISTRATOR]
    members = Membership.objects.standing().filter(office=office, role__in=roles)
    return set(members.filter(user__is_active=True).values_list("user", flat=True))


def _tell(user_id: int, office: Office, what: What, events: list[Attempt]) -> None:
    """Add them to the incident that goes on, or begin one. Raises IntegrityError when told before.

    Call it in the transaction in which everybody is told: by the first is known that all were.
    """
    first, last = events[0].at, events[-1].at
    same = Notice.objects.unread().filter(
        user=user_id, office=office, what=what, latest_at__gt=first - SAME_INCIDENT
    )
    notice = same.first() or Notice.objects.create(
        user_id=user_id, office=office, what=what, at=first, latest_at=last
    )
    NoticeItem.objects.bulk_create(
        NoticeItem(notice=notice, user_id=user_id, submission=event.submission, attempt=event.pk)
        for event in events
    )
    about = notice.items.values("submission").distinct().count()
    Notice.objects.filter(pk=notice.pk).update(number=about, latest_at=last)


def clear_what_is_settled() -> int:
    """A notice whose submissions have all been settled needs nobody any more."""
    cleared = 0
    for what, state in TROUBLE.items():
        open_still = NoticeItem.objects.filter(notice=OuterRef("pk"), submission__state=state)
        cleared += Notice.objects.filter(~Exists(open_still), what=what).mark_read()
    pauses_over = Notice.objects.filter(what=What.DENIED, pause__ended_at__isnull=False)
    return cleared + pauses_over.mark_read()


# --- Access denied -----------------------------------------------------------------------------


def _tell_of_denials() -> None:
    """However long ago they began: an open one that nobody was told of is news."""
    told = Notice.objects.filter(pause=OuterRef("pk"))
    denials = Pause.objects.filter(~Exists(told), paused_by=None, ended_at=None)
    for pause in denials.exclude(status=0).select_related("office"):
        Notice.objects.bulk_create(
            (
                Notice(
                    user_id=user_id,
                    office=pause.office,
                    what=What.DENIED,
                    pause=pause,
                    at=pause.since,
                    latest_at=pause.since,
                )
                for user_id in _deciding(pause.office)
            ),
            ignore_conflicts=True,
        )


# --- An outage is over -------------------------------------------------------------------------


def _tell_of_ends(since: dt.datetime, now: dt.datetime) -> None:
    """Of those that ended since the last look, and of those that were drained at it."""
    over = Outage.objects.filter(ended_at__gte=since - DRAINED_WITHIN, failures__gte=OUTAGE_AFTER)
    for outage in over:
        told = Notice.objects.filter(outage=outage).values("user")
        waited = outage.waiting_rows.exclude(created_by__in=told)
        ended = outage.ended_at or now
        late = ended < now - DRAINED_WITHIN
        Notice.objects.bulk_create(_ends(outage, ended, waited, late=late), ignore_conflicts=True)


def _ends(
    outage: Outage, ended: dt.datetime, waited: QuerySet[Submission], *, late: bool
) -> list[Notice]:
    """One for each person all of whose submissions have come to an end."""
    counted = (
        waited.order_by()
        .values("created_by")
        .annotate(
            number=Count("pk"),
            moving=Count("pk", filter=Q(state__in=ON_THE_WAY)),
            delivered=Count("pk", filter=Q(state=State.DELIVERED)),
            # An outage is of a login, which several offices may share.
            sent_at=Min("office"),
        )
    )
    return [
        Notice(
            user_id=row["created_by"],
            office_id=row["sent_at"],
            what=What.OVER,
            outage=outage,
            number=row["number"],
            delivered=row["delivered"],
            at=ended,
            latest_at=ended,
        )
        for row in counted
        if late or not row["moving"]
    ]


def tidy() -> None:
    """Forget old ones."""
    Notice.objects.filter(latest_at__lt=timezone.now() - KEPT_FOR).delete()
