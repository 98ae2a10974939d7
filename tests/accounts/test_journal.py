"""Whatever happens at the door is in the log: who by number, how, and nothing that was typed."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from offices.models import User
from tests.accounts.test_sign_in import PASSWORD, SECRET, code_now, sign_in, signed_in

NEW = "korrekt häst batteri"


@pytest.fixture(autouse=True)
def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="accounts")


class TestLog:
    def test_it_says_by_which_steps_somebody_came_in(
        self, client: Client, bokare: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        TOTP.activate(bokare, SECRET)
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert signed_in(client)
        assert f"account {bokare.pk} signed in by password and mfa totp" in caplog.text

    def test_a_wrong_code_is_in_it(
        self, client: Client, bokare: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        TOTP.activate(bokare, SECRET)
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": "123456"})
        assert f"a second step of account {bokare.pk} failed" in caplog.text
        assert "123456" not in caplog.text

    def test_an_attempt_too_many_is_in_it(
        self, client: Client, bokare: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(6):
            sign_in(client, password="fel")
        assert "a sign-in was one too many" in caplog.text
        assert "bokare" not in caplog.text

    def test_another_password_is_in_it(
        self, as_bokare: Client, bokare: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        posted = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        as_bokare.post(reverse("account_change_password"), posted)
        assert f"account {bokare.pk} has another password" in caplog.text
        assert NEW not in caplog.text

    def test_another_second_step_is_in_it(
        self, client: Client, bokare: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        TOTP.activate(bokare, SECRET)
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(type="totp").exists()
        assert f"account {bokare.pk} has another second step (totp)" in caplog.text


class TestEndedByAnAdministrator:
    @pytest.fixture
    def there(self, bokare: User) -> Client:
        client = Client()
        sign_in(client)
        return client

    def test_the_chosen_are_signed_out_everywhere_and_others_are_not(
        self, there: Client, bokare: User, maklare: User, as_admin: Client, caplog
    ) -> None:
        other = Client()
        sign_in(other, "maklare")
        chosen = {"action": "sign_out_everywhere", "_selected_action": [bokare.pk]}
        as_admin.post(reverse("admin:offices_user_changelist"), chosen)
        assert there.get("/meetings/").status_code == 302
        assert other.get("/meetings/").status_code == 200
        assert UserSession.objects.filter(user=bokare).count() == 0
        assert f"all sessions of account {bokare.pk} were ended" in caplog.text
        assert LogEntry.objects.filter(object_id=str(bokare.pk)).exists()

    def test_who_was_shut_out_is_not_signed_in_again_by_being_let_in(
        self, there: Client, bokare: User, as_admin: Client
    ) -> None:
        url = reverse("admin:offices_user_change", args=[bokare.pk])
        form = as_admin.get(url).context["adminform"].form
        posted = {
            name: value
            for name, value in form.initial.items()
            if isinstance(value, str | int) and name not in ("password", "is_active")
        }
        joined = bokare.date_joined
        rows = {f"memberships-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
        posted |= {"date_joined_0": joined.date(), "date_joined_1": joined.time(), **rows}
        answer = as_admin.post(url, posted)
        assert answer.status_code == 302, answer.context["errors"]
        bokare.refresh_from_db()
        assert not bokare.is_active
        User.objects.update(is_active=True)
        assert there.get("/meetings/").status_code == 302
