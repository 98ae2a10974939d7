"""Viewings in the calendar of the office; Vitec does not say here who holds them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.agendas import Asked, Entry, register_source
from viewings.models import Viewing


@register_source
def viewings(asked: Asked) -> Iterator[Entry]:
    """The viewings that Vitec still lists. In nobody's own calendar, so they clash with none."""
    if asked.colleagues is not None:
        return
    span = Q(ends_at__gt=asked.first) | Q(ends_at=None, starts_at__gte=asked.first)
    rows = Viewing.objects.filter(
        span, office=asked.office, missing_since=None, starts_at__lt=asked.last
    )
    for row in rows:
        yield Entry(
            what=_("Viewing"),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            title=row.where if asked.titled else "",
            place=row.area if asked.titled else "",
            url=row.get_absolute_url(),
            icon="home",
            tone="calm",
            busy=False,
        )
