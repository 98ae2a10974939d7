"""What every page of the house shows: the menu, the offices, the banners.

All but the settings are functions, which a template calls when it comes to them: a fragment that
is asked for every second shows none of it and pays for none of it.
"""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Subquery
from django.http import HttpRequest

from offices.access import Place, decides, my_offices, my_places
from offices.models import Office, Right, Role, User
from offices.rights import held_at_all, held_somewhere
from submissions import outages
from submissions.batches import UNDONE_TOGETHER
from submissions.floods import open_for
from submissions.kinds import all_kinds
from submissions.models import Batch, Outage, Pause, Submission


def house(request: HttpRequest) -> dict[str, Any]:
    """practice, version, mail_works; for signed-in people also kinds (for the menu), my_offices
    (for the switcher), active_office, open_pauses (each with `may_end`), outages and floods to be
    confirmed (each with `waiting`), unread_notices (how many), uncertain_count (of the person's
    offices), needing_me (how many submissions wait for this person), manages (whether an office is
    theirs to decide for), sees_people (whether the page of who has a place is theirs), rights
    (those they have at the active office) and opens_admin (whether the admin is theirs).
    """
    context: dict[str, Any] = {
        "practice": settings.PRACTICE,
        "version": settings.VERSION,
        "mail_works": settings.EMAIL_WORKS,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    offices = functools.partial(my_offices, request)
    active = request.office  # type: ignore[attr-defined]
    questions = functools.cache(lambda: _questions(user, my_places(request)))
    return context | {
        "kinds": all_kinds,
        "my_offices": offices,
        "active_office": active,
        "rights": functools.cache(lambda: held_at_all(request, [active]) if active else ()),
        "open_pauses": functools.cache(lambda: _open_pauses(my_places(request))),
        "outages": functools.cache(lambda: _outages(offices())),
        "unread_notices": functools.cache(
            lambda: sum(office.unread for office in offices())  # type: ignore[attr-defined]
        ),
        "floods": functools.cache(lambda: _floods(user, offices())),
        "uncertain_count": lambda: questions()["uncertain"] or 0,
        "needing_me": lambda: questions()["needing"],
        "opens_admin": functools.cache(lambda: user.is_staff or _gives_places(request)),
        "manages": functools.cache(lambda: decides(request)),
        "sees_people": lambda: decides(request) or held_somewhere(request, Right.INVITE),
    }


def _questions(user: User, places: list[Place]) -> dict[str, Any]:
    """How many are `needing` this person; where any is, how many are `uncertain` at the offices."""
    # By their keys: an object in a condition costs as much as a row that is read.
    offices = [place.office.pk for place in places]
    managed = [place.office.pk for place in places if place.is_managed]
    uncertain = Submission.objects.uncertain().filter(office__in=offices)
    counted = uncertain.order_by().values("state").annotate(number=Count("pk")).values("number")
    needing = Submission.objects.needing_at(user, offices, managed)
    return needing.aggregate(needing=Count("pk"), uncertain=Max(Subquery(counted)))


def _gives_places(request: HttpRequest) -> bool:
    """Do they give places and rights at an office? As `administered_by`, without a query."""
    return any(place.role in (None, Role.ADMINISTRATOR) for place in my_places(request))


def _open_pauses(places: list[Place]) -> list[Pause]:
    paused = [place.office for place in places if place.office.stands_still]  # type: ignore[attr-defined]
    if not paused:
        return []
    standing = Pause.objects.filter(office__in=paused, ended_at=None)
    pauses = list(standing.select_related("office", "paused_by"))
    managed = {place.office.pk for place in places if place.is_managed}
    for pause in pauses:
        pause.may_end = pause.office_id in managed  # type: ignore[attr-defined]
    return pauses


def _floods(user: User, offices: list[Office]) -> list[Batch]:
    """Each with `waiting`: how many submissions wait for a person's yes."""
    if not any(office.is_flooded for office in offices):  # type: ignore[attr-defined]
        return []
    found = list(open_for(user).select_related("created_by"))
    for flood in found:
        flood.waiting = flood.parts.filter(state__in=UNDONE_TOGETHER).count()  # type: ignore[attr-defined]
    return found


def _outages(offices: list[Office]) -> list[Outage]:
    if not any(office.away_somewhere for office in offices):  # type: ignore[attr-defined]
        return []
    return outages.open_at(offices)
