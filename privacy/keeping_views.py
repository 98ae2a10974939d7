"""How long things are kept, what a new time would take, and what the last runs took."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from offices.http import PortalRequest
from offices.models import Retention, Right
from offices.person_data import Rule, all_rules
from offices.rights import require
from privacy import purging
from privacy.models import PurgeRun

MOST_RUNS = 10


@dataclasses.dataclass(frozen=True)
class Term:
    """One rule as the page shows it. ahead: what is announced of it, None where nothing is."""

    rule: Rule
    wanted: str
    in_force: str
    ahead: Retention | None

    @property
    def waits(self) -> bool:
        """Is it announced, and neither confirmed nor due yet?"""
        if self.ahead is None or self.ahead.confirmed_by is not None:
            return False
        return self.ahead.takes_from is not None and self.ahead.takes_from > timezone.now()


@require_GET
def keeping(request: PortalRequest) -> HttpResponse:
    """The times of the whole portal, as counts of no office and no person."""
    require(request, Right.PRIVACY, request.office)
    runs, found = PurgeRun.objects.all()[:MOST_RUNS], terms()
    context: dict[str, Any] = {
        "terms": found,
        "waiting": [term for term in found if term.waits] if request.user.is_superuser else [],
        "runs": [(run, in_words(run.facts), in_words(run.ahead)) for run in runs],
        "notice_days": settings.PURGE_NOTICE_DAYS,
        "confirms": request.user.is_superuser,
    }
    return render(request, "privacy/keeping.html", context)


@require_POST
def confirm(request: PortalRequest) -> HttpResponse:
    """The next run takes what was counted, by one rule or by all that the page named. Of all
    offices together, so for superusers.
    """
    if not request.user.is_superuser:
        raise PermissionDenied
    named = set(request.POST.getlist("rule"))
    rules = [rule for rule in all_rules() if rule.key in named]
    if not named or len(rules) < len(named):
        raise Http404
    _tell(request, rules, [rule for rule in rules if purging.confirm(rule, request.user)])
    return redirect("privacy:keeping")


def _tell(request: PortalRequest, rules: list[Rule], confirmed: list[Rule]) -> None:
    if len(confirmed) == 1:
        messages.success(request, _("Confirmed. The next night's run takes it."))
    elif confirmed:
        said = _("Confirmed: %d kinds. The next night's run takes them.")
        messages.success(request, said % len(confirmed))
    left = ", ".join(str(rule.label) for rule in rules if rule not in confirmed)
    if left:
        said = _("The time has been changed since, and it is counted again first: %s.")
        messages.error(request, said % left)


def terms() -> list[Term]:
    """Every rule, those first of which something is announced."""
    rows = {row.rule: row for row in Retention.objects.exclude(announced=None)}
    found = [_term(rule, rows.get(rule.key)) for rule in all_rules()]
    return sorted(found, key=lambda term: term.ahead is None)


def _term(rule: Rule, row: Retention | None) -> Term:
    wanted, kept = rule.keep(), purging.in_force(rule)
    ahead = row if row is not None and row.announced == wanted else None
    return Term(rule, span(wanted), span(kept) if kept != wanted else "", ahead)


def span(keep: dt.timedelta | None) -> str:
    """A time of keeping in words."""
    if keep is None:
        return _("for ever")
    if keep >= dt.timedelta(days=1):
        return ngettext("%d day", "%d days", keep.days) % keep.days
    minutes = keep.seconds // 60
    return ngettext("%d minute", "%d minutes", minutes) % minutes


def in_words(facts: dict[str, int]) -> str:
    """How many of what."""
    labels = {rule.key: rule.label for rule in all_rules()}
    return ", ".join(f"{labels.get(key, key)}: {count}" for key, count in facts.items() if count)
