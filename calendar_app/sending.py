"""What sending an event means: what becomes a call each, what that does, why to look twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendar_app.clashes import Clash, clashes_of
from calendar_app.payloads import appointment_parts, rule_of, spans_of
from calendar_app.wording import clash_words, names_of, short_day
from connect.calls import Call
from offices.models import Office
from submissions.kinds import Concern, Effect, Link, Part, Tone, Trace
from submissions.models import State, Submission

# What only a series has.
_OF_A_SERIES = {
    "recurrence", "recurrence_interval", "recurrence_day_of_weeks",
    "recurrence_until", "recurrence_skips_days_off",
}  # fmt: skip


def split_appointment(
    _office: Office, data: Mapping[str, Any], typed: dict[str, list[str]]
) -> list[Part]:
    """One part for each colleague, and for each date of a series that ends."""
    return [Part(own, _typed(own, typed, moment)) for own, moment in appointment_parts(data)]


def _typed(
    own: Mapping[str, Any], typed: dict[str, list[str]], moment: dt.datetime | None
) -> dict[str, list[str]]:
    """A form of this one alone, in figures that mean the same tomorrow."""
    form = typed | {"user_id": own["user_id"]}
    form |= {"starts_at": [_figures(own, "starts_at")], "ends_at": [_figures(own, "ends_at")]}
    if moment is None:
        return form
    return {name: texts for name, texts in form.items() if name not in _OF_A_SERIES}


def _figures(own: Mapping[str, Any], name: str) -> str:
    moment: dt.datetime = own[name]
    return f"{moment:%Y-%m-%d}" if own["all_day_event"] else f"{moment:%Y-%m-%d %H:%M}"


def appointment_effects(office: Office, calls: Sequence[Call]) -> list[list[Effect]]:
    """Of each in whose calendar something is created, and what a series without end means."""
    whose = [unquote(call.path.rpartition("/")[2]) for call in calls]
    names = names_of(office, whose)
    return [_effects(names[user_id], call) for user_id, call in zip(whose, calls, strict=True)]


def _effects(who: str, call: Call) -> list[Effect]:
    body = json.loads(call.body or "{}")
    if not body.get("recurrence"):
        text = gettext("A calendar event is created in the calendar of %(who)s.")
        return [Effect(text % {"who": who})]
    text = gettext("A series without an end is created in the calendar of %(who)s.")
    return [
        Effect(text % {"who": who}),
        Effect(gettext("The series goes on until somebody removes it in Vitec."), tone=Tone.NOTE),
    ]


def appointment_traces(_office: Office, data: Mapping[str, Any]) -> list[Trace]:
    """The same colleague at the very same time."""
    start: dt.datetime = data["starts_at"]
    said = gettext("An event %(time)s was sent to the same calendar already.") % {
        "time": f"{short_day(start.date())} {start:%H:%M}"
    }
    return [
        Trace(name="start", value=user_id, said=said, span=dt.timedelta(), at=start)
        for user_id in data["user_id"]
    ]


def appointment_concerns(office: Office, data: Mapping[str, Any]) -> list[Concern]:
    """What stands in the calendars already at the times of single events.

    Events sent from here that begin at the very same time are told by their traces.
    """
    dates = data["recurrence_dates"]
    if rule_of(data) and dates is None:
        return []
    spans = spans_of(data, dates.kept if dates else [data["starts_at"]])
    names = names_of(office, data["user_id"])
    return [
        clash_concern(clash, names)
        for clash in clashes_of(office, data["user_id"], spans, data["about"])
        if not (clash.entry.sent and clash.entry.starts_at == clash.starts_at)
    ]


def clash_concern(clash: Clash, names: Mapping[str, str]) -> Concern:
    """The reason to ask that a clash is. names: of the colleagues, by id."""
    return Concern(key=_key(clash), text=clash_words(clash, names), url=clash.entry.url)


def _key(clash: Clash) -> str:
    ours, theirs = (
        f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M}"
        for moment in (clash.starts_at, clash.entry.starts_at)
    )
    return f"clash:{clash.colleague_id}:{ours}:{theirs}:{clash.entry.url}"


def event_links(submission: Submission) -> list[Link]:
    """The event as a file, as long as it is or may come to be."""
    if not submission.key or submission.state == State.CANCELLED:
        return []
    url = reverse("calendar_app:event_file", args=[submission.code])
    return [Link(_("To a calendar of your own (.ics)"), url, icon="calendar-down")]
