"""Choosing an office, finding a contact. What is typed in a search goes by POST, never in a URL."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from offices import contact_search
from offices import known_people as people
from offices.access import choose_office, office_of, office_or_404
from offices.http import PortalRequest
from offices.person_form import PREFIX


@require_POST
def choose(request: PortalRequest) -> HttpResponse:
    """Act for another office from now on, and go back to where one was."""
    office = office_or_404(request.user, request.POST.get("office", ""))
    choose_office(request, office)
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = reverse("home")
    return redirect(target)


@require_POST
def find_contacts(request: PortalRequest) -> HttpResponse:
    """The contact picker's options for what was typed in `contact_search`: ours, at once.

    They ask again by themselves (`?everywhere`) for those whom only Vitec knows. `picker` is the
    name of the field they are for.
    """
    office, text = office_of(request), request.POST.get("contact_search", "")
    context: dict[str, Any] = {"text": text, "name": request.POST.get("picker", "contact_id")}
    if "everywhere" in request.GET:
        found = contact_search.find_everywhere(request.user, office, text)
        context |= {"contacts": found.new, "ours": found.ours, "found": found}
        return render(request, "offices/contact_more.html", context)
    found = contact_search.find_ours(request.user, office, text)
    context |= {"contacts": found.contacts, "found": found}
    return render(request, "offices/contact_options.html", context)


@require_POST
def known_people(request: PortalRequest) -> HttpResponse:
    """Contacts who may be the person whose fields are being filled in."""
    typed = people.typed_in(request.POST, PREFIX)
    office, chosen = office_of(request), request.POST.get(PREFIX + "contact_id", "")
    found = people.find(office, typed, chosen=chosen)
    return render(request, "offices/known_people.html", {"found": found, "chosen": chosen})


@require_POST
def quick_search(request: PortalRequest) -> HttpResponse:
    """The search in the head of every page: contacts of the active office and what to do next.

    While somebody types ours alone, on Enter those whom only Vitec knows as well.
    """
    office, text = office_of(request), request.POST.get("q", "")
    find = contact_search.find_ours if request.htmx else contact_search.find_everywhere
    found = find(request.user, office, text)
    template = "offices/search.html"
    if request.htmx:
        template += "#results"
    context = {"contacts": found.contacts, "found": found, "text": text}
    return render(request, template, context)
