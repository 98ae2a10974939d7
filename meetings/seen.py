"""Saying that one has seen what is new: from then on it is new no more."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from meetings.asked import STATE
from meetings.dashboard import offices_asked
from meetings.since import mark_seen
from offices.access import my_offices
from offices.http import PortalRequest


@require_POST
def seen(request: PortalRequest) -> HttpResponse:
    """What happened up to the moment that the page told is no news any more.

    Posted: `until`, ISO 8601, and `back`, the query of the list to go on with.
    """
    mine = my_offices(request)
    if not mine or request.office is None:
        raise PermissionDenied
    back = QueryDict(request.POST.get("back", "")).dict()
    offices = offices_asked(mine, request.office, back.get("office", ""))
    mark_seen(request.user, offices, _moment(request.POST.get("until", "")))
    query = urlencode({name: back[name] for name in STATE if back.get(name) and name != "news"})
    return redirect(f"{reverse('meetings:list')}?{query}")


def _moment(text: str) -> dt.datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment and timezone.is_aware(moment) else timezone.now()
