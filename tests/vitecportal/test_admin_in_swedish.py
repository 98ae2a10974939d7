"""The whole administration speaks Swedish: what reads alike in both languages is a name or a word
that is the same in both.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from offices.models import Capability, Office, SyncRun, User

# The same in Swedish, or nobody's words: names, codes, data of the test.
ALIKE = {
    "Administration",
    "ID",
    "Vitec",
    "Status",
    "Status:",
    "Filter",
    "English",
    "Svenska",
}


class _Texts(HTMLParser):
    """What a page shows in words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "option", "td"):
            self.inside.append(tag)
        known = dict(attrs)
        shown = ("placeholder", "title", "aria-label") + (("value",) if tag == "input" else ())
        if known.get("type") not in ("hidden", "checkbox", "radio"):
            self.found |= {known[name] or "" for name in shown if name in known}

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.add(" ".join(data.split()))


def words_of(client: Client, url: str, language: str) -> set[str]:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(url)
    assert answer.status_code == 200, url
    return {
        text for text in _Texts(answer.content.decode()).found if re.search(r"[^\W\d]{2}", text)
    }


def pages() -> list[str]:
    """The names of the admin's pages that need no row."""
    names = ["index", "password_change"]
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        names += [f"{label}_changelist", f"{label}_add"]
    return names


@pytest.mark.parametrize("name", pages())
def test_it_has_no_word_of_english(
    name: str, as_admin: Client, office: Office, admin: User
) -> None:
    TOTP.activate(admin, "JBSWY3DPEHPK3PXP")
    try:
        url = reverse(f"admin:{name}")
    except NoReverseMatch:
        pytest.skip("no such page")
    if as_admin.get(url).status_code != 200:
        pytest.skip("not even for a superuser")
    alike = words_of(as_admin, url, "sv") & words_of(as_admin, url, "en")
    data = {office.name, office.customer_id, admin.username, str(admin)}
    assert alike - ALIKE - data == set()


def test_every_name_of_an_app_and_a_model_has_its_swedish() -> None:
    said = {}
    for language in ("sv", "en"):
        with translation.override(language):
            said[language] = {
                (model, part): str(name)
                for model in admin.site._registry
                for part, name in (
                    ("app", apps.get_app_config(model._meta.app_label).verbose_name),
                    ("one", model._meta.verbose_name),
                    ("many", model._meta.verbose_name_plural),
                )
            }
    assert said["sv"]
    assert {key for key, name in said["sv"].items() if name == said["en"][key]} == set()


def test_rows_say_what_was_fetched_and_asked_for_in_words(as_admin: Client, office: Office) -> None:
    SyncRun.objects.create(office=office, job="lead_sources", slot=1)
    Capability.objects.create(
        office=office, name="user_groups", allowed=True, checked_at=timezone.now()
    )
    page = as_admin.get(reverse("admin:offices_syncrun_changelist")).content.decode()
    assert re.search(r'field-fetched_what">(<a[^>]*>)?Leadskällor', page)
    page = as_admin.get(reverse("admin:offices_capability_changelist")).content.decode()
    assert re.search(r'field-call">(<a[^>]*>)?Användargrupper', page)


def test_a_second_step_is_told_in_words(as_admin: Client, admin: User) -> None:
    TOTP.activate(admin, "JBSWY3DPEHPK3PXP")
    page = as_admin.get(reverse("admin:accounts_secondstep_changelist")).content.decode()
    assert "Autentiseringsapp" in page
    assert "TOTP" not in page
