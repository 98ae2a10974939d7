"""What a form will do when it is sent, told from the very call that it becomes."""

from __future__ import annotations

import dataclasses
import itertools

from connect.calls import Call
from offices.models import Office, User
from submissions.concerns import Asker, Item, concerns_about
from submissions.forms import SubmissionForm
from submissions.kinds import Concern, Effect, Kind, Part
from submissions.slips import effect_masked
from submissions.slips import told as slips_told

MOST_EFFECTS = 12


@dataclasses.dataclass(frozen=True)
class Preview:
    """effects: what sending does. more: how many effects are not listed. calls: how many requests
    go to Vitec. concerns: why one should look twice.
    """

    effects: list[Effect]
    more: int
    calls: int
    concerns: list[Concern]


def parts_of(kind: Kind, office: Office, form: SubmissionForm) -> list[Part]:
    """What becomes a submission each; the form must be valid."""
    if kind.split is None:
        return [Part(form.cleaned_data, form.whole())]
    return kind.split(office, form.cleaned_data, form.whole())


def preview_of(user: User, kind: Kind, office: Office, form: SubmissionForm) -> Preview:
    """What the form comes to; the form must be valid. Saves and sends nothing."""
    parts = parts_of(kind, office, form)
    items = [Item(part.cleaned, kind.build(office, part.cleaned)) for part in parts]
    asker = Asker(user, office, kind, frozenset({form.cleaned_data["form_token"]}))
    effects = _effects(kind, office, [item.call for item in items])
    return Preview(
        effects=effects[:MOST_EFFECTS],
        more=max(0, len(effects) - MOST_EFFECTS),
        calls=len(items),
        concerns=concerns_about(asker, items, form.cleaned_data),
    )


def _effects(kind: Kind, office: Office, calls: list[Call]) -> list[Effect]:
    """Every effect once, in the order in which they come; what one should know first of all."""
    slips = slips_told(calls)
    if kind.effects is None:
        return slips
    found = itertools.chain(slips, *kind.effects(office, calls))
    return list(dict.fromkeys(map(effect_masked, found)))
