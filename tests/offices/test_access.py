"""Who may act for which office."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory

from offices.access import administers, choose_office, chosen_office, office_or_404, offices_for
from offices.models import Membership, Role
from tests.factories import make_user


def _request(user, session=None):
    request = RequestFactory().get("/")
    request.user = user
    request.session = {} if session is None else session
    return request


@pytest.mark.parametrize("role", Role.values)
def test_it_lets_every_role_act_for_its_own_office_only(office, neighbour_office, role):
    person = make_user("person", office, role=role)
    assert list(offices_for(person)) == [office]


def test_it_gives_a_superuser_every_office(office, neighbour_office, admin):
    assert set(offices_for(admin)) == {office, neighbour_office}


def test_it_gives_nobody_nothing(office):
    assert not offices_for(AnonymousUser()).exists()
    assert not offices_for(make_user("ny")).exists()


def test_it_lists_offices_by_name(office, neighbour_office):
    both = make_user("both", office, neighbour_office)
    assert [o.name for o in offices_for(both)] == [
        "Vikens Mäkleri Solna",
        "Vikens Mäkleri Sundbyberg",
    ]


def test_it_finds_an_office_for_its_people(office, bokare):
    assert office_or_404(bokare, "M30011") == office


@pytest.mark.parametrize("customer_id", ["M30012", "M99999", "", "m30011"])
def test_it_knows_no_office_of_strangers(bokare, neighbour_office, customer_id):
    with pytest.raises(Http404):
        office_or_404(bokare, customer_id)


def test_it_acts_for_the_first_office_until_one_is_chosen(office, neighbour_office):
    request = _request(make_user("both", office, neighbour_office))
    assert chosen_office(request) == neighbour_office
    choose_office(request, office)
    assert chosen_office(request) == office


def test_it_falls_back_when_the_chosen_office_is_no_longer_theirs(office, neighbour_office):
    both = make_user("both", office, neighbour_office)
    request = _request(both, {})
    choose_office(request, neighbour_office)
    Membership.objects.get(user=both, office=neighbour_office).delete()
    assert chosen_office(request) == office


def test_it_chooses_no_office_for_a_person_without_one(office):
    assert chosen_office(_request(make_user("ny"), {"office": office.customer_id})) is None


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.BOOKER, False),
        (Role.ASSISTANT, False),
        (Role.BROKER, False),
        (Role.MANAGER, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_it_lets_managers_and_administrators_decide(office, role, may):
    assert administers(make_user("person", office, role=role), office) is may


def test_it_lets_nobody_decide_for_a_strangers_office(office, chef, neighbour_office):
    assert not administers(chef, neighbour_office)
    assert not administers(AnonymousUser(), office)


def test_it_lets_a_superuser_decide_everywhere(admin, neighbour_office):
    assert administers(admin, neighbour_office)
