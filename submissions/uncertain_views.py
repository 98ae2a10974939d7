"""The page of what may have arrived: look at Vitec, then decide, many at once."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from connect.calls import Call
from lib.sealing import Unsealable
from offices.access import managed_by
from offices.http import PortalRequest
from offices.models import Office
from submissions import looks, outbox
from submissions.forms import ReasonForm
from submissions.kinds import Effect, find_kind
from submissions.models import (
    Attempt,
    Event,
    State,
    Submission,
    SubmissionQuerySet,
    Verdict,
)
from submissions.reconcile import Unasked, look_for, settling

# A person waits for the look; what it does not reach, the timetable does.
LOOK_SECONDS = 20
LIMITS = {"connect_timeout": 2.0, "read_timeout": 3.0, "read_deadline": 4.0, "patience": 3.0}
MOST_AT_ONCE = 200
# Stands as the reason where a look at Vitec has not found them.
NOT_THERE = gettext_lazy("Looked at Vitec: it is not there")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One uncertain submission and what would be there twice if it were sent again."""

    submission: Submission
    effects: list[Effect]
    may_decide: bool


@dataclasses.dataclass(frozen=True)
class Group:
    """Entries of which a look at Vitec said the same."""

    key: str
    title: Any
    hint: Any
    entries: list[Entry]

    @property
    def may_decide(self) -> bool:
        return any(entry.may_decide for entry in self.entries)


GROUPS = [
    (
        Verdict.ABSENT,
        gettext_lazy("Not at Vitec"),
        gettext_lazy("We have looked, and it is not there. It can be sent again."),
    ),
    (
        Verdict.SEVERAL,
        gettext_lazy("More than one fits"),
        gettext_lazy("Vitec has several that it may be. Look there, then say what you saw."),
    ),
    (
        Verdict.UNREADABLE,
        gettext_lazy("Cannot be read"),
        gettext_lazy("Vitec does not let us see it. Look there, then say what you saw."),
    ),
    ("", gettext_lazy("Not looked for yet"), gettext_lazy("We look by ourselves in a moment.")),
]
DECISIONS = {
    "found": outbox.mark_delivered,
    "not_found": outbox.mark_not_delivered,
    "send_again": outbox.send_again,
}


def _uncertain(request: PortalRequest) -> SubmissionQuerySet:
    mine = Submission.objects.for_user(request.user).uncertain()
    return mine.select_related("office", "created_by").order_by("created_at")


def _with_sent_at(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """Each with `sent_at`: when its last try began to be sent; None for one set aside unsent."""
    sent = Attempt.objects.filter(submission=OuterRef("pk"), event=Event.SENDING)
    return submissions.annotate(sent_at=Subquery(sent.order_by("-pk").values("at")[:1]))


@require_GET
def uncertain(request: PortalRequest) -> HttpResponse:
    """Every uncertain one of the person's offices, by what a look at Vitec said."""
    return _page(request)


def _page(request: PortalRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, which is a look at everything on it."""
    context = _context(request) | more
    shown = (entry.submission for group in context["groups"] for entry in group.entries)
    looks.opened(request.user, *shown)
    return render(request, "submissions/uncertain.html", context, status=status)


def _context(request: PortalRequest) -> dict[str, Any]:
    managed = set(managed_by(request.user).values_list("pk", flat=True))
    submissions = list(_with_sent_at(_uncertain(request))[:MOST_AT_ONCE])
    effects = _effects(submissions)
    entries = [
        Entry(submission, effects.get(submission.pk, []), submission.office_id in managed)
        for submission in submissions
    ]
    groups = [
        Group(key, title, hint, [entry for entry in entries if entry.submission.verdict == key])
        for key, title, hint in GROUPS
    ]
    return {
        "groups": [group for group in groups if group.entries],
        "count": _uncertain(request).count(),
        "reason_form": ReasonForm(),
        "not_there": NOT_THERE,
    }


def _effects(submissions: Iterable[Submission]) -> dict[int, list[Effect]]:
    """Of each, by its key, what sending it does; those of a kind and an office are asked together.

    What can be opened no more is left out.
    """
    alike: dict[tuple[str, Office], dict[int, Call]] = defaultdict(dict)
    for submission in submissions:
        with contextlib.suppress(Unsealable):
            alike[submission.kind, submission.office][submission.pk] = submission.call
    found: dict[int, list[Effect]] = {}
    for (key, office), calls in alike.items():
        kind = find_kind(key)
        if kind and kind.effects:
            found |= zip(calls, kind.effects(office, list(calls.values())), strict=True)
    return found


@require_POST
def look(request: PortalRequest) -> HttpResponse:
    """Look at Vitec for every one that has had time to settle."""
    counted = _look_for(_uncertain(request)[:MOST_AT_ONCE])
    looked, unasked = counted["looked"], counted["unasked"]
    if looked or not unasked:
        said = _("Found at Vitec: %(found)d of %(looked)d.")
        messages.success(request, said % {"found": counted["found"], "looked": looked})
    if unasked:
        said = ngettext(
            "Vitec cannot be asked just now. %d has not been looked for; we do it later.",
            "Vitec cannot be asked just now. %d have not been looked for; we do it later.",
            unasked,
        )
        messages.warning(request, said % unasked)
    if counted["early"]:
        messages.info(
            request, _("Vitec may still be at work on the latest. Look again in a while.")
        )
    return redirect("submissions:uncertain")


def _look_for(submissions: Iterable[Submission]) -> Counter[str]:
    """How many were looked for, found, could not be asked for, or may still be on their way."""
    until = time.monotonic() + LOOK_SECONDS
    counted: Counter[str] = Counter()
    for submission in submissions:
        if time.monotonic() > until:
            break
        try:
            counted["found"] += look_for(submission, **LIMITS)
        except Unasked:
            counted["unasked"] += 1
            continue
        counted["looked"] += 1
        counted["early"] += not submission.verdict and settling(submission)
    return counted


@require_POST
def decide(request: PortalRequest) -> HttpResponse:
    """Settle those that were chosen, with one reason. Raises PermissionDenied for none of ours."""
    form = ReasonForm(request.POST)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    chosen, passed_over = _chosen(request)
    if decision is None or not (chosen or passed_over):
        messages.warning(request, _("Choose at least one."))
        return _once_more(request, form, chosen)
    if form.is_valid() and decision is DECISIONS["found"]:
        _must_not_say_the_opposite(form)
    if not form.is_valid():
        return _once_more(request, form, chosen)
    reason = form.cleaned_data["reason"]
    settled = sum(decision(submission, request.user, reason) for submission in chosen)
    said = ngettext("%d is decided.", "%d are decided.", settled)
    messages.success(request, said % settled)
    if left := len(chosen) - settled + passed_over:
        said = _("To %d something has happened since you opened the page: see, and decide again.")
        messages.warning(request, said % left)
    return redirect("submissions:uncertain")


def _must_not_say_the_opposite(form: ReasonForm) -> None:
    """What a person has found goes on record with where, and not with our own reason."""
    if form.cleaned_data["reason"] == str(NOT_THERE):
        form.add_error("reason", _("You have found it: say where."))


def _once_more(
    request: PortalRequest, form: ReasonForm, chosen: Iterable[Submission]
) -> HttpResponse:
    """The page with what was typed and ticked in the group that was posted."""
    return _page(
        request,
        422,
        reason_form=form,
        failed_group=request.POST.get("group", ""),
        chosen={submission.code for submission in chosen},
    )


def _chosen(request: PortalRequest) -> tuple[list[Submission], int]:
    """Those that are as the page showed them, and how many are so no more.

    A choice says how many events the page knew of: a decision on an old page is of something else.
    Raises PermissionDenied.
    """
    seen = dict(filter(None, map(_choice, request.POST.getlist("code")[:MOST_AT_ONCE])))
    mine = Submission.objects.for_user(request.user).filter(code__in=seen)
    ours = list(mine.filter(office__in=managed_by(request.user)).select_related("office"))
    if mine.exists() and not ours:
        raise PermissionDenied
    chosen = [one for one in ours if one.state == State.UNKNOWN and one.events == seen[one.code]]
    return chosen, len(ours) - len(chosen)


def _choice(text: str) -> tuple[uuid.UUID, int] | None:
    """What a box says: which, and how many events it had."""
    code, _, events = text.partition(":")
    try:
        return uuid.UUID(code), int(events)
    except ValueError:
        return None
