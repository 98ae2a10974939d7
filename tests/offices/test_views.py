"""Choosing an office and finding a contact: own offices only, and nothing typed in a URL."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Membership
from tests.factories import make_contact, make_user

CHOOSE = "/offices/choose/"
FIND = "/offices/contacts/find/"
SEARCH = "/offices/search/"
EVERYWHERE = pytest.mark.parametrize(("url", "field"), [(FIND, "contact_search"), (SEARCH, "q")])


def _page(response):
    assert response.status_code == 200
    return response.content.decode()


def test_it_acts_for_the_chosen_office_from_now_on(as_bokare, bokare, neighbour_office):
    Membership.objects.create(user=bokare, office=neighbour_office)
    response = as_bokare.post(CHOOSE, {"office": "M30011", "next": "/meetings/?page=2"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/meetings/?page=2"
    assert as_bokare.session["office"] == "M30011"


@pytest.mark.parametrize("office_id", ["M30012", "M99999", ""])
def test_it_knows_no_office_of_strangers(as_bokare, neighbour_office, office_id):
    assert as_bokare.post(CHOOSE, {"office": office_id}).status_code == 404
    assert "office" not in as_bokare.session


def test_it_lets_an_administrator_of_all_choose_any(as_admin, neighbour_office):
    assert as_admin.post(CHOOSE, {"office": "M30012"}).status_code == 302
    assert as_admin.session["office"] == "M30012"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "",
    ],
)
def test_it_leads_nobody_away_from_the_portal(as_bokare, target):
    response = as_bokare.post(CHOOSE, {"office": "M30011", "next": target})
    assert response.headers["Location"] == reverse("home")


@pytest.mark.parametrize("url", [CHOOSE, FIND, SEARCH])
def test_it_answers_to_post_only(as_bokare, url):
    assert as_bokare.get(url, {"q": "anna", "contact_search": "anna"}).status_code == 405


@pytest.mark.parametrize("url", [CHOOSE, FIND, SEARCH])
def test_it_sends_strangers_to_the_sign_in(db, url):
    posted = {"office": "M30011", "q": "anna", "contact_search": "anna"}
    response = Client().post(url, posted, headers={"HX-Request": "true"})
    assert response.headers["Location"] == f"{reverse('account_login')}?next={url}"
    whole_page = Client().post(url, posted)
    assert whole_page.status_code == 401
    assert "Logga in" in whole_page.content.decode()


@pytest.mark.parametrize("url", [CHOOSE, FIND, SEARCH])
def test_it_wants_a_token_against_forged_posts(bokare, url):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bokare)
    assert client.post(url, {"office": "M30011"}).status_code == 403


@EVERYWHERE
def test_it_finds_a_contact_of_the_active_office(as_bokare, office, url, field):
    make_contact(office)
    page = _page(as_bokare.post(url, {field: "070-174"}))
    assert "Anna Ek" in page
    assert "Storgatan 4" in page


@EVERYWHERE
def test_it_shows_no_contact_of_another_office(as_bokare, neighbour_office, url, field):
    make_contact(neighbour_office)
    assert "Anna Ek" not in _page(as_bokare.post(url, {field: "anna"}))


@EVERYWHERE
def test_it_searches_no_office_of_strangers(as_bokare, neighbour_office, url, field):
    make_contact(neighbour_office)
    assert as_bokare.post(url, {field: "anna", "office": "M30012"}).status_code == 404


@EVERYWHERE
def test_it_searches_the_office_that_the_form_names(
    as_bokare, bokare, neighbour_office, url, field
):
    Membership.objects.create(user=bokare, office=neighbour_office)
    make_contact(neighbour_office)
    as_bokare.post(CHOOSE, {"office": "M30011"})
    assert "Anna Ek" not in _page(as_bokare.post(url, {field: "anna"}))
    assert "Anna Ek" in _page(as_bokare.post(url, {field: "anna", "office": "M30012"}))


@EVERYWHERE
def test_it_searches_nothing_for_a_person_without_an_office(db, url, field):
    client = Client()
    client.force_login(make_user("ny"))
    assert client.post(url, {field: "anna"}).status_code == 403


@EVERYWHERE
def test_it_finds_nobody_by_one_letter(as_bokare, office, url, field):
    make_contact(office)
    assert "Anna Ek" not in _page(as_bokare.post(url, {field: "a"}))


@EVERYWHERE
def test_it_puts_nothing_typed_in_an_address(as_bokare, office, url, field):
    make_contact(office, name="Kanarieline Ek")
    page = _page(as_bokare.post(url, {field: "kanarie"}))
    addresses = re.findall(r'\b(?:href|src|action|hx-\w+)="([^"]*)"', page)
    assert not [address for address in addresses if "kanarie" in address.casefold()]


@EVERYWHERE
def test_it_escapes_what_was_typed_and_what_vitec_sent(as_bokare, office, url, field):
    make_contact(office, name="<b>Anna</b>")
    page = _page(as_bokare.post(url, {field: "anna <script>alert(1)</script>"}))
    assert "<script>alert" not in page
    page = _page(as_bokare.post(url, {field: "anna"}))
    assert "<b>Anna" not in page
    assert "&lt;b&gt;Anna" in page


def test_it_sends_only_the_results_to_a_page_that_is_already_there(as_bokare, office):
    make_contact(office)
    page = _page(as_bokare.post(SEARCH, {"q": "anna"}, headers={"HX-Request": "true"}))
    assert "Anna Ek" in page
    assert "<html" not in page


def test_it_shows_a_whole_page_without_javascript(as_bokare, office):
    make_contact(office)
    assert "<html" in _page(as_bokare.post(SEARCH, {"q": "anna"}))


def test_the_search_leads_to_pages_that_know_the_person_it_found(as_bokare, office):
    make_contact(office)
    text = as_bokare.post(reverse("offices:quick_search"), {"q": "anna ek"}).content.decode()
    links = re.findall(r'href="([^"]+\?contact=ADR1)"', text)
    assert len(links) >= 2
    for link in links:
        assert "Anna Ek" in as_bokare.get(link).content.decode()
