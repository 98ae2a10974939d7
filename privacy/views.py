"""Finding a person, the register extract, and erasure by two. All by the right to privacy."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib import personal_numbers
from lib.sealing import Unsealable, seal_for, unseal_for
from offices import disclosures, erased
from offices.http import PortalRequest
from offices.models import Disclosure, Office, Retention, Right
from offices.person_data import all_holdings
from offices.person_marks import asked
from offices.rights import may, require
from privacy import erasing, kept_out, register
from privacy.forms import AskForm, LiftForm, SearchForm
from privacy.models import Erasure, Inquiry, PurgeRun, Step, Who

MOST_ERASURES = 50
# For what a card's token is good, and how long.
CARD = "privacy.card"
CARD_SECONDS = 24 * 60 * 60
_HIDDEN = gettext_lazy("The person has protected identity: it takes the right to see them.")


# --- Finding -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def people(request: PortalRequest) -> HttpResponse:
    """Look for a person, who is posted; and what waits for somebody."""
    office = _office(request)
    form = SearchForm(request.POST or None)
    found: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["person"]
        cards = register.people(office, text)
        _record_search(request, office, text, len(cards))
        found["cards"] = [(card, token_of(card.who)) for card in cards]
    status = 422 if request.method == "POST" and form.errors else 200
    return _people_page(request, status, form=form, **found)


def _people_page(request: PortalRequest, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": SearchForm(), "lift_form": LiftForm(), **_waiting(request), **more}
    return render(request, "privacy/people.html", context, status=status)


def _waiting(request: PortalRequest) -> dict[str, Any]:
    erasures = Erasure.objects.for_user(request.user).select_related("asked_by", "office")
    return {
        "open_erasures": erasures.open()[:MOST_ERASURES],
        "done_erasures": erasures.exclude(cleared_at=None)[:10],
        "last_purge": PurgeRun.objects.filter(dry=False).first(),
        "announced": Retention.objects.exclude(announced=None).exists(),
        "days": settings.RETENTION_DAYS,
        "sees_all": may(request.user, Right.PROTECTED, request.office),
    }


def _record_search(request: PortalRequest, office: Office, text: str, found: int) -> None:
    by_number = personal_numbers.is_in(text) or asked(text).numbers
    what = Disclosure.What.SEARCHED if by_number else Disclosure.What.VIEWED
    disclosures.record(request.user, office, what, subject="privacy.search", people=found)


def token_of(who: Who) -> str:
    """Whom a card is of, sealed, for the button that opens the extract."""
    return seal_for(CARD, json.dumps(who.to_dict()))


@require_POST
def open_person(request: PortalRequest) -> HttpResponse:
    """From a card to the extract: who it is goes into a sealed row, and out of the address."""
    office = _office(request)
    try:
        who = Who.from_dict(json.loads(unseal_for(CARD, request.POST.get("who", ""), CARD_SECONDS)))
    except Unsealable as error:
        raise Http404 from error
    if register.is_hidden(office, who):
        raise Http404
    inquiry = Inquiry(office=office, user=request.user)
    inquiry.set_who(who)
    inquiry.save()
    return redirect("privacy:person", inquiry.code)


# --- Extract -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def person(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """The register extract, to read and to print. Posted: what only may be theirs, chosen."""
    inquiry = _inquiry(request, code)
    if request.method == "POST":
        who = inquiry.who
        inquiry.set_who(Who(who.name, who.marks, frozenset(request.POST.getlist("chosen"))))
        inquiry.save(update_fields=["key", "sealed"])
        return redirect("privacy:person", code)
    _record_extract(request, inquiry, "page")
    shelves = register.shelves(inquiry.office, inquiry.who)
    context = {
        "inquiry": inquiry,
        "card": register.card_of(inquiry.who, shelves),
        "shelves": shelves,
        "maybe": [(shelf, item) for shelf in shelves for item in shelf.maybe],
        "chosen": [
            (shelf, item)
            for shelf in shelves
            for item in shelf.items
            if item.code in inquiry.who.chosen
        ],
        "made_at": timezone.now(),
        "days": settings.RETENTION_DAYS,
    }
    return render(request, "privacy/person.html", context)


@require_GET
def as_json(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """The extract for machines."""
    inquiry = _inquiry(request, code)
    _record_extract(request, inquiry, "json")
    document = register.as_document(inquiry.office, inquiry.who, str(request.user))
    text = json.dumps(document, ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="registerutdrag-{code.hex[:8]}.json"'
    return answer


def _record_extract(request: PortalRequest, inquiry: Inquiry, form: str) -> None:
    what = Disclosure.What.EXTRACTED
    _record_look(request, inquiry.office, inquiry.who, what, subject="privacy.person", format=form)


def _record_look(
    request: PortalRequest, office: Office, who: Who, what: Disclosure.What, *, subject: str,
    **facts: Any,
) -> None:  # fmt: skip
    """A row for each id by which Vitec knows the person; one without, where it knows none."""
    for contact_id in sorted(who.marks.contact_ids) or [""]:
        person = disclosures.of_contact(office, contact_id)
        disclosures.record(request.user, office, what, subject=subject, person=person, **facts)


# --- Erasure -----------------------------------------------------------------------------------


@require_POST
def ask(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """What goes, what stays and why; and asking for it, once a reason is posted.

    Posted from the start: what it shows of the person is put on record.
    """
    inquiry = _inquiry(request, code)
    form = AskForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        erasure = erasing.ask(request.user, inquiry.office, inquiry.who, reason)
        messages.success(request, _("Asked for. A second person with the right now approves it."))
        return redirect(erasure)
    what = Disclosure.What.VIEWED
    _record_look(request, inquiry.office, inquiry.who, what, subject="privacy.erasure")
    context = {"inquiry": inquiry, "form": form, **_plan(inquiry.office, inquiry.who)}
    return render(request, "privacy/ask.html", context, status=422 if form.errors else 200)


def _plan(office: Office, who: Who) -> dict[str, Any]:
    found = register.shelves(office, who)
    shelves = [shelf for shelf in found if shelf.items]
    at_vitec = (item.found.at_vitec for shelf in shelves for item in shelf.items)
    return {
        "card": register.card_of(who, found),
        "shelves": shelves,
        "at_vitec": list(dict.fromkeys(filter(None, at_vitec))),
    }


@require_GET
def erasure(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """One erasure: what goes while it waits, what went and what is left to do at Vitec."""
    found = _erasure(request, code)
    if erasing.is_hidden_from(request.user, found):
        return render(request, "privacy/erasure.html", {"erasure": found, "hidden": True})
    content = found.content
    context: dict[str, Any] = {
        "erasure": found,
        "reason": content.get("reason", ""),
        "at_vitec": content.get("at_vitec", []),
        "mine": found.asked_by_id == request.user.pk,
        "went": _went(found),
    }
    if found.who is not None:
        what = Disclosure.What.VIEWED
        _record_look(request, found.office, found.who, what, subject=f"privacy.erasure:{code}")
        context |= _plan(found.office, found.who)
    return render(request, "privacy/erasure.html", context)


def _went(found: Erasure) -> list[dict[str, Any]]:
    return [
        {"label": holding.label, "rows": found.facts[holding.key], "stays": holding.stays}
        for holding in all_holdings()
        if found.facts.get(holding.key)
    ]


@require_POST
def decide(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """Approve, decline or take back, or say that Vitec's part is done."""
    found = _erasure(request, code)
    action = request.POST.get("action")
    if action == "approve":
        _approve(request, found)
    elif action == "decline" and erasing.decline(found, request.user):
        messages.info(request, _("Declined. Nothing was erased."))
    elif action == "clear" and _clear(request, found):
        messages.success(request, _("Noted. The list of ids is destroyed."))
    return redirect(found)


def _clear(request: PortalRequest, found: Erasure) -> bool:
    if erasing.is_hidden_from(request.user, found):
        messages.error(request, _HIDDEN)
        return False
    return erasing.clear(found, request.user)


def _approve(request: PortalRequest, found: Erasure) -> None:
    try:
        approved = erasing.approve(found, request.user)
    except erasing.OwnRequest:
        messages.error(request, _("You have asked for it yourself: a second person approves it."))
        return
    except erasing.Hidden:
        messages.error(request, _HIDDEN)
        return
    found.refresh_from_db()
    if not approved:
        messages.error(request, _("Somebody has decided it before you."))
    elif found.step == Step.DONE:
        messages.success(request, _("The person is erased."))
    else:
        messages.info(
            request, _("Not everything could be taken at once; the portal goes on by itself.")
        )


@require_POST
def lift(request: PortalRequest) -> HttpResponse:
    """Who was erased is a customer again: Vitec's fetches may bring them back."""
    office = _office(request)
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _people_page(request, 422, lift_form=form)
    text, chosen = form.cleaned_data["person"], form.cleaned_data["contact_id"]
    if chosen and erased.lift(office, chosen):
        disclosures.record(
            request.user, office, Disclosure.What.ERASED, subject="privacy.lift", step="lifted"
        )
        messages.success(request, _("Lifted. The next fetch brings the person back."))
        return redirect("privacy:people")
    found = kept_out.find(request.user, office, text)
    _record_search(request, office, text, len(found))
    if found:
        return _people_page(request, lift_form=form, kept_out=found)
    form.add_error("person", _("Nobody who is kept out here is known by that."))
    return _people_page(request, 422, lift_form=form)


# --- Rows --------------------------------------------------------------------------------------


def _office(request: PortalRequest) -> Office:
    """The office that is acted for. Raises PermissionDenied without the right there."""
    require(request, Right.PRIVACY, request.office)
    if request.office is None:
        raise Http404
    return request.office


def _inquiry(request: PortalRequest, code: uuid.UUID) -> Inquiry:
    """Raises Http404 also for a person who has been hidden since."""
    mine = Inquiry.objects.for_user(request.user).select_related("office")
    inquiry = get_object_or_404(mine, code=code)
    if register.is_hidden(inquiry.office, inquiry.who):
        raise Http404
    return inquiry


def _erasure(request: PortalRequest, code: uuid.UUID) -> Erasure:
    rows = Erasure.objects.for_user(request.user)
    return get_object_or_404(rows.select_related("office", "asked_by", "decided_by"), code=code)
