"""What accounts hold of people: forms that nobody came back for; see `offices.person_data`."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts import kept
from offices.person_data import Rule, register_rule

register_rule(
    Rule(
        key="accounts.kept_forms",
        label=_("Forms that waited for a sign-in"),
        keep=lambda: dt.timedelta(seconds=kept.GOOD_SECONDS),
        due=lambda before: len(kept.left_in_sessions(before)),
        purge=kept.forget,
    )
)
