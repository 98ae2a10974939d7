from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from lib import database_clock

pytestmark = pytest.mark.django_db


def test_it_is_a_moment_that_knows_its_zone() -> None:
    assert abs(database_clock.now() - timezone.now()) < dt.timedelta(seconds=5)


def test_a_host_whose_clock_goes_wrong_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = database_clock.now()
    monkeypatch.setattr(timezone, "now", lambda: before - dt.timedelta(days=3))

    assert database_clock.now() >= before


def test_it_is_known_how_every_database_is_asked() -> None:
    assert connection.vendor in database_clock._ASKED
