"""What must not go to production is said by `check --deploy`, one sentence a finding."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from offices.models import User
from tests.vitecportal.environment import PRODUCTION, run_python
from vitecportal import checks

CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def _findings():
    found = run_checks(include_deployment_checks=True)
    return {message.id: message for message in found if message.id.startswith("vitecportal.")}


@pytest.fixture(autouse=True)
def production(db, settings):
    settings.SECRET_KEY_GIVEN = True
    settings.FIELD_ENCRYPTION_KEYS_GIVEN = True
    settings.BLIND_INDEX_KEY_GIVEN = True
    settings.DEBUG = False
    settings.PRACTICE = False
    settings.VITEC_BASE_URL = "https://connect.example.se"


def test_it_finds_nothing_wrong_with_production():
    assert _findings() == {}


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "BLIND_INDEX_KEY"])
def test_it_finds_a_secret_that_was_not_given(settings, name):
    setattr(settings, f"{name}_GIVEN", False)
    (found,) = _findings().values()
    assert found.id == "vitecportal.E001"
    assert found.msg.startswith(f"{name} is not set")
    assert name in found.hint


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("DEBUG", True, "vitecportal.E002"),
        ("PRACTICE", True, "vitecportal.E003"),
        ("VITEC_BASE_URL", "http://connect.example.se", "vitecportal.E004"),
        ("VITEC_BASE_URL", "connect.example.se", "vitecportal.E004"),
        ("VITEC_COUNTY_FORM", "four", "vitecportal.E007"),
        ("REQUIRE_MFA_FOR", "admins", "vitecportal.E010"),
        ("REQUIRE_MFA_FOR", "All", "vitecportal.E010"),
        ("BREACHED_PASSWORDS", "/nowhere/stolen.txt", "vitecportal.E018"),
        ("CELERY_BROKER_URL", "amqp://guest:guest@rabbitmq:5672//", "vitecportal.E019"),
        ("CELERY_BROKER_URL", "redis://:changeme@redis:6379/0", "vitecportal.E019"),
        ("EMAIL_HOST_PASSWORD", "password", "vitecportal.E019"),
    ],
)
def test_it_finds_what_is_dangerous(settings, name, value, finding):
    setattr(settings, name, value)
    assert list(_findings()) == [finding]


@pytest.mark.parametrize(
    ("user", "password", "known"),
    [
        ("postgres", "postgres", True),
        ("vitecportal", "vitecportal", True),
        ("vitecportal", "k7vQ2mZp9x", False),
        ("postgres", "", False),
    ],
)
def test_it_finds_a_database_login_that_everybody_knows(
    settings, monkeypatch, user, password, known
):
    monkeypatch.setitem(settings.DATABASES["default"], "USER", user)
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", password)
    assert ("vitecportal.E019" in _findings()) == known


def test_it_finds_demo_accounts_by_name():
    call_command("demo")
    message = _findings()["vitecportal.E005"].msg
    assert message == "Demo accounts exist: admin, bokare, chef, grannkontor, maklare, ombud."


def test_it_is_content_with_demo_accounts_that_are_shut():
    call_command("demo")
    User.objects.update(is_active=False)
    assert _findings() == {}


def test_it_gives_every_finding_a_hint(settings):
    settings.DEBUG = settings.PRACTICE = True
    settings.SECRET_KEY_GIVEN = False
    call_command("demo")
    assert all(message.hint for message in _findings().values())


def test_it_passes_a_clean_production_environment(tmp_path):
    done = run_python(CHECK, tmp_path, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_it_stops_an_environment_with_nothing_set(tmp_path):
    done = run_python(CHECK, tmp_path)
    assert done.returncode != 0
    for finding in ("E001", "E003"):
        assert f"vitecportal.{finding}" in done.stderr


def test_it_complains_of_nothing_while_developing(tmp_path):
    done = run_python(["manage.py", "check", "--fail-level", "WARNING"], tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_sealing_key_that_is_no_key_is_found_out_at_the_start(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["no key"]
    assert [fault.id for fault in checks.sealing_keys_are_keys()] == ["vitecportal.E006"]


def test_a_sealing_key_that_is_one_is_accepted(settings):
    assert checks.sealing_keys_are_keys() == []


@pytest.mark.parametrize(("days", "wrong"), [(0, False), (730, False), (365, True), (30, True)])
def test_who_saw_what_is_kept_for_more_than_a_year(days, wrong, settings):
    settings.DISCLOSURE_DAYS = days
    assert (
        "vitecportal.E009" in {each.id for each in checks.looks_are_kept_long_enough()}
    ) is wrong
