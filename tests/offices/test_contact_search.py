from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from connect import lookups
from connect.client import Client
from offices.contact_search import find_everywhere, find_ours
from offices.models import Capability, Contact
from tests.factories import make_contact

pytestmark = pytest.mark.django_db

FIND = reverse("offices:find_contacts")


@pytest.fixture
def stranger(vitec) -> lookups.Person:
    """Somebody whom Vitec knows and we do not: found by e-mail, which no meeting tells."""
    with Client(base_url=vitec.url, username="sandbox", password="sandbox") as client:
        people = lookups.search_contacts(client, "M30011", "example", 50)
    return next(person for person in people if person.email_address and person.cell_phone)


def searches(vitec) -> list:
    return [row for row in vitec.log()[1:] if "/Search" in row["path"]]


def test_ours_come_without_asking_vitec(bokare, vitec, office):
    contact = make_contact(office)
    found = find_ours(bokare, office, "anna ek")
    assert found.contacts == [contact]
    assert found.more
    assert vitec.log() == []


@pytest.mark.parametrize("part", ["name", "email_address", "cell_phone"])
def test_whom_only_vitec_knows_is_found_there_and_kept(bokare, office, vitec, stranger, part):
    found = find_everywhere(bokare, office, getattr(stranger, part))
    assert found.source == "vitec"
    assert stranger.contact_id in [contact.vitec_id for contact in found.new]
    ours = find_ours(bokare, office, stranger.email_address).contacts
    assert stranger.contact_id in [contact.vitec_id for contact in ours]


def test_a_short_text_is_not_asked_for(bokare, office, vitec):
    assert find_everywhere(bokare, office, "anna").source == "ours"
    assert vitec.log() == []


def test_one_who_is_found_in_both_is_shown_once(bokare, office, vitec, stranger):
    make_contact(office, stranger.contact_id, name=stranger.name)
    found = find_everywhere(bokare, office, stranger.name)
    ids = [contact.vitec_id for contact in found.contacts]
    assert ids.count(stranger.contact_id) == 1
    assert stranger.contact_id not in [contact.vitec_id for contact in found.new]


@pytest.mark.parametrize("fault", ["forbidden", "unauthorized", "error_before", "cut_before"])
def test_when_vitec_fails_ours_come_with_a_word(bokare, office, vitec, fault):
    contact = make_contact(office)
    vitec.behave("lookups", fault)
    found = find_everywhere(bokare, office, "anna ek")
    assert (found.contacts, found.source) == ([contact], "unreachable")


def test_a_vitec_that_hangs_is_waited_for_no_longer_than_its_limit(
    bokare, office, vitec, monkeypatch
):
    monkeypatch.setattr(
        "offices.contact_search.TIME_LIMITS", {"read_timeout": 0.2, "read_deadline": 0.2}
    )
    vitec.behave("lookups", "lose_answer")
    assert find_everywhere(bokare, office, "anna ek").source == "unreachable"


def test_a_refused_search_rests_for_a_day(bokare, office, vitec):
    vitec.behave("lookups", "forbidden", times=1)
    find_everywhere(bokare, office, "anna ek")
    assert not find_ours(bokare, office, "anna ek").more
    Capability.objects.update(checked_at=timezone.now() - dt.timedelta(hours=25))
    assert find_ours(bokare, office, "anna ek").more


def test_a_refused_search_does_not_stop_the_directories(bokare, office, vitec):
    vitec.behave("lookups", "forbidden", times=1)
    find_everywhere(bokare, office, "anna ek")
    assert Capability.objects.get().name == "contact_search"


def test_the_picker_shows_ours_first_and_asks_again_for_the_rest(as_bokare, office, vitec):
    make_contact(office)
    ours = as_bokare.post(FIND, {"contact_search": "anna ek"}).content.decode()
    assert "Anna Ek" in ours
    assert f"{FIND}?everywhere=1" in ours
    assert vitec.log() == []
    more = as_bokare.post(f"{FIND}?everywhere=1", {"contact_search": "anna ek"})
    assert f"{FIND}?everywhere=1" not in more.content.decode()
    assert searches(vitec) or vitec.log()


def test_what_is_typed_stands_in_no_log_line(bokare, office, vitec, caplog):
    caplog.set_level("DEBUG")
    find_everywhere(bokare, office, "Kanariefågelsson")
    assert "Kanarie" not in caplog.text


def test_nothing_of_what_vitec_told_lies_open(bokare, office, vitec, stranger):
    find_everywhere(bokare, office, stranger.name)
    raw = Contact.objects.extra(select={"raw": "details"}).values_list("raw", flat=True)
    assert not any(stranger.last_name in text for text in raw)
