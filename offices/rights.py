"""Rights of their own: what a role brings, and what a membership has more or less than that."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from offices.access import Place, my_places, offices_for
from offices.http import PortalRequest
from offices.models import Membership, Office, Right, RightException, Role, User

OF_ROLE: dict[str, frozenset[str]] = {
    Role.BOOKER: frozenset({Right.ON_BEHALF}),
    Role.ASSISTANT: frozenset({Right.ON_BEHALF}),
    Role.BROKER: frozenset(),
    Role.MANAGER: frozenset(
        {
            Right.FIGURES, Right.AMOUNTS, Right.MASKED, Right.EXPORT, Right.SHARED_VIEWS,
            Right.ON_BEHALF,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Right.values) - {Right.AMOUNTS},
}  # fmt: skip


def offices_with(user: User | AnonymousUser, right: Right) -> QuerySet[Office]:
    """The offices at which a person has the right. Superusers have every right everywhere."""
    if user.is_anonymous or user.is_superuser:
        return offices_for(user)
    exceptions = RightException.objects.filter(membership=OuterRef("pk"), right=right)
    roles = [role for role, rights in OF_ROLE.items() if right in rights]
    memberships = (
        Membership.objects.standing()
        .filter(user=user)
        .filter(
            Exists(exceptions.filter(granted=True))
            | (Q(role__in=roles) & ~Exists(exceptions.filter(granted=False)))
        )
    )
    return Office.objects.filter(pk__in=memberships.values("office"))


def may(user: User | AnonymousUser, right: Right, office: Office | None) -> bool:
    """Has the person the right at this office?"""
    return office is not None and offices_with(user, right).filter(pk=office.pk).exists()


def require(request: PortalRequest, right: Right, office: Office | None) -> None:
    """Raises PermissionDenied for a person who has not the right at this office."""
    if not may(request.user, right, office):
        raise PermissionDenied


def held_at_all(request: HttpRequest, offices: Collection[Office]) -> frozenset[str]:
    """The rights that the person who asks has at every one of these offices. Without a query."""
    wanted = {office.pk for office in offices}
    held = [_held(place) for place in my_places(request) if place.office.pk in wanted]
    if not held or len(held) < len(wanted):
        return frozenset()
    return frozenset.intersection(*held)


def held_somewhere(request: HttpRequest, right: Right) -> bool:
    """Has the person who asks the right at any office? As `offices_with`, without a query."""
    return any(right in _held(place) for place in my_places(request))


def _held(place: Place) -> frozenset[str]:
    if place.role is None:
        return frozenset(Right.values)
    granted = {right for right, is_granted in place.exceptions.items() if is_granted}
    return (OF_ROLE[place.role] | granted) - (place.exceptions.keys() - granted)
