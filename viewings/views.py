"""Pages of viewings and their participants."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib.polls import asked_by_itself
from offices.access import office_of
from offices.http import PortalRequest
from offices.models import SyncRun
from offices.person_form import PREFIX
from submissions import outbox
from submissions.models import Submission
from submissions.views import submit_page
from viewings import desk, kinds
from viewings.attendance import attendance
from viewings.forms import BOOKING, DOOR
from viewings.models import TimeSlot, Viewing, ViewingQuerySet

# The page of a viewing asks again this often while something is on its way, and otherwise.
SOON, LATER = 3, 20
EMPTY_ROWS = 5


@require_GET
def list_viewings(request: PortalRequest) -> HttpResponse:
    """The active office's viewings of today and later; `?past=1` those of the last fortnight."""
    office = office_of(request)
    viewings = Viewing.objects.of(office)
    past = "past" in request.GET
    synced = SyncRun.objects.filter(office=office, job="viewings", error="").exclude(
        finished_at=None
    )
    context = {
        "past": past,
        "viewings": _with_slots(viewings.past() if past else viewings.coming()),
        "today": timezone.localdate(),
        "synced": synced.order_by("-finished_at").first(),
    }
    return render(request, "viewings/list.html", context)


def _with_slots(viewings: ViewingQuerySet) -> list[Viewing]:
    """Each slot knows its viewing without asking again."""
    found = list(viewings)
    for viewing in found:
        for each in viewing.slots.all():
            each.viewing = viewing
    return found


@require_GET
def show_viewing(request: PortalRequest, pk: int) -> HttpResponse:
    """One viewing: its slots, the desk where visitors are registered, and who is there.

    `?slot=` chooses the slot; without it the one that is likely meant.
    """
    viewing = get_object_or_404(Viewing.objects.for_user(request.user), pk=pk)
    return viewing_page(request, viewing, [desk.Row() for _row in range(EMPTY_ROWS)])


def viewing_page(
    request: PortalRequest, viewing: Viewing, rows: list[desk.Row], status: int = 200
) -> HttpResponse:
    """The whole page, with these rows at the desk."""
    context = _living_context(request, viewing) | {"rows": rows, "blank": desk.Row()}
    slot = context["slot"]
    context["informed"] = bool(slot) and request.session.get(desk.INFORMED) == slot.pk
    context["desk_open"] = bool(slot) and slot.is_at_desk
    return render(request, "viewings/show.html", context, status=status)


@asked_by_itself
@require_GET
def living(request: PortalRequest, pk: int) -> HttpResponse:
    """The part of the page that changes by itself: the counts, and who is there."""
    viewing = get_object_or_404(Viewing.objects.for_user(request.user), pk=pk)
    return render(request, "viewings/show.html#living", _living_context(request, viewing))


def _living_context(request: PortalRequest, viewing: Viewing) -> dict[str, Any]:
    slots = list(TimeSlot.objects.filter(viewing=viewing).shown().counted())
    for each in slots:
        each.viewing = viewing
    slot = _chosen_slot(request, slots)
    return {
        "viewing": viewing,
        "slots": slots,
        "slot": slot,
        "people": attendance(slot) if slot else None,
        "poll_seconds": SOON if slot and slot.waiting else LATER,
        "today": timezone.localdate(),
    }


def _chosen_slot(request: PortalRequest, slots: list[TimeSlot]) -> TimeSlot | None:
    """The one asked for, else the one that goes on or comes next, else the last."""
    asked = str(_chosen_pk(request))
    found = next((slot for slot in slots if str(slot.pk) == asked), None)
    ahead = (slot for slot in slots if not slot.is_over)
    return found or next(ahead, slots[-1] if slots else None)


def _chosen_pk(request: PortalRequest) -> str:
    found = request.resolver_match and request.resolver_match.kwargs.get("slot_pk")
    return str(found or request.GET.get("slot", ""))


@require_POST
def undo(request: PortalRequest, pk: int, code: uuid.UUID) -> HttpResponse:
    """Take back one of ours that has not been sent, and see the viewing again."""
    viewing = get_object_or_404(Viewing.objects.for_user(request.user), pk=pk)
    mine = Submission.objects.for_user(request.user).filter(registration__slot__viewing=viewing)
    submission = get_object_or_404(mine, code=code)
    if not outbox.cancel(submission, request.user) and not request.htmx:
        messages.warning(request, _("Too late to undo: the sending has already begun."))
    if request.htmx:
        return render(request, "viewings/show.html#living", _living_context(request, viewing))
    return redirect(f"{viewing.get_absolute_url()}?slot={submission.registration.slot_id}")


@require_http_methods(["GET", "POST"])
def new_participant(request: PortalRequest) -> HttpResponse:
    """Book a person, or register one at the door; `?slot=`, `?mode=`, `?contact=` prefill it."""
    return submit_page(request, kinds.PARTICIPANT, initial=_prefill(request))


def _prefill(request: PortalRequest) -> dict[str, Any]:
    """Without a mode: at the door once the slot is over."""
    slot = TimeSlot.objects.offered(office_of(request)).filter(vitec_id=request.GET.get("slot", ""))
    chosen = slot.first()
    mode = request.GET.get("mode", "")
    if mode not in (BOOKING, DOOR):
        mode = DOOR if chosen and chosen.is_over else BOOKING
    return {
        "time_slot_id": chosen.vitec_id if chosen else "",
        "mode": mode,
        PREFIX + "contact_id": request.GET.get("contact", ""),
    }
