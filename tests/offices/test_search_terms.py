"""Words, numbers and their beginnings: what is said on the phone finds the person."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offices import search_terms
from offices.directory import contact_details

LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéèüßABCÅÄÖÉ"
words = st.text(LETTERS, min_size=2, max_size=20)
names = st.lists(words, min_size=1, max_size=4)
numbers = st.text("0123456789", min_size=8, max_size=8).map(lambda rest: f"07{rest}")


def _finds(details, text):
    """As the directory does: every hash asked for is stored, and the words really begin so."""
    stored = search_terms.beginnings(search_terms.details_words(details))
    asked = search_terms.asked(text)
    return bool(asked) and stored.issuperset(asked) and search_terms.matches(details, text)


@given(names, st.data())
def test_it_finds_a_contact_by_any_beginning_of_any_word(parts, data):
    details = contact_details(name=" ".join(parts))
    word = data.draw(st.sampled_from(parts))
    length = data.draw(st.integers(2, len(word)))
    assert _finds(details, word[:length])


@given(names, st.data())
def test_it_finds_a_contact_by_several_beginnings_in_any_order(parts, data):
    details = contact_details(name="-".join(parts))
    typed = [part[: data.draw(st.integers(2, len(part)))] for part in parts]
    assert _finds(details, " ".join(data.draw(st.permutations(typed))))


@given(numbers, st.data())
def test_it_finds_a_contact_by_any_beginning_of_a_number(number, data):
    details = contact_details(phones=[f"+46 (0){number[1:3]}-{number[3:]}"])
    length = data.draw(st.integers(2, len(number)))
    assert _finds(details, number[:length])


@given(st.emails())
def test_it_finds_a_contact_by_the_whole_email(email):
    details = contact_details(email=email)
    if search_terms.words_of(email):
        assert _finds(details, email)


@given(st.text(), st.text())
def test_it_reads_any_text_without_falling_over(stored, typed):
    assert isinstance(_finds(contact_details(name=stored, address=stored), typed), bool)


PHONES = [
    "0701740605",
    "070-174 06 05",
    "070 174 06 05",
    "070–174 06 05",
    "070/1740605",
    "+46701740605",
    "+46 70 174 06 05",
    "+46 (0)70-174 06 05",
    "+46(0)701740605",
    "+46 070 174 06 05",
    "0046701740605",
    "0046 (0)70 174 06 05",
    "070\u00a0174\u00a006\u00a005",
]


@pytest.mark.parametrize("typed", PHONES)
@pytest.mark.parametrize("stored", PHONES)
def test_it_knows_a_number_in_any_spelling(stored, typed):
    assert _finds(contact_details(phones=[stored]), typed)


@pytest.mark.parametrize("typed", ["+46 70", "004670", "070-17", "+46 (0)7", "07"])
def test_it_finds_a_number_while_it_is_being_typed(typed):
    assert _finds(contact_details(phones=["070-174 06 05"]), typed)


def test_it_keeps_a_foreign_number():
    assert search_terms.words_of("+45 12 34 56 78") == ["4512345678"]


@pytest.mark.parametrize("typed", ["anna1", "anna19", "anna1980@", "anna1980@example.se"])
def test_it_leaves_digits_in_an_email_where_they_are(typed):
    assert _finds(contact_details(email="anna1980@example.se"), typed)


def test_it_finds_an_address_by_street_number_and_code():
    details = contact_details(address="Storgatan 12A, 172 65 Sundbyberg")
    for typed in ("storg", "Storgatan 12", "storgatan 12a", "17265", "172 65 sundb"):
        assert _finds(details, typed), typed


@pytest.mark.parametrize(("name", "other"), [("Åsa", "Asa"), ("Älva", "Alva"), ("Öst", "Ost")])
def test_it_tells_swedish_letters_from_plain_ones(name, other):
    assert _finds(contact_details(name=name), name.lower())
    assert not _finds(contact_details(name=name), other)
    assert not _finds(contact_details(name=other), name)


def test_it_takes_accents_for_their_letter():
    assert _finds(contact_details(name="André Lindén"), "andre linden")
    assert _finds(contact_details(name="Andre Linden"), "andré lindén")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_it_reads_letters_however_they_are_composed(form):
    details = contact_details(name=unicodedata.normalize(form, "Åsa Öhrn-André"))
    assert _finds(details, "åsa öhrn andre")
    assert not _finds(details, "asa")


def test_it_checks_the_letters_beyond_the_twelfth():
    details = contact_details(name="Christofferson")
    assert search_terms.asked("Christoffersdotter") == search_terms.asked("Christofferson")
    assert _finds(details, "Christofferso")
    assert not _finds(details, "Christoffersdotter")


def test_it_asks_for_nothing_when_a_single_letter_is_typed():
    for typed in ("", " ", "a", "1", "-", "a b c"):
        assert search_terms.asked(typed) == []


def test_it_splits_names_at_hyphens_and_commas():
    text = "Anna-Lena von Åkesson, +46 (0)70-174 06 05"
    assert search_terms.words_of(text) == ["anna", "lena", "von", "åkesson", "0701740605"]


def test_it_stores_two_to_twelve_letters_of_a_word():
    assert len(search_terms.beginnings(["ek"])) == 1
    assert len(search_terms.beginnings(["christoffersson"])) == 11
