"""Meetings in the calendar, and the event that is made about one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from meetings.models import Meeting
from offices.agendas import Asked, Entry, Topic, register_source, register_topic
from offices.models import Office

TOPIC = "meeting"
TONES = {"FollowedUp": "good", "NotRelevant": "quiet"}


@register_source
def meetings(asked: Asked) -> Iterator[Entry]:
    """The meetings that Vitec has told us of; when they end it does not say."""
    rows = Meeting.objects.filter(
        office=asked.office, meeting_date__gte=asked.first, meeting_date__lt=asked.last
    )
    if asked.colleagues is not None:
        rows = rows.filter(broker_id__in=asked.colleagues)
    if not asked.titled:
        rows = rows.defer("personal")
    for row in rows:
        yield _entry(row, asked.titled)


def _entry(row: Meeting, titled: bool) -> Entry:
    moment: Any = row.meeting_date
    off = row.is_cancelled or row.state == "NotRelevant"
    return Entry(
        what=row.type_label,
        starts_at=moment,
        title=row.contact_name if titled else "",
        place=row.address if titled else "",
        colleague_id=row.broker_id,
        url=reverse("meetings:list", query={"day": timezone.localtime(moment).date()}),
        icon="users",
        state=row.state_label,
        tone="quiet" if row.is_cancelled or row.missing_since else TONES.get(row.state, "calm"),
        busy=not off and row.missing_since is None,
        topic=f"{TOPIC}:{row.vitec_id}",
    )


def topic(offices: QuerySet[Office], vitec_id: str) -> Topic | None:
    """An event about a meeting: the same person, place, time and broker."""
    row = Meeting.objects.filter(office__in=offices, vitec_id=vitec_id).first()
    if row is None:
        return None
    return Topic(
        office=row.office,
        subject=" ".join(filter(None, (row.type_label, row.contact_name))),
        place=row.address,
        starts_at=row.meeting_date,
        colleague_id=row.broker_id,
        contact_id=row.contact_id,
    )


register_topic(TOPIC, topic)
