"""What every page of the house shows: the menu, the offices, the banners.

All but the settings are functions, which a template calls when it comes to them: a fragment that
is asked for every second shows none of it and pays for none of it.
"""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from offices.access import managed_by, offices_for
from offices.models import User
from submissions.kinds import all_kinds
from submissions.models import Pause, Submission


def house(request: HttpRequest) -> dict[str, Any]:
    """practice, version; for signed-in people also kinds (for the menu), my_offices (for the
    switcher), active_office, open_pauses (each with `may_end`), uncertain_count (of the person's
    offices) and needing_me (how many submissions wait for this person).
    """
    context: dict[str, Any] = {"practice": settings.PRACTICE, "version": settings.VERSION}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    return context | {
        "kinds": all_kinds,
        "my_offices": functools.cache(lambda: list(offices_for(user))),
        "active_office": request.office,  # type: ignore[attr-defined]
        "open_pauses": functools.cache(lambda: _open_pauses(user)),
        "uncertain_count": functools.cache(
            lambda: Submission.objects.for_user(user).uncertain().count()
        ),
        "needing_me": functools.cache(lambda: Submission.objects.needing(user).count()),
    }


def _open_pauses(user: User) -> list[Pause]:
    open_ones = Pause.objects.filter(office__in=offices_for(user), ended_at=None)
    pauses = list(open_ones.select_related("office"))
    if pauses:
        managed = set(managed_by(user).values_list("pk", flat=True))
        for pause in pauses:
            pause.may_end = pause.office_id in managed  # type: ignore[attr-defined]
    return pauses
