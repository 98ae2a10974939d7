"""Is the audit as it was written? Walks all of it, and seals once a day what has been written.

The chain of a submission shows an event that was changed, removed or put elsewhere. That a whole
submission is gone, or the last events of one, shows the checkpoint over them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Min, QuerySet

from lib import database_clock
from lib.sealing import is_stamped, keyed_hash, stamp, stamp_secret
from submissions import chain
from submissions.models import Attempt, AuditCheckpoint, StampKey, Submission

# Sealing waits no longer for those that write; it is tried again an hour later.
LONGEST_WAIT_SECONDS = 2
ROWS_AT_ONCE = 2000


@dataclasses.dataclass(frozen=True)
class Checked:
    """What was walked, and the first thing that is not as it was written; "" for nothing."""

    events: int
    submissions: int
    checkpoints: int
    broken: str


class Broken(Exception):
    """The first break; str() says what and where, without any personal data."""


@dataclasses.dataclass
class _Walk:
    """older: with what was stamped under master keys that are gone."""

    events: int = 0
    submissions: int = 0
    checkpoints: int = 0
    older: tuple[str, ...] = ()

    def checked(self, broken: str) -> Checked:
        return Checked(self.events, self.submissions, self.checkpoints, broken)


def verify() -> Checked:
    """Walk every submission, every event and every checkpoint, in constant memory."""
    walk = _Walk(older=older_secrets())
    try:
        _check_lengths()
        _check_chains(walk)
        _check_checkpoints(walk)
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


# --- Checkpoints -------------------------------------------------------------------------------


def seal() -> bool:
    """Write a checkpoint over what has been written since the last one, once a day.

    Which events these are is told by their ids, whatever any clock said: one that is set back, or
    far ahead and back again, leaves no event out and lets none come in later. Two at once are
    harmless: a stretch is sealed once.
    """
    day = database_clock.now().astimezone(dt.UTC).date()
    last = AuditCheckpoint.objects.last()
    after, upto = _sealed_to(last), _last_settled()
    done_today = last is not None and last.after is not None and last.day == day
    if done_today or upto <= after:
        return False
    checkpoint = AuditCheckpoint(day=day, after=after, upto=upto)
    checkpoint.events, checkpoint.digest = _digest(checkpoint)
    checkpoint.link = stamp(_text(last.link if last else "", checkpoint))
    try:
        with transaction.atomic():
            checkpoint.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _sealed_to(last: AuditCheckpoint | None) -> int:
    """The id of the last event that needs no sealing any more."""
    if last is None or last.after is not None:
        return last.upto if last else 0
    # The days before may have ended in another order than that of their events' ids.
    open_ones = Attempt.objects.filter(at__gte=_end_of(last.day), pk__lte=last.upto)
    first = open_ones.aggregate(first=Min("pk"))["first"]
    return first - 1 if first else last.upto


def _last_settled() -> int:
    """The id of the last event, when no smaller one is on its way into the database any more."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Waits for those that write; SQLite has but one of them, and that is us.
            with connection.cursor() as cursor:
                wait = f"{LONGEST_WAIT_SECONDS}s"
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
                cursor.execute("LOCK TABLE submissions_attempt IN SHARE MODE")
        return Attempt.objects.aggregate(last=Max("pk"))["last"] or 0


def _check_checkpoints(walk: _Walk) -> None:
    previous, expected = "", None
    for checkpoint in AuditCheckpoint.objects.iterator():
        if checkpoint.after is None and expected not in (None, checkpoint.day):
            raise Broken(f"The checkpoint of {expected} is missing.")
        if not is_stamped(_text(previous, checkpoint), checkpoint.link, walk.older):
            raise Broken(
                f"The checkpoint of {checkpoint.day} is not as it was written, or the one before "
                "it is missing."
            )
        count, digest = _digest(checkpoint)
        if (count, digest) != (checkpoint.events, checkpoint.digest):
            raise Broken(
                f"The checkpoint of {checkpoint.day} was made over {checkpoint.events} events; "
                f"now there are {count}, or they are others."
            )
        previous, expected = checkpoint.link, checkpoint.day + dt.timedelta(days=1)
        walk.checkpoints += 1


def _digest(checkpoint: AuditCheckpoint) -> tuple[int, str]:
    """How many events a checkpoint is of, and one hash over all their stamps in their places."""
    if checkpoint.after is None:
        return _digest_of_day(checkpoint)
    within = Attempt.objects.filter(pk__gt=checkpoint.after, pk__lte=checkpoint.upto)
    return _hashed(within.order_by("pk"), "pk", "submission_id", "position", "link")


def _digest_of_day(checkpoint: AuditCheckpoint) -> tuple[int, str]:
    end = _end_of(checkpoint.day)
    within = Attempt.objects.filter(at__gte=end - dt.timedelta(days=1), at__lt=end)
    known = within.filter(pk__lte=checkpoint.upto)
    return _hashed(known.order_by("submission_id", "position"), "submission_id", "position", "link")


def _hashed(events: QuerySet[Attempt], *names: str) -> tuple[int, str]:
    whole, count = hashlib.sha256(), 0
    for values in events.values_list(*names).iterator(chunk_size=ROWS_AT_ONCE):
        whole.update(f"{' '.join(map(str, values))}\n".encode())
        count += 1
    return count, whole.hexdigest()


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)


def _text(previous: str, checkpoint: AuditCheckpoint) -> str:
    said = f"{checkpoint.day} {checkpoint.events} {checkpoint.digest}"
    if checkpoint.after is None:
        return f"{previous} {said}"
    return f"{previous} {checkpoint.after} {checkpoint.upto} {said}"
