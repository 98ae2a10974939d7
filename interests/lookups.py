"""The lists of area interests as reads that a login may make; see `offices.registry`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connect import lookups
from connect.calls import Call
from interests import sync
from interests.models import Area, ExtraRequirement, Municipality
from offices.models import Office
from offices.registry import Lookup, register


def _areas(office: Office) -> Call:
    return lookups.AREAS.call(query={"CustomerId": office.customer_id})


def _municipalities(office: Office) -> Call:
    return lookups.MUNICIPALITIES.call(query={"CustomerId": office.customer_id})


def _extra_requirements(office: Office) -> Call:
    return lookups.EXTRA_REQUIREMENTS.call({"customer_id": office.customer_id})


AREAS = register(
    Lookup(
        key="areas",
        label=_("Areas"),
        probe=_areas,
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=Area,
    )
)
MUNICIPALITIES = register(
    Lookup(
        key="municipalities",
        label=_("Municipalities"),
        probe=_municipalities,
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=Municipality,
    )
)
EXTRA_REQUIREMENTS = register(
    Lookup(
        key="extra_requirements",
        label=_("Extra requirements"),
        probe=_extra_requirements,
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=ExtraRequirement,
    )
)
