"""Pages of calendar events."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from calendar_app import kinds
from calendar_app.forms import AppointmentForm
from offices.access import office_of
from offices.http import PortalRequest
from submissions.views import submit_page


@require_http_methods(["GET", "POST"])
def new_appointment(request: PortalRequest) -> HttpResponse:
    """Create a calendar event; `?user=` says whose calendar."""
    initial = {"user_id": request.GET.get("user", "")}
    return submit_page(request, kinds.APPOINTMENT, initial=initial)


@require_POST
def preview_appointment(request: PortalRequest) -> HttpResponse:
    """What the form comes to, in words: the days, what repeats, what is warned about."""
    form = AppointmentForm(request.POST, office=office_of(request))
    context = {"form": form, "preview": form.preview, "problem": _problem(form)}
    return render(request, "calendar_app/appointment.html#preview", context)


def _problem(form: AppointmentForm) -> str:
    """What stands in the way of a preview and was typed; a field still empty is no problem."""
    for name in ("starts_at", "ends_at", "recurrence_interval", "recurrence_day_of_weeks"):
        typed = form.data.get(name, "").strip()
        if name in form.errors and (typed or name == "recurrence_day_of_weeks"):
            return str(form.errors[name][0])
    return ""
