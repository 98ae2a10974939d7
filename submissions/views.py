"""The page that every kind shares, the list of what was sent, and the page of one submission."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from connect.answers import place
from offices.access import administers, office_of, office_or_404
from offices.http import PortalRequest
from offices.models import Office
from submissions import outbox
from submissions.filters import FilterForm
from submissions.forms import ReasonForm, SubmissionForm
from submissions.kinds import Kind, find_kind
from submissions.models import Pause, State, Submission, SubmissionQuerySet

PAGE_SIZE = 50
SAID_BEFORE = {
    outbox.FormUsed: gettext_lazy(
        "You have already sent this form, with other content. Send again only if you want one more."
    ),
    outbox.SameContent: gettext_lazy(
        "The very same was sent within the last day. Send again only if you want one more."
    ),
}
# The page asks again this often while something may still happen.
POLL_SECONDS = 1


def submit_page(
    request: PortalRequest, kind: Kind, initial: dict[str, Any] | None = None
) -> HttpResponse:
    """The form of a kind: show it, take it, save the wish, go to the submission's page.

    `?corrects=<code>` fills it with a refused submission and puts Vitec's messages at the fields.
    Raises Http404 for an office or a submission that the person may not act for.
    """
    corrects = _corrected(request, kind)
    # A correction goes out from the office that sent the first, whichever is active now.
    office = corrects.office if corrects else office_of(request)
    if request.method != "POST":
        form = _first_form(kind, office, corrects, initial)
        return _form_page(request, kind, office, form, corrects)
    form = kind.form_class(request.POST, office=office)
    if request.POST.get("step") == "look":
        # Without JavaScript: a button that looks something up and shows the same form again.
        return _form_page(request, kind, office, form.without_complaints(), corrects)
    if not form.is_valid():
        return _form_page(request, kind, office, form, corrects, status=422)
    return _submit(request, kind, office, form, corrects)


def _submit(
    request: PortalRequest,
    kind: Kind,
    office: Office,
    form: SubmissionForm,
    corrects: Submission | None,
) -> HttpResponse:
    wish = outbox.Wish(
        user=request.user,
        office=office,
        kind=kind,
        cleaned=form.cleaned_data,
        typed=form.typed(),
        again=form.again(),
        token=form.cleaned_data["form_token"],
        corrects=corrects,
        although=request.POST.get("although", ""),
    )
    try:
        submission = outbox.submit(wish)
    except (outbox.FormUsed, outbox.SameContent) as known:
        form = _renewed(request, kind, office)
        form.add_error(None, SAID_BEFORE[type(known)])
        return _form_page(
            request, kind, office, form, corrects, status=409, earlier=known.submission
        )
    if request.htmx:
        return HttpResponseClientRedirect(submission.get_absolute_url())
    return redirect(submission)


def _corrected(request: PortalRequest, kind: Kind) -> Submission | None:
    code = request.POST.get("corrects") or request.GET.get("corrects")
    if not code:
        return None
    try:
        parsed = uuid.UUID(code)
    except ValueError as error:
        raise Http404 from error
    found: Submission = get_object_or_404(_mine(request), code=parsed, kind=kind.key)
    if not found.can_be_corrected:
        raise Http404
    return found


def _first_form(
    kind: Kind, office: Office, corrects: Submission | None, initial: dict[str, Any] | None
) -> SubmissionForm:
    if corrects is None:
        return kind.form_class(office=office, initial=initial)
    form = kind.form_class(_data(corrects.content["form"]), office=corrects.office)
    form.is_valid()
    for message in place(corrects.messages, kind.endpoint.fields):
        form.add_error(message.field if message.field in form.fields else None, message.message)
    return form


def _data(typed: dict[str, list[str]]) -> QueryDict:
    """Stored texts as a form's data, with a fresh token."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    data["form_token"] = str(uuid.uuid4())
    return data


def _renewed(request: PortalRequest, kind: Kind, office: Office) -> SubmissionForm:
    data = request.POST.copy()
    data["form_token"] = str(uuid.uuid4())
    form = kind.form_class(data, office=office)
    form.is_valid()
    return form


def _form_page(
    request: PortalRequest,
    kind: Kind,
    office: Office,
    form: SubmissionForm,
    corrects: Submission | None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    context |= {"kind": kind, "office": office, "form": form, "corrects": corrects}
    return render(request, kind.template, context, status=status)


def _mine(request: PortalRequest) -> SubmissionQuerySet:
    return Submission.objects.for_user(request.user).select_related("office", "created_by")


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
    submission = get_object_or_404(_mine(request), code=code)
    return render(request, "submissions/detail.html", _detail_context(request, submission))


@require_GET
def status(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """The living part of the page; it stops asking when nothing more happens by itself."""
    submission = get_object_or_404(_mine(request), code=code)
    context = _detail_context(request, submission)
    return render(request, "submissions/detail.html#living", context)


def _detail_context(request: PortalRequest, submission: Submission) -> dict[str, Any]:
    kind = find_kind(submission.kind)
    fields = kind.endpoint.fields if kind else {}
    return {
        "submission": submission,
        "kind": kind,
        "attempts": submission.attempts.select_related("actor", "submission"),
        "messages_of_vitec": place(submission.messages, fields),
        "pauses": Pause.over(submission),
        "settled_by": submission.settled_by,
        "corrections": submission.corrections.all(),
        "may_be_tried_now": _may_be_tried_now(submission),
        "may_decide": administers(request.user, submission.office),
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
        context = _detail_context(request, submission) | {"reason_form": form}
        return render(request, "submissions/detail.html", context, status=422)
    if not decision(submission, request.user, form.cleaned_data["reason"]):
        messages.warning(request, _("Somebody else, or a late answer, has already settled this."))
    return redirect(submission)


@require_POST
def end_pause(request: PortalRequest, pause_id: int) -> HttpResponse:
    """Try again after Vitec denied access."""
    pause = get_object_or_404(Pause.objects.select_related("office"), pk=pause_id)
    office_or_404(request.user, pause.office.customer_id)
    if not administers(request.user, pause.office):
        raise PermissionDenied
    count = outbox.end_pause(pause, request.user)
    messages.success(request, _("Sending goes on. Waiting submissions: %d") % count)
    return redirect("submissions:list")
