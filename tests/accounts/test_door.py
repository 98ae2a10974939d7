"""What ends a session and what does not begin one; what a link and an old code do not open."""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import resets
from offices.models import Office, User
from tests.accounts.test_sign_in import SECRET, sign_in, signed_in
from tests.factories import make_submission
from tests.vitecportal.environment import settings_with

NEW = "korrekt häst batteri"


class TestSessions:
    def test_the_cookie_of_one_that_was_ended_opens_nothing(self, bokare: User) -> None:
        client, thief = Client(), Client()
        sign_in(client)
        thief.cookies.update(client.cookies)
        assert thief.get("/meetings/").status_code == 200
        client.post(reverse("account_logout"))
        assert thief.get("/meetings/").status_code == 302

    def test_its_key_is_long_and_another_each_time(self, bokare: User) -> None:
        keys = set()
        for _ in range(5):
            client = Client()
            sign_in(client)
            keys.add(client.session.session_key)
        assert len(keys) == 5
        assert all(re.fullmatch(r"[0-9a-z]{32}", str(key)) for key in keys)

    def test_a_session_ends_eight_hours_after_its_last_use(self, bokare: User) -> None:
        client, now = Client(), timezone.now()
        sign_in(client)
        eight = dt.timedelta(hours=8)
        assert abs(Session.objects.get().expire_date - now - eight) < dt.timedelta(minutes=5)

        Session.objects.update(expire_date=now + dt.timedelta(hours=1))
        kept = client.session
        kept["used"] -= 60 * 60
        kept.save()
        assert client.get("/meetings/").status_code == 200
        assert Session.objects.get().expire_date - now > eight - dt.timedelta(minutes=5)

        Session.objects.update(expire_date=now - dt.timedelta(seconds=1))
        assert client.get("/meetings/").status_code == 302

    @pytest.mark.parametrize(
        "path", ["/meetings/", "/submissions/", "/account/sessions/", "/account/second-step/"]
    )
    def test_every_page_has_the_way_out(self, as_bokare: Client, path: str) -> None:
        page = as_bokare.get(path).content.decode()
        assert f'action="{reverse("account_logout")}"' in page

    @pytest.mark.parametrize("path", ["/admin/", "/admin/offices/office/"])
    def test_so_has_the_administration(self, as_admin: Client, path: str) -> None:
        page = as_admin.get(path).content.decode()
        assert reverse("admin:logout") in page or reverse("account_logout") in page

    def test_the_administrations_way_out_leads_out(self, as_admin: Client) -> None:
        as_admin.post(reverse("admin:logout"))
        assert as_admin.get("/meetings/").status_code == 302


class TestSecondStep:
    @pytest.fixture
    def app(self, bokare: User) -> Authenticator:
        User.objects.filter(pk=bokare.pk).update(email="berit@example.se")
        return TOTP.activate(bokare, SECRET).instance

    def test_a_new_password_by_a_link_does_not_stand_in_for_it(
        self, client: Client, app: Authenticator
    ) -> None:
        client.post(reverse("account_reset_password"), {"email": "berit@example.se"})
        resets.write_due()
        link = re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]
        form = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": NEW, "password2": NEW})
        assert not signed_in(client)
        answer = sign_in(client, password=NEW)
        assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
        assert not signed_in(client)

    @pytest.mark.parametrize("steps", [2, 3, 20])
    def test_a_code_of_a_minute_ago_is_none(
        self, client: Client, app: Authenticator, steps: int
    ) -> None:
        counter = next(iter(yield_hotp_counters_from_time())) - steps
        sign_in(client)
        code = format_hotp_value(hotp_value(SECRET, counter))
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert not signed_in(client)


class TestSignInService:
    LOGIN = "/sign-in/with/oidc/"

    @pytest.fixture
    def elsewhere(self) -> Iterator[str]:
        """A service that leads on to another address."""

        class Away(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("Location", "/other")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Away)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()

    def test_no_answer_of_its_leads_on_to_another_address(self, elsewhere: str) -> None:
        with (
            get_adapter().get_requests_session() as session,
            pytest.raises(requests.TooManyRedirects),
        ):
            session.get(elsewhere)

    def test_no_link_begins_a_session_only_a_press(self, client: Client, settings, db) -> None:
        app = {"provider_id": "oidc", "name": "Prov", "client_id": "portal", "secret": "s"}
        app["settings"] = {"server_url": "http://127.0.0.1:1"}  # type: ignore[assignment]
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        answer = client.get(self.LOGIN)
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert not signed_in(client)
        assert not SocialAccount.objects.exists()


def test_a_refusal_is_in_the_log_with_who_and_where(
    as_grannkontor: Client, grannkontor: User, bokare: User, office: Office, caplog
) -> None:
    """ASVS 16.3.2: by the page's pattern and the account's number, without what was asked for."""
    code = make_submission(bokare, office).code
    said: list[tuple[object, ...]] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append((record.__dict__.get("page"), record.__dict__.get("status")))

    logger = logging.getLogger("vitecportal.middleware")
    handler = Listening()
    logger.addHandler(handler)
    try:
        as_grannkontor.get(reverse("submissions:detail", args=[code]))
    finally:
        logger.removeHandler(handler)
    [(page, status)] = said
    assert status == 404
    assert str(page).startswith("/submissions/<")
    assert str(code) not in str(page)


@pytest.mark.parametrize("address", ["nils@example.se\nBcc: eva@example.se", "a@b.se, c@d.se"])
def test_no_address_adds_another_to_a_letter(
    as_admin: Client, office: Office, settings, address: str
) -> None:
    settings.EMAIL_WORKS = True
    posted = {"office": office.pk, "role": "booker", "name": "Nils\nTo: x@y.se", "email": address}
    as_admin.post(reverse("accounts:people"), posted)
    assert mail.outbox == []
    as_admin.post(reverse("accounts:people"), posted | {"email": "nils@example.se"})
    assert [letter.recipients() for letter in mail.outbox] == [["nils@example.se"]]
    assert "x@y.se" not in mail.outbox[0].subject


@pytest.mark.parametrize("path", ["/static/", "/static/js/", "/static/vendor/", "/static/../"])
def test_no_folder_is_listed(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_passwords_are_stored_by_a_slow_function(tmp_path) -> None:
    """ASVS 5.0, appendix C: PBKDF2-HMAC-SHA-256 with 600,000 rounds at least."""
    [first, *_] = settings_with(tmp_path, "PASSWORD_HASHERS")["PASSWORD_HASHERS"]
    assert first.endswith(".PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.algorithm == "pbkdf2_sha256"
    assert PBKDF2PasswordHasher.iterations >= 600_000
