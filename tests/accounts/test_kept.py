"""A session that ends in the middle of a form: what was posted waits, sealed, for its person."""

from __future__ import annotations

import html
import re
import time
import uuid

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import kept
from offices.models import Office, User
from submissions.models import Submission
from tests.accounts.test_sign_in import PASSWORD, SECRET, SIGN_IN, code_now
from tests.factories import make_colleague, make_contact

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


def test_it_is_too_old_after_a_working_day(
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
