"""Inviting, withdrawing, taking a place. Nobody comes in without somebody having asked them to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import GroupPlace, Invitation
from lib.sealing import keyed_hash
from offices.access import managed_by
from offices.models import Membership, Office, Role, User

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
    """The roles that a person may give at an office: a manager makes no administrators."""
    if not managed_by(user).filter(pk=office.pk).exists():
        return []
    own = Membership.objects.filter(user=user, office=office).values_list("role", flat=True)
    if user.is_superuser or Role.ADMINISTRATOR in own:
        return list(Role)
    return [role for role in Role if role != Role.ADMINISTRATOR]


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
