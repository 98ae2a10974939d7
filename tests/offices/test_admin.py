"""The admin: passwords go in and never come out, nothing of strangers is there."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Contact, Credential, Membership, Office, SyncRun
from tests.factories import make_contact, make_user

LOGIN = reverse("admin:offices_credential_add")


@pytest.fixture
def as_staff(office):
    """An administrator of one office, with every permission, but not of the whole portal."""
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)
    return client


def _change(row):
    return reverse(f"admin:offices_{row._meta.model_name}_change", args=[row.pk])


def _list(model):
    return reverse(f"admin:offices_{model._meta.model_name}_changelist")


def _page(response):
    assert response.status_code == 200
    return response.content.decode()


def test_it_never_shows_a_password(as_admin, office):
    Credential.objects.update(username="kontor", password="hemligt-ord")
    credential = Credential.objects.get(pk=office.credential.pk)
    credential.password = "hemligt-ord"
    credential.save()
    for url in (_list(Credential), _change(credential)):
        page = _page(as_admin.get(url))
        assert "kontor" in page
        assert "hemligt-ord" not in page


def test_it_does_not_give_back_a_password_that_was_just_typed(as_admin, office):
    page = _page(as_admin.post(_change(office.credential), {"new_password": "hemligt-ord"}))
    assert "hemligt-ord" not in page


def test_it_keeps_the_password_when_none_is_typed(as_admin, office):
    posted = {"office": office.pk, "username": "annan", "new_password": ""}
    as_admin.post(_change(office.credential), posted)
    credential = Credential.objects.get()
    assert (credential.username, credential.password) == ("annan", "sandbox")


def test_it_changes_the_password_and_says_when(as_admin, office):
    before = office.credential.changed_at
    posted = {"office": office.pk, "username": "sandbox", "new_password": " ny kod "}
    as_admin.post(_change(office.credential), posted)
    credential = Credential.objects.get()
    assert credential.password == " ny kod "
    assert credential.changed_at > before


def test_it_wants_a_password_for_a_new_login(as_admin, office):
    Credential.objects.all().delete()
    as_admin.post(LOGIN, {"office": office.pk, "username": "kontor", "new_password": ""})
    assert not Credential.objects.exists()
    as_admin.post(LOGIN, {"office": office.pk, "username": "kontor", "new_password": "kod"})
    assert Credential.objects.get().password == "kod"


def test_it_writes_no_password_into_the_admins_history(as_admin, office):
    posted = {"office": office.pk, "username": "sandbox", "new_password": "hemligt-ord"}
    as_admin.post(_change(office.credential), posted)
    history = reverse("admin:offices_credential_history", args=[office.credential.pk])
    assert "hemligt-ord" not in _page(as_admin.get(history))


def test_it_shows_only_the_own_offices(as_staff, office, neighbour_office):
    for model in (Office, Credential):
        page = _page(as_staff.get(_list(model)))
        assert office.name in page
        assert neighbour_office.name not in page


@pytest.mark.parametrize("action", ["change", "delete", "history"])
def test_it_knows_no_row_of_strangers(as_staff, neighbour_office, action):
    for row in (neighbour_office, neighbour_office.credential, make_contact(neighbour_office)):
        url = reverse(f"admin:offices_{row._meta.model_name}_{action}", args=[row.pk])
        assert as_staff.get(url).status_code in (403, 404), url
        assert as_staff.post(url, {"post": "yes"}).status_code in (403, 404), url
    assert Office.objects.filter(pk=neighbour_office.pk).exists()


def test_it_offers_no_office_of_strangers_for_a_login(as_staff, neighbour_office):
    Credential.objects.filter(office=neighbour_office).delete()
    assert neighbour_office.name not in _page(as_staff.get(LOGIN))
    posted = {"office": neighbour_office.pk, "username": "inkräktare", "new_password": "kod"}
    as_staff.post(LOGIN, posted)
    assert not Credential.objects.filter(office=neighbour_office).exists()


def test_its_list_of_contacts_shows_no_details(as_admin, office):
    contact = make_contact(office)
    page = _page(as_admin.get(_list(Contact)))
    assert "ADR1" in page
    for word in ("Anna", "070-174", "Storgatan", contact.fingerprints["meetings"]):
        assert word not in page


def test_it_is_a_window_for_what_was_done(as_admin, office):
    run = SyncRun.objects.create(office=office, job="meetings", slot=1)
    assert as_admin.get(_change(run)).status_code == 200
    assert as_admin.post(_change(run), {"job": "Annat"}).status_code == 403
    for action in ("add", "delete"):
        args = [] if action == "add" else [run.pk]
        url = reverse(f"admin:offices_syncrun_{action}", args=args)
        assert as_admin.post(url, {"post": "yes"}).status_code == 403


def test_it_lists_syncs_without_asking_for_every_office_again(
    as_admin, office, neighbour_office, django_assert_max_num_queries
):
    for slot in range(20):
        for each in (office, neighbour_office):
            SyncRun.objects.create(
                office=each, job="meetings", slot=slot, finished_at=timezone.now()
            )
    with django_assert_max_num_queries(15):
        assert as_admin.get(_list(SyncRun)).status_code == 200


def test_it_lets_an_administrator_make_a_person_and_a_membership(as_admin, office):
    posted = {"username": "ny", "usable_password": "true", "password1": "Blåbär-77-paj"}
    inline = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-office": str(office.pk),
        "memberships-0-role": "broker",
    }
    url = reverse("admin:offices_user_add")
    as_admin.post(url, {**posted, "password2": "Blåbär-77-paj", **inline})
    membership = Membership.objects.get(user__username="ny")
    assert (membership.office, membership.role) == (office, "broker")
