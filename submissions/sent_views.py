"""The list of what was sent, and the page of one submission with all that can be done to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from connect.answers import place
from lib.polls import asked_by_itself
from offices.access import administers, decides_for
from offices.http import PortalRequest
from offices.models import Right
from offices.rights import held_at_all, require
from submissions import looks, outbox, way_back
from submissions.filters import FilterForm
from submissions.forms import ReasonForm
from submissions.kinds import find_kind
from submissions.models import Outage, Pause, State, Submission, SubmissionQuerySet

PAGE_SIZE = 50
# The page asks again this often while something may still happen.
POLL_SECONDS = 1


def _mine(request: PortalRequest) -> SubmissionQuerySet:
    mine = Submission.objects.for_user(request.user)
    return mine.select_related("office", "created_by", "batch")


# --- The list ----------------------------------------------------------------------------------


@require_GET
def list_submissions(request: PortalRequest) -> HttpResponse:
    """What was sent, newest first, by kind, state, person, sender, office and time."""
    form = FilterForm(request.GET, user=request.user)
    found = form.narrow(_mine(request)) if form.is_valid() else _mine(request).none()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    template = "submissions/list.html"
    if request.htmx:
        template += "#table"
    context = {"form": form, "page": page, "query": _query_without_page(request)}
    return render(request, template, context)


def _query_without_page(request: PortalRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


# --- One submission ----------------------------------------------------------------------------


@require_GET
def detail(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """One submission: what was sent, where it stands, every attempt."""
    mine = get_object_or_404(_mine(request), code=code)
    return _page(request, mine, back=way_back.address(request))


def _page(
    request: PortalRequest, submission: Submission, status: int = 200, **more: Any
) -> HttpResponse:
    """The whole page, which is a look at what was sent."""
    looks.opened(request.user, submission)
    context = _detail_context(request, submission) | more
    return render(request, "submissions/detail.html", context, status=status)


@asked_by_itself
@require_GET
def status(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """The living part of the page; it stops asking when nothing more happens by itself."""
    submission = get_object_or_404(_mine(request), code=code)
    context = _detail_context(request, submission)
    return render(request, "submissions/detail.html#living", context)


def _detail_context(request: PortalRequest, submission: Submission) -> dict[str, Any]:
    kind = find_kind(submission.kind)
    fields = kind.endpoint.fields if kind else {}
    words = kind.endpoint.words if kind else {}
    has_masked = any(line.full for line in submission.lines)
    return {
        "submission": submission,
        "kind": kind,
        "attempts": submission.attempts.select_related("actor", "submission"),
        "messages_of_vitec": place(submission.messages, fields, words),
        "pause": Pause.over(submission).select_related("paused_by").defer(None).first(),
        "outage": Outage.over(submission),
        "settled_by": submission.settled_by if submission.is_settled else None,
        "corrections": list(submission.corrections.all()),
        "links": kind.links(submission) if kind and kind.links else [],
        "may_be_tried_now": _may_be_tried_now(submission),
        "may_decide": decides_for(request, submission.office),
        "may_reveal": has_masked and Right.MASKED in held_at_all(request, [submission.office]),
        "empty_reveal_form": ReasonForm(auto_id="reveal_%s"),
        "reason_form": ReasonForm(),
        "poll_seconds": POLL_SECONDS,
    }


def _may_be_tried_now(submission: Submission) -> bool:
    stuck = submission.state == State.FAILED or submission.waits_for_retry
    return stuck and submission.may_be_tried_now


@require_POST
def cancel(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Undo before anything is sent."""
    submission = get_object_or_404(_mine(request), code=code)
    if not outbox.cancel(submission, request.user):
        messages.warning(request, _("Too late to undo: the sending has already begun."))
    return redirect(submission)


@require_POST
def send_now(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Do not wait for the next try."""
    submission = get_object_or_404(_mine(request), code=code)
    outbox.send_now(submission, request.user)
    return redirect(submission)


DECISIONS = {
    "found": outbox.mark_delivered,
    "not_found": outbox.mark_not_delivered,
    "send_again": outbox.send_again,
}


@require_POST
def decide(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """A person settles an uncertain submission, with a reason."""
    submission = get_object_or_404(_mine(request), code=code)
    if not administers(request.user, submission.office):
        raise PermissionDenied
    form = ReasonForm(request.POST)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    if decision is None or not form.is_valid():
        return _page(request, submission, 422, reason_form=form)
    # What was decided on an old page was decided of something else.
    as_seen = request.POST.get("seen") == str(submission.events)
    if not as_seen or not decision(submission, request.user, form.cleaned_data["reason"]):
        messages.warning(
            request,
            _("Something has happened since you opened the page: see what, and decide again."),
        )
    return redirect(submission)


@require_POST
def reveal(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Show masked values once, to who may see them; who, when and why is recorded."""
    submission = get_object_or_404(_mine(request), code=code)
    require(request, Right.MASKED, submission.office)
    form = ReasonForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return _page(request, submission, 422, reveal_form=form)
    context = _detail_context(request, submission) | {"revealed": True}
    looks.revealed(request.user, submission, form.cleaned_data["reason"])
    return render(request, "submissions/detail.html", context)
