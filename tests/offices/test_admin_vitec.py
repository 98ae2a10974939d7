"""The administrator's page of an office's lists and access."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from offices.models import Credential, Office, SyncRun
from offices.registry import all_lookups
from offices.sync import sync_office
from sandbox.server import Sandbox
from tests.factories import make_user


def url(office: Office, name: str = "vitec") -> str:
    return reverse(f"admin:offices_office_{name}", args=[office.pk])


def result(page: str, key: str) -> str:
    found = re.search(rf'data-lookup="{key}" data-result="(\w+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
def as_staff(office: Office) -> Client:
    """An administrator of one office, with every permission, but not of the whole portal."""
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)
    return client


def test_it_names_every_list_with_time_rows_and_access(
    as_staff: Client, vitec: Sandbox, office: Office
) -> None:
    vitec.behave("/Category/*", "forbidden")
    sync_office(office, now=True)

    page = as_staff.get(url(office)).content.decode()

    for lookup in all_lookups():
        assert str(lookup.label) in page
    assert "får inte läsas" in page
    assert "får läsas" in page
    assert "aldrig" in page


def test_a_test_shows_each_answer_and_its_time(
    as_staff: Client, vitec: Sandbox, office: Office
) -> None:
    vitec.behave("/Category/*", "forbidden")

    page = as_staff.post(url(office, "test")).content.decode()

    assert result(page, "tasks") == "allowed"
    assert result(page, "categories") == "refused"
    assert "Nekad (403)" in page


def test_a_wrong_login_is_said_plainly(as_staff: Client, vitec: Sandbox, office: Office) -> None:
    vitec.behave("*", "unauthorized")

    page = as_staff.post(url(office, "test")).content.decode()

    assert "Vitec känner inte igen användarnamnet med det här lösenordet (401)" in page


def test_it_never_shows_the_password(
    as_staff: Client, vitec: Sandbox, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    credential = office.credential
    credential.password = "hemligt-ord"
    credential.save()

    answers = [as_staff.get(url(office)), as_staff.post(url(office, "test"))]

    for answer in answers:
        assert answer.status_code == 200
        assert "hemligt-ord" not in answer.content.decode()
    assert "hemligt-ord" not in caplog.text


def test_without_a_login_it_says_so(as_staff: Client, office: Office) -> None:
    Credential.objects.all().delete()

    answer = as_staff.post(url(office, "test"), follow=True)

    assert "ingen inloggning till Vitec" in answer.content.decode()


def test_fetch_now_leaves_a_wish_and_then_asks_for_patience(
    as_staff: Client, office: Office
) -> None:
    first = as_staff.post(url(office, "fetch"), follow=True).content.decode()
    second = as_staff.post(url(office, "fetch"), follow=True).content.decode()

    assert "inom några sekunder" in first
    assert "alldeles nyss" in second
    assert SyncRun.objects.filter(job="fetch_now", office=office).count() == 1


@pytest.mark.parametrize("name", ["vitec", "test", "fetch"])
def test_a_strangers_office_does_not_exist(
    as_staff: Client, neighbour_office: Office, name: str
) -> None:
    target = url(neighbour_office, name)

    assert as_staff.post(target).status_code == 404
    if name == "vitec":
        assert as_staff.get(target).status_code == 404
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("name", ["test", "fetch"])
def test_nothing_happens_by_following_a_link(as_staff: Client, office: Office, name: str) -> None:
    assert as_staff.get(url(office, name)).status_code == 405


def test_a_booker_finds_no_such_page(as_bokare: Client, office: Office) -> None:
    assert as_bokare.get(url(office)).status_code == 404


def test_the_office_and_its_login_lead_here(as_staff: Client, office: Office) -> None:
    for name, pk in (("office", office.pk), ("credential", office.credential.pk)):
        page = as_staff.get(reverse(f"admin:offices_{name}_change", args=[pk])).content.decode()
        assert url(office) in page
