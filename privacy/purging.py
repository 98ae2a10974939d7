"""What goes by itself with time, by the rules that the apps declare; each run is recorded.

Nothing is taken by a time that no earlier run has counted: see `offices.retention`.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.utils import timezone

from offices import retention
from offices.models import User
from offices.person_data import Rule, all_rules
from privacy.models import PurgeRun

log = logging.getLogger(__name__)


def run(*, dry: bool = False) -> PurgeRun:
    """Purge by what is in force, and count what is announced; dry: only count, by what is set."""
    purge = PurgeRun.objects.create(dry=dry)
    for rule in all_rules():
        _one(rule, purge)
        purge.save(update_fields=["facts", "ahead"])
    purge.ended_at = timezone.now()
    purge.save(update_fields=["ended_at"])
    return purge


def _one(rule: Rule, purge: PurgeRun) -> None:
    wanted = rule.keep()
    kept = in_force(rule) if purge.dry or rule.fixed else retention.settle(rule.key, wanted)
    if kept is not None and not purge.dry:
        purge.facts[rule.key] = rule.purge(timezone.now() - kept)
    if wanted is None:
        return
    would_go = rule.due(timezone.now() - wanted) if purge.dry or kept != wanted else 0
    if purge.dry:
        purge.facts[rule.key] = would_go
    if kept != wanted:
        purge.ahead[rule.key] = would_go
        row = retention.announce(rule.key, wanted, would_go)
        log.warning("purge ahead rule=%s rows=%s from=%s", rule.key, would_go, row.takes_from)


def in_force(rule: Rule) -> dt.timedelta | None:
    """How long things are kept by it now; None while nothing goes by it."""
    return rule.keep() if rule.fixed else retention.in_force(rule.key, rule.keep())


def confirm(rule: Rule, user: User | None) -> bool:
    """The next run takes what was counted. False: nothing was, by the time that is set now."""
    return retention.confirm(rule.key, rule.keep(), user)


def oldest_kept(rule: Rule) -> dt.datetime | None:
    """What is older goes, once the time that is set is in force; None where nothing ever does."""
    keep = rule.keep()
    return timezone.now() - keep if keep is not None else None
