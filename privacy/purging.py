"""What goes by itself with time, by the rules that the apps declare; each run is recorded."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from offices.person_data import Rule, all_rules
from privacy.models import PurgeRun


def run(*, dry: bool = False) -> PurgeRun:
    """Purge by every rule, or only count what would go."""
    purge = PurgeRun.objects.create(dry=dry)
    for rule in all_rules():
        before = oldest_kept(rule)
        if before is not None:
            purge.facts[rule.key] = (rule.due if dry else rule.purge)(before)
            purge.save(update_fields=["facts"])
    purge.ended_at = timezone.now()
    purge.save(update_fields=["ended_at"])
    return purge


def oldest_kept(rule: Rule) -> dt.datetime | None:
    """What is older goes; None where nothing ever does."""
    keep = rule.keep()
    return timezone.now() - keep if keep is not None else None
