"""Who may act for which office. A stranger's office does not exist for you: 404, never 403."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from lib.prepared import Slot, Whole
from offices.http import PortalRequest
from offices.models import Membership, Office, ProtectedContact, Role, User, standing

SESSION_KEY = "office"
DECIDERS = (Role.MANAGER, Role.ADMINISTRATOR)


def offices_for(user: User | AnonymousUser) -> QuerySet[Office]:
    """The offices that a person may act for, by name."""
    if user.is_anonymous:
        return Office.objects.none()
    if user.is_superuser:
        return Office.objects.all()
    return Office.objects.filter(Q(memberships__user=user) & standing("memberships__"))


def office_or_404(user: User | AnonymousUser, customer_id: str) -> Office:
    """The office, if the person may act for it. Raises Http404."""
    return get_object_or_404(offices_for(user), customer_id=customer_id)


def choose_office(request: HttpRequest, office: Office) -> None:
    """Make `office` the one that this session acts for."""
    request.session[SESSION_KEY] = office.customer_id


# What every page wants to know of the person's offices besides, see `tell_of_offices`.
_told: dict[str, Any] = {}


def tell_of_offices(**expressions: Any) -> None:
    """Let the offices of `my_places` carry these, so that a page need not ask once more.

    expressions: by the attribute's name, over the table of offices; or what makes one of what
    stands for the person in a query. They are written once, and must not depend on the moment.
    """
    _told.update(expressions)


@dataclasses.dataclass(frozen=True)
class Place:
    """An office of the person who asks, and what they may there.

    role: None for superusers, who are anything anywhere. exceptions: right -> whether granted.
    The office has `hides_somebody` (a contact there is marked as protected) and what apps have
    told of by `tell_of_offices`.
    """

    office: Office
    role: str | None
    exceptions: dict[str, bool]

    @property
    def is_managed(self) -> bool:
        """Is the office theirs to decide for?"""
        return self.role in (None, *DECIDERS)


def my_places(request: HttpRequest) -> list[Place]:
    """Those of the person who asks, by the office's name; read once for a request."""
    known: list[Place] | None = getattr(request, "_my_places", None)
    if known is None:
        known = _places(request.user)
        request._my_places = known  # type: ignore[attr-defined]
    return known


def _places(user: User | AnonymousUser) -> list[Place]:
    """One query: an office comes once for each exception of the person's rights there."""
    if user.is_anonymous:
        return []
    if user.is_superuser:
        return [Place(office, None, {}) for office in _every_office.objects(user=user.pk)]
    found: dict[int, Place] = {}
    for office in _offices_of.objects(user=user.pk):
        place = found.setdefault(office.pk, Place(office, office.my_role, {}))
        if office.my_right:
            place.exceptions[office.my_right] = office.is_granted
    return list(found.values())


_USER = Slot("user", Membership._meta.get_field("user"))


def _telling(offices: QuerySet[Office]) -> QuerySet[Office]:
    """These with what is told of them to the person who stands in the slot."""
    marked = ProtectedContact.objects.open().filter(office=OuterRef("pk"))
    told = {name: each(_USER) if callable(each) else each for name, each in _told.items()}
    return offices.annotate(hides_somebody=Exists(marked), **told)


# Every page asks one of these, and writing them anew cost it a tenth of its time.
_every_office = Whole(lambda: _telling(Office.objects.all()))
_offices_of = Whole(
    lambda: _telling(
        Office.objects.filter(Q(memberships__user=_USER) & standing("memberships__"))
    ).annotate(
        my_role=F("memberships__role"),
        my_right=F("memberships__exceptions__right"),
        is_granted=F("memberships__exceptions__granted"),
    )
)


def my_offices(request: HttpRequest) -> list[Office]:
    """The offices of the person who asks, by name."""
    return [place.office for place in my_places(request)]


def decides(request: HttpRequest) -> bool:
    """Is an office theirs to decide for? As `managed_by`, without a query of its own."""
    return any(place.is_managed for place in my_places(request))


def decides_for(request: HttpRequest, office: Office) -> bool:
    """Is this office theirs to decide for? As `administers`, without a query of its own."""
    return any(place.is_managed for place in my_places(request) if place.office == office)


def chosen_office(request: HttpRequest) -> Office | None:
    """The office this session acts for: the chosen one, else the first, else none."""
    offices = my_offices(request)
    chosen = request.session.get(SESSION_KEY)
    return next((o for o in offices if o.customer_id == chosen), offices[0] if offices else None)


def office_of(request: PortalRequest) -> Office:
    """The office that a posted form was opened for; without one, the chosen office.

    Not the chosen one first: it may have been changed in another tab since. Raises Http404 for
    an office that is not the person's, PermissionDenied for a person of no office.
    """
    if posted := request.POST.get("office"):
        return office_or_404(request.user, posted)
    if request.office is None:
        raise PermissionDenied
    return request.office


def managed_by(user: User | AnonymousUser) -> QuerySet[Office]:
    """The offices that a person decides for."""
    if user.is_anonymous or user.is_superuser:
        return offices_for(user)
    mine = Q(memberships__user=user, memberships__role__in=DECIDERS)
    return Office.objects.filter(mine & standing("memberships__"))


def administered_by(user: User | AnonymousUser) -> QuerySet[Office]:
    """The offices at which a person gives places and rights."""
    if user.is_anonymous or user.is_superuser:
        return offices_for(user)
    mine = Q(memberships__user=user, memberships__role=Role.ADMINISTRATOR)
    return Office.objects.filter(mine & standing("memberships__"))


def administers(user: User | AnonymousUser, office: Office) -> bool:
    """May the person decide for the office: release a pause, settle an uncertain submission?"""
    return managed_by(user).filter(pk=office.pk).exists()
