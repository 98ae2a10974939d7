"""What a role brings, and what one membership has more or less."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from offices.access import decides, my_offices
from offices.disclosures import of_contact, record
from offices.models import Disclosure, Membership, Right, RightException, Role
from offices.rights import OF_ROLE, held_at_all, may, offices_with, require
from tests.factories import make_user


@pytest.mark.parametrize("right", Right.values)
@pytest.mark.parametrize("role", Role.values)
def test_a_role_brings_its_rights_at_its_own_office_only(office, neighbour_office, role, right):
    person = make_user("person", office, role=role)
    assert may(person, right, office) == (right in OF_ROLE[role])
    assert not may(person, right, neighbour_office)


def test_a_booker_can_be_given_a_right_at_one_of_two_offices(office, neighbour_office):
    person = make_user("person", office, neighbour_office)
    mine = Membership.objects.get(user=person, office=office)
    RightException.objects.create(membership=mine, right=Right.EXPORT)
    assert list(offices_with(person, Right.EXPORT)) == [office]


def test_a_manager_can_be_without_a_right_of_the_role(office):
    person = make_user("person", office, role=Role.MANAGER)
    mine = Membership.objects.get(user=person)
    RightException.objects.create(membership=mine, right=Right.AMOUNTS, granted=False)
    assert not may(person, Right.AMOUNTS, office)
    assert may(person, Right.EXPORT, office)


def test_a_superuser_has_every_right_and_a_stranger_none(office, admin):
    assert all(may(admin, right, office) for right in Right)
    assert not any(may(AnonymousUser(), right, office) for right in Right)


def test_nobody_has_a_right_at_no_office(admin):
    assert not may(admin, Right.EXPORT, None)


def test_it_refuses_a_request_without_the_right(office, rf):
    request = rf.get("/")
    request.user = make_user("person", office)
    with pytest.raises(PermissionDenied):
        require(request, Right.EXPORT, office)


def test_a_disclosure_says_who_and_how_much_and_seals_the_reason(office, admin):
    record(
        admin, office, Disclosure.What.EXPORTED,
        person=of_contact(office, "CON1"), reason="Revision", rows=12,
    )  # fmt: skip
    [row] = Disclosure.objects.all()
    assert (row.user_name, row.facts, row.reason) == (admin.username, {"rows": 12}, "Revision")
    assert "CON1" not in row.person


def held(person, *offices):
    request = HttpRequest()
    request.user = person
    return held_at_all(request, offices)


def test_of_several_offices_a_right_counts_that_is_held_at_every_one(office, neighbour_office):
    person = make_user("person", office, neighbour_office, role=Role.MANAGER)
    assert held(person, office, neighbour_office) == OF_ROLE[Role.MANAGER]
    there = Membership.objects.get(user=person, office=neighbour_office)
    RightException.objects.create(membership=there, right=Right.AMOUNTS, granted=False)
    RightException.objects.create(membership=there, right=Right.PRIVACY, granted=True)
    assert Right.AMOUNTS in held(person, office)
    assert Right.AMOUNTS not in held(person, office, neighbour_office)
    assert Right.PRIVACY not in held(person, office, neighbour_office)
    assert Right.PRIVACY in held(person, neighbour_office)


def test_nobody_holds_a_right_together_with_an_office_of_others(office, neighbour_office, chef):
    assert held(chef, office)
    assert not held(chef, office, neighbour_office)
    assert not held(chef)
    assert not held(AnonymousUser(), office)


def test_a_superuser_holds_every_right_everywhere(office, neighbour_office, admin):
    assert held(admin, office, neighbour_office) == set(Right.values)


def test_what_one_may_is_asked_once_a_request(office, chef, django_assert_num_queries):
    request = HttpRequest()
    request.user = chef
    with django_assert_num_queries(1):
        assert held_at_all(request, [office])
        assert decides(request)
        assert my_offices(request) == [office]
