"""What every page of the house shows: the menu, the offices, the banners."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from offices.access import administers, offices_for
from submissions.kinds import all_kinds
from submissions.models import Pause, Submission


def house(request: HttpRequest) -> dict[str, Any]:
    """kinds for the menu, offices for the switcher, open pauses, each with `may_end`;

    needing_me: how many submissions wait for this person.
    """
    context: dict[str, Any] = {"practice": settings.PRACTICE, "version": settings.VERSION}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    offices = list(offices_for(user))
    pauses = list(Pause.objects.filter(office__in=offices, ended_at=None).select_related("office"))
    for pause in pauses:
        pause.may_end = administers(user, pause.office)  # type: ignore[attr-defined]
    return context | {
        "kinds": all_kinds(),
        "my_offices": offices,
        "active_office": request.office,  # type: ignore[attr-defined]
        "open_pauses": pauses,
        "needing_me": Submission.objects.needing(user).count(),
    }
