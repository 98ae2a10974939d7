"""The page after a viewing: a mark and a note for each visitor, and one form for those who care."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from offices.access import offices_for
from offices.http import PortalRequest
from submissions.kinds import all_kinds, find_kind
from submissions.many_views import Occasion, send_many
from viewings.afterwards import Visitors, targets, visitors
from viewings.afterwards import impress as keep_impression
from viewings.models import Interest, TimeSlot, Viewing


@require_GET
def afterwards(request: PortalRequest, pk: int) -> HttpResponse:
    """Everybody of a slot, to be marked; `?slot=` chooses it, else the last that has begun."""
    viewing = get_object_or_404(Viewing.objects.for_user(request.user), pk=pk)
    slots = list(TimeSlot.objects.filter(viewing=viewing).shown())
    for each in slots:
        each.viewing = viewing
    asked = request.GET.get("slot", "")
    begun = [slot for slot in slots if slot.has_begun] or slots
    slot = next((each for each in slots if str(each.pk) == asked), begun[-1] if begun else None)
    context = {
        "viewing": viewing,
        "slots": slots,
        "slot": slot,
        "interests": Interest,
        **(_people(slot, visitors(slot)) if slot else {}),
    }
    return render(request, "viewings/afterwards.html", context)


@require_POST
def impress(request: PortalRequest, slot_pk: int) -> HttpResponse:
    """`who=` cared `interest=` much; `note=` what there is to remember. Either may be missing."""
    slot = _slot(request, slot_pk)
    visitor = visitors(slot).find(request.POST.get("who", ""))
    if visitor is None:
        raise Http404
    interest, note = request.POST.get("interest"), request.POST.get("note")
    keep_impression(request.user, slot, visitor, interest, note)
    if request.htmx:
        context = {"slot": slot, **_people(slot, visitors(slot))}
        return render(request, "viewings/_afterwards_bar.html", context)
    return redirect(f"{slot.afterwards_url}#person-{visitor.key}")


@require_POST
def send_to_many(request: PortalRequest, slot_pk: int) -> HttpResponse:
    """One form of a `kind=` to everybody of an `interest=`."""
    slot = _slot(request, slot_pk)
    kind = find_kind(request.POST.get("kind", ""))
    interest = request.POST.get("interest", "")
    if kind is None or kind.many is None or interest not in Interest.values:
        raise Http404
    found = visitors(slot).of(interest)
    if not found:
        return redirect(slot.afterwards_url)
    return send_many(
        Occasion(
            request=request,
            kind=kind,
            office=slot.office,
            targets=targets(slot, found),
            action=reverse("viewings:send_to_many", args=[slot.pk]),
            carried=[("interest", interest)],
            back=slot.afterwards_url,
            initial={"date": pgettext("typed in the day field", "tomorrow 10")},
        )
    )


def _slot(request: PortalRequest, pk: int) -> TimeSlot:
    mine = TimeSlot.objects.filter(office__in=offices_for(request.user))
    return get_object_or_404(mine.select_related("viewing", "office"), pk=pk)


def _people(slot: TimeSlot, people: Visitors) -> dict[str, Any]:
    great = people.of(Interest.GREAT)
    return {
        "people": people,
        "great": great,
        "waiting": [visitor for visitor in great if visitor.waits_for_id],
        "marked": sum(bool(visitor.interest) for visitor in people.all),
        "kinds_to_many": [kind for kind in all_kinds() if kind.many and kind.takes_contact],
    }
