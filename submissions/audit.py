"""Is the audit as it was written? Walks all of it, and seals each day that is over.

The chain of a submission shows an event that was changed, removed or put elsewhere. That a whole
submission is gone, or the last events of one, shows the day's checkpoint.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lib.sealing import is_stamped, keyed_hash, stamp, stamp_secret
from submissions import chain
from submissions.models import Attempt, AuditCheckpoint, StampKey, Submission

# A day is sealed when nothing that began in it can still be on its way into the database.
SETTLES_AFTER = dt.timedelta(hours=1)
ROWS_AT_ONCE = 2000


@dataclasses.dataclass(frozen=True)
class Checked:
    """What was walked, and the first thing that is not as it was written; "" for nothing."""

    events: int
    submissions: int
    days: int
    broken: str


class Broken(Exception):
    """The first break; str() says what and where, without any personal data."""


@dataclasses.dataclass
class _Walk:
    """older: with what was stamped under master keys that are gone."""

    events: int = 0
    submissions: int = 0
    days: int = 0
    older: tuple[str, ...] = ()

    def checked(self, broken: str) -> Checked:
        return Checked(self.events, self.submissions, self.days, broken)


def verify() -> Checked:
    """Walk every submission, every event and every checkpoint, in constant memory."""
    walk = _Walk(older=older_secrets())
    try:
        _check_lengths()
        _check_chains(walk)
        _check_days(walk)
    except Broken as broken:
        return walk.checked(str(broken))
    return walk.checked("")


def older_secrets() -> tuple[str, ...]:
    """What events of former master keys are verified by."""
    return tuple(str(row.secret) for row in StampKey.objects.all())


def keep_stamp_keys() -> int:
    """Keep what the audit needs of every master key but the newest, before these go.

    Returns how many were new.
    """
    before = StampKey.objects.count()
    for key in settings.FIELD_ENCRYPTION_KEYS[1:]:
        secret = stamp_secret(key)
        StampKey.objects.get_or_create(
            mark=keyed_hash("stamp-key", secret), defaults={"secret": secret}
        )
    return StampKey.objects.count() - before


def _check_lengths() -> None:
    silent = Submission.objects.filter(attempts=None).order_by("pk").first()
    if silent is not None:
        raise Broken(f"Submission {silent.code} has no events at all.")


def _check_chains(walk: _Walk) -> None:
    """One after the other; of each submission's events in the order in which they were written."""
    current: Attempt | None = None
    for event in _events():
        if current is None or event.submission_id != current.submission_id:
            _check_end(current)
            walk.submissions += 1
            position, previous = 1, chain.beginning(event.submission)
        else:
            position, previous = current.position + 1, current.link
        if event.position != position:
            raise Broken(f"{_named(event)}: the event before it is missing or stands elsewhere.")
        if not chain.holds(previous, event, walk.older):
            raise Broken(f"{_named(event)}: not as it was written.")
        walk.events += 1
        current = event
    _check_end(current)


def _events() -> Iterator[Attempt]:
    rows = Attempt.objects.select_related("submission").order_by("submission_id", "id")
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def _check_end(last: Attempt | None) -> None:
    if last is not None and last.submission.events != last.position:
        raise Broken(f"{_named(last)}: the events after it are missing.")


def _named(event: Attempt) -> str:
    code = event.submission.code
    return f"Submission {code}, event {event.position} ({event.event}, {event.at:%Y-%m-%d %H:%M})"


# --- Days --------------------------------------------------------------------------------------


def seal_days() -> int:
    """Write a checkpoint for every day that is over and has none yet; returns how many."""
    last = AuditCheckpoint.objects.last()
    first_event = Attempt.objects.order_by("at").first()
    if first_event is None:
        return 0
    day = last.day + dt.timedelta(days=1) if last else first_event.at.astimezone(dt.UTC).date()
    sealed = 0
    while _end_of(day) + SETTLES_AFTER <= timezone.now():
        _seal(day)
        sealed += 1
        day += dt.timedelta(days=1)
    return sealed


def _seal(day: dt.date) -> None:
    """Two at once are harmless: a day is sealed once, see the unique day."""
    with transaction.atomic():
        before = AuditCheckpoint.objects.last()
        count, digest = _digest(day)
        checkpoint = AuditCheckpoint(day=day, events=count, digest=digest)
        checkpoint.link = stamp(_day_text(before.link if before else "", checkpoint))
        checkpoint.save(force_insert=True)


def _check_days(walk: _Walk) -> None:
    previous, expected = "", None
    for checkpoint in AuditCheckpoint.objects.iterator():
        if expected is not None and checkpoint.day != expected:
            raise Broken(f"The checkpoint of {expected} is missing.")
        if not is_stamped(_day_text(previous, checkpoint), checkpoint.link, walk.older):
            raise Broken(f"The checkpoint of {checkpoint.day} is not as it was written.")
        count, digest = _digest(checkpoint.day)
        if (count, digest) != (checkpoint.events, checkpoint.digest):
            raise Broken(
                f"{checkpoint.day} had {checkpoint.events} events when the day was sealed and "
                f"has {count} now, or they are others."
            )
        previous, expected = checkpoint.link, checkpoint.day + dt.timedelta(days=1)
        walk.days += 1


def _digest(day: dt.date) -> tuple[int, str]:
    """How many events a day (UTC) has, and one hash over all their stamps."""
    of_day = Attempt.objects.filter(
        at__gte=_end_of(day) - dt.timedelta(days=1), at__lt=_end_of(day)
    )
    links = of_day.order_by("submission_id", "position").values_list(
        "submission_id", "position", "link"
    )
    whole, count = hashlib.sha256(), 0
    for submission_id, position, link in links.iterator(chunk_size=ROWS_AT_ONCE):
        whole.update(f"{submission_id} {position} {link}\n".encode())
        count += 1
    return count, whole.hexdigest()


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)


def _day_text(previous: str, checkpoint: AuditCheckpoint) -> str:
    return f"{previous} {checkpoint.day} {checkpoint.events} {checkpoint.digest}"
