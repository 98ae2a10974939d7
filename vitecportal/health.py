"""Is the portal well? Facts for a monitor, without personal data."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection

from offices.models import Office
from offices.syncing import latest_good, stale_minutes
from submissions.models import Heart, State, Submission

HEART_LIMIT = dt.timedelta(seconds=60)
WAITING_LIMIT = dt.timedelta(minutes=15)
# An uncertain or failed one is a customer nobody calls back, until a person has looked.
QUESTION_LIMIT = dt.timedelta(hours=1)
BROKER_SECONDS = 2


def report() -> dict[str, Any]:
    """`ok` and one entry a part, each with its own `ok`; ages in whole seconds, null for never."""
    database = _database()
    parts: dict[str, dict[str, Any]] = {"database": database, "broker": _broker()}
    if database["ok"]:
        try:
            parts |= {"worker": _worker(), "sync": _sync(), "outbox": _outbox()}
        except DatabaseError as error:
            # It answers, but not with our tables: not migrated yet.
            parts["database"] = {"ok": False, "error": type(error).__name__}
    return {"ok": all(part["ok"] for part in parts.values()), **parts}


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "vendor": connection.vendor}


def _broker() -> dict[str, Any]:
    scheme = settings.CELERY_BROKER_URL.partition(":")[0]
    if scheme == "filesystem":
        return {"ok": os.access(settings.BROKER_DIR, os.W_OK | os.X_OK), "transport": scheme}
    # With the worker's own time limits, lest a broker that accepts and says nothing hold us.
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(
            settings.CELERY_BROKER_URL, connect_timeout=BROKER_SECONDS, transport_options=options
        ) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except Exception as error:  # noqa: BLE001 - each transport raises its own
        return {"ok": False, "transport": scheme, "error": type(error).__name__}
    return {"ok": True, "transport": scheme}


def _worker() -> dict[str, Any]:
    heart = Heart.objects.filter(name="worker").first()
    age = _age(heart.beat_at if heart else None)
    return {"ok": age is not None and age < HEART_LIMIT.total_seconds(), "heartbeat_age": age}


def _sync() -> dict[str, Any]:
    """How old the meetings are. An office that never synced is not well; a paused one does not
    count, and one with a long interval has its own limit.
    """
    offices = Office.objects.values_list("pk", "meeting_sync__interval", "meeting_sync__paused")
    latest = latest_good("meetings")
    ages = {
        office: (_age(latest.get(office)), stale_minutes(interval) * 60)
        for office, interval, paused in offices
        if not paused
    }
    known = [age for age, _limit in ages.values() if age is not None]
    stale = sum(age is None or age >= limit for age, limit in ages.values())
    return {
        "ok": not stale,
        "oldest_age": max(known, default=0) if len(known) == len(ages) else None,
        "offices": len(ages),
        "stale": stale,
    }


def _outbox() -> dict[str, Any]:
    moving = [State.QUEUED, State.CLAIMED, State.SENDING]
    asking = [State.UNKNOWN, State.FAILED]
    waiting = Q(state__in=moving, hold_until__lte=Now())
    unsettled = Submission.objects.filter(state__in=[*moving, *asking, State.HELD])
    facts = unsettled.aggregate(
        depth=Count("pk", filter=waiting),
        oldest=Min("hold_until", filter=waiting),
        paused=Count("pk", filter=Q(state=State.HELD)),
        uncertain=Count("pk", filter=Q(state=State.UNKNOWN)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        question=Min("changed_at", filter=Q(state__in=asking)),
    )
    age, question = _age(facts.pop("oldest")), _age(facts.pop("question"))
    late = age is not None and age > WAITING_LIMIT.total_seconds()
    forgotten = question is not None and question > QUESTION_LIMIT.total_seconds()
    return {
        "ok": not late and not forgotten and not facts["paused"],
        "oldest_age": age,
        "oldest_question_age": question,
        **facts,
    }


def _age(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int((timezone.now() - moment).total_seconds())
