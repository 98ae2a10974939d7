"""The office that a request acts for."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from offices.middleware import active_office
from tests.factories import make_user


def _office_of(user, session=None):
    request = RequestFactory().get("/")
    request.user = user
    request.session = session or {}
    active_office(lambda request: HttpResponse())(request)
    return request.office


def test_it_sets_the_office_of_the_person(office, bokare):
    assert _office_of(bokare) == office


def test_it_sets_the_chosen_office(office, neighbour_office):
    both = make_user("both", office, neighbour_office)
    assert _office_of(both, {"office": "M30011"}) == office


def test_it_asks_no_database_about_anonymous_people(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert _office_of(AnonymousUser(), {"office": "M30011"}) is None


def test_it_sets_none_for_a_person_without_an_office(office):
    assert _office_of(make_user("ny")) is None
