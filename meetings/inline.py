"""The next step from a row of the list, without leaving it: the comeback's form, and how it goes.

Fragments for the list's own page. Without JavaScript the same buttons lead to the plain form.
"""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from lib.polls import asked_by_itself
from meetings import kinds
from meetings.models import Meeting
from meetings.views import from_meeting
from offices.http import PortalRequest
from submissions import outbox
from submissions.models import Shown, Submission
from submissions.views import submit_page

# The row asks again this often while something may still happen.
POLL_SECONDS = 1
UNDER_WAY = (Shown.GRACE, Shown.WAITING, Shown.SENDING)
_INLINE = dataclasses.replace(kinds.COMEBACK, template="meetings/inline_comeback.html")


@require_http_methods(["GET", "POST"])
def comeback(request: PortalRequest, meeting_id: int) -> HttpResponse:
    """The form under a meeting's row, everything filled in but the day; sent, how it goes."""
    meeting = _meeting(request, meeting_id)
    if not request.htmx:
        return redirect(meeting.comeback_url)
    # The row's own office, whichever is active.
    request.office = meeting.office
    answer = submit_page(request, _INLINE, initial=from_meeting(meeting))
    code = _saved(answer)
    if code is None:
        return answer
    return _status(request, meeting, _submission(request, code))


@asked_by_itself
@require_http_methods(["GET", "POST"])
def sent(request: PortalRequest, meeting_id: int, code: uuid.UUID) -> HttpResponse:
    """How the row's comeback is getting on; posted, it is undone."""
    meeting = _meeting(request, meeting_id)
    submission = _submission(request, code)
    too_late = False
    if request.method == "POST":
        too_late = not outbox.cancel(submission, request.user)
        submission = _submission(request, code)
    if not request.htmx:
        return redirect(submission)
    return _status(request, meeting, submission, too_late=too_late)


def _meeting(request: PortalRequest, meeting_id: int) -> Meeting:
    mine = Meeting.objects.for_user(request.user).select_related("office")
    return get_object_or_404(mine, pk=meeting_id)


def _submission(request: PortalRequest, code: uuid.UUID) -> Submission:
    return get_object_or_404(Submission.objects.for_user(request.user), code=code)


def _saved(answer: HttpResponse) -> uuid.UUID | None:
    """The submission that the form led to; None when it is shown again."""
    address = answer.headers.get("HX-Redirect", "")
    try:
        found = resolve(address)
    except Resolver404:
        return None
    return found.kwargs["code"] if found.view_name == "submissions:detail" else None


def _status(
    request: PortalRequest, meeting: Meeting, submission: Submission, **more: Any
) -> HttpResponse:
    pending = submission.shown in UNDER_WAY
    context = {
        "meeting": meeting,
        "submission": submission,
        "pending": pending,
        "poll_seconds": POLL_SECONDS,
        **more,
    }
    answer = render(request, "meetings/_inline_sent.html", context)
    if submission.shown == Shown.DELIVERED:
        # Its row says so from now on.
        return trigger_client_event(answer, "meetings-fetched")
    return answer
