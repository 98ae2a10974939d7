"""The admin is not there for those who have no business in it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Role

PLACES = ["/admin/", "/admin/login/", "/admin/offices/office/", "/admin/jsi18n/", "/admin/nowhere/"]


@pytest.mark.parametrize("url", PLACES)
def test_it_does_not_exist_for_staff_of_an_office(as_bokare, as_chef, url):
    assert as_bokare.get(url).status_code == 404
    assert as_chef.get(url).status_code == 404


@pytest.mark.parametrize("url", PLACES)
def test_it_sends_strangers_to_the_portals_own_sign_in(db, url):
    response = Client().get(url, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_it_leads_on_to_the_page_that_was_asked_for(client, admin):
    asked = client.get("/admin/offices/office/", follow=True)
    login = {"username": "admin", "password": "vitecportal"}
    response = client.post(asked.redirect_chain[-1][0], login, follow=True)
    assert response.request["PATH_INFO"] == "/admin/offices/office/"


def test_it_leads_nobody_away_from_the_portal(as_admin):
    response = as_admin.get("/admin/login/?next=https://evil.example/")
    assert response.headers["Location"] == "/admin/"


def test_it_takes_no_password_at_a_door_of_its_own(admin):
    client = Client()
    client.post("/admin/login/", {"username": "admin", "password": "vitecportal"})
    assert "_auth_user_id" not in client.session


def test_it_opens_for_an_administrator(as_admin):
    assert as_admin.get("/admin/").status_code == 200
    assert as_admin.get("/admin/login/").headers["Location"] == "/admin/"


def test_it_shuts_for_an_administrator_who_is_one_no_longer(as_admin, admin):
    admin.is_staff = admin.is_superuser = False
    admin.save()
    admin.memberships.update(role=Role.BROKER)
    assert as_admin.get("/admin/").status_code == 404
