"""Directories that fill themselves: a login that may read nothing but meetings has pick lists."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from meetings import sync
from meetings.teaching import teach
from offices import choices
from offices import sync as directories
from offices.directory import learn_rows
from offices.models import Colleague, Contact, Estate, IntakeSource, Office
from sandbox.server import Sandbox

ROW = {
    "id": "CAL1",
    "estateId": "OBJ1",
    "address": {"streetAddress": "Storgatan 4", "city": "Solna"},
    "brokerId": "HAN1",
    "brokerName": "Bo Alm",
    "bookedById": "HAN2",
    "bookedByName": "Berit Bok",
    "assignmentSource": {"id": 6, "name": "Bank"},
}


def test_with_every_look_up_refused_meetings_fill_the_pick_lists(
    office: Office, vitec: Sandbox
) -> None:
    vitec.behave("lookups", "forbidden")

    directories.sync_office(office, now=True)
    sync.sync_office(office, now=True)

    for model in (Colleague, Contact, Estate, IntakeSource):
        assert model._default_manager.filter(office=office).exists(), model
    assert choices.colleagues(office)
    assert choices.estates(office)


def test_a_meeting_names_broker_booker_home_and_source(office: Office) -> None:
    teach(office, [ROW])

    assert set(Colleague.objects.values_list("vitec_id", "name")) == {
        ("HAN1", "Bo Alm"),
        ("HAN2", "Berit Bok"),
    }
    estate = Estate.objects.get()
    assert (estate.vitec_id, estate.address, estate.listed) == ("OBJ1", "Storgatan 4", False)
    assert list(IntakeSource.objects.values_list("vitec_id", "name")) == [("6", "Bank")]


def test_odd_meetings_teach_nothing_and_break_nothing(office: Office) -> None:
    odd = {"brokerId": "H" * 65, "brokerName": "Lång", "estateId": None, "address": "Storgatan"}
    teach(office, [{}, odd, {"assignmentSource": "Bank", "bookedById": 7}])

    assert not Colleague.objects.exists()
    assert not Estate.objects.exists()
    assert not IntakeSource.objects.exists()


def test_a_meeting_takes_no_word_of_vitecs_own_list_away(office: Office) -> None:
    learn_rows(Estate, office, {"OBJ1": {"address": "Storgatan 4 A"}}, complete=True)
    learn_rows(Colleague, office, {"HAN1": {"name": "Bo A. Alm"}}, complete=True)

    teach(office, [ROW])

    assert Estate.objects.get().address == "Storgatan 4 A"
    assert Colleague.objects.get(vitec_id="HAN1").name == "Bo A. Alm"


def test_a_home_without_an_address_gets_it_from_a_later_meeting(office: Office) -> None:
    teach(office, [{**ROW, "address": None}])
    teach(office, [ROW])

    assert Estate.objects.get().address == "Storgatan 4"


def test_when_it_was_first_and_last_seen_is_known(office: Office) -> None:
    teach(office, [ROW])
    long_ago = timezone.now() - dt.timedelta(days=9)
    Estate.objects.update(first_seen=long_ago, last_seen=long_ago)

    teach(office, [ROW])

    estate = Estate.objects.get()
    assert estate.first_seen == long_ago
    assert estate.last_seen > long_ago


def test_whom_vitec_no_longer_lists_an_old_meeting_does_not_bring_back(office: Office) -> None:
    teach(office, [ROW])
    Colleague.objects.update(missing_since=timezone.now(), last_seen=timezone.now())

    teach(office, [ROW])

    assert not Colleague.objects.filter(missing_since=None).exists()


def test_what_was_taken_off_the_lists_stays_off_also_when_it_is_filled_in(office: Office) -> None:
    teach(office, [{**ROW, "address": None}])
    Estate.objects.update(missing_since=timezone.now())

    teach(office, [ROW])

    assert Estate.objects.get().address == "Storgatan 4"
    assert choices.estates(office) == []
