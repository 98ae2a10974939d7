"""A session that ends in the middle of a form: what was posted waits, sealed, for its person."""

from __future__ import annotations

import collections
import html
import re
import time
import types
import uuid

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from accounts.models import Invitation
from offices.models import Office, Role, User
from offices.person_data import all_rules
from privacy import purging
from submissions.models import Submission
from tests.accounts.test_sign_in import PASSWORD, SECRET, SIGN_IN, code_now
from tests.factories import make_colleague, make_contact, make_user
from tests.vitecportal.test_who_may import RULES

FORM = reverse("meetings:new_comeback")
GO_ON = reverse("accounts:go_on")
NOTE = "Vill sälja åt mamma"


@pytest.fixture
def typed(office: Office) -> dict[str, str]:
    make_contact(office)
    make_colleague(office)
    return {
        "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "date": "2030-03-04 09:00",
        "participant": "userId:HAN1", "note": NOTE, "office": "M30011",
    }  # fmt: skip


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def expire(client: Client) -> None:
    """The session ends on the server; the browser keeps its cookies."""
    Session.objects.all().delete()


def sign_in(client: Client, page: str, username: str = "bokare"):
    posted = {**fields_of(page), "username": username, "password": PASSWORD}
    return client.post(SIGN_IN, posted, follow=True)


def test_it_goes_on_after_signing_in_again(
    as_bokare: Client, bokare: User, typed: dict[str, str]
) -> None:
    as_bokare.get(FORM)
    expire(as_bokare)

    asked = as_bokare.post(FORM, typed)
    assert asked.status_code == 401
    assert asked.headers["Cache-Control"] == "no-store, private"
    assert "inget är förlorat" in asked.content.decode()
    assert NOTE not in asked.content.decode()
    assert not Submission.objects.exists()

    offered = sign_in(as_bokare, asked.content.decode())
    assert offered.redirect_chain[-1][0] == GO_ON
    page = offered.content.decode()
    assert not Submission.objects.exists()
    again = fields_of(page)
    again.pop("csrfmiddlewaretoken")
    assert again == typed

    as_bokare.post(FORM, again)
    assert Submission.objects.get().created_by == bokare


def test_so_it_does_when_the_longest_session_is_over_though_it_was_used_all_along(
    as_bokare: Client, bokare: User, typed: dict[str, str], settings
) -> None:
    as_bokare.get(FORM)
    session = as_bokare.session
    session["began"] = int(time.time()) - settings.SESSION_LONGEST_SECONDS
    session.save()

    asked = as_bokare.post(FORM, typed)
    assert asked.status_code == 401
    assert as_bokare.get(FORM).status_code == 302

    offered = sign_in(as_bokare, asked.content.decode())
    as_bokare.post(FORM, fields_of(offered.content.decode()))
    assert Submission.objects.get().created_by == bokare


def test_whom_somebody_was_inviting_is_not_lost(office: Office) -> None:
    boss = make_user("eva", office, role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(boss)
    people = reverse("accounts:people")
    client.get(people)
    expire(client)
    typed = {
        "office": str(office.pk),
        "role": Role.BOOKER,
        "name": "Ny Kollega",
        "email": "ny@x.se",
    }

    asked = client.post(people, typed).content.decode()
    assert "ny@x.se" not in asked
    offered = sign_in(client, asked, "eva").content.decode()

    again = fields_of(offered)
    assert {name: again[name] for name in typed} == typed
    client.post(people, again)
    assert Invitation.objects.get().recipient == {"name": "Ny Kollega", "email": "ny@x.se"}


def test_it_survives_a_wrong_password(as_bokare: Client, typed: dict[str, str]) -> None:
    expire(as_bokare)
    asked = as_bokare.post(FORM, typed).content.decode()
    wrong = as_bokare.post(SIGN_IN, {**fields_of(asked), "username": "bokare", "password": "fel"})
    assert wrong.status_code == 200
    offered = sign_in(as_bokare, wrong.content.decode())
    if offered.redirect_chain[-1][0] != GO_ON:
        offered = as_bokare.get(GO_ON)
    assert fields_of(offered.content.decode())["note"] == NOTE


def test_it_survives_the_second_step(
    as_bokare: Client, bokare: User, typed: dict[str, str]
) -> None:
    TOTP.activate(bokare, SECRET)
    expire(as_bokare)
    asked = as_bokare.post(FORM, typed).content.decode()
    sign_in(as_bokare, asked)
    offered = as_bokare.post(reverse("mfa_authenticate"), {"code": code_now()}, follow=True)
    assert fields_of(offered.content.decode())["note"] == NOTE


def test_nobody_else_gets_it(as_bokare: Client, maklare: User, typed: dict[str, str]) -> None:
    as_bokare.get(FORM)
    expire(as_bokare)
    asked = as_bokare.post(FORM, typed).content.decode()
    after = sign_in(as_bokare, asked, "maklare")
    assert NOTE not in after.content.decode()
    assert "inget kvar" in after.content.decode()


def test_it_is_too_old_after_half_an_hour(
    as_bokare: Client, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(as_bokare)
    asked = as_bokare.post(FORM, typed).content.decode()
    token = fields_of(asked)["kept"]
    bokare = User.objects.get(username="bokare")
    assert kept.opened(token, bokare)
    later = time.time() + kept.GOOD_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert kept.opened(token, bokare) is None


@pytest.mark.parametrize("token", ["", "x", "gAAAAA" + "x" * 100])
def test_a_token_that_is_not_ours_opens_nothing(
    as_bokare: Client, bokare: User, token: str
) -> None:
    assert kept.opened(token, bokare) is None
    client = Client()
    client.post(SIGN_IN, {"username": "bokare", "password": PASSWORD, "kept": token})
    assert kept.SESSION_KEY not in client.session


class TestSecrets:
    """Of what guards an account nothing is kept."""

    @pytest.mark.parametrize(
        "address",
        [
            name
            for name in RULES
            if (":" not in name or name.startswith("accounts:"))
            and RULES[name].act is not None
            and name != kept.INVITING
        ],
    )
    def test_nothing_is_kept_of_an_address_of_accounts(self, address: str, db: None) -> None:
        things = collections.defaultdict(lambda: types.SimpleNamespace(pk=1))
        path = reverse(address, args=RULES[address].about(things))
        posted = {"code": "123456", "first_name": "Anna", "next": "/"}
        answer = Client().post(path, posted)
        assert not (answer.context or {}).get("kept")
        assert kept.posted(RequestFactory().post(path, posted)) is None

    def test_a_change_of_password_after_the_session_has_ended_is_in_no_page_and_no_session(
        self, bokare: User
    ) -> None:
        stranger = Client()
        change = {"oldpassword": PASSWORD, "password1": "Ny-hemlighet-1", "password2": "x"}
        asked = stranger.post(reverse("account_change_password"), change)
        assert asked.status_code == 302
        after = stranger.post(
            SIGN_IN, {"username": "bokare", "password": PASSWORD, "next": GO_ON}, follow=True
        )
        assert "Ny-hemlighet-1" not in after.content.decode()
        assert kept.SESSION_KEY not in stranger.session

    @pytest.mark.parametrize("name", ["password", "new_password", "credentials-0-new_Password"])
    def test_nothing_is_kept_of_a_form_with_a_password(
        self, name: str, as_bokare: Client, typed: dict[str, str]
    ) -> None:
        expire(as_bokare)
        assert as_bokare.post(FORM, {**typed, name: "Ny-hemlighet-1"}).status_code == 302

    def test_nor_is_it_shown_when_its_form_token_was_old(self, bokare: User) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(bokare)
        answer = client.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": "Ny-hemlighet-1"},
            headers={"Origin": "http://testserver"},
        )
        assert answer.status_code == 403
        assert "Ny-hemlighet-1" not in answer.content.decode()

    def test_a_kept_form_opens_nothing_else(self, office: Office, typed: dict[str, str]) -> None:
        token = fields_of(Client().post(FORM, typed).content.decode())["kept"]
        client = Client()
        client.force_login(make_user("ombud", office, role=Role.ADMINISTRATOR))
        assert client.post(reverse("privacy:open"), {"who": token}).status_code == 404


class TestForgetting:
    def carried(self, client: Client, typed: dict[str, str]) -> Session:
        """A session in which a form lies, and whose person went elsewhere."""
        expire(client)
        asked = client.post(FORM, typed).content.decode()
        client.post(SIGN_IN, {**fields_of(asked), "username": "bokare", "password": PASSWORD})
        [session] = [one for one in Session.objects.all() if kept.SESSION_KEY in one.get_decoded()]
        return session

    def test_it_is_shown_once(self, as_bokare: Client, typed: dict[str, str]) -> None:
        self.carried(as_bokare, typed)
        assert NOTE in as_bokare.get(GO_ON).content.decode()
        assert kept.SESSION_KEY not in as_bokare.session
        assert NOTE not in as_bokare.get(GO_ON, follow=True).content.decode()

    def test_what_nobody_came_back_for_goes_by_itself(
        self, as_bokare: Client, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = self.carried(as_bokare, typed)
        assert purging.run().facts["accounts.kept_forms"] == 0
        rule = next(one for one in all_rules() if one.key == "accounts.kept_forms")
        later = timezone.now() + rule.keep()
        assert (rule.due(later), rule.purge(later), rule.due(later)) == (1, 1, 0)
        session.refresh_from_db()
        assert kept.SESSION_KEY not in session.get_decoded()
        # The session itself goes on.
        assert as_bokare.get(FORM).status_code == 200


def test_it_carries_no_files_and_no_more_than_a_form(as_bokare: Client) -> None:
    expire(as_bokare)
    assert as_bokare.post(FORM, {"note": "x" * kept.LONGEST}).status_code == 302


class TestAnOldFormToken:
    """She has signed in again in another tab; this tab's form still has the token of before."""

    def post(self, client: Client, typed: dict[str, str], origin: str | None):
        headers = {} if origin is None else {"Origin": origin}
        return client.post(FORM, {**typed, "csrfmiddlewaretoken": "x" * 64}, headers=headers)

    @pytest.fixture
    def here(self, bokare: User) -> Client:
        client = Client(enforce_csrf_checks=True)
        client.force_login(bokare)
        return client

    def test_what_our_own_page_posted_is_offered_again(
        self, here: Client, typed: dict[str, str]
    ) -> None:
        answer = self.post(here, typed, "http://testserver")
        assert answer.status_code == 403
        assert fields_of(answer.content.decode())["note"] == NOTE
        assert not Submission.objects.exists()

    @pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
    def test_what_another_site_posted_is_not(
        self, here: Client, typed: dict[str, str], origin: str | None
    ) -> None:
        answer = self.post(here, typed, origin)
        assert answer.status_code == 403
        assert NOTE not in answer.content.decode()

    def test_a_fresh_token_is_to_be_had(self, here: Client, typed: dict[str, str]) -> None:
        fresh = here.get(reverse("accounts:token")).json()
        assert fresh["who"] == kept.mark_of(User.objects.get(username="bokare"))
        answer = here.post(
            FORM,
            {**typed, "csrfmiddlewaretoken": fresh["token"]},
            headers={"Origin": "http://testserver"},
        )
        assert answer.status_code == 302
        assert Submission.objects.exists()
