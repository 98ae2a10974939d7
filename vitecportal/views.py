"""Pages of the house itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meetings.saved import start_of
from offices.models import Membership, Office
from vitecportal.health import report


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: the view that the person begins the day with, else the
    meetings of today, with the filter in the address.
    """
    office: Office | None = request.office  # type: ignore[attr-defined]
    if office is None:
        rests = Membership.objects.filter(user=request.user.pk).exists()
        return render(request, "no_office.html", {"rests": rests})
    if view := start_of(request.user, office):  # type: ignore[arg-type]
        return redirect(reverse("meetings:list", query={"view": view.pk}))
    today = timezone.localdate().isoformat()
    return redirect(reverse("meetings:list", query={"date_from": today, "date_to": today}))


@require_GET
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while all is well, 503 when a person should look. No personal data, nobody's name."""
    facts = report()
    return JsonResponse(facts, status=200 if facts["ok"] else 503)
