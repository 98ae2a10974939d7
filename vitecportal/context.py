"""What every page of the house shows: the menu, the offices, the banners.

All but the settings are functions, which a template calls when it comes to them: a fragment that
is asked for every second shows none of it and pays for none of it.
"""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from offices.access import managed_by, offices_for
from offices.models import Office, User
from submissions.kinds import all_kinds
from submissions.models import Outage, Pause, State, Submission


def house(request: HttpRequest) -> dict[str, Any]:
    """practice, version, mail_works; for signed-in people also kinds (for the menu), my_offices
    (for the switcher), active_office, open_pauses (each with `may_end`), outages (each with
    `waiting`), uncertain_count (of the person's offices), needing_me (how many submissions wait
    for this person) and manages (whether an office is theirs to decide for).
    """
    context: dict[str, Any] = {
        "practice": settings.PRACTICE,
        "version": settings.VERSION,
        "mail_works": settings.EMAIL_WORKS,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    my_offices = functools.cache(lambda: _offices(user))
    return context | {
        "kinds": all_kinds,
        "my_offices": my_offices,
        "active_office": request.office,  # type: ignore[attr-defined]
        "open_pauses": functools.cache(lambda: _open_pauses(user, my_offices())),
        "outages": functools.cache(lambda: _outages(my_offices())),
        "uncertain_count": functools.cache(
            lambda: Submission.objects.for_user(user).uncertain().count()
        ),
        "needing_me": functools.cache(lambda: Submission.objects.needing(user).count()),
        "manages": functools.cache(lambda: managed_by(user).exists()),
    }


def _offices(user: User) -> list[Office]:
    """With one query for every page: what of the rest there is to ask for at all."""
    here = {"office": OuterRef("pk")}
    return list(
        offices_for(user).annotate(
            stands_still=Exists(Pause.objects.filter(ended_at=None, **here)),
            is_away=Exists(Outage.open_ones().filter(**here)),
        )
    )


def _open_pauses(user: User, offices: list[Office]) -> list[Pause]:
    paused = [office for office in offices if office.stands_still]  # type: ignore[attr-defined]
    if not paused:
        return []
    pauses = list(Pause.objects.filter(office__in=paused, ended_at=None).select_related("office"))
    managed = set(managed_by(user).values_list("pk", flat=True))
    for pause in pauses:
        pause.may_end = pause.office_id in managed  # type: ignore[attr-defined]
    return pauses


def _outages(offices: list[Office]) -> list[Outage]:
    """Each with `waiting`: how many submissions wait for its end."""
    away = [office for office in offices if office.is_away]  # type: ignore[attr-defined]
    if not away:
        return []
    found = list(Outage.open_ones().filter(office__in=away).select_related("office"))
    for outage in found:
        waiting = Submission.objects.filter(office=outage.office, state=State.QUEUED)
        if outage.endpoint:
            waiting = waiting.filter(endpoint=outage.endpoint)
        outage.waiting = waiting.count()  # type: ignore[attr-defined]
    return found
