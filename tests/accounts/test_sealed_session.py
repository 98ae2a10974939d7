"""Nothing of a session can be read in the database, not even by who can undo its signature."""

from __future__ import annotations

import time
import zlib
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.urls import reverse

from meetings.models import SavedView
from offices.models import Office, User
from privacy import rotation
from tests.accounts.test_sign_in import PASSWORD, app, code_now, sign_in

__all__ = ["app"]

pytestmark = pytest.mark.django_db

NEW = Fernet.generate_key().decode()


def stored() -> str:
    """What the sessions say to who has the database and no key of ours."""
    said = ""
    for session in Session.objects.all():
        body = session.session_data.partition(":")[0]
        raw = signing.b64_decode(body.lstrip(".").encode())
        said += (zlib.decompress(raw) if body.startswith(".") else raw).decode()
    return said


def opened() -> str:
    return " ".join(str(session.get_decoded()) for session in Session.objects.all())


def test_what_waits_for_the_password_to_be_confirmed(client: Client, app: Authenticator) -> None:
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 10_000
    session.save()

    answer = client.post(reverse("mfa_generate_recovery_codes"), {"note": "kanariefugl"})

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert "kanariefugl" in opened()
    assert stored()
    assert "kanarie" not in stored()
    assert "_auth_user_id" not in stored()


def test_a_key_that_is_being_set_up(client: Client, bokare: User) -> None:
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    assert secret in opened()
    assert secret not in stored()


def test_a_message_that_names_somebody(as_bokare: Client, bokare: User, office: Office) -> None:
    view = SavedView.objects.create(owner=bokare, name="Kanariefugl")
    as_bokare.post(reverse("meetings:change_view", args=[view.pk]), {"do": "remove"})
    assert "Kanariefugl" in opened()
    assert "Kanarie" not in stored()


def test_who_has_a_session_that_no_key_opens_signs_in_again(
    as_bokare: Client, settings: Any
) -> None:
    assert as_bokare.get("/meetings/").status_code == 200
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert as_bokare.get("/meetings/").status_code == 302


def test_nor_does_one_that_lies_open_let_anybody_in(as_bokare: Client) -> None:
    session = Session.objects.get()
    salt = "django.contrib.sessions.SessionStore"
    said = session.get_decoded()
    Session.objects.update(session_data=signing.dumps(said, salt=salt))
    assert as_bokare.get("/meetings/").status_code == 302


class TestANewMasterKey:
    def test_sessions_go_on_when_the_old_one_is_taken_away(
        self, as_bokare: Client, settings: Any
    ) -> None:
        old = settings.FIELD_ENCRYPTION_KEYS[0]
        settings.FIELD_ENCRYPTION_KEYS = [NEW, old]
        assert rotation.left()["sessions.Session.session_data"] == 1

        rotation.rotate()

        assert rotation.left() == {}
        settings.FIELD_ENCRYPTION_KEYS = [NEW]
        assert as_bokare.get("/meetings/").status_code == 200

    def test_one_that_was_signed_with_a_lost_secret_keeps_nobody_waiting(
        self, as_bokare: Client, settings: Any
    ) -> None:
        Session.objects.update(session_data="abc:def:ghi")
        settings.FIELD_ENCRYPTION_KEYS = [NEW, *settings.FIELD_ENCRYPTION_KEYS]
        rotation.rotate()
        assert "sessions.Session.session_data" not in rotation.left()
