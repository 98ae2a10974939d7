"""How long extracts stay open and erasures wait; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.person_data import Rule, days, register_rule
from privacy.models import Erasure, Inquiry, Step

register_rule(
    Rule(
        key="privacy.inquiries",
        label=_("Register extracts on screen"),
        keep=days("EXPORT_DAYS"),
        due=lambda before: Inquiry.objects.filter(made_at__lt=before).count(),
        purge=lambda before: Inquiry.objects.filter(made_at__lt=before).delete()[0],
        takes=("privacy.Inquiry",),
    )
)


def _undecided(before: dt.datetime) -> QuerySet[Erasure]:
    return Erasure.objects.filter(step=Step.ASKED, asked_at__lt=before)


def _let_drop(before: dt.datetime) -> int:
    """Declined by nobody. What a person has approved goes on, and waits for nobody's word."""
    now = timezone.now()
    return _undecided(before).update(
        step=Step.DECLINED, decided_at=now, cleared_at=now, key="", sealed=""
    )


register_rule(
    Rule(
        key="privacy.erasures",
        label=_("Erasures that nobody decided"),
        keep=days("UNDECIDED_ERASURE_DAYS"),
        due=lambda before: _undecided(before).count(),
        purge=_let_drop,
        takes=("privacy.Erasure",),
    )
)
