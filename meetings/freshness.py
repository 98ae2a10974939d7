"""How old the meetings are that are shown, and having them fetched now."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from lib.polls import asked_by_itself
from meetings.models import OfficeSync
from meetings.sync import JOB, ask_now, is_wanted
from meetings.tasks import ring
from offices import syncing
from offices.http import PortalRequest
from offices.models import Office
from submissions import way_back

# Seconds after which the page asks again how a fetch is getting on.
POLL_SECONDS = 1


def freshness_of(office: Office, *, asked_for: bool = False) -> dict[str, Any]:
    """For the line that says how old the meetings are. pending: it must be asked for again."""
    plan = OfficeSync.told_by(office)
    known = syncing.freshness(office, JOB, plan.interval)
    return {
        "freshness": known,
        "pending": asked_for or known.running is not None or is_wanted(office, plan),
        "poll_seconds": POLL_SECONDS,
    }


@asked_by_itself
@require_GET
def freshness(request: PortalRequest) -> HttpResponse:
    """How old the meetings are; asked again while a fetch goes on, and then the list is."""
    if request.office is None:
        raise PermissionDenied
    context = freshness_of(request.office)
    answer = render(request, "meetings/_freshness.html", context)
    return answer if context["pending"] else trigger_client_event(answer, "meetings-fetched")


@require_POST
def fetch_now(request: PortalRequest) -> HttpResponse:
    """Have the meetings fetched now, unless that was asked for moments ago.

    Without JavaScript the answer is the list as it was.
    """
    if request.office is None:
        raise PermissionDenied
    begun = ask_now(request.office)
    if begun:
        ring(request.office)
    if not request.htmx:
        return redirect(way_back.came_from(request) or "meetings:list")
    context = freshness_of(request.office, asked_for=begun) | {"too_soon": not begun}
    return render(request, "meetings/_freshness.html", context)
