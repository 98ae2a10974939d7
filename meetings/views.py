"""Pages of comebacks. The list of meetings is in `meetings.dashboard`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lib import workdays
from lib.form_fields import read_moment
from meetings import kinds
from meetings.forms import ComebackForm
from meetings.models import Meeting
from meetings.wording import say
from offices.access import choose_office, office_of
from offices.http import PortalRequest
from offices.pickers import show_recent_first, tell_age
from submissions.views import submit_page


@require_http_methods(["GET", "POST"])
def new_comeback(request: PortalRequest) -> HttpResponse:
    """Create a comeback; `?meeting=` or `?contact=` prefill it.

    A link from a list of another of the person's offices is followed to that office.
    """
    if request.method == "GET":
        _follow_meeting(request)
    return submit_page(request, kinds.COMEBACK, initial=_prefill(request))


def _follow_meeting(request: PortalRequest) -> None:
    """The office was changed in another tab since the list was shown: change it back."""
    wanted = request.GET.get("meeting")
    if not wanted:
        return
    asked = Meeting.objects.for_user(request.user).filter(vitec_id=wanted)
    here = asked.filter(office=request.office).exists()
    elsewhere = None if here else asked.select_related("office").first()
    if elsewhere:
        choose_office(request, elsewhere.office)
        request.office = elsewhere.office


def _prefill(request: PortalRequest) -> dict[str, Any]:
    """A meeting's row carries everything that a comeback needs, save the day."""
    initial = {"contact_id": request.GET.get("contact", "")}
    wanted = request.GET.get("meeting")
    if not wanted:
        return initial
    meeting = Meeting.objects.filter(office=office_of(request), vitec_id=wanted).first()
    if meeting:
        initial |= from_meeting(meeting)
    return initial


def from_meeting(meeting: Meeting) -> dict[str, str]:
    """What a comeback's form takes from a meeting."""
    prefill = {
        "contact_id": meeting.contact_id,
        "meeting_id": meeting.vitec_id,
        "estate_id": meeting.estate_id,
    }
    if meeting.broker_id:
        prefill["participant"] = f"userId:{meeting.broker_id}"
    return prefill


@require_POST
def comeback_about(request: PortalRequest) -> HttpResponse:
    """The fields that depend on who or which meeting was chosen."""
    office = office_of(request)
    posted = request.POST.get
    initial = {name: posted(name, "") for name in ("contact_id", "meeting_id", "participant")}
    meeting = Meeting.objects.filter(
        office=office, contact_id=initial["contact_id"], vitec_id=initial["meeting_id"]
    ).first()
    if meeting:
        chosen = initial["participant"]
        initial |= from_meeting(meeting)
        initial["participant"] = chosen or initial.get("participant", "")
    form = ComebackForm(office=office, initial=initial)
    show_recent_first(form, request.user, office)
    tell_age(form, office)
    return render(request, "meetings/comeback.html#about", {"form": form})


@require_POST
def read_day(request: PortalRequest) -> HttpResponse:
    """How a day in words was understood, with a warning for days off and what has passed."""
    text = request.POST.get("date", "").strip()
    return render(request, "meetings/comeback.html#reading", reading(text) if text else {})


def reading(text: str) -> dict[str, Any]:
    """`said`, `error`, `past`, `day_off`, `instead` (next working day in words, and as typed)."""
    try:
        moment = read_moment(text)
    except ValidationError as error:
        return {"error": error.messages[0]}
    facts: dict[str, Any] = {"said": say(moment), "past": moment <= timezone.now()}
    if day_off := workdays.day_off(moment.date()):
        working = dt.datetime.combine(workdays.next_working_day(moment.date()), moment.time())
        moved = working.replace(tzinfo=moment.tzinfo)
        facts |= {
            "day_off": day_off,
            "instead": say(moved),
            "instead_typed": f"{moved:%Y-%m-%d %H:%M}",
        }
    return facts
