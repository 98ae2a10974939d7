"""The desk of a viewing: short rows, one a visitor, each saved as soon as it is written."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lib import person_lines
from offices import known_people as people
from offices.access import offices_for
from offices.http import PortalRequest
from offices.models import User
from offices.person_form import PREFIX
from submissions import looks, outbox
from submissions.models import Submission
from viewings import desk
from viewings.models import TimeSlot
from viewings.views import viewing_page


def _slot(request: PortalRequest, slot_pk: int) -> TimeSlot:
    mine = TimeSlot.objects.filter(office__in=offices_for(request.user))
    return get_object_or_404(mine.select_related("viewing", "office"), pk=slot_pk)


@require_POST
def register(request: PortalRequest, slot_pk: int) -> HttpResponse:
    """Save the rows that were posted; those that are wrong come back as they were typed.

    Over htmx one row, and the answer takes its place. `step=split` only takes a line apart.
    """
    slot = _slot(request, slot_pk)
    visit = desk.Visit(slot, informed="gdpr_informed" in request.POST)
    _remember_informed(request, visit)
    rows = [row for row in desk.read_rows(request.POST, slot.office) if not row.is_empty]
    if request.POST.get("step") == "split":
        return _row(request, slot, rows[0] if rows else desk.Row())
    for row in rows:
        if not slot.is_at_desk:
            row.errors = {"": [_("Visitors are registered from the day of the viewing.")]}
        else:
            desk.register(request.user, visit, row, request.POST.getlist("although"))
    if request.htmx:
        return _row(request, slot, rows[0] if rows else desk.Row())
    return _whole_page(request, slot, rows)


def _remember_informed(request: PortalRequest, visit: desk.Visit) -> None:
    if visit.informed:
        request.session[desk.INFORMED] = visit.slot.pk
    elif request.session.get(desk.INFORMED) == visit.slot.pk:
        del request.session[desk.INFORMED]


def _row(request: PortalRequest, slot: TimeSlot, row: desk.Row) -> HttpResponse:
    template = (
        "viewings/_saved_row.html" if row.saved and not row.is_wrong else "viewings/_row.html"
    )
    status = 422 if row.is_wrong else 200
    answer = render(request, template, {"slot": slot, "row": row}, status=status)
    if row.saved:
        answer["HX-Trigger"] = "registered"
    return answer


def _whole_page(request: PortalRequest, slot: TimeSlot, rows: list[desk.Row]) -> HttpResponse:
    """Without JavaScript: what was saved stands in the list, what is wrong at the desk."""
    wrong = [row for row in rows if row.is_wrong]
    count = sum(len(row.saved) for row in rows)
    if count:
        said = ngettext("%d visitor is registered.", "%d visitors are registered.", count)
        messages.success(request, said % count)
    if wrong:
        return viewing_page(request, slot.viewing, wrong, status=422)
    return redirect(slot.page_url)


@require_POST
def known_people(request: PortalRequest, slot_pk: int) -> HttpResponse:
    """Contacts who may be the person that is being typed in a row."""
    slot = _slot(request, slot_pk)
    rows = desk.read_rows(request.POST, slot.office)
    row = rows[0] if rows else desk.Row()
    channel = {"emails" if person_lines.is_email(row.reach) else "phones": (row.reach,)}
    typed = people.Typed(row.first_name, row.last_name, **(channel if row.reach else {}))
    found = [] if row.contact_id else people.find(slot.office, typed)
    return render(request, "viewings/_known.html", {"found": found})


@require_POST
def take_back(request: PortalRequest, slot_pk: int, code: uuid.UUID) -> HttpResponse:
    """Undo a row that was just saved; its text comes back to be mended."""
    slot = _slot(request, slot_pk)
    mine = Submission.objects.for_user(request.user).filter(registration__slot=slot)
    submission = get_object_or_404(mine, code=code)
    undone = outbox.cancel(submission, request.user)
    if not request.htmx:
        if not undone:
            messages.warning(request, _("Too late to undo: the sending has already begun."))
        return redirect(slot.page_url)
    if not undone:
        row = desk.Row(saved=[submission])
        answer = render(request, "viewings/_saved_row.html", {"slot": slot, "row": row})
    else:
        row = _typed_row(request.user, submission)
        answer = render(request, "viewings/_row.html", {"slot": slot, "row": row, "undone": True})
    answer["HX-Trigger"] = "registered"
    return answer


def _typed_row(user: User, submission: Submission) -> desk.Row:
    """The row as it was typed, with a token of its own; empty when it is not for one's eyes."""
    if submission.is_veiled:
        return desk.Row()
    looks.opened(user, submission)
    form = submission.content["form"]
    texts = {name: values[0] for name, values in form.items() if values}
    channels = (texts.get(PREFIX + name, "") for name in desk.CHANNELS)
    return desk.Row(
        first_name=texts.get(desk.FIRST, ""),
        last_name=texts.get(desk.LAST, ""),
        reach=next(filter(None, channels), ""),
        contact_id=texts.get(desk.CONTACT, ""),
    )
