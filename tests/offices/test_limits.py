"""One person may not empty the directory, nor reveal one number after the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as here
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from offices import limits
from offices.models import Office, User
from offices.person_form import PREFIX
from sandbox.server import Sandbox
from tests.factories import make_contact, make_submission
from tests.vitecportal.test_who_may import ADMINISTRATOR, BOOKER, RULES, World
from tests.vitecportal.test_who_may import world as world

SEARCH = reverse("offices:quick_search")
LIST = reverse("meetings:list")
AS_SET = dict(here.USER_LIMITS)
TABLE = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "vitecportal_cache",
    }
}


@pytest.fixture(autouse=True)
def narrow(settings) -> None:
    settings.USER_LIMITS = {
        "search": "3/m", "list": "3/m", "reveal": "1/h", "extract": "2/h", "export": "1/h"
    }  # fmt: skip


def test_the_fourth_search_within_a_minute_waits(as_bokare: Client) -> None:
    answers = [as_bokare.post(SEARCH, {"q": "an"}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_it_says_how_long(as_bokare: Client) -> None:
    for _ in range(3):
        as_bokare.post(SEARCH, {"q": "an"})
    page = as_bokare.post(SEARCH, {"q": "an"})
    assert 0 < int(page.headers["Retry-After"]) <= 61
    assert "Försök igen om" in page.content.decode()
    part = as_bokare.post(SEARCH, {"q": "an"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "Försök igen om" in part.content.decode()


def test_each_person_is_counted_alone(as_bokare: Client, as_maklare: Client) -> None:
    for _ in range(4):
        as_bokare.post(SEARCH, {"q": "an"})
    assert as_maklare.post(SEARCH, {"q": "an"}).status_code == 200


def test_both_searches_share_one_count(as_bokare: Client) -> None:
    for _ in range(3):
        as_bokare.post(SEARCH, {"q": "an"})
    answer = as_bokare.post(reverse("offices:find_contacts"), {"contact_search": "an"})
    assert answer.status_code == 429


FORMS = {
    "meetings:new_comeback": (BOOKER, {"note": "Ring om balkongen"}, "Ring om balkongen"),
    "viewings:new_participant": (BOOKER, {PREFIX + "last_name": "Dufva"}, "Dufva"),
    "interests:new_interest": (BOOKER, {PREFIX + "last_name": "Dufva"}, "Dufva"),
    "offices:protected": (ADMINISTRATOR, {"reason": "Ringde och sade det"}, "Ringde och sade det"),
    "offices:disclosures": (ADMINISTRATOR, {"date_from": "2026-11-02"}, "2026-11-02"),
}


@pytest.mark.parametrize("name", FORMS)
def test_so_does_the_search_inside_a_form_which_loses_nothing(name: str, world: World) -> None:
    role, written, kept = FORMS[name]
    client, typed = world.client(role), {"step": "look", "contact_search": "anna"}
    answers = [client.post(reverse(name), {**written, **typed}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Anna" in (found := answers[2].content.decode())
    assert "Försök igen om" not in found
    last = answers[3].content.decode()
    assert 0 < int(answers[3].headers["Retry-After"]) <= 61
    assert "Försök igen om" in last
    assert kept in last
    assert client.post(SEARCH, {"q": "an"}).status_code == 429


def test_a_form_that_is_wrong_as_well_says_both(as_bokare: Client, office: Office) -> None:
    make_contact(office)
    form = reverse("meetings:new_comeback")
    answers = [as_bokare.post(form, {"contact_search": "anna"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert "Anna Ek" in answers[2].content.decode()
    last = answers[3].content.decode()
    assert "Anna Ek" not in last
    assert "Försök igen om" in last
    assert "Välj en person" in last


def test_a_form_asks_vitec_no_more_than_the_limit(
    as_bokare: Client, office: Office, vitec: Sandbox
) -> None:
    typed = {"step": "look", "contact_search": "Andersson"}
    for _ in range(6):
        as_bokare.post(reverse("meetings:new_comeback"), typed)
    assert len([row for row in vitec.log() if "/Search" in row["path"]]) == 3


def test_a_form_that_was_only_filled_in_is_no_search(as_bokare: Client, office: Office) -> None:
    make_contact(office)
    form = {"step": "look", "contact_id": "ADR1", "contact_search": " "}
    posted = [as_bokare.post(reverse("meetings:new_comeback"), form) for _ in range(5)]
    assert [answer.status_code for answer in posted] == [200] * 5


def test_revealing_is_counted(as_chef: Client, bokare: User, office: Office) -> None:
    one = make_submission(bokare, office)
    path = reverse("submissions:reveal", args=[one.code])
    answers = [as_chef.post(path, {"reason": "fråga"}).status_code for _ in range(2)]
    assert answers == [200, 429]


def test_a_new_window_begins_anew(bokare: User) -> None:
    limit = limits.Limit("x", 2, 60)
    assert [limits.wait_for(limit, bokare, now=60.0 + second) for second in (0, 1)] == [0, 0]
    assert limits.wait_for(limit, bokare, now=100.0) == 21
    assert limits.wait_for(limit, bokare, now=120.0) == 0


def test_it_counts_alike_in_every_process(bokare: User) -> None:
    """The database's cache, as it is without a setting: what one process counted another reads."""
    with override_settings(CACHES=TABLE):
        call_command("createcachetable", verbosity=0)
        limit = limits.Limit("x", 2, 60)
        waits = []
        for _ in range(3):
            caches.close_all()
            waits.append(limits.wait_for(limit, bokare, now=60.0))
    assert waits[:2] == [0, 0]
    assert waits[2] > 0


@pytest.mark.parametrize("name", here.LIMITED)
def test_one_more_than_the_limit_waits_at_every_limited_address(
    name: str,
    world: World,
    settings: Any,
) -> None:
    counted, rule = here.LIMITED[name], RULES[name]
    settings.USER_LIMITS = dict.fromkeys(here.USER_LIMITS, "2/h")
    path = reverse(name, args=rule.about(world.things))
    posted = {**rule.posted, "person": "Anna"} | ({counted.field: "an"} if counted.field else {})
    client = world.client(ADMINISTRATOR)
    act = client.get if counted.method == "GET" else client.post
    said = [act(path, posted).status_code for _ in range(3)]
    assert said[2] == 429
    assert 429 not in said[:2]
    assert not {403, 404, 405} & set(said)


def test_what_is_not_counted_never_waits(as_bokare: Client) -> None:
    """Filters are chosen and pages turned without a text: that is reading."""
    empty = [as_bokare.post(LIST, {"q": " "}).status_code for _ in range(5)]
    assert 429 not in empty
    typed = [as_bokare.post(LIST, {"q": "an"}).status_code for _ in range(4)]
    assert typed == [200, 200, 200, 429]
    assert as_bokare.get(LIST).status_code == 200


def test_who_types_without_a_stop_does_not_reach_the_limit_of_the_list() -> None:
    """The list waits 300 ms after each sign."""
    limit = limits.parse("list", AS_SET["list"])
    assert limit.times / limit.seconds > 1 / 0.3


def test_every_limited_address_exists_and_every_limit_can_be_read() -> None:
    for name, counted in here.LIMITED.items():
        assert counted.limit in here.USER_LIMITS
        namespace, _colon, page = name.partition(":")
        inside = get_resolver().namespace_dict[namespace][1]
        assert page in {pattern.name for pattern in inside.url_patterns}
    for name, text in here.USER_LIMITS.items():
        assert limits.parse(name, text).times > 0


@pytest.mark.parametrize("text", ["", "30", "30/x", "a/m", "30/"])
def test_it_takes_no_limit_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own where a number is none
        limits.parse("x", text)
