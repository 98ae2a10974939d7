"""The page of a batch: how far it has come, every part, pause, resume and one undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from lib.polls import asked_by_itself
from offices.access import administers, offices_for
from offices.http import PortalRequest
from submissions import batches, looks, way_back
from submissions.models import Batch

# The page asks again this often while something may still happen.
POLL_SECONDS = 2


def _batch(request: PortalRequest, code: uuid.UUID) -> Batch:
    mine = Batch.objects.filter(office__in=offices_for(request.user))
    return get_object_or_404(
        mine.select_related("office", "created_by", "paused_by", "confirmed_by"), code=code
    )


@require_GET
def batch(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Every part of one action, with how it went."""
    context = _context(request, _batch(request, code)) | {"back": way_back.address(request)}
    looks.opened_batch(request.user, context["batch"], context["parts"])
    return render(request, "submissions/batch.html", context)


@asked_by_itself
@require_GET
def status(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """The living part of the page; it stops asking when nothing more happens by itself."""
    return render(
        request, "submissions/batch.html#living", _context(request, _batch(request, code))
    )


def _context(request: PortalRequest, found: Batch) -> dict[str, Any]:
    parts = list(found.parts.order_by("pk"))
    return {
        "batch": found,
        "parts": parts,
        "progress": batches.progress(parts),
        "may_steer": not found.flood or _may_confirm(request, found),
        "shares": batches.by_colleague(found.office, parts),
        "grace_seconds": max((part.grace_seconds for part in parts), default=0),
        "poll_seconds": POLL_SECONDS,
    }


@require_POST
def act(request: PortalRequest, code: uuid.UUID, what: str) -> HttpResponse:
    """Pause, resume or undo the whole batch."""
    found = _batch(request, code)
    if what not in ACTIONS:
        raise Http404
    if found.flood and not _may_confirm(request, found):
        raise PermissionDenied
    ACTIONS[what](request, found)
    return redirect(found)


def _may_confirm(request: PortalRequest, found: Batch) -> bool:
    """A flood is the affair of who sent it and of who decides for the office."""
    return found.created_by_id == request.user.pk or administers(request.user, found.office)


def _pause(request: PortalRequest, found: Batch) -> None:
    batches.pause(found, request.user)


def _resume(request: PortalRequest, found: Batch) -> None:
    batches.resume(found, request.user)


def _undo(request: PortalRequest, found: Batch) -> None:
    undone = batches.undo(found, request.user)
    said = ngettext("%d is undone and is not sent.", "%d are undone and are not sent.", undone)
    messages.success(request, said % undone)
    if undone < found.parts.count():
        messages.warning(request, _("What has already been sent cannot be taken back from here."))


ACTIONS: dict[str, Callable[[PortalRequest, Batch], None]] = {
    "pause": _pause,
    "resume": _resume,
    "undo": _undo,
}
