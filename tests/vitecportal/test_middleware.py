"""What holds for every request: its id, its language, its headers."""

from __future__ import annotations

import time
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from lib.log_context import begin, present
from vitecportal import middleware

SIGN_IN = reverse("account_login")
ENGLISH_BROWSER = {"Accept-Language": "en-GB,en;q=0.9"}


def _page(client, url=SIGN_IN, **options):
    return client.get(url, **options)


def test_it_gives_every_request_an_id_of_its_own(db):
    first, second = (_page(Client()).headers["X-Request-Id"] for _ in range(2))
    assert first != second
    assert len(bytes.fromhex(first)) == 16


def test_it_takes_no_id_from_outside(db):
    response = _page(Client(), headers={"X-Request-Id": "mitt eget"})
    assert response.headers["X-Request-Id"] != "mitt eget"


def test_it_speaks_swedish_whatever_the_browser_wishes(db):
    response = _page(Client(), headers=ENGLISH_BROWSER)
    assert response.headers["Content-Language"] == "sv"
    assert '<html lang="sv"' in response.content.decode()


def test_it_speaks_english_to_whoever_chose_it(db):
    client = Client()
    client.post(reverse("set_language"), {"language": "en", "next": SIGN_IN})
    response = _page(client)
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en"' in response.content.decode()


def test_it_speaks_swedish_again(db):
    client = Client()
    for language in ("en", "sv"):
        client.post(reverse("set_language"), {"language": language})
    assert _page(client, headers=ENGLISH_BROWSER).headers["Content-Language"] == "sv"


@pytest.mark.parametrize("chosen", ["xx", "", "en-GB", "../../etc", "SV"])
def test_it_speaks_swedish_when_the_choice_is_none_of_ours(db, settings, chosen):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = chosen
    assert _page(client).headers["Content-Language"] == "sv"


def test_it_tells_caches_that_the_cookie_matters(db):
    assert "Cookie" in _page(Client()).headers["Vary"]


def test_it_leads_nobody_away_after_choosing_a_language(db):
    posted = {"language": "en", "next": "https://evil.example/"}
    response = Client().post(reverse("set_language"), posted)
    assert "evil" not in response.headers["Location"]


@pytest.mark.parametrize("name", ["home", "meetings:list", "submissions:list"])
def test_it_keeps_personal_pages_out_of_every_cache(as_bokare, name):
    headers = _page(as_bokare, reverse(name)).headers
    assert headers["Cache-Control"] == "no-store, private"


def test_it_keeps_a_refusal_to_a_person_out_of_every_cache(as_bokare):
    assert _page(as_bokare, "/admin/").headers["Cache-Control"] == "no-store, private"


def test_it_says_nothing_of_caches_to_a_monitor(db):
    assert "Cache-Control" not in Client().get("/healthz").headers


@pytest.mark.parametrize("url", [SIGN_IN, "/healthz", "/nowhere/"])
def test_it_guards_every_answer(db, url):
    headers = Client().get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert f"{name} 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_files_are_for_this_site_alone_too(db):
    headers = Client().get("/static/js/theme.js").headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("length", ["12000001", "-1", "många"])
def test_it_reads_no_request_that_is_too_large(as_bokare, length):
    answer = as_bokare.post("/offices/search/", {"q": "x"}, CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", [SIGN_IN, "/meetings/", "/healthz", "/static/js/theme.js"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_it_answers_to_no_method_that_no_page_takes(as_bokare, path, method):
    answer = as_bokare.generic(method, path, "Kanariefågel")
    assert answer.status_code == 405
    assert b"Kanarie" not in b"".join(answer)


@pytest.mark.parametrize(
    "url",
    [
        SIGN_IN,
        "/nowhere/",
        "/metrics",
        "/static/js/theme.js",
        "/static/css/site.css",
        "/static/img/logo.svg",
    ],
)
def test_text_says_its_character_set(db, url):
    assert "charset=utf-8" in Client().get(url).headers["Content-Type"].replace('"', "").lower()


def test_what_was_said_to_a_person_is_in_no_cookie(as_admin, office):
    posted = {"office": office.pk, "role": "booker", "name": "Karin Ek", "email": ""}
    as_admin.post("/accounts/people/", posted)
    assert set(as_admin.cookies) <= {"sessionid", "csrftoken", "who", "django_language"}


def test_it_hides_its_cookies_from_scripts(client, bokare):
    client.post(SIGN_IN, {"username": "bokare", "password": "vitecportal"})
    client.post(reverse("set_language"), {"language": "en"})
    assert set(client.cookies) >= {"sessionid", "django_language"}
    assert all(cookie["httponly"] for cookie in client.cookies.values())
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}


def test_it_signs_in_and_out(client, bokare):
    response = client.post(SIGN_IN, {"username": "bokare", "password": "vitecportal"})
    assert response.headers["Location"] == reverse("home")
    assert client.get(reverse("home")).headers["Location"].startswith(reverse("meetings:list"))
    client.post(reverse("account_logout"))
    assert client.get(reverse("home")).headers["Location"].startswith(SIGN_IN)


def test_it_signs_nobody_in_with_a_wrong_password(client, bokare):
    response = client.post(SIGN_IN, {"username": "bokare", "password": "fel"})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_it_signs_nobody_in_whose_account_is_shut(client, bokare):
    bokare.is_active = False
    bokare.save()
    client.post(SIGN_IN, {"username": "bokare", "password": "vitecportal"})
    assert "_auth_user_id" not in client.session


class TestSessionByLastUse:
    """The clock goes on while a page that somebody left open asks for news of itself."""

    POLL = reverse("meetings:freshness")
    HOUR = 3600

    @pytest.fixture
    def later(self, monkeypatch):
        """Set the clock on by so many hours."""
        began = time.time()

        def go_on(hours: float) -> None:
            monkeypatch.setattr(middleware.time, "time", lambda: began + hours * self.HOUR)

        return go_on

    @pytest.fixture
    def at_work(self, as_bokare):
        assert as_bokare.get("/meetings/").status_code == 200
        return as_bokare

    def test_a_page_that_is_opened_keeps_it(self, at_work, later):
        for hours in (7, 11):
            later(hours)
            assert at_work.get("/meetings/").status_code == 200

    def test_a_page_that_asks_by_itself_does_not(self, at_work, later):
        for hours in range(1, 8):
            later(hours)
            assert at_work.get(self.POLL).status_code == 200
        later(8.01)
        assert at_work.get(self.POLL).headers["Location"].startswith(SIGN_IN)
        assert at_work.get("/meetings/").status_code == 302

    def test_nor_does_what_is_written_into_the_session_meanwhile(self, at_work, later):
        session = at_work.session
        session["something"] = "new"
        session.save()
        later(8.01)
        assert at_work.get("/meetings/").status_code == 302

    def test_nor_is_it_young_for_having_been_polled_only(self, as_bokare, later):
        as_bokare.get(self.POLL)
        later(8.01)
        assert as_bokare.get(self.POLL).status_code == 302

    def test_what_is_posted_there_is_use(self, at_work, later, office):
        sent = reverse("meetings:inline_sent", args=[1, uuid.uuid4()])
        later(7)
        at_work.post(sent)
        later(9)
        assert at_work.get("/meetings/").status_code == 200

    def test_used_all_along_it_ends_after_half_a_day(self, at_work, later):
        for hours in (4, 8, 11.9):
            later(hours)
            assert at_work.get("/meetings/").status_code == 200
        later(12.01)
        assert at_work.get("/meetings/").status_code == 302


@pytest.mark.parametrize("path", ["/meetings/?day=%00", "/meetings/comebacks/new/?contact=a%00b"])
def test_a_nul_in_an_address_is_a_bad_request(as_bokare: Client, path: str) -> None:
    assert as_bokare.get(path).status_code == 400


def test_a_nul_in_a_form_is_a_bad_request(as_bokare: Client) -> None:
    assert as_bokare.post("/offices/contacts/find/", {"contact_search": "a\0b"}).status_code == 400


def test_it_says_on_every_line_who_asks_by_number(as_bokare, bokare, monkeypatch):
    begin()
    said = []
    monkeypatch.setattr(middleware.log, "info", lambda *_, **__: said.append(dict(present())))
    response = as_bokare.get("/meetings/")
    assert said == [{"request_id": response.headers["X-Request-Id"], "user": str(bokare.pk)}]
    assert dict(present()) == {}


def test_it_logs_a_line_a_request_without_what_was_asked_for(as_bokare, caplog):
    with caplog.at_level("INFO", logger="vitecportal.middleware"):
        as_bokare.get("/meetings/?day=Kanariefågel")
        as_bokare.get("/Kanariefågel/")
    known, unknown = [r for r in caplog.records if r.name == "vitecportal.middleware"]
    assert (known.method, known.page, known.status) == ("GET", "/meetings/", 200)
    assert (unknown.page, unknown.status) == ("-", 404)
    assert "Kanarie" not in caplog.text
