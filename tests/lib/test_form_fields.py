"""The field for days in words: what it reads, what it says when it cannot, what it gives back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from lib import form_fields
from lib.form_fields import MESSAGES, DayWordsField, read_end

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# A Wednesday.
NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=STOCKHOLM)


class WhenForm(forms.Form):
    date = DayWordsField()
    later = DayWordsField(required=False)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW.astimezone(dt.UTC))


def _code(text):
    return WhenForm({"date": text}).errors.as_data()["date"][0].code


@pytest.mark.parametrize(
    ("language", "text"), [("sv", "imorgon 9"), ("en", "tomorrow 9"), ("sv", "19/11 09:00")]
)
def test_it_reads_a_day_in_the_language_of_the_page(language, text):
    with translation.override(language):
        form = WhenForm({"date": text})
        assert form.is_valid()
    assert form.cleaned_data["date"] == dt.datetime(2026, 11, 19, 9, 0, tzinfo=STOCKHOLM)


def test_it_reads_a_day_when_no_language_is_active():
    with translation.override(None):
        assert DayWordsField().clean("imorgon 9").date() == dt.date(2026, 11, 19)


def test_it_gives_an_aware_moment_in_stockholm_time():
    moment = DayWordsField().clean("2027-07-01 09:00")
    assert moment.utcoffset() == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("snart", "unreadable"),
        ("...", "unreadable"),
        ("31/2 2027", "no_such_day"),
        ("imorgon 25:00", "no_such_time"),
        ("2027-03-28 02:30", "no_such_time"),
        ("torsdag 2026-11-20", "wrong_weekday"),
        ("x" * 61, "max_length"),
        ("imorgon\0", "null_characters_not_allowed"),
    ],
)
def test_it_says_what_is_wrong_with_a_text(text, code):
    assert _code(text) == code


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_it_has_a_sentence_for_every_complaint(monkeypatch, code):
    def complain(*args, **kwargs):
        raise form_fields.daywords.Unreadable(code)

    monkeypatch.setattr(form_fields.daywords, "read", complain)
    said = {}
    for language in ("sv", "en"):
        with translation.override(language):
            (said[language],) = WhenForm({"date": "imorgon"}).errors["date"]
            assert said[language] == MESSAGES[code]
    assert said["sv"] != said["en"]
    assert all(sentence.endswith(".") for sentence in said.values())


def test_it_calls_a_complaint_it_does_not_know_unreadable(monkeypatch):
    def complain(*args, **kwargs):
        raise form_fields.daywords.Unreadable("empty")

    monkeypatch.setattr(form_fields.daywords, "read", complain)
    assert _code("imorgon") == "unreadable"


def test_it_takes_nothing_where_nothing_is_needed():
    form = WhenForm({"date": "imorgon", "later": " "})
    assert form.is_valid()
    assert form.cleaned_data["later"] is None


@pytest.mark.parametrize("typed", ["imorgon 9", "snart", " v 50 "])
def test_it_keeps_what_was_typed(typed):
    form = WhenForm({"date": typed})
    form.is_valid()
    assert form["date"].value() == typed
    assert f'value="{typed}"' in str(form["date"])


def test_an_end_is_read_from_its_start():
    assert read_end("15:30", NOW) == NOW.replace(hour=15, minute=30)


@pytest.mark.parametrize(
    ("text", "code"), [("hoppsan", "unreadable"), ("25:00", "no_such_time"), (" ", "unreadable")]
)
def test_an_end_that_cannot_be_read_says_why(text, code):
    with pytest.raises(ValidationError) as refused:
        read_end(text, NOW)
    assert refused.value.code == code
