"""Pages of area interests."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interests import kinds
from interests.forms import InterestForm
from interests.models import Area
from offices.access import office_of
from offices.http import PortalRequest
from offices.person_form import PREFIX
from offices.pickers import show_recent_first
from submissions.views import submit_page


@require_http_methods(["GET", "POST"])
def new_interest(request: PortalRequest) -> HttpResponse:
    """Register what a person is looking for; `?contact=` says who."""
    initial = {PREFIX + "contact_id": request.GET.get("contact", "")}
    return submit_page(request, kinds.INTEREST, initial=initial)


@require_POST
def change_profiles(request: PortalRequest) -> HttpResponse:
    """The search profiles with one added, copied or removed (`?step=`), all else as typed."""
    step = request.GET.get("step", "")
    office = office_of(request)
    form = InterestForm(request.POST, office=office, step=step).without_complaints()
    show_recent_first(form, request.user, office)
    return render(request, "interests/interest.html#profiles", {"form": form, "step": step})


@require_GET
def show_areas(request: PortalRequest) -> JsonResponse:
    """The office's named areas, for the map: GeoJSON."""
    areas = Area.objects.offered(office_of(request))
    features = [
        {
            "type": "Feature",
            "properties": {"name": area.name},
            "geometry": {"type": "Polygon", "coordinates": [[*area.polygon, area.polygon[0]]]},
        }
        for area in areas
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_POST
def read_back(request: PortalRequest) -> HttpResponse:
    """What has been typed so far in words: a sentence a profile, each amount in full."""
    form = InterestForm(request.POST, office=office_of(request))
    return render(request, "interests/_read_back.html", {"form": form})
