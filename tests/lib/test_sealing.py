"""Sealing: opened with the right keys only, and never the ciphertext as if it were the value."""

from __future__ import annotations

import time

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lib import sealing
from lib.sealing import SealedJSONField, Unsealable, keyed_hash
from offices.models import Credential

VALUE = {"namn": "Åsa Öberg", "nummer": ["19800101-1234"], "tomt": None, "n": 1.5}
texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def other_key():
    return Fernet.generate_key().decode()


@given(texts)
def test_it_opens_what_it_sealed(text):
    token = sealing.seal(text)
    assert sealing.unseal(token) == text


def test_it_seals_the_same_text_differently_every_time():
    assert sealing.seal("Anna") != sealing.seal("Anna")


def test_it_hides_the_text():
    assert "Anna" not in sealing.seal("Anna Ek")


def test_it_raises_with_a_wrong_key(settings, other_key):
    token = sealing.seal("Anna")
    settings.FIELD_ENCRYPTION_KEYS = [other_key]
    with pytest.raises(Unsealable):
        sealing.unseal(token)


@pytest.mark.parametrize("token", ["", "Anna Ek", "gAAAAA", "{}", "å", "gAAAAA==\n"])
def test_it_raises_for_what_was_never_sealed(token):
    with pytest.raises(Unsealable):
        sealing.unseal(token)


def test_a_token_opens_for_its_purpose_alone() -> None:
    token = sealing.seal_for("kept", "Anna\0Ek")
    assert sealing.unseal_for("kept", token) == "Anna\0Ek"
    for other in (token, sealing.seal("Anna"), sealing.seal('{"a": 1}'), sealing.new_row_key()):
        with pytest.raises(Unsealable):
            sealing.unseal_for("card", other)


def test_a_token_opens_for_its_time_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sealing.seal_for("kept", "Anna")
    now = time.time()
    assert abs(sealing.sealed_at(token) - now) < 5
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert sealing.unseal_for("kept", token, 120) == "Anna"
    with pytest.raises(Unsealable):
        sealing.unseal_for("kept", token, 60)


def test_it_raises_for_a_token_that_was_changed():
    token = sealing.seal("Anna")
    changed = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    with pytest.raises(Unsealable):
        sealing.unseal(changed)


def test_it_opens_with_the_old_key_and_seals_with_the_new(settings, other_key):
    old_key = settings.FIELD_ENCRYPTION_KEYS[0]
    old = sealing.seal("Anna")
    settings.FIELD_ENCRYPTION_KEYS = [other_key, old_key]
    new = sealing.seal("Anna")
    assert sealing.unseal(old) == "Anna"
    settings.FIELD_ENCRYPTION_KEYS = [other_key]
    assert sealing.unseal(new) == "Anna"
    with pytest.raises(Unsealable):
        sealing.unseal(old)


def test_it_says_when_a_key_is_none(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["not-a-key"]
    with pytest.raises(ValueError, match="Fernet key"):
        sealing.seal("Anna")


@given(json_values)
def test_it_opens_what_a_rows_key_sealed(value):
    key = sealing.new_row_key()
    assert sealing.unseal_row(key, sealing.seal_row(key, value)) == value


def test_it_gives_every_row_a_key_of_its_own():
    mine, other = sealing.new_row_key(), sealing.new_row_key()
    token = sealing.seal_row(mine, VALUE)
    with pytest.raises(Unsealable):
        sealing.unseal_row(other, token)


def test_it_opens_no_row_whose_key_was_destroyed():
    token = sealing.seal_row(sealing.new_row_key(), VALUE)
    with pytest.raises(Unsealable, match="destroyed"):
        sealing.unseal_row("", token)
    with pytest.raises(Unsealable, match="destroyed"):
        sealing.seal_row("", VALUE)


def test_it_keeps_a_rows_content_when_the_master_key_rotates(settings, other_key):
    key = sealing.new_row_key()
    token = sealing.seal_row(key, VALUE)
    settings.FIELD_ENCRYPTION_KEYS = [other_key, *settings.FIELD_ENCRYPTION_KEYS]
    assert sealing.unseal_row(key, token) == VALUE


@pytest.mark.parametrize("token", ["", "{}", '{"namn": "Anna"}', "Ö"])
def test_it_refuses_a_row_in_plain_text(token):
    with pytest.raises(Unsealable):
        sealing.unseal_row(sealing.new_row_key(), token)


def test_it_hashes_the_same_to_the_same():
    assert keyed_hash("contact", "Anna") == keyed_hash("contact", "Anna")
    assert len(keyed_hash("contact", "Anna")) == 32
    assert set(keyed_hash("contact", "Anna")) <= set("0123456789abcdef")


def test_it_hashes_differently_for_another_purpose_value_or_key(settings):
    before = keyed_hash("contact", "Anna")
    assert keyed_hash("term", "Anna") != before
    assert keyed_hash("contact", "Anne") != before
    assert keyed_hash("contac", "tAnna") != before
    settings.BLIND_INDEX_KEY = "another"
    assert keyed_hash("contact", "Anna") != before


def _stored_password():
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM offices_credential")
        return cursor.fetchone()[0]


def test_it_stores_no_plain_text_in_a_sealed_field(office):
    Credential.objects.update(password={"ord": "hemligt"})
    assert "hemligt" not in _stored_password()
    assert Credential.objects.get().password == {"ord": "hemligt"}


@pytest.mark.parametrize("value", ["kod", "", 0, [], {}, ["å", None], None])
def test_it_keeps_every_kind_of_json_value(value):
    field = SealedJSONField()
    stored = field.get_prep_value(value)
    assert field.from_db_value(stored, None, connection) == value


def test_it_loads_no_sealed_field_with_a_wrong_key(office, settings, other_key):
    settings.FIELD_ENCRYPTION_KEYS = [other_key]
    with pytest.raises(Unsealable):
        Credential.objects.get()


def test_it_loads_no_field_that_stands_there_in_plain_text(office):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offices_credential SET password = '\"hemligt\"'")
    with pytest.raises(Unsealable):
        Credential.objects.get()


def test_it_still_reads_the_other_columns_when_a_field_cannot_be_opened(
    office, settings, other_key
):
    settings.FIELD_ENCRYPTION_KEYS = [other_key]
    assert Credential.objects.defer("password").get().username == "sandbox"


def test_it_dumps_a_sealed_field_sealed(office):
    field = Credential._meta.get_field("password")
    dumped = field.value_to_string(Credential.objects.get())
    assert dumped != "sandbox"
    assert sealing.unseal(dumped) == '"sandbox"'
