"""How long an extract stays open; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from offices.person_data import Rule, register_rule
from privacy.models import Inquiry

register_rule(
    Rule(
        key="privacy.inquiries",
        label=_("Register extracts on screen"),
        keep=lambda: dt.timedelta(days=1),
        due=lambda before: Inquiry.objects.filter(made_at__lt=before).count(),
        purge=lambda before: Inquiry.objects.filter(made_at__lt=before).delete()[0],
    )
)
