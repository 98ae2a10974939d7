"""Signing in: by password, with a second step, not too often, and without telling who exists."""

from __future__ import annotations

import re
import smtplib

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import resets
from accounts.mail import CHANGES, tell_of_change
from accounts.models import AskedReset
from accounts.tasks import write_resets
from offices.models import Role, User
from tests.factories import make_user

SIGN_IN = reverse("account_login")
PASSWORD = "vitecportal"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, username: str = "bokare", password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_now() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


@pytest.fixture
def app(bokare: User, rf) -> Authenticator:
    return TOTP.activate(bokare, SECRET).instance


class TestByPassword:
    def test_it_leads_home(self, client: Client, bokare: User) -> None:
        assert sign_in(client).headers["Location"] == reverse("home")
        assert signed_in(client)

    def test_it_leads_on_to_what_was_asked_for(self, client: Client, bokare: User) -> None:
        assert sign_in(client, next="/submissions/").headers["Location"] == "/submissions/"

    def test_it_leads_nobody_to_another_site(self, client: Client, bokare: User) -> None:
        answer = sign_in(client, next="https://evil.example/")
        assert "evil" not in answer.headers["Location"]

    def test_a_wrong_name_and_a_wrong_password_look_alike(
        self, client: Client, bokare: User
    ) -> None:
        pages = [
            sign_in(client, password="fel").content.decode(),
            sign_in(client, username="ingen", password="fel").content.decode(),
        ]
        bare = [re.sub(r'value="[^"]*"', "", page) for page in pages]
        assert bare[0] == bare[1]
        assert "Användarnamnet eller lösenordet är fel" in pages[0]

    def test_the_session_has_another_key_afterwards(self, client: Client, bokare: User) -> None:
        client.get(SIGN_IN)
        session = client.session
        session["before"] = 1
        session.save()
        before = session.session_key
        sign_in(client)
        assert client.session.session_key != before


class TestNotTooOften:
    def test_five_wrong_passwords_for_one_name_are_enough(
        self, client: Client, bokare: User
    ) -> None:
        for _ in range(5):
            sign_in(client, password="fel")
        answer = sign_in(client)
        assert not signed_in(client)
        assert "För många försök" in answer.content.decode()

    def test_another_persons_name_is_not_shut_by_that(
        self, client: Client, bokare: User, maklare: User
    ) -> None:
        for _ in range(6):
            sign_in(client, password="fel")
        sign_in(client, username="maklare")
        assert signed_in(client)

    def test_one_address_cannot_go_through_many_names(
        self, client: Client, bokare: User, settings: LazySettings
    ) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip,5/5m/key"}
        for number in range(3):
            sign_in(client, username=f"namn{number}", password="fel")
        sign_in(client)
        assert not signed_in(client)

    def test_an_address_is_told_by_the_proxies_that_are_ours(
        self, bokare: User, settings: LazySettings
    ) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip,50/5m/key"}
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        first = Client(headers={"X-Forwarded-For": "made-up, 192.0.2.1"})
        second = Client(headers={"X-Forwarded-For": "made-up, 192.0.2.2"})
        sign_in(first, password="fel")
        sign_in(first)
        sign_in(second)
        assert (signed_in(first), signed_in(second)) == (False, True)


class TestSecondStep:
    def test_a_password_alone_is_not_enough(self, client: Client, app: Authenticator) -> None:
        answer = sign_in(client, next="/submissions/")
        assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
        assert not signed_in(client)

    def test_the_code_lets_in_and_leads_on(self, client: Client, app: Authenticator) -> None:
        sign_in(client, next="/submissions/")
        answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})
        assert signed_in(client)
        assert answer.headers["Location"] == "/submissions/"

    def test_a_wrong_code_lets_nobody_in(self, client: Client, app: Authenticator) -> None:
        sign_in(client)
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert not signed_in(client)
        assert "Koden är fel" in answer.content.decode()

    def test_a_code_works_once(self, app: Authenticator) -> None:
        code = code_now()
        clients = [Client(), Client()]
        for client in clients:
            sign_in(client)
            client.post(reverse("mfa_authenticate"), {"code": code})
        assert [signed_in(client) for client in clients] == [True, False]

    def test_its_key_lies_sealed(self, app: Authenticator) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM mfa_authenticator")
            stored = " ".join(str(row) for row in cursor.fetchall())
        assert stored
        assert SECRET not in stored

    def test_setting_it_up_gives_recovery_codes_that_work_once(
        self, client: Client, bokare: User
    ) -> None:
        sign_in(client)
        # What guards the account is changed only by who has just shown who they are.
        asked = client.get(reverse("mfa_activate_totp"))
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        secret = re.search(r'class="secret">(\w+)<', page)[1]  # type: ignore[index]
        counter = next(iter(yield_hotp_counters_from_time()))
        code = format_hotp_value(hotp_value(secret, counter))
        answer = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
        codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
        assert len(codes) == 10

        found = []
        for other in (Client(), Client()):
            sign_in(other)
            other.post(reverse("mfa_authenticate"), {"code": codes[0]})
            found.append(signed_in(other))
        assert found == [True, False]


class TestWhoNeedsOne:
    @pytest.mark.parametrize(
        ("wanted", "role", "led"),
        [
            ("none", Role.ADMINISTRATOR, False),
            ("administrators", Role.BOOKER, False),
            ("administrators", Role.MANAGER, False),
            ("administrators", Role.ADMINISTRATOR, True),
            ("all", Role.BOOKER, True),
            # A word that means nothing asks everybody.
            ("administrator", Role.ADMINISTRATOR, True),
            ("All", Role.BOOKER, True),
            ("", Role.BOOKER, True),
        ],
    )
    def test_by_setting_and_role(self, office, settings, wanted, role, led) -> None:
        settings.REQUIRE_MFA_FOR = wanted
        client = Client()
        client.force_login(make_user("ny", office, role=role))
        answer = client.get("/meetings/")
        assert (answer.status_code == 302) == led
        if led:
            assert answer.headers["Location"] == reverse("mfa_index")
            assert "ett andra steg innan" in client.get(reverse("mfa_index")).content.decode()

    def test_a_superuser_is_an_administrator(self, as_admin: Client, settings) -> None:
        settings.REQUIRE_MFA_FOR = "administrators"
        assert as_admin.get("/admin/").headers["Location"] == reverse("mfa_index")
        assert as_admin.post("/offices/search/", {"q": "a"}).status_code == 302

    def test_a_fragment_says_where_to_go(self, as_admin: Client, settings) -> None:
        settings.REQUIRE_MFA_FOR = "administrators"
        answer = as_admin.get("/submissions/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == reverse("mfa_index")

    def test_who_has_one_goes_on(self, office, settings) -> None:
        settings.REQUIRE_MFA_FOR = "all"
        user = make_user("ny", office)
        TOTP.activate(user, SECRET)
        client = Client()
        client.force_login(user)
        assert client.get("/meetings/").status_code == 200

    def test_recovery_codes_alone_are_none(self, office, settings) -> None:
        settings.REQUIRE_MFA_FOR = "all"
        user = make_user("ny", office)
        RecoveryCodes.activate(user)
        client = Client()
        client.force_login(user)
        assert client.get("/meetings/").headers["Location"] == reverse("mfa_index")

    @pytest.mark.parametrize("all_at_once", [False, True])
    def test_who_lost_theirs_keeps_no_recovery_codes(
        self, office, settings, as_admin: Client, all_at_once: bool
    ) -> None:
        user = make_user("ny", office)
        row = TOTP.activate(user, SECRET).instance
        RecoveryCodes.activate(user)
        if all_at_once:
            chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            as_admin.post(reverse("admin:accounts_secondstep_changelist"), chosen)
        else:
            url = reverse("admin:accounts_secondstep_delete", args=[row.pk])
            as_admin.post(url, {"post": "yes"})
        assert not Authenticator.objects.exists()
        settings.REQUIRE_MFA_FOR = "all"
        client = Client()
        sign_in(client, "ny")
        assert client.get("/meetings/").headers["Location"] == reverse("mfa_index")

    def test_whose_passkey_is_left_keeps_the_recovery_codes(
        self, bokare: User, as_admin: Client
    ) -> None:
        row = TOTP.activate(bokare, SECRET).instance
        RecoveryCodes.activate(bokare)
        Authenticator.objects.create(user=bokare, type=Authenticator.Type.WEBAUTHN, data={})
        as_admin.post(reverse("admin:accounts_secondstep_delete", args=[row.pk]), {"post": "yes"})
        left = Authenticator.objects.values_list("type", flat=True)
        assert set(left) == {Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN}

    def test_it_leaves_the_way_out_open(self, as_admin: Client, settings) -> None:
        settings.REQUIRE_MFA_FOR = "all"
        as_admin.post(reverse("account_logout"))
        assert not signed_in(as_admin)


class TestForgottenPassword:
    ASK = reverse("account_reset_password")

    @pytest.fixture(autouse=True)
    def address(self, bokare: User) -> None:
        bokare.email = "berit@example.se"
        bokare.save()

    def _link(self) -> str:
        return re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]

    def test_known_and_unknown_addresses_look_alike(self, client: Client) -> None:
        known = client.post(self.ASK, {"email": "berit@example.se"}, follow=True)
        unknown = client.post(self.ASK, {"email": "ingen@example.se"}, follow=True)
        assert known.redirect_chain == unknown.redirect_chain
        assert known.content == unknown.content
        assert mail.outbox == []
        resets.write_due()
        assert [letter.to for letter in mail.outbox] == [["berit@example.se"]]

    def test_they_cost_the_same_and_nobody_is_looked_for(self) -> None:
        Client().post(self.ASK, {"email": "forsta@example.se"})
        asked = []
        for address in ("berit@example.se", "ingen@example.se"):
            client = Client()
            with CaptureQueriesContext(connection) as statements:
                client.post(self.ASK, {"email": address})
            asked.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in statements])
        assert asked[0] == asked[1]
        assert not any("offices_user" in each or "auth_user" in each for each in asked[0])

    def test_a_wrong_password_costs_the_same_for_nobody(self) -> None:
        sign_in(Client(), "forsta", "fel")
        asked = []
        for name in ("bokare", "ingen"):
            client = Client()
            with CaptureQueriesContext(connection) as statements:
                sign_in(client, name, "fel")
            asked.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in statements])
        assert asked[0] == asked[1]

    def test_what_was_asked_lies_sealed_until_it_is_written(self, client: Client) -> None:
        client.post(self.ASK, {"email": "berit@example.se"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_askedreset")
            assert "berit" not in str(cursor.fetchall())
        write_resets()
        assert len(mail.outbox) == 1
        assert not AskedReset.objects.exists()

    @pytest.mark.parametrize("error", [ConnectionRefusedError, smtplib.SMTPServerDisconnected])
    def test_a_mail_server_that_is_away_is_tried_again_for_an_hour(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, caplog, error
    ) -> None:
        def away(*_: object, **__: object) -> None:
            raise error("berit@example.se")

        client.post(self.ASK, {"email": "berit@example.se"})
        with monkeypatch.context() as patched:
            patched.setattr("django.core.mail.message.EmailMessage.send", away)
            resets.write_due()
            assert resets.write_due() == 0, "not at once"
        assert f"was not mailed: {error.__name__}" in caplog.text
        assert "berit" not in caplog.text
        AskedReset.objects.update(next_at=timezone.now())
        resets.write_due()
        assert len(mail.outbox) == 1

        client.post(self.ASK, {"email": "berit@example.se"})
        AskedReset.objects.update(asked_at=timezone.now() - resets.KEPT)
        assert resets.write_due() == 0
        assert not AskedReset.objects.exists()

    def test_one_letter_is_written_by_one_worker(self, client: Client) -> None:
        client.post(self.ASK, {"email": "berit@example.se"})
        row = AskedReset.objects.get()
        AskedReset.objects.update(next_at=timezone.now() + resets.PAUSE)
        resets._write(row)
        assert mail.outbox == []

    def test_who_is_shut_out_gets_none(self, client: Client) -> None:
        User.objects.update(is_active=False)
        client.post(self.ASK, {"email": "berit@example.se"})
        resets.write_due()
        assert mail.outbox == []

    def test_the_letter_is_swedish_and_its_link_works_once(self, client: Client) -> None:
        client.post(self.ASK, {"email": "Berit@Example.se"})
        resets.write_due()
        assert "Ditt användarnamn är bokare." in mail.outbox[0].body
        assert "nytt lösenord" in mail.outbox[0].subject
        new = {"password1": "korrekt häst batteri", "password2": "korrekt häst batteri"}
        page = client.get(self._link(), follow=True)
        address = page.redirect_chain[-1][0]
        assert "set-password" in address
        client.post(address, new)
        assert sign_in(client, password=new["password1"]).status_code == 302
        assert "har gått ut" in Client().get(self._link(), follow=True).content.decode()

    @pytest.mark.parametrize("weak", ["kort", "123456789012", "password1234"])
    def test_it_takes_no_weak_password(self, client: Client, weak: str) -> None:
        client.post(self.ASK, {"email": "berit@example.se"})
        resets.write_due()
        address = client.get(self._link(), follow=True).redirect_chain[-1][0]
        client.post(address, {"password1": weak, "password2": weak})
        sign_in(client, password=weak)
        assert not signed_in(client)


class TestSessions:
    def test_they_are_listed_and_ended_everywhere_else(self, bokare: User) -> None:
        here, there = Client(HTTP_USER_AGENT="Mozilla Firefox/1 Windows"), Client()
        sign_in(here)
        sign_in(there)
        page = here.get(reverse("usersessions_list")).content.decode()
        assert "Firefox, Windows" in page
        assert UserSession.objects.count() == 2

        asked = here.post(reverse("usersessions_list"))
        assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
        assert there.get("/meetings/").status_code == 200
        here.post(asked.headers["Location"], {"password": PASSWORD})

        assert here.get("/meetings/").status_code == 200
        assert there.get("/meetings/").status_code == 302

    def test_a_new_password_ends_the_others(self, bokare: User) -> None:
        here, there = Client(), Client()
        sign_in(here)
        sign_in(there)
        new = "korrekt häst batteri"
        posted = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        here.post(reverse("account_change_password"), posted)
        assert here.get("/meetings/").status_code == 200
        assert there.get("/meetings/").status_code == 302

    def test_an_account_that_is_shut_is_out_at_once(self, bokare: User) -> None:
        client = Client()
        sign_in(client)
        User.objects.update(is_active=False)
        assert client.get("/meetings/").status_code == 302

    def test_signing_out_clears_what_the_browser_put_aside(self, as_bokare: Client) -> None:
        answer = as_bokare.post(reverse("account_logout"))
        assert answer.headers["Clear-Site-Data"] == '"cache"'


class TestLetters:
    """Whatever guards an account is not changed without its person's hearing of it."""

    @pytest.fixture
    def person(self, office, settings) -> User:
        settings.EMAIL_WORKS = True
        return make_user("karin", office, email="karin@maklare.example")

    @pytest.fixture
    def client(self, person: User) -> Client:
        client = Client()
        sign_in(client, "karin")
        return client

    def said(self) -> str:
        [letter] = mail.outbox
        assert letter.to == ["karin@maklare.example"]
        assert "karin" in letter.body
        return str(letter.body)

    def test_a_new_password_is_told(self, client: Client) -> None:
        new = "korrekt häst batteri"
        posted = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        client.post(reverse("account_change_password"), posted)
        assert "Lösenordet ändrades." in self.said()
        assert new not in self.said()

    def test_so_is_a_second_step_that_was_set_up(self, person: User, rf) -> None:
        get_adapter().send_notification_mail("mfa/email/webauthn_added", person)
        assert "En nyckel lades till." in self.said()

    def test_so_is_one_that_an_administrator_took_away(
        self, person: User, as_admin: Client
    ) -> None:
        row = TOTP.activate(person, SECRET).instance
        as_admin.post(reverse("admin:accounts_secondstep_delete", args=[row.pk]), {"post": "yes"})
        assert "tog bort ett andra steg" in self.said()

    def test_so_is_a_password_that_an_administrator_set(
        self, person: User, as_admin: Client
    ) -> None:
        new = "korrekt häst batteri"
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        as_admin.post(url, {"password1": new, "password2": new, "usable_password": "true"})
        assert "satte ett nytt lösenord" in self.said()

    @pytest.mark.parametrize("change", CHANGES)
    def test_every_change_has_its_words(self, person: User, change: str) -> None:
        assert tell_of_change(person, change)
        assert self.said()

    def test_without_an_address_nothing_is_mailed(self, bokare: User, settings) -> None:
        settings.EMAIL_WORKS = True
        assert not tell_of_change(bokare, "mfa/email/webauthn_added")
        assert mail.outbox == []


def test_the_log_says_who_came_in_and_not_what_was_typed(
    client: Client, bokare: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    sign_in(client, username="Kanariefågel", password="fel")
    sign_in(client)
    assert "a sign-in failed" in caplog.text
    assert f"account {bokare.pk} signed in" in caplog.text
    assert "Kanarie" not in caplog.text
    assert "bokare" not in caplog.text


def test_nobody_signs_up(client: Client, db: None) -> None:
    for path in ("/sign-up/", "/accounts/signup/", "/sign-in/signup/"):
        assert client.get(path, follow=True).status_code in (200, 404)
    assert not User.objects.exists()
