from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from offices.models import Office
from tests.factories import STOCKHOLM, make_slot, make_viewing
from viewings.wording import slot_option, slot_words

pytestmark = pytest.mark.django_db

STARTS = dt.datetime(2027, 3, 1, 12, 0, tzinfo=STOCKHOLM)


def test_a_slot_is_told_by_address_day_and_time(office: Office) -> None:
    slot = make_slot(office, viewing=make_viewing(office, starts_at=STARTS))

    with translation.override("sv"):
        assert slot_words(slot) == "Storgatan 4, mån 1 mars 2027 kl. 12:00–12:30 (v. 9)"
        assert slot_option(slot).startswith("Storgatan 4, mån 1 mars")
        assert slot_option(slot).endswith(" 12:00–12:30")


def test_without_an_end_or_an_address_the_rest_is_told(office: Office) -> None:
    viewing = make_viewing(office, starts_at=STARTS, address="")
    slot = make_slot(office, viewing=viewing, ends_at=None)

    with translation.override("sv"):
        assert slot_words(slot) == "OBJ1_2, mån 1 mars 2027 kl. 12:00 (v. 9)"
