"""Demo offices and accounts, one a role."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from offices.models import Credential, Membership, Office, User
from vitecportal.checks import DEMO_ACCOUNTS
from vitecportal.management.commands.demo import ACCOUNTS

pytestmark = pytest.mark.django_db


def _everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Office, User, Membership, Credential)
    ]


def test_it_makes_no_account_before_it_is_run():
    assert not User.objects.exists()


def test_it_gives_every_account_its_role():
    call_command("demo")
    found = {
        (membership.user.username, membership.office.customer_id, membership.role)
        for membership in Membership.objects.select_related("user", "office")
    }
    assert found == {
        ("bokare", "M30011", "booker"),
        ("maklare", "M30011", "broker"),
        ("chef", "M30011", "manager"),
        ("grannkontor", "M30012", "booker"),
        ("ombud", "M30011", "administrator"),
        ("admin", "M30011", "administrator"),
        ("admin", "M30012", "administrator"),
    }


def test_it_makes_one_administrator_only():
    call_command("demo")
    assert [user.username for user in User.objects.filter(is_superuser=True)] == ["admin"]
    assert [user.username for user in User.objects.filter(is_staff=True)] == ["admin"]


def test_it_changes_nothing_when_it_is_run_again():
    call_command("demo")
    before = _everything()
    call_command("demo")
    assert _everything() == before


def test_it_takes_the_password_from_the_settings(settings):
    settings.DEMO_PASSWORD = "Blåbär-77-paj"
    call_command("demo")
    assert all(user.check_password("Blåbär-77-paj") for user in User.objects.all())


def test_it_leaves_a_password_that_somebody_changed():
    call_command("demo")
    user = User.objects.get(username="bokare")
    user.set_password("eget")
    user.save()
    call_command("demo")
    assert User.objects.get(username="bokare").check_password("eget")


def test_it_opens_no_account_that_somebody_shut():
    call_command("demo")
    User.objects.update(is_active=False)
    call_command("demo")
    assert not User.objects.filter(is_active=True).exists()


def test_it_follows_the_login_in_the_environment(settings):
    call_command("demo")
    settings.VITEC_USERNAME, settings.VITEC_PASSWORD = "kontor", "hemligt"
    call_command("demo")
    assert {(c.username, c.password) for c in Credential.objects.all()} == {("kontor", "hemligt")}


def test_it_keeps_an_office_that_was_renamed():
    call_command("demo")
    Office.objects.filter(customer_id="M30011").update(name="Eget namn")
    call_command("demo")
    assert Office.objects.get(customer_id="M30011").name == "Eget namn"


def test_it_makes_no_account_that_the_deployment_check_does_not_know():
    assert {account.username for account in ACCOUNTS} == set(DEMO_ACCOUNTS)
