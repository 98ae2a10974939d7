"""Single sign-on against a published OpenID Connect provider for tests, run beside us."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import oidc, resets, sso
from accounts.invitations import Place, invite, take
from accounts.models import AskedReset, GroupPlace
from accounts.sso import PlaceByGroup, Source, parse_groups
from offices.access import administered_by, managed_by, offices_for
from offices.models import Membership, Office, Right, Role, User
from offices.rights import may
from tests.accounts.test_sign_in import PASSWORD
from tests.factories import make_user
from tests.journeys.stack import free_port, wait_until
from tests.vitecportal.environment import settings_with

LOGIN = "/sign-in/with/oidc/"
CONFIRM = reverse("account_reauthenticate")
PEOPLE = {
    "u-1": {"email": "karin@maklare.example", "name": "Karin Ek", "groups": ["g-book"]},
    "u-2": {"email": "olle@annan.example", "name": "Olle", "groups": ["g-book"]},
    "u-3": {"email": "utan@maklare.example", "name": "Utan Grupp", "groups": []},
    "u-4": {"email": "chef@maklare.example", "name": "Eva Chef", "groups": ["g-book", "g-lead"]},
    "u-5": {
        "email": "tva@maklare.example",
        "name": "Tova",
        "groups": ["g-book"],
        "amr": ["pwd", "mfa"],
    },
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    yield from running_provider()


@pytest.fixture(scope="module")
def another() -> Iterator[str]:
    """A service of somebody else's, with keys of its own."""
    yield from running_provider()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def running_provider() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    command.append("--require-nonce")
    for sub, claims in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": sub, "email_verified": True, **claims})]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), what="the sign-in service")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/.well-known/openid-configuration", timeout=2).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(autouse=True)
def service(provider: str, settings, office: Office) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "provider_class": "accounts.oidc.Provider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "Prov",
                    "client_id": "portal",
                    "secret": "hemlig",
                    "settings": {
                        "server_url": provider,
                        "oauth_pkce_enabled": True,
                        "scope": ["openid", "profile", "email"],
                    },
                }
            ],
        }
    }
    settings.SSO_SOURCES = {
        "oidc": {
            "tenant": "",
            "domains": ["maklare.example"],
            "groups": ["g-book=M30011:booker", "g-lead=M30011:manager"],
            "groups_claim": "groups",
            "second_step": [],
        }
    }


def there_and_back(client: Client, sub: str, path: str = LOGIN, **posted: str):
    """To the service, a press of its button as this person, and back to us."""
    away = client.post(path, posted).headers["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    return client.get(pressed(away, sub), follow=True)


def pressed(away: str, sub: str) -> str:
    """Where the service sends back who presses its button as this person."""
    answer = requests.post(away, data={"sub": sub}, timeout=10, allow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_sign_in_page_offers_it(client: Client) -> None:
    assert "Logga in med Prov" in client.get("/sign-in/").content.decode()


def test_a_group_gives_an_account_and_a_place(client: Client, office: Office) -> None:
    answer = there_and_back(client, "u-1")
    assert answer.redirect_chain[-1][0].startswith("/meetings/")
    place = Membership.objects.get()
    assert (place.office, place.role, place.user.last_name) == (office, "booker", "Ek")
    assert not place.user.has_usable_password()


def test_of_two_roles_the_higher_counts(client: Client) -> None:
    there_and_back(client, "u-4")
    assert Membership.objects.get().role == "manager"


@pytest.mark.parametrize(("sub", "why"), [("u-2", "another domain"), ("u-3", "no group")])
def test_it_lets_nobody_else_in(client: Client, sub: str, why: str) -> None:
    answer = there_and_back(client, sub)
    assert "ingen plats" in answer.content.decode()
    assert not signed_in(client)
    assert not User.objects.exists()


def test_nothing_is_kept_but_the_services_own_number(client: Client) -> None:
    there_and_back(client, "u-1")
    account = SocialAccount.objects.get()
    assert account.uid == "u-1"
    assert account.extra_data == {}


def test_an_address_alone_opens_nobodys_account(client: Client, bokare: User) -> None:
    bokare.email = "karin@maklare.example"
    bokare.save()
    answer = there_and_back(client, "u-1")
    assert "redan ett konto" in answer.content.decode()
    assert not signed_in(client)


def test_a_place_goes_with_its_group_and_others_stay(
    client: Client, neighbour_office: Office, settings
) -> None:
    there_and_back(client, "u-1")
    user = User.objects.get()
    Membership.objects.create(user=user, office=neighbour_office)
    settings.SSO_SOURCES["oidc"]["groups"] = ["another=M30011:booker"]

    there_and_back(Client(), "u-1")

    assert [place.office for place in user.memberships.all()] == [neighbour_office]


def test_somebody_with_an_account_connects_it(bokare: User, as_bokare: Client) -> None:
    asked = there_and_back(as_bokare, "u-1", f"{LOGIN}?process=connect")
    assert asked.redirect_chain[-1][0].startswith(CONFIRM)
    assert not SocialAccount.objects.exists()
    as_bokare.post(CONFIRM, {"password": "fel"})
    assert not SocialAccount.objects.exists()
    as_bokare.post(CONFIRM, {"password": PASSWORD})
    assert SocialAccount.objects.get().user == bokare
    again = Client()
    there_and_back(again, "u-1")
    assert again.session["_auth_user_id"] == str(bokare.pk)


def test_disconnecting_it_asks_who_it_is(bokare: User, as_bokare: Client) -> None:
    account = SocialAccount.objects.create(user=bokare, provider="oidc", uid="u-1")
    asked = as_bokare.post(reverse("socialaccount_connections"), {"account": account.pk})
    assert asked.headers["Location"].startswith(CONFIRM)
    assert SocialAccount.objects.exists()
    as_bokare.post(asked.headers["Location"], {"password": PASSWORD})
    assert not SocialAccount.objects.exists()


def test_a_state_that_is_not_ours_leads_nowhere(client: Client) -> None:
    answer = client.get(f"{LOGIN}back/?code=x&state=made-up")
    assert answer.status_code == 403
    assert "sa nej" in answer.content.decode()
    assert not signed_in(client)


class TestItsSecondStep:
    """Where a service does not say that it asked for two, it asked for one."""

    @pytest.fixture(autouse=True)
    def of_all(self, settings) -> None:
        settings.REQUIRE_MFA_FOR = "all"

    @pytest.mark.parametrize(
        ("words", "sub", "counts"),
        [
            ([], "u-1", False),
            ([], "u-5", False),
            (["amr=mfa"], "u-1", False),
            (["amr=mfa"], "u-5", True),
            (["acr=two", "amr=mfa"], "u-5", True),
            (["amr=hwk"], "u-5", False),
            (["trusted"], "u-1", True),
        ],
    )
    def test_counts_when_it_says_so(self, client: Client, settings, words, sub, counts) -> None:
        settings.SSO_SOURCES["oidc"]["second_step"] = words
        last = there_and_back(client, sub).redirect_chain[-1][0]
        assert last.startswith("/meetings/" if counts else reverse("mfa_index"))

    def test_is_of_the_sign_in_that_had_it(self, client: Client, settings) -> None:
        settings.SSO_SOURCES["oidc"]["second_step"] = ["amr=mfa"]
        there_and_back(client, "u-5")
        karin = User.objects.get()
        karin.set_password(PASSWORD)
        karin.save()
        other = Client()
        other.post(reverse("account_login"), {"username": karin.username, "password": PASSWORD})
        assert other.get("/meetings/").headers["Location"] == reverse("mfa_index")


class TestWhatComesBack:
    """It is the service's own, signed, for us, in answer to what this browser asked."""

    def refused(self, client: Client, answer: Any) -> None:
        assert answer.status_code == 403
        assert "sa nej" in answer.content.decode()
        assert not signed_in(client)
        assert not User.objects.exists()

    def override(self, settings, **facts: str) -> None:
        [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        app["settings"]["openid_configuration_overrides"] = facts

    def test_another_s_signature_is_none(self, client: Client, settings, another: str) -> None:
        self.override(settings, jwks_uri=f"{another}/jwks")
        self.refused(client, there_and_back(client, "u-1"))

    def test_a_service_that_calls_itself_otherwise_is_not_asked(
        self, client: Client, settings, another: str
    ) -> None:
        self.override(settings, issuer=another)
        self.refused(client, client.post(LOGIN))

    def test_a_service_that_is_away_is_told_of(self, client: Client, settings) -> None:
        [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
        self.refused(client, client.post(LOGIN))

    def test_an_answer_to_another_question_is_none(self, client: Client) -> None:
        """The code of one sign-in, brought back as if it were another's."""
        away = client.post(LOGIN).headers["Location"]
        session = client.session
        [(key, state)] = session["socialaccount_states"].items()
        session["socialaccount_states"] = {key: [{**state[0], "nonce": "another"}, *state[1:]]}
        session.save()
        self.refused(client, client.get(pressed(away, "u-1"), follow=True))

    def test_it_is_taken_once(self, client: Client) -> None:
        back = pressed(client.post(LOGIN).headers["Location"], "u-1")
        client.get(back, follow=True)
        assert signed_in(client)
        client.logout()
        assert client.get(back, follow=True).status_code == 403
        assert not signed_in(client)

    def test_what_was_looked_up_is_of_whom_was_signed_for(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fetch = oidc.Adapter._fetch_user_info

        def of_another(self: Any, token: str) -> dict[str, Any]:
            return fetch(self, token) | {"sub": "u-4"}

        monkeypatch.setattr(oidc.Adapter, "_fetch_user_info", of_another)
        self.refused(client, there_and_back(client, "u-1"))

    def test_a_link_asks_for_nothing_of_its_own(self, client: Client) -> None:
        link = f"{LOGIN}?scope=everything&auth_params=nonce%3Dknown%26prompt%3Dnone"
        asked = parse_qs(urlsplit(client.post(link).headers["Location"]).query)
        assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
        assert asked["nonce"] != ["known"]
        assert "prompt" not in asked


class TestSignatures:
    """Tokens made by hand, since no service makes them."""

    ISSUER = "https://login.example.se"

    @pytest.fixture
    def decode(self, key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch, rf):
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": "k-1"}
        answer = requests.Response()
        answer.status_code, answer._content = 200, json.dumps({"keys": [jwk]}).encode()
        monkeypatch.setattr(requests.Session, "get", lambda *_, **__: answer)
        config = {"issuer": self.ISSUER, "jwks_uri": f"{self.ISSUER}/jwks"}
        monkeypatch.setattr(oidc.Adapter, "openid_config", config)
        adapter = oidc.Adapter(rf.get("/"), "oidc")
        return lambda token: adapter._decode_id_token(SocialApp(client_id="portal"), token)

    def token(self, key: Any, how: str = "RS256", kid: str | None = "k-1", **changed: Any) -> str:
        now = int(time.time())
        said = {"iss": self.ISSUER, "aud": "portal", "sub": "u-1", "iat": now, "exp": now + 300}
        claims = {name: value for name, value in (said | changed).items() if value is not None}
        return jwt.encode(claims, key, algorithm=how, headers={"kid": kid} if kid else None)

    @pytest.mark.parametrize(("how", "kid"), [("RS256", "k-1"), ("PS256", "k-1"), ("RS256", None)])
    def test_a_true_one(self, decode, key, how, kid) -> None:
        assert decode(self.token(key, how, kid))["sub"] == "u-1"

    @pytest.mark.parametrize(
        "changed",
        [
            {"aud": "another"},
            {"iss": "https://login.example.com"},
            {"exp": 1},
            {"exp": None},
            {"iat": None},
            {"sub": None},
            {"aud": None},
        ],
    )
    def test_for_somebody_else_or_of_another_time(self, decode, key, changed) -> None:
        with pytest.raises(OAuth2Error):
            decode(self.token(key, **changed))

    def test_of_somebody_else(self, decode) -> None:
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        with pytest.raises(OAuth2Error):
            decode(self.token(other))

    def test_with_a_key_that_the_service_has_not(self, decode, key) -> None:
        with pytest.raises(OAuth2Error):
            decode(self.token(key, kid="k-2"))

    def test_with_none(self, decode) -> None:
        with pytest.raises(OAuth2Error):
            decode(self.token(None, "none"))

    def test_with_our_own_secret(self, decode) -> None:
        with pytest.raises(OAuth2Error):
            decode(self.token("s" * 32, "HS256"))

    def test_what_is_no_token(self, decode) -> None:
        with pytest.raises(OAuth2Error):
            decode("not.a.token")


class TestPlacesThatRest:
    """Nobody tells us when somebody leaves a group, so that a place by one holds for a while."""

    @pytest.fixture
    def karin(self, client: Client) -> User:
        there_and_back(client, "u-4")
        return User.objects.get()

    @pytest.fixture
    def rested(self, karin: User) -> Membership:
        """Their place, a day later."""
        place = karin.memberships.get()
        place.exceptions.create(right=Right.PROTECTED, granted=True)
        place.exceptions.create(right=Right.MASKED, granted=False)
        place.good_until = timezone.now() - dt.timedelta(seconds=1)
        place.save()
        return place

    def test_it_holds_for_a_day_from_the_sign_in(self, karin: User, settings) -> None:
        settings.SSO_PLACE_HOURS = 30
        there_and_back(Client(), "u-4")
        [place] = karin.memberships.all()
        held = place.good_until - place.by_group.confirmed_at
        assert held == dt.timedelta(hours=30)
        assert timezone.now() - place.by_group.confirmed_at < dt.timedelta(minutes=1)

    def test_one_that_rests_gives_nothing(self, karin: User, rested, client: Client) -> None:
        office = rested.office
        assert not offices_for(karin).exists()
        assert not managed_by(karin).exists()
        assert not may(karin, Right.FIGURES, office)
        assert not may(karin, Right.PROTECTED, office)
        assert client.get("/meetings/").status_code == 403
        assert client.get("/accounts/people/").status_code == 404
        page = client.get("/", follow=True).content.decode()
        assert "Din plats väntar på din inloggningstjänst" in page

    def test_an_administrator_s_rests_with_the_administration(
        self, karin: User, rested: Membership
    ) -> None:
        Membership.objects.update(role="administrator")
        assert not administered_by(karin).exists()

    def test_no_other_way_in_confirms_it(self, karin: User, rested: Membership) -> None:
        karin.set_password(PASSWORD)
        karin.save()
        client = Client()
        client.post(reverse("account_login"), {"username": karin.username, "password": PASSWORD})
        assert signed_in(client)
        assert client.get("/meetings/").status_code == 403

    def test_the_next_sign_in_wakes_it_with_its_rights(self, karin: User, rested) -> None:
        again = Client()
        there_and_back(again, "u-4")
        assert again.get("/meetings/").status_code == 200
        assert may(karin, Right.PROTECTED, rested.office)
        assert not may(karin, Right.MASKED, rested.office)

    def test_a_place_by_hand_needs_no_confirming(
        self, karin: User, neighbour_office: Office
    ) -> None:
        Membership.objects.create(user=karin, office=neighbour_office)
        there_and_back(Client(), "u-4")
        assert karin.memberships.get(office=neighbour_office).good_until is None

    def test_an_invitation_makes_it_one_by_hand(self, karin: User, rested, admin: User) -> None:
        invitation, _token = invite(admin, Place(rested.office, Role.BOOKER))
        take(invitation, karin)
        rested.refresh_from_db()
        assert rested.good_until is None
        assert not GroupPlace.objects.exists()

    def test_the_page_says_when_it_was_confirmed(
        self, karin: User, as_admin: Client, admin: User
    ) -> None:
        page = " ".join(as_admin.get("/accounts/people/").content.decode().split())
        assert "Via grupp hos Prov. Senast bekräftad" in page
        Membership.objects.filter(user=karin).update(good_until=timezone.now())
        page = " ".join(as_admin.get("/accounts/people/").content.decode().split())
        assert "vilar till nästa inloggning med Prov" in page


class TestWhomAServiceAloneLetsIn:
    NEW = {"password1": "korrekt häst batteri", "password2": "korrekt häst batteri"}

    @pytest.fixture
    def karin(self, client: Client) -> User:
        there_and_back(client, "u-1")
        return User.objects.get(email="karin@maklare.example")

    def test_they_are_sent_no_reset_and_the_answer_is_as_ever(self, karin: User) -> None:
        ask = reverse("account_reset_password")
        known = Client().post(ask, {"email": karin.email}, follow=True)
        unknown = Client().post(ask, {"email": "ingen@maklare.example"}, follow=True)
        assert resets.write_due() == 2
        assert mail.outbox == []
        assert not AskedReset.objects.exists()
        assert known.content == unknown.content

    def test_no_passkey_alone_lets_them_in(self, karin: User) -> None:
        stranger = Client()
        request = stranger.get(reverse("account_login")).wsgi_request
        answer = perform_login(request, Login(user=karin))
        assert answer.status_code == 403
        assert "din inloggningstjänst" in answer.content.decode()
        assert not request.user.is_authenticated

    def test_they_set_no_password(self, karin: User, client: Client) -> None:
        url = reverse("account_set_password")
        for page in (client.get(url), client.post(url, self.NEW)):
            assert "har inget lösenord här" in page.content.decode()
        karin.refresh_from_db()
        assert not karin.has_usable_password()

    def test_nor_by_a_link_from_before(self, karin: User) -> None:
        SocialAccount.objects.all().delete()
        stranger = Client()
        stranger.post(reverse("account_reset_password"), {"email": karin.email})
        resets.write_due()
        link = re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]
        SocialAccount.objects.create(user=karin, provider="oidc", uid="u-1")
        form = stranger.get(link, follow=True).redirect_chain[-1][0]
        answer = stranger.post(form, self.NEW)
        assert "har inget lösenord här" in answer.content.decode()
        karin.refresh_from_db()
        assert not karin.has_usable_password()

    def test_who_has_a_password_beside_it_may_forget_it(self, bokare: User) -> None:
        User.objects.filter(pk=bokare.pk).update(email="berit@maklare.example")
        SocialAccount.objects.create(user=bokare, provider="oidc", uid="u-9")
        Client().post(reverse("account_reset_password"), {"email": "berit@maklare.example"})
        resets.write_due()
        assert len(mail.outbox) == 1


class TestAnotherRoleByGroup:
    @pytest.fixture
    def place(self, client: Client) -> Membership:
        there_and_back(client, "u-4")
        place = Membership.objects.get()
        place.exceptions.create(right=Right.PROTECTED, granted=True)
        place.exceptions.create(right=Right.MASKED, granted=False)
        return place

    def test_it_ends_what_was_granted_beside_the_other(self, place: Membership, settings) -> None:
        settings.SSO_SOURCES["oidc"]["groups"] = ["g-lead=M30011:booker"]
        there_and_back(Client(), "u-4")
        place.refresh_from_db()
        assert place.role == "booker"
        assert [(row.right, row.granted) for row in place.exceptions.all()] == [("masked", False)]
        assert not may(place.user, Right.PROTECTED, place.office)

    def test_the_same_role_leaves_it(self, place: Membership) -> None:
        there_and_back(Client(), "u-4")
        assert place.exceptions.count() == 2


def test_groups_that_are_left_out_settle_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    there_and_back(client, "u-4")
    read = sso.claims_of

    def too_many(extra: Mapping[str, Any]) -> dict[str, Any]:
        claims = read(extra)
        del claims["groups"]
        return claims | {"_claim_names": {"groups": "src1"}}

    monkeypatch.setattr(sso, "claims_of", too_many)
    again = Client()
    answer = there_and_back(again, "u-4")
    assert answer.status_code == 403
    assert "så många grupper" in answer.content.decode()
    assert not signed_in(again)
    assert Membership.objects.get().role == "manager"


class TestSource:
    @pytest.mark.parametrize(
        "claims", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True, "groups": []}]
    )
    def test_groups_that_are_left_out_are_not_taken_for_none(self, claims) -> None:
        with pytest.raises(sso.GroupsLeftOut):
            Source(groups=parse_groups(["g=M30011:booker"])).places(claims)
        assert Source().places(claims) == []

    def test_a_tenant_is_required(self) -> None:
        source = Source(tenant="t-1")
        assert source.lets_in({"tid": "t-1"})
        assert not source.lets_in({"tid": "t-2"})
        assert not source.lets_in({})

    def test_a_domain_is_the_whole_domain(self) -> None:
        source = Source(domains=["maklare.example"])
        assert source.lets_in({"email": "a@MAKLARE.example", "email_verified": True})
        for other in ("a@notmaklare.example", "a@maklare.example.evil.example", "maklare", ""):
            assert not source.lets_in({"email": other, "email_verified": True})
        assert not source.lets_in({})

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "a@maklare.example"},
            {"email": "a@maklare.example", "email_verified": False},
            {"email": "a@maklare.example", "email_verified": "false"},
            {"preferred_username": "a@maklare.example"},
            {"preferred_username": "a@maklare.example", "email_verified": True},
            {
                "email": "a@evil.example",
                "preferred_username": "a@maklare.example",
                "email_verified": True,
            },
        ],
    )
    def test_a_domain_is_of_an_address_that_the_service_vouches_for(self, claims) -> None:
        assert not Source(domains=["maklare.example"]).lets_in(claims)

    def test_within_a_tenant_its_administrators_vouch(self) -> None:
        source = Source(tenant="t-1", domains=["maklare.example"])
        assert source.lets_in({"tid": "t-1", "email": "a@maklare.example"})
        assert source.lets_in({"tid": "t-1", "preferred_username": "a@maklare.example"})
        assert not source.lets_in({"tid": "t-1", "email": "a@annan.example"})
        assert not source.lets_in({"tid": "t-2", "email": "a@maklare.example"})
        unsure = {"tid": "t-1", "email": "a@maklare.example", "email_verified": False}
        assert not source.lets_in(unsure)

    def test_groups_are_read(self) -> None:
        assert parse_groups(["g=1=M30011:booker"]) == {"g=1": [PlaceByGroup("M30011", "booker")]}
        for wrong in ("g", "g=M30011", "g=M30011:boss", "=M30011:booker"):
            with pytest.raises(ValueError, match="is no group"):
                parse_groups([wrong])

    def test_one_group_gives_places_at_several_offices(self) -> None:
        source = Source(groups=parse_groups(["g=M30011:booker", "g=M30012:manager"]))
        assert source.places({"groups": ["g"]}) == [
            PlaceByGroup("M30011", "booker"),
            PlaceByGroup("M30012", "manager"),
        ]

    def test_groups_stand_where_the_settings_say(self) -> None:
        source = Source(groups=parse_groups(["g=M30011:booker"]), groups_claim="roles")
        assert source.places({"roles": ["g"]}) == [PlaceByGroup("M30011", "booker")]
        assert source.places({"roles": "g"}) == [PlaceByGroup("M30011", "booker")]
        assert source.places({"groups": ["g"]}) == []
        with pytest.raises(sso.GroupsLeftOut):
            source.places({"_claim_names": {"roles": "src1"}})

    def test_an_office_that_is_not_here_gives_no_place(self, db: None) -> None:
        user = make_user("ny")
        sso.settle_places(user, "oidc", [PlaceByGroup("M99999", "booker")])
        assert not user.memberships.exists()


def test_entra_is_set_up_by_its_tenant(tmp_path) -> None:
    found = settings_with(
        tmp_path,
        "SOCIALACCOUNT_PROVIDERS",
        "SSO_SOURCES",
        "CONTENT_SECURITY_POLICY",
        ENTRA_TENANT="t-1",
        ENTRA_CLIENT_ID="c-1",
        ENTRA_CLIENT_SECRET="s",
        ENTRA_GROUPS="g=M30011:booker",
    )
    [app] = found["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://login.microsoftonline.com/t-1/v2.0"
    assert found["SSO_SOURCES"]["entra"]["tenant"] == "t-1"
    assert (
        "https://login.microsoftonline.com"
        in found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]
    )
    assert re.match(r"/sign-in/with/entra/", reverse("openid_connect_login", args=["entra"]))
