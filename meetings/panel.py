"""One meeting: everything that is known of it, what has happened, and what it was before.

Beside the list as a panel, by itself as a page.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from meetings import past
from meetings.changes import side_by_side
from meetings.facts import Life, facts_of
from meetings.history import lives_of
from meetings.models import Meeting
from meetings.timeline import happenings, list_url
from offices import disclosures
from offices.http import PortalRequest
from offices.models import Disclosure, Right
from offices.rights import may
from submissions import way_back


@require_GET
def show(request: PortalRequest, meeting_id: int) -> HttpResponse:
    """The meeting as it is, or as it was at `?as_of=`; asked for by htmx, the panel alone."""
    meeting = _meeting(request, meeting_id)
    amounts = may(request.user, Right.AMOUNTS, meeting.office)
    moment = _moment(request)
    life = _as_it_was(meeting, moment) if moment else meeting
    context: dict[str, Any] = {
        "meeting": meeting,
        "life": life,
        "as_of": past.say(moment) if moment and life else "",
        "was_unknown": moment is not None and life is None,
        "facts": facts_of(life or meeting, amounts=amounts),
        "phones": (life or meeting).personal["phones"],
        "map_url": map_url((life or meeting).address),
        "happenings": happenings(meeting, amounts=amounts),
        "list_url": _list_url(meeting),
    }
    _record(request, meeting)
    if request.htmx:
        return render(request, "meetings/_panel.html", context)
    back = way_back.carried(request)
    context |= {"back": back, "list_address": way_back.opened(back)}
    return render(request, "meetings/meeting.html", context)


@require_GET
def compare(request: PortalRequest, meeting_id: int) -> HttpResponse:
    """Two versions side by side: `?before=` and `?after=` say which, counted from the oldest, 1."""
    meeting = _meeting(request, meeting_id)
    amounts = may(request.user, Right.AMOUNTS, meeting.office)
    _record(request, meeting)
    context = {"meeting": meeting, **_compared(request, meeting, amounts)}
    template = "meetings/_compare.html" if request.htmx else "meetings/compare.html"
    return render(request, template, context)


def _meeting(request: PortalRequest, meeting_id: int) -> Meeting:
    mine = Meeting.objects.for_user(request.user).select_related("office")
    return get_object_or_404(mine, pk=meeting_id)


def _record(request: PortalRequest, meeting: Meeting) -> None:
    """More is shown than the daily list has."""
    disclosures.record(
        request.user,
        meeting.office,
        Disclosure.What.VIEWED,
        subject=f"meetings.meeting:{meeting.pk}",
        person=disclosures.of_contact(meeting.office, meeting.contact_id)
        if meeting.contact_id
        else "",
    )


def _moment(request: PortalRequest) -> dt.datetime | None:
    try:
        return past.read(request.GET.get("as_of", ""))
    except ValidationError:
        return None


def _as_it_was(meeting: Meeting, moment: dt.datetime) -> Life | None:
    """What the portal knew of it then; None where it knew nothing yet."""
    if meeting.observed_from <= moment:
        return meeting
    then = meeting.versions.filter(observed_from__lte=moment, observed_to__gt=moment)
    life = then.select_related("office").first()
    if life is not None:
        life.looked_at = moment
    return life


def map_url(address: str) -> str:
    """Where a map of the address is; "" where no map is set up, or there is no address."""
    if not settings.MAP_LINK_URL or not address:
        return ""
    return str(settings.MAP_LINK_URL).replace("{address}", quote(address, safe=""))


def _list_url(meeting: Meeting) -> str:
    """The list of the meeting's day."""
    query = {"office": meeting.office.customer_id}
    if meeting.meeting_date:
        query["day"] = timezone.localtime(meeting.meeting_date).date().isoformat()
    return f"{reverse('meetings:list', query=query)}#meeting-{meeting.pk}"


@dataclasses.dataclass(frozen=True)
class Version:
    """One of the times of a meeting's life. number: counted from the oldest, 1."""

    number: int
    life: Life
    is_present: bool

    @property
    def first(self) -> str:
        return past.say(self.life.observed_from.replace(microsecond=0))

    @property
    def last(self) -> str:
        """Until when; "" for the present."""
        return "" if self.is_present else past.say(self._end.replace(microsecond=0))

    @property
    def list_url(self) -> str:
        """The list as it was then; "" for the present."""
        return "" if self.is_present else list_url(self.life, past.within(self._begin, self._end))

    @property
    def _begin(self) -> dt.datetime:
        return self.life.observed_from

    @property
    def _end(self) -> dt.datetime:
        end: dt.datetime = self.life.observed_to  # type: ignore[union-attr]
        return end


def _compared(request: PortalRequest, meeting: Meeting, amounts: bool) -> dict[str, Any]:
    """Of the versions the two that are asked for; without a wish the last two."""
    lives = lives_of(meeting)
    versions = [
        Version(number, life, is_present=life is lives[-1])
        for number, life in enumerate(lives, start=1)
    ]
    if len(versions) < 2:
        return {"versions": versions}
    before = _chosen(versions, request.GET.get("before", ""), versions[-2])
    after = _chosen(versions, request.GET.get("after", ""), versions[-1])
    return {
        "versions": versions,
        "before": before,
        "after": after,
        "compared": [before, after],
        "sides": side_by_side(before.life, after.life, amounts=amounts),
    }


def _chosen(versions: Sequence[Version], text: str, otherwise: Version) -> Version:
    wanted = int(text) if text.isdecimal() and len(text) < 6 else 0
    return next((version for version in versions if version.number == wanted), otherwise)
