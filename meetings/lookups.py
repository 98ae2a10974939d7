"""The meetings as one of the reads that a login may make; see `offices.registry`."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from meetings import sync
from meetings.models import Meeting
from meetings.payloads import meetings_call
from offices.models import Office
from offices.registry import Lookup, register


def _todays(office: Office) -> Call:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    end = today.replace(hour=23, minute=59)
    return meetings_call(office, today, end, by_booking_date=False)


MEETINGS = register(
    Lookup(
        key="meetings",
        label=_("Meetings"),
        probe=_todays,
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=Meeting,
    )
)
