"""Saved views: who sees which, who may change which, and what address each stands for today."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from lib import swedish
from lib.prepared import Slot, Whole
from meetings import columns
from meetings.models import Reach, SavedView
from meetings.ranges import name_of, range_named
from offices.http import PortalRequest
from offices.models import Office, Right, User
from offices.rights import may, offices_with

DAYS = ("date_from", "date_to")
# Of a list's address, all that is worth keeping; the free text is not in it, for it is personal.
KEPT = (
    *DAYS, "date_field", "type", "state", "broker", "booker", "source", "estate_status", "office",
    "no_next_step", "sort", "size", "columns",
)  # fmt: skip
# What means something at one office alone.
OF_AN_OFFICE = ("broker", "booker", "office")
LONGEST = 200


@dataclasses.dataclass(frozen=True)
class Shelf:
    """What a person has ready for the list. views: by name, those for the active office.

    columns: the keys of the person's own. start: the view that opens by itself.
    """

    views: list[SavedView]
    columns: list[str]
    start: SavedView | None

    def find(self, text: str) -> SavedView | None:
        return next((view for view in self.views if str(view.pk) == text), None)


# A view of another of the person's offices is offered there; here it would show this one's.
_offered = Whole(
    lambda: SavedView.objects.offered_to(
        Slot.of(SavedView, "owner"), Q(office=Slot.of(SavedView, "office"))
    )
)


def shelf_of(request: PortalRequest) -> Shelf:
    """One query."""
    here = request.office.pk if request.office else None
    found: list[SavedView] = _offered.objects(owner=request.user.pk, office=here)
    usual = next((view for view in found if view.is_usual), SavedView())
    views = [view for view in found if not view.is_usual]
    return Shelf(
        views=sorted(views, key=lambda view: swedish.order(view.name)),
        columns=columns.chosen(usual.query.get("columns", ())),
        start=next((view for view in views if view.pk == usual.start_id), None),
    )


def start_of(user: User, office: Office) -> SavedView | None:
    """The view with which the day begins, if the person has chosen one that is there for them."""
    mine = SavedView.objects.for_user(user).filter(Q(office=None) | Q(office=office))
    chosen = SavedView.objects.filter(owner=user, is_usual=True).values("start")
    return mine.filter(pk__in=chosen).first()


def parameters(view: SavedView, today: dt.date) -> dict[str, str]:
    """The list's address as the view means it today. Without days it says so: all of them."""
    found = {name: str(value) for name, value in view.query.items() if name in KEPT}
    span = range_named(view.span, today)
    if span:
        found |= {"date_from": span.first.isoformat(), "date_to": span.last.isoformat()}
    return {"date_from": "", **found}


def fill(view: SavedView, state: Mapping[str, str], today: dt.date) -> None:
    """Make the view say what the list says. A ready span of days is kept by its name."""
    kept = {name: state[name][:LONGEST] for name in KEPT if state.get(name)}
    view.span = name_of(kept.get("date_from", ""), kept.get("date_to", ""), today)
    left_out = DAYS if view.span else ()
    if view.reach == Reach.ALL:
        left_out = (*left_out, *OF_AN_OFFICE)
    view.query = {name: value for name, value in kept.items() if name not in left_out}


def may_reach(user: User, office: Office | None) -> list[Reach]:
    """Whom a view of this person may be for.

    For everybody takes the right at every office there is: what is shown at an office is decided
    by somebody of that office.
    """
    found = [Reach.PRIVATE]
    if may(user, Right.SHARED_VIEWS, office):
        found.append(Reach.OFFICE)
        if _decides_everywhere(user):
            found.append(Reach.ALL)
    return found


def _decides_everywhere(user: User) -> bool:
    mine = offices_with(user, Right.SHARED_VIEWS).values("pk")
    return not Office.objects.exclude(pk__in=mine).exists()


def may_change(user: User, view: SavedView) -> bool:
    """Rename, replace, remove it? One's own, and what one may make for others."""
    return view.pk in changeable(user, [view])


def changeable(user: User, views: list[SavedView]) -> set[int]:
    """The keys of those that the person may change; two queries however many there are."""
    decides = functools.cache(lambda: _decides_everywhere(user))
    with_right = functools.cache(
        lambda: set(offices_with(user, Right.SHARED_VIEWS).values_list("pk", flat=True))
    )
    return {
        view.pk
        for view in views
        if (view.reach == Reach.PRIVATE and view.owner_id == user.pk)
        or (view.reach == Reach.OFFICE and view.office_id in with_right())
        or (view.reach == Reach.ALL and decides())
    }


def choose_start(user: User, view: SavedView | None) -> None:
    """With which view the day begins; None is the usual list of today."""
    _usual(user, start=view)


def choose_columns(user: User, keys: list[str]) -> None:
    """Which columns the person has, where no view says others."""
    _usual(user, query={"columns": columns.chosen(keys)})


def _usual(user: User, **changes: Any) -> None:
    SavedView.objects.update_or_create(owner=user, is_usual=True, defaults=changes)
