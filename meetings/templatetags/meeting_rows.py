"""The rows of the list of meetings, and how the state of a meeting looks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lib.daywords import say_briefly
from lib.links import link_by_key
from meetings.listing import DEFAULT_SORT
from meetings.models import MeetingFacts
from submissions.kinds import Kind
from submissions.templatetags.submission_look import look_of

register = template.Library()

# What the rows are drawn from, of the page's own.
_TAKEN = ("groups", "width", "past", "column_keys", "several_offices")


@dataclasses.dataclass(frozen=True)
class StateLook:
    """Where a meeting stands, as Vitec says.

    tone: which colours of the sheet. text: "" where nothing is said.
    """

    tone: str
    icon: str
    text: str = ""


_LOOKS = {
    "FollowedUp": StateLook("good", icon="circle-check"),
    "NotRelevant": StateLook("quiet", icon="circle-x"),
}
_AHEAD = StateLook("calm", icon="calendar-event")


def look_of_state(meeting: MeetingFacts) -> StateLook:
    """The look of the state of a meeting, or of a version of one."""
    if meeting.missing_since:  # type: ignore[attr-defined]
        missing_since: dt.datetime = meeting.missing_since  # type: ignore[attr-defined]
        since = say_briefly(missing_since, language=get_language() or "sv")
        said = _("Missing at Vitec since %(time)s") % {"time": since}
        return StateLook("care", icon="user-question", text=said)
    if meeting.is_cancelled:
        return StateLook("quiet", icon="ban", text=meeting.state_label)
    look = _LOOKS.get(meeting.state, _AHEAD)
    return dataclasses.replace(look, text=meeting.state_label)


@register.inclusion_tag("meetings/_state.html")
def meeting_state(meeting: MeetingFacts) -> dict[str, Any]:
    """The state as a small badge."""
    return {"look": look_of_state(meeting)}


@register.simple_tag(takes_context=True)
def meeting_rows(context: template.Context) -> SafeString:
    """The groups of the list, drawn by `meetings/jinja2/meetings/rows.html`."""
    as_of = context["asked"].state.get("as_of", "") if context["past"] else ""
    drawn = get_template("meetings/rows.html", using="jinja2").render(
        {
            **{name: context[name] for name in _TAKEN},
            "by_time": context["page"].order.name == DEFAULT_SORT,
            "as_of": f"?{urlencode({'as_of': as_of})}" if as_of else "",
            "look_of_state": look_of_state,
            "look_of": look_of,
            "panel": link_by_key("meetings:meeting"),
            "inline": link_by_key("meetings:inline_comeback"),
            "comeback": reverse("meetings:new_comeback"),
            "events": [_event(kind) for kind in context["kinds"]() if kind.takes_topics],
        }
    )
    # Jinja has escaped what stands in it.
    # nosemgrep: markup-made-of-text
    return SafeString(drawn)  # nosec B703


def _event(kind: Kind) -> dict[str, str]:
    """What a row's button for it says and where it leads."""
    return {"url": reverse(kind.url_name), "label": str(kind.label), "icon": kind.icon}
