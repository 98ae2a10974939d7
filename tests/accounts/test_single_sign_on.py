"""Single sign-on against a published OpenID Connect provider for tests, run beside us."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import sso
from accounts.sso import PlaceByGroup, Source, parse_groups
from offices.models import Membership, Office, Right, User
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
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
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
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "Prov",
                    "client_id": "portal",
                    "secret": "hemlig",
                    "settings": {"server_url": provider, "oauth_pkce_enabled": True},
                }
            ],
        }
    }
    settings.SSO_SOURCES = {
        "oidc": {
            "tenant": "",
            "domains": ["maklare.example"],
            "groups": ["g-book=M30011:booker", "g-lead=M30011:manager"],
        }
    }


def there_and_back(client: Client, sub: str, path: str = LOGIN, **posted: str):
    """To the service, a press of its button as this person, and back to us."""
    away = client.post(path, posted).headers["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    answer = requests.post(away, data={"sub": sub}, timeout=10, allow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}", follow=True)


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


def test_its_second_step_counts(client: Client, settings) -> None:
    settings.REQUIRE_MFA_FOR = "all"
    assert there_and_back(client, "u-1").redirect_chain[-1][0].startswith("/meetings/")


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
        assert mail.outbox == []
        assert known.content == unknown.content

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
        assert parse_groups(["g=1=M30011:booker"]) == {"g=1": PlaceByGroup("M30011", "booker")}
        for wrong in ("g", "g=M30011", "g=M30011:boss", "=M30011:booker"):
            with pytest.raises(ValueError, match="is no group"):
                parse_groups([wrong])

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
