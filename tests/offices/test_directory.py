"""The directories: learned once, found again, and nothing of it readable in the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from lib.sealing import Unsealable
from offices import directory
from offices.directory import (
    PERSONS,
    contact_details,
    find_contacts,
    learn_contacts,
    learn_rows,
)
from offices.models import Colleague, Contact, ContactTerm, UserGroup
from tests.factories import make_colleague, make_contact

ANNA = contact_details(name="Anna Ek", phones=["070-174 06 05"], email="anna@example.se")
LONG_AGO = timezone.now() - dt.timedelta(days=30)


def _everything_stored() -> str:
    """All that stands in the database, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def _names(contacts):
    return [contact.name for contact in contacts]


def test_it_stores_details_in_one_shape():
    details = contact_details(name=" Anna ", phones=["08 1", "", " 08 1 ", "08 2"])
    assert details == {"name": "Anna", "phones": ["08 1", "08 2"], "email": "", "address": ""}


def test_it_finds_a_learned_contact_by_every_detail(office):
    details = {**ANNA, "address": "Storgatan 4, 172 65 Sundbyberg"}
    assert learn_contacts(office, {"ADR1": details}) == 1
    for typed in ("an", "EK", "ek anna", "0701", "+46 70 174", "anna@", "storg", "anna sundb"):
        assert _names(find_contacts(office, typed)) == ["Anna Ek"], typed


def test_it_finds_nobody_by_what_does_not_fit(office):
    make_contact(office)
    for typed in ("", "a", "nna", "anna bo", "0702", "anna 0702", "%", "_"):
        assert find_contacts(office, typed) == [], typed


def test_it_never_finds_another_offices_contact(office, neighbour_office):
    make_contact(neighbour_office)
    assert find_contacts(office, "anna") == []
    assert len(find_contacts(neighbour_office, "anna")) == 1


def test_it_keeps_the_same_person_once_in_each_office(office, neighbour_office):
    make_contact(office)
    make_contact(neighbour_office, name="Anna Granne")
    assert _names(find_contacts(office, "anna")) == ["Anna Ek"]
    assert _names(find_contacts(neighbour_office, "anna")) == ["Anna Granne"]


def test_it_lists_contacts_by_name_up_to_a_limit(office):
    learn_contacts(office, {f"ADR{n}": contact_details(name=f"Anna {n}-son") for n in (30, 10, 20)})
    assert _names(find_contacts(office, "anna")) == ["Anna 10-son", "Anna 20-son", "Anna 30-son"]
    assert len(find_contacts(office, "anna", limit=2)) == 2


def test_it_shows_nobody_who_is_missing_at_vitec(office):
    make_contact(office)
    Contact.objects.update(missing_since=timezone.now())
    assert find_contacts(office, "anna") == []


def test_it_finds_a_contact_again_that_has_come_back(office):
    make_contact(office)
    Contact.objects.update(missing_since=timezone.now())
    assert learn_contacts(office, {"ADR1": {**Contact.objects.get().details}}) == 0
    assert len(find_contacts(office, "anna")) == 1


def test_it_learns_the_same_twice_without_a_change(office):
    assert learn_contacts(office, {"ADR1": ANNA}) == 1
    before = Contact.objects.values().get(), set(ContactTerm.objects.values_list("pk", flat=True))
    assert learn_contacts(office, {"ADR1": dict(ANNA)}) == 0
    after = Contact.objects.values().get(), set(ContactTerm.objects.values_list("pk", flat=True))
    assert {**after[0], "last_seen": None} == {**before[0], "last_seen": None}
    assert after[1] == before[1]


def test_it_asks_once_however_many_contacts_are_unchanged(office, django_assert_num_queries):
    many = {f"ADR{n}": contact_details(name=f"Anna {n}") for n in range(50)}
    learn_contacts(office, many)
    with django_assert_num_queries(1):
        assert learn_contacts(office, many) == 0


def test_it_notes_when_an_unchanged_contact_was_seen(office):
    make_contact(office)
    Contact.objects.update(last_seen=LONG_AGO)
    make_contact(office)
    assert Contact.objects.get().last_seen > LONG_AGO


def test_it_forgets_the_words_of_before_when_a_contact_changes(office):
    make_contact(office, name="Anna Ek", phone="070-174 06 05")
    first_seen = Contact.objects.get().first_seen
    make_contact(office, name="Anna Alm", phone="08-465 004 00")
    assert find_contacts(office, "ek") == []
    assert _names(find_contacts(office, "alm 08465")) == ["Anna Alm"]
    assert Contact.objects.get().first_seen == first_seen


def test_a_meeting_adds_to_what_is_known_and_takes_nothing_away(office):
    make_contact(office, phone="070-174 06 05")
    learn_contacts(office, {"ADR1": contact_details(name="Anna Ek", phones=["08-465 004 00"])})
    details = Contact.objects.get().details
    assert details["phones"] == ["08-465 004 00", "070-174 06 05"]
    assert details["address"] == "Storgatan 4, 172 65 Sundbyberg"


def test_vitecs_own_card_says_everything_and_replaces(office):
    make_contact(office, phone="070-174 06 05")
    card = contact_details(name="Anna Ek", email="anna@example.se")
    learn_contacts(office, {"ADR1": card}, source=PERSONS)
    assert Contact.objects.get().details == card
    assert find_contacts(office, "0701740605") == []


def test_what_a_meeting_said_before_does_not_undo_the_card(office):
    make_contact(office, phone="070-174 06 05")
    learn_contacts(office, {"ADR1": contact_details(name="Anna Alm")}, source=PERSONS)
    make_contact(office, phone="070-174 06 05")
    assert Contact.objects.get().name == "Anna Alm"


def test_it_keeps_the_old_words_when_a_change_fails_half_way(office, monkeypatch):
    make_contact(office)
    monkeypatch.setattr(directory, "insert_many", _fail)
    with pytest.raises(RuntimeError):
        make_contact(office, name="Anna Alm")
    assert _names(find_contacts(office, "ek")) == ["Anna Ek"]


def _fail(*args, **kwargs):
    raise RuntimeError


def test_it_leaves_nothing_personal_readable_in_the_database(office):
    secret = contact_details(
        name="Kanarieline Fågelström",
        phones=["070-998 87 76"],
        email="kanarieline@example.se",
        address="Hemligavägen 77, 172 99 Sundbyberg",
    )
    learn_contacts(office, {"ADR1": secret})
    stored = _everything_stored().casefold()
    assert "adr1" in stored
    for word in ("kanarie", "fågel", "f\\xe5gel", "998 87 76", "0709988776", "hemliga", "172 99"):
        assert word not in stored, word


def test_it_hashes_words_so_that_another_key_finds_nothing(office, settings):
    make_contact(office)
    settings.BLIND_INDEX_KEY = "another"
    assert find_contacts(office, "anna") == []


def test_it_shows_nothing_when_the_key_is_lost(office, settings):
    make_contact(office)
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    with pytest.raises(Unsealable):
        find_contacts(office, "anna")


def test_it_calls_a_contact_without_a_name_by_its_id(office):
    contact = make_contact(office, name="", phone="")
    assert (contact.name, contact.reach) == ("ADR1", "Storgatan 4, 172 65 Sundbyberg")


@pytest.mark.parametrize("model", [Colleague, UserGroup])
def test_it_learns_new_renamed_and_unchanged_rows(office, model):
    assert (
        learn_rows(model, office, {"1": {"name": "Bo"}, "2": {"name": "Eva"}}, complete=True) == 2
    )
    assert learn_rows(model, office, {"1": {"name": "Bo"}, "2": {"name": "Ea"}}, complete=True) == 1
    assert learn_rows(model, office, {"1": {"name": "Bo"}, "2": {"name": "Ea"}}, complete=True) == 0
    assert list(model.objects.values_list("vitec_id", "name")) == [("1", "Bo"), ("2", "Ea")]


def test_it_marks_a_vanished_row_and_keeps_it(office):
    both = {"HAN1": {"name": "Bo"}, "HAN2": {"name": "Eva"}}
    learn_rows(Colleague, office, both, complete=True)
    assert learn_rows(Colleague, office, {"HAN1": {"name": "Bo"}}, complete=True) == 1
    gone = Colleague.objects.get(vitec_id="HAN2")
    assert gone.missing_since is not None
    assert Colleague.objects.get(vitec_id="HAN1").missing_since is None


def test_it_marks_when_a_row_first_vanished(office):
    make_colleague(office, "HAN2", "Eva")
    Colleague.objects.update(missing_since=LONG_AGO)
    assert learn_rows(Colleague, office, {"HAN1": {"name": "Bo"}}, complete=True) == 1
    assert Colleague.objects.get(vitec_id="HAN2").missing_since == LONG_AGO


def test_it_unmarks_a_row_that_is_back(office):
    make_colleague(office, "HAN1", "Bo")
    Colleague.objects.update(missing_since=LONG_AGO)
    learn_rows(Colleague, office, {"HAN1": {"name": "Bo"}}, complete=True)
    assert Colleague.objects.get().missing_since is None


def test_it_marks_nobody_missing_after_a_part_of_the_list(office):
    learn_rows(Colleague, office, {"HAN2": {"name": "Eva"}}, complete=True)
    learn_rows(Colleague, office, {"HAN1": {"name": "Bo"}}, complete=False)
    assert Colleague.objects.filter(missing_since=None).count() == 2


def test_it_marks_nobody_missing_who_was_only_named_in_passing(office):
    directory.learn_colleague_names(office, {"HAN2": "Eva"})
    learn_rows(Colleague, office, {"HAN1": {"name": "Bo"}}, complete=True)
    assert Colleague.objects.filter(missing_since=None).count() == 2


def test_it_takes_an_empty_list_for_no_news(office):
    learn_rows(Colleague, office, {"HAN2": {"name": "Eva"}}, complete=True)
    assert learn_rows(Colleague, office, {}, complete=True) == 0
    assert Colleague.objects.get().missing_since is None


def test_it_leaves_other_offices_rows_alone(office, neighbour_office):
    learn_rows(Colleague, neighbour_office, {"HAN1": {"name": "Greta"}}, complete=True)
    learn_rows(Colleague, office, {"HAN2": {"name": "Bo"}}, complete=True)
    assert Colleague.objects.get(office=neighbour_office).missing_since is None


def test_it_learns_a_colleague_named_in_passing(office):
    directory.learn_colleague_names(office, {"HAN1": "Bo Alm", "HAN2": ""})
    assert [c.name for c in Colleague.objects.all()] == ["Bo Alm"]


def test_it_never_renames_a_colleague_in_passing(office):
    make_colleague(office, "HAN1", "Bo Alm")
    directory.learn_colleague_names(office, {"HAN1": "B. Alm"})
    assert Colleague.objects.get().name == "Bo Alm"


def test_of_the_beginnings_only_what_is_other_than_before_is_written(office):
    contact = make_contact(office, name="Anna Ek", phone="070-174 06 05")
    before = dict(contact.terms.values_list("digest", "pk"))
    details = contact_details(name="Anna Berg", phones=["070-174 06 05"])
    learn_contacts(office, {contact.vitec_id: details}, source="persons")
    after = dict(contact.terms.values_list("digest", "pk"))
    assert {before[digest] for digest in before.keys() & after.keys()} <= set(after.values())
    assert find_contacts(office, "berg") == [contact]
    assert find_contacts(office, "anna") == [contact]
    assert find_contacts(office, "ek") == []
    assert find_contacts(office, "storgatan") == []
