"""The calendar, and the pages of calendar events."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from calendar_app import kinds
from calendar_app.forms import AppointmentForm
from calendar_app.ics import Event, calendar_file
from calendar_app.page import context_of, place_of
from lib.sealing import Unsealable
from offices.access import choose_office, office_of, offices_for
from offices.agendas import Topic, find_topic, topic_keys
from offices.http import PortalRequest
from offices.models import Office
from submissions import looks
from submissions.models import State, Submission
from submissions.views import submit_page


@require_GET
def show(request: PortalRequest) -> HttpResponse:
    """`?view=` month, week or day; `?day=` one of its days; `?user=` whose, or the whole office."""
    office = office_of(request)
    asked = request.GET.get
    place = place_of(office, asked("view", ""), asked("day", ""), asked("user", ""))
    template = "calendar_app/calendar.html"
    if request.htmx:
        template += "#calendar"
    return render(request, template, context_of(office, place))


@require_http_methods(["GET", "POST"])
def new_appointment(request: PortalRequest) -> HttpResponse:
    """Create a calendar event; `?user=` says whose calendar, `?start=` a day or a moment.

    `?<key>=<id>` makes it about one of the things that the apps have declared, such as a meeting.
    """
    initial = _prefill(request) if request.method == "GET" else None
    return submit_page(request, kinds.APPOINTMENT, initial=initial)


def _prefill(request: PortalRequest) -> dict[str, Any]:
    start = request.GET.get("start", "")
    prefill: dict[str, Any] = {
        "user_id": [request.GET["user"]] if request.GET.get("user") else [],
        "starts_at": start.replace("T", " ") if _is_moment(start) else "",
    }
    return prefill | _about(request)


def _about(request: PortalRequest) -> dict[str, Any]:
    """What the event is to be about; a link from another of the person's offices leads there."""
    here = Office.objects.filter(pk=office_of(request).pk)
    for key in topic_keys():
        if asked := request.GET.get(key):
            mine = offices_for(request.user)
            topic = find_topic(here, key, asked) or find_topic(mine, key, asked)
            if topic is None:
                return {}
            if topic.office != request.office:
                choose_office(request, topic.office)
                request.office = topic.office
            return {"about": f"{key}:{asked}", **_filled_in(topic)}
    return {}


def _filled_in(topic: Topic) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "subject": topic.subject,
        "location": topic.place,
        "about_contact": topic.contact_id,
    }
    if topic.colleague_id:
        initial["user_id"] = [topic.colleague_id]
    # What has passed cannot be planned any more.
    if topic.starts_at and topic.starts_at > timezone.now():
        initial["starts_at"] = f"{timezone.localtime(topic.starts_at):%Y-%m-%d %H:%M}"
    return initial


def _is_moment(text: str) -> bool:
    """An address names a day or a moment and nothing else."""
    try:
        return bool(parse_date(text) or parse_datetime(text))
    except ValueError:
        return False


@require_GET
def event_file(request: PortalRequest, code: uuid.UUID) -> HttpResponse:
    """An event that was sent from here, for any calendar program."""
    mine = Submission.objects.for_user(request.user).filter(kind=kinds.APPOINTMENT.key)
    submission = get_object_or_404(mine.select_related("office"), code=code)
    try:
        body = json.loads(submission.call.body or "{}")
    except Unsealable as error:
        raise Http404 from error
    looks.opened(request.user, submission)
    event = Event(
        uid=f"{submission.code}@vitecportal",
        written=submission.created_at,
        body=body,
        certain=submission.state == State.DELIVERED,
    )
    answer = HttpResponse(calendar_file(event), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="{_("event")}-{body["startsAt"][:10]}.ics"'
    )
    return answer


@require_POST
def preview_appointment(request: PortalRequest) -> HttpResponse:
    """What the form comes to, in words: the days, what repeats, what is warned about."""
    form = AppointmentForm(request.POST, office=office_of(request))
    context = {"form": form, "preview": form.preview, "problem": _problem(form)}
    return render(request, "calendar_app/appointment.html#preview", context)


def _problem(form: AppointmentForm) -> str:
    """What stands in the way of a preview and was typed; a field still empty is no problem."""
    for name in (
        "starts_at",
        "ends_at",
        "recurrence_interval",
        "recurrence_day_of_weeks",
        "recurrence_until",
    ):
        typed = form.data.get(name, "").strip()
        if name in form.errors and (typed or name == "recurrence_day_of_weeks"):
            return str(form.errors[name][0])
    return ""
