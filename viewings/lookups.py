"""What viewings are read from, as reads that a login may make; see `offices.registry`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connect.calls import Call
from offices.models import Estate, Office
from offices.registry import Lookup, register
from viewings import sync
from viewings.models import LeadSource, Viewing
from viewings.payloads import lead_sources_call, viewings_call


def _of_a_home(office: Office) -> Call | None:
    estate = Estate.objects.filter(office=office, missing_since=None).order_by("-last_seen").first()
    return viewings_call(office, estate.vitec_id) if estate else None


VIEWINGS = register(
    Lookup(
        key="viewings",
        label=_("Viewings"),
        probe=_of_a_home,
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=Viewing,
    )
)
LEAD_SOURCES = register(
    Lookup(
        key="lead_sources",
        label=_("Lead sources"),
        probe=lead_sources_call,
        every=sync.EVERY_LEAD_SOURCES,
        fetch=sync.sync_office,
        model=LeadSource,
    )
)
