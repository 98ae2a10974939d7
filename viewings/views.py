"""Pages of viewings and their participants."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from offices.access import office_of
from offices.http import PortalRequest
from offices.models import SyncRun
from offices.person_form import PREFIX
from submissions.views import submit_page
from viewings import kinds
from viewings.forms import BOOKING, DOOR
from viewings.models import TimeSlot, Viewing


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
        "viewings": viewings.past() if past else viewings.coming(),
        "today": timezone.localdate(),
        "synced": synced.order_by("-finished_at").first(),
    }
    return render(request, "viewings/list.html", context)


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
