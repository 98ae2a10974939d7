"""The page where sending is paused and resumed, for an office or one kind of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from offices.access import administers, managed_by, office_or_404, offices_for
from offices.http import PortalRequest
from submissions import outbox, pauses
from submissions.forms import PauseForm
from submissions.models import Pause


@require_http_methods(["GET", "HEAD", "POST"])
def standstill(request: PortalRequest) -> HttpResponse:
    """What stands still at the person's offices; who decides for one pauses here, too."""
    managed = managed_by(request.user)
    if request.method != "POST":
        here = request.office if request.office in managed else None
        form = PauseForm(managed, initial={"office": here})
        return render(request, "submissions/pauses.html", _context(request, form))
    office = office_or_404(request.user, request.POST.get("office", ""))
    if not administers(request.user, office):
        raise PermissionDenied
    form = PauseForm(managed, request.POST)
    if not form.is_valid():
        return render(request, "submissions/pauses.html", _context(request, form), status=422)
    what = form.cleaned_data
    if pauses.pause(office, what["endpoint"], request.user, what["reason"]):
        messages.success(request, _("Paused. What is being sent this moment is finished."))
    else:
        messages.info(request, _("That is paused already."))
    return redirect("submissions:pauses")


def _context(request: PortalRequest, form: PauseForm) -> dict[str, Any]:
    mine = Pause.objects.filter(office__in=offices_for(request.user), ended_at=None)
    managed = set(managed_by(request.user).values_list("pk", flat=True))
    standing = list(mine.select_related("office", "paused_by"))
    for pause in standing:
        pause.may_end = pause.office_id in managed  # type: ignore[attr-defined]
    return {"standing": standing, "form": form, "may_pause": bool(managed)}


@require_POST
def end_pause(request: PortalRequest, pause_id: int) -> HttpResponse:
    """Try again after Vitec denied access, or go on after somebody has paused."""
    mine = Pause.objects.filter(office__in=offices_for(request.user))
    pause = get_object_or_404(mine.select_related("office"), pk=pause_id)
    if not administers(request.user, pause.office):
        raise PermissionDenied
    count = outbox.end_pause(pause, request.user)
    messages.success(request, _("Sending goes on. Waiting submissions: %d") % count)
    return redirect("submissions:pauses" if pause.paused_by_id else "submissions:list")
