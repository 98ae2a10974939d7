"""Single sign-on: who is let in, and which places their groups give them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import GroupPlace
from offices.models import Membership, Office, Role, User

# (claim, its value), any of which says that two steps were asked for; TRUSTED: always.
SecondStep = frozenset[tuple[str, str]]
TRUSTED: SecondStep = frozenset({("", "trusted")})


@dataclasses.dataclass(frozen=True, order=True)
class PlaceByGroup:
    """What one group gives: a role at the office with this customer id."""

    customer_id: str
    role: str


class GroupsLeftOut(Exception):
    """The person is in more groups than the service writes down, so nobody knows which."""


@dataclasses.dataclass(frozen=True)
class Source:
    """One sign-in service, as the settings say it.

    tenant: claim `tid` that is required, "" for any. domains: ends of addresses that are let in,
    empty for all. groups: {group: its places}; empty when places are given by hand alone.
    groups_claim: where the service writes a person's groups. second_step: by which claims it says
    that it has asked for a second step, any of them; see `parse_second_step`.
    """

    tenant: str = ""
    domains: Sequence[str] = ()
    groups: Mapping[str, Sequence[PlaceByGroup]] = dataclasses.field(default_factory=dict)
    groups_claim: str = "groups"
    second_step: SecondStep = frozenset()

    @property
    def gives_places(self) -> bool:
        return bool(self.groups)

    def lets_in(self, claims: Mapping[str, Any]) -> bool:
        """By tenant and by the domain of the address that the service vouches for."""
        if self.tenant and claims.get("tid") != self.tenant:
            return False
        if not self.domains:
            return True
        domain = self._vouched_address(claims).rpartition("@")[2].casefold()
        return domain in {name.casefold() for name in self.domains}

    def _vouched_address(self, claims: Mapping[str, Any]) -> str:
        """Empty for none. Within a tenant its administrators give the addresses.

        Elsewhere the service must say that it has verified it; a name anybody chooses as they like.
        """
        if self.tenant and claims.get("email_verified", True):
            return str(claims.get("email") or claims.get("preferred_username") or "")
        if claims.get("email_verified") is True:
            return str(claims.get("email") or "")
        return ""

    def places(self, claims: Mapping[str, Any]) -> list[PlaceByGroup]:
        """One place an office; of two roles at one office the one that may do more.

        Raises GroupsLeftOut when groups give places and the service names none of them for length.
        """
        if self.gives_places and self._groups_left_out(claims):
            raise GroupsLeftOut
        rank = list(Role.values)
        best: dict[str, PlaceByGroup] = {}
        groups = _said(claims, self.groups_claim)
        for place in (place for group in groups for place in self.groups.get(group, ())):
            other = best.get(place.customer_id)
            if other is None or rank.index(place.role) > rank.index(other.role):
                best[place.customer_id] = place
        return sorted(best.values())

    def _groups_left_out(self, claims: Mapping[str, Any]) -> bool:
        """Entra leaves out more than two hundred groups and says where else to ask for them."""
        if claims.get(self.groups_claim):
            return False
        elsewhere = claims.get("_claim_names") or {}
        return self.groups_claim in elsewhere or bool(claims.get("hasgroups"))

    def asked_for_two(self, claims: Mapping[str, Any]) -> bool:
        """Has the service asked for a second step? One of which nothing is set has not."""
        if self.second_step is TRUSTED:
            return True
        return any(value in _said(claims, claim) for claim, value in self.second_step)


def _said(claims: Mapping[str, Any], name: str) -> list[str]:
    """What the service says of a person under this name: one word, or a list of them."""
    said = claims.get(name)
    if isinstance(said, str):
        return [said]
    return [str(word) for word in said] if isinstance(said, list) else []


def parse_group(pair: str) -> tuple[str, PlaceByGroup]:
    """`group=M30011:broker`. Raises ValueError for anything else."""
    group, _equals, place = pair.strip().rpartition("=")
    customer_id, _colon, role = place.partition(":")
    if not group or not customer_id or role not in Role.values:
        raise ValueError(f"{pair!r} is no group; write it as group=M30011:broker")
    return group, PlaceByGroup(customer_id, role)


def parse_groups(pairs: Sequence[str]) -> dict[str, list[PlaceByGroup]]:
    """The places of each group, which may stand there once for each office. Raises ValueError."""
    groups: dict[str, list[PlaceByGroup]] = {}
    for group, place in map(parse_group, pairs):
        groups.setdefault(group, []).append(place)
    return groups


def parse_second_step(words: Sequence[str]) -> SecondStep:
    """`amr=mfa` each, or `trusted` alone. Raises ValueError for anything else."""
    if list(words) == ["trusted"]:
        return TRUSTED
    pairs = set()
    for word in words:
        claim, _equals, value = word.partition("=")
        if not claim or not value:
            raise ValueError(f"{word!r} is no claim; write it as amr=mfa, or trusted alone")
        pairs.add((claim, value))
    return frozenset(pairs)


def source(provider: str) -> Source | None:
    """The sign-in service of this name, None when the settings know none."""
    facts = settings.SSO_SOURCES.get(provider)
    if facts is None:
        return None
    return Source(
        facts["tenant"],
        facts["domains"],
        parse_groups(facts["groups"]),
        facts["groups_claim"],
        parse_second_step(facts["second_step"]),
    )


def alone_lets_in(user: User) -> bool:
    """Does a sign-in service decide whether this person comes in, with no password beside it?"""
    return not user.has_usable_password() and SocialAccount.objects.filter(user=user).exists()


def claims_of(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the service says of a person; its signed word outranks the looked-up one."""
    if "id_token" in extra or "userinfo" in extra:
        return {**(extra.get("userinfo") or {}), **(extra.get("id_token") or {})}
    return dict(extra)


@transaction.atomic
def settle_places(user: User, provider: str, places: Sequence[PlaceByGroup]) -> None:
    """Give what the groups give now, and take back what they gave before; the rest stays.

    Each holds for SSO_PLACE_HOURS, since nobody tells us when somebody leaves a group: then it
    rests, with its rights, until the next sign-in by the service.
    """
    offices = {
        office.customer_id: office
        for office in Office.objects.filter(customer_id__in=[p.customer_id for p in places])
    }
    wanted = {offices[p.customer_id].pk: p.role for p in places if p.customer_id in offices}
    given = GroupPlace.objects.filter(membership__user=user, provider=provider)
    lost = given.exclude(membership__office__in=wanted).values_list("membership", flat=True)
    Membership.objects.filter(pk__in=list(lost)).delete()
    for office_id, role in wanted.items():
        _give(user, provider, office_id, role)


def _give(user: User, provider: str, office_id: int, role: str) -> None:
    """A place that was given by hand, or by another service, stays what it is."""
    now = timezone.now()
    membership = Membership.objects.filter(user=user, office=office_id).first()
    if membership is None:
        membership = Membership.objects.create(user=user, office_id=office_id, role=role)
        GroupPlace.objects.create(membership=membership, provider=provider, confirmed_at=now)
    else:
        confirmed = GroupPlace.objects.filter(membership=membership, provider=provider)
        if not confirmed.update(confirmed_at=now):
            return
        _change_role(membership, role)
    until = now + dt.timedelta(hours=settings.SSO_PLACE_HOURS)
    Membership.objects.filter(pk=membership.pk).update(good_until=until)


def _change_role(membership: Membership, role: str) -> None:
    """Rights that were granted beside another role end with it; what was taken away stays away."""
    if membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
        membership.exceptions.filter(granted=True).delete()
