from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from meetings.agenda import meetings, topic
from offices.agendas import Asked, Entry
from offices.models import Office
from tests.factories import STOCKHOLM, make_meeting

pytestmark = pytest.mark.django_db

FEBRUARY_8 = dt.datetime(2027, 2, 8, 8, 45, tzinfo=STOCKHOLM)


def asked(office: Office, **values: Any) -> list[Entry]:
    first = FEBRUARY_8.replace(hour=0, minute=0)
    return list(meetings(Asked(office, first, first + dt.timedelta(days=1), **values)))


def test_a_meeting_stands_in_its_brokers_calendar(office: Office) -> None:
    make_meeting(office, meeting_date=FEBRUARY_8)

    (entry,) = asked(office)

    assert (entry.title, entry.place, str(entry.what)) == ("Anna Ek", "Storgatan 4", "Intagsmöte")
    assert (entry.starts_at, entry.ends_at) == (FEBRUARY_8, None)
    assert entry.colleague_id == "HAN1"
    assert entry.url == "/meetings/?day=2027-02-08"
    assert entry.busy


@pytest.mark.parametrize("state", ["CancelledByAgent", "CancelledByCustomer", "NotRelevant"])
def test_one_called_off_takes_up_no_time(office: Office, state: str) -> None:
    make_meeting(office, meeting_date=FEBRUARY_8, state=state)

    assert [entry.busy for entry in asked(office)] == [False]


def test_one_that_vitec_no_longer_lists_takes_up_no_time(office: Office) -> None:
    make_meeting(office, meeting_date=FEBRUARY_8, missing_since=timezone.now())

    assert [(entry.busy, entry.tone) for entry in asked(office)] == [(False, "quiet")]


def test_days_offices_and_calendars_are_kept_apart(
    office: Office, neighbour_office: Office
) -> None:
    make_meeting(office, meeting_date=FEBRUARY_8 + dt.timedelta(days=1))
    make_meeting(office, "CAL2", meeting_date=None)
    make_meeting(neighbour_office, "CAL3", meeting_date=FEBRUARY_8)
    make_meeting(office, "CAL4", meeting_date=FEBRUARY_8, broker_id="HAN2")

    assert [entry.colleague_id for entry in asked(office)] == ["HAN2"]
    assert asked(office, colleagues=["HAN1"]) == []


def test_nothing_is_opened_where_no_titles_are_asked_for(
    office: Office, django_assert_num_queries: Any
) -> None:
    make_meeting(office, meeting_date=FEBRUARY_8)

    with django_assert_num_queries(1):
        (entry,) = asked(office, titled=False)

    assert entry.title == entry.place == ""


class TestTopic:
    def test_an_event_is_about_a_meeting(self, office: Office) -> None:
        make_meeting(office, meeting_date=FEBRUARY_8)

        found = topic(Office.objects.all(), "CAL1")

        assert found is not None
        assert found.subject == "Intagsmöte Anna Ek"
        assert (found.place, found.colleague_id) == ("Storgatan 4", "HAN1")
        assert found.starts_at == FEBRUARY_8

    def test_it_is_looked_for_in_the_offices_given_only(
        self, office: Office, neighbour_office: Office
    ) -> None:
        make_meeting(office)

        assert topic(Office.objects.filter(pk=neighbour_office.pk), "CAL1") is None
        assert topic(Office.objects.all(), "CAL9") is None
