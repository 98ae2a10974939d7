"""Inviting, withdrawing, taking a place. Nobody comes in without somebody having asked them to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import GroupPlace, Invitation
from lib.sealing import keyed_hash
from offices.access import administered_by, managed_by
from offices.models import Membership, Office, Right, Role, User
from offices.rights import may

PURPOSE = "invitation"


class NotYours(Exception):
    """The office, or the role, is not this person's to give."""


class Gone(Exception):
    """The invitation has been taken, withdrawn or has run out meanwhile."""


class Own(Exception):
    """The invitation is the person's own: nobody changes their own place."""


@dataclasses.dataclass(frozen=True)
class Place:
    """What is offered, to whom; name and e-mail may be empty."""

    office: Office
    role: Role
    name: str = ""
    email: str = ""


def roles_to_give(user: User, office: Office) -> list[Role]:
    """The roles that a person may invite to at an office: none without the right to invite there,
    and none above their own. Roles stand from the lowest to the highest.
    """
    if not may(user, Right.INVITE, office):
        return []
    if user.is_superuser:
        return list(Role)
    own = Membership.objects.standing().get(user=user, office=office).role
    return list(Role)[: Role.values.index(own) + 1]


def that_may_be_taken_away(user: User) -> QuerySet[Membership]:
    """Places at offices that a person decides for, an administrator's by administrators alone;
    never one's own.
    """
    places = Membership.objects.filter(office__in=managed_by(user)).exclude(user=user)
    by_others = Q(role=Role.ADMINISTRATOR) & ~Q(office__in=administered_by(user))
    return places.exclude(by_others)


def invite(inviter: User, place: Place) -> tuple[Invitation, str]:
    """The invitation and its token, which is told once and never kept. Raises NotYours."""
    if place.role not in roles_to_give(inviter, place.office):
        raise NotYours
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        office=place.office,
        role=place.role,
        recipient={"name": place.name, "email": place.email},
        token_hash=keyed_hash(PURPOSE, token),
        invited_by=inviter,
        expires_at=timezone.now() + dt.timedelta(days=settings.INVITATION_DAYS),
    )
    return invitation, token


def find(token: str) -> Invitation | None:
    """The open invitation of a link, None when there is none (any longer)."""
    found = Invitation.objects.open().filter(token_hash=keyed_hash(PURPOSE, token))
    return found.select_related("office", "invited_by").first()


def withdraw(invitation: Invitation) -> bool:
    """False when somebody has taken it, or it has run out."""
    now = timezone.now()
    return bool(Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=now))


def refuse_own(invitation: Invitation, user: User) -> None:
    """Raises Own for who has made it."""
    if invitation.invited_by_id == user.pk:
        raise Own


@transaction.atomic
def take(invitation: Invitation, user: User) -> Membership:
    """Give the person the place; each invitation once. Raises Gone, and Own for who has made it.

    Somebody who is at the office already keeps one place, in the role that is offered now. Rights
    that were granted beside another role end with it; what was taken away stays away. Whoever had
    it by a group at the sign-in service has it by the invitation from then on.
    """
    refuse_own(invitation, user)
    now = timezone.now()
    open_ones = Invitation.objects.open().filter(pk=invitation.pk)
    if not open_ones.update(used_at=now, used_by=user):
        raise Gone
    places = Membership.objects.select_for_update()
    place, _created = places.get_or_create(
        user=user, office=invitation.office, defaults={"role": invitation.role}
    )
    if place.role != invitation.role:
        place.role = invitation.role
        place.save(update_fields=["role"])
        place.exceptions.filter(granted=True).delete()
    if place.good_until is not None:
        GroupPlace.objects.filter(membership=place).delete()
        place.good_until = None
        place.save(update_fields=["good_until"])
    return place
