"""Every script and style says what it must be, on our pages and on the admin's."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from offices.models import Office
from vitecportal.integrity import integrity

TAG = re.compile(r'<(?:script|link)\b[^>]*?\s(?:src|href)="/static/([^"]+)"[^>]*>')


def tags(client: Client, url: str) -> list[tuple[str, str]]:
    """Name and tag of every script and style of a page."""
    text = client.get(url, follow=True).content.decode()
    found = [(each[1], each[0]) for each in TAG.finditer(text)]
    return [(name, tag) for name, tag in found if "script" in tag or "stylesheet" in tag]


@pytest.mark.parametrize("url", ["/", "/admin/", "/interests/new/", "/calendar/"])
def test_a_page_says_the_hash_of_each(as_admin: Client, office: Office, url: str) -> None:
    found = tags(as_admin, url)
    assert len(found) > 2
    for name, tag in found:
        with open(str(finders.find(name)), "rb") as file:  # noqa: PTH123
            digest = hashlib.sha384(file.read()).digest()
        assert f'integrity="sha384-{base64.b64encode(digest).decode()}"' in tag


def test_so_does_the_door(client: Client, db: None) -> None:
    assert all("integrity=" in tag for _name, tag in tags(client, reverse(settings.LOGIN_URL)))


def _answer(response: HttpResponse) -> HttpResponse:
    answered = integrity(lambda _request: response)(RequestFactory().get("/"))
    assert isinstance(answered, HttpResponse)
    return answered


@pytest.mark.parametrize(
    "tag",
    [
        b'<script src="https://cdn.example/x.js"></script>',
        b'<script src="/static/js/no-such-file.js"></script>',
        b'<link rel="icon" href="/static/img/favicon.svg">',
        b'<script src="/static/js/site.js" integrity="sha384-x"></script>',
    ],
)
def test_it_leaves_other_tags_alone(tag: bytes) -> None:
    assert _answer(HttpResponse(tag)).content == tag


def test_what_is_no_page_stays_as_it_is() -> None:
    text = b'<script src="/static/js/site.js"></script>'
    assert _answer(HttpResponse(text, content_type="text/plain")).content == text
    streamed = StreamingHttpResponse([text])
    assert integrity(lambda _request: streamed)(RequestFactory().get("/")).streaming


def test_the_length_is_that_of_what_is_sent() -> None:
    page = HttpResponse(b'<script src="/static/js/site.js"></script>')
    page["Content-Length"] = str(len(page.content))
    assert int(_answer(page)["Content-Length"]) == len(page.content)
