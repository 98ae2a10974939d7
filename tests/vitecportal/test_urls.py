"""Every address asks who you are, but for those by which one comes in."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from tests.factories import make_user

OPEN = {
    "healthz",
    "metrics",
    "set_language",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "join",
    "open_invitation",
}
EXAMPLES = {
    "uuid": "7e5f1a80-3f70-4c84-9d43-3a5d1f0a6d54",
    "int": "1",
    "path": "1",
    "slug": "x",
    "str": "x",
    "number36": "1",
    None: "1",
}


def _example(pattern) -> str:
    """A path, without what leads to it, that the pattern takes."""
    route = str(pattern)
    if isinstance(pattern, RegexPattern):
        first_choice = re.sub(r"\(\?P<\w+>(\w*)[^)]*\)", r"\1", route)
        return first_choice.strip("^$") or "x"
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found[1]], route)


def _addresses(patterns, before="/"):
    for pattern in patterns:
        path = before + _example(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield pattern.name, path


ADDRESSES = list(_addresses(get_resolver().url_patterns))


def test_it_walks_to_every_address():
    assert len(ADDRESSES) > 50
    assert {resolve(path).url_name for _, path in ADDRESSES} == {name for name, _ in ADDRESSES}


@pytest.mark.parametrize("path", [path for name, path in ADDRESSES if name not in OPEN])
def test_it_asks_strangers_to_sign_in(db, path):
    response = Client().get(path, follow=True)
    assert response.redirect_chain[-1][0].startswith(f"{reverse('account_login')}?next=/")
    assert Client().post(path).status_code == 302


@pytest.mark.parametrize("path", [path for name, path in ADDRESSES if name in OPEN])
def test_it_lets_strangers_see_what_they_need(db, path):
    response = Client().get(path)
    assert "?next=" not in response.headers.get("Location", "")


def test_it_opens_no_more_than_was_agreed():
    open_ones = {
        name for name, path in ADDRESSES if not getattr(resolve(path).func, "login_required", True)
    }
    assert open_ones == OPEN


def test_it_leads_home_to_the_meetings(as_bokare):
    today = timezone.localdate().isoformat()
    asked = {"date_from": today, "date_to": today}
    assert as_bokare.get("/").headers["Location"] == reverse("meetings:list", query=asked)


def test_it_tells_a_person_without_an_office_what_to_do(db):
    client = Client()
    client.force_login(make_user("ny"))
    assert client.get("/").status_code == 200


def test_it_signs_out_by_post_only(as_bokare):
    assert as_bokare.get(reverse("account_logout")).status_code == 405
