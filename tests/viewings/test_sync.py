from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from connect import rows
from connect.calls import Call, Reply
from connect.client import Client
from connect.errors import Denied, NotSent, Refused
from offices.directory import learn_rows
from offices.models import Capability, Contact, Estate, Office, SyncRun
from offices.sync import sync_estates
from offices.vitec import client_for
from sandbox.server import Sandbox
from tests.factories import make_slot, make_viewing
from viewings import sync
from viewings.models import LeadSource, SlotParticipant, TimeSlot, Viewing

pytestmark = pytest.mark.django_db


def outcomes() -> dict[str, str]:
    return {run.job: run.error for run in SyncRun.objects.order_by("pk")}


def test_it_keeps_viewings_slots_and_lead_sources(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    assert outcomes() == {"estates": "", "viewings": "", "lead_sources": ""}
    assert Viewing.objects.count() > 10
    assert TimeSlot.objects.count() > Viewing.objects.count()
    assert TimeSlot.objects.filter(registered__gt=0).exists()
    assert TimeSlot.objects.filter(attended__gt=0).exists()
    assert Viewing.objects.exclude(places=None).exists()
    assert Viewing.objects.exclude(no_later_than=None).exists()
    assert not Viewing.objects.filter(address="").exists()
    assert LeadSource.objects.exists()


def test_it_asks_only_about_homes_with_viewings_in_the_span(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)

    paths = [row["path"] for row in vitec.log()]
    asked = [path for path in paths if path.startswith("/Viewing/")]
    assert len(asked) == len(set(asked)) == Viewing.objects.values("estate_id").distinct().count()


def test_a_second_time_without_news_changes_nothing(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)
    before = list(TimeSlot.objects.values_list("vitec_id", "registered"))

    sync.sync_office(office, now=True)

    assert SyncRun.objects.filter(job="viewings").latest("pk").changed == 0
    assert list(TimeSlot.objects.values_list("vitec_id", "registered")) == before


def test_a_viewing_that_vitec_no_longer_has_is_marked_and_kept(
    vitec: Sandbox, office: Office
) -> None:
    sync.sync_office(office, now=True)
    estate_id = Viewing.objects.coming().first().estate_id  # type: ignore[union-attr]
    slot = make_slot(office, viewing=make_viewing(office, estate_id=estate_id))

    sync.sync_office(office, now=True)

    slot.refresh_from_db()
    assert slot.missing_since
    assert slot.viewing.missing_since


def test_an_old_viewing_is_left_as_it_was(vitec: Sandbox, office: Office) -> None:
    sync.sync_office(office, now=True)
    estate_id = Viewing.objects.coming().first().estate_id  # type: ignore[union-attr]
    then = timezone.now() - dt.timedelta(days=40)
    viewing = make_viewing(office, estate_id=estate_id, starts_at=then)

    sync.sync_office(office, now=True)

    viewing.refresh_from_db()
    assert viewing.missing_since is None


@pytest.mark.parametrize("fault", ["forbidden", "error_before", "html", "unavailable"])
def test_a_failure_is_on_record_keeps_what_was_known_and_stops_nothing_else(
    vitec: Sandbox, office: Office, fault: str
) -> None:
    sync.sync_office(office, now=True)
    known = Viewing.objects.filter(missing_since=None).count()
    vitec.behave("/Viewing/*", fault, times=1)

    sync.sync_office(office, now=True)

    assert SyncRun.objects.filter(job="viewings").latest("pk").error
    assert SyncRun.objects.filter(job="lead_sources").latest("pk").error == ""
    assert Viewing.objects.filter(missing_since=None).count() == known


class Refusing:
    """A client to whom Vitec tells of every home but the first."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked = 0

    def send(self, call: Call) -> Reply:
        if call.path.startswith("Viewing/"):
            self.asked += 1
            if self.asked == 1:
                raise Refused(status=404)
        return self.client.send(call)


def test_a_home_that_is_refused_does_not_cost_the_others(vitec: Sandbox, office: Office) -> None:
    sync_estates(office)
    with client_for(office) as client:
        pulled = sync.pull_viewings(Refusing(client), office)  # type: ignore[arg-type]

    assert pulled.fetched == Viewing.objects.count() > 5


def know(office: Office, *rows: dict[str, Any], complete: bool = True) -> None:
    """The office's directory of homes as if Vitec had listed it just now."""
    values = {row.pop("id"): row for row in [dict(row) for row in rows]}
    learn_rows(Estate, office, values, complete=complete)


def asked_about(office: Office) -> list[str]:
    return sorted(estate.estate_id for estate in sync.to_ask(office, sync.known_estates(office)))


class TestEstates:
    def test_where_the_list_does_not_tell_every_home_not_sold_is_asked_about(
        self, office: Office
    ) -> None:
        know(
            office,
            {"id": "OBJ1", "status_id": "3", "status": "Till salu"},
            {"id": "OBJ2", "status_id": "4", "status": "Såld"},
            {"id": "OBJ3", "status_id": "99", "status": "Såld i tysthet"},
            {"id": "OBJ4"},
        )

        assert asked_about(office) == ["OBJ1", "OBJ4"]

    def test_there_is_a_limit_to_asking(self, office: Office) -> None:
        know(office, *({"id": f"OBJ{number}"} for number in range(500)))

        assert len(asked_about(office)) == sync.MOST_ESTATES

    def test_a_home_that_we_know_to_have_a_viewing_is_asked_about_once_more(
        self, office: Office
    ) -> None:
        make_viewing(office, estate_id="OBJ2")
        starts = (timezone.now() + dt.timedelta(days=1)).isoformat()
        know(office, {"id": "OBJ1", "viewing_starts": [starts]}, {"id": "OBJ2"}, {"id": "OBJ3"})

        assert asked_about(office) == ["OBJ1", "OBJ2"]

    def test_where_the_list_may_be_read_homes_known_otherwise_are_not_asked_about(
        self, office: Office
    ) -> None:
        know(office, {"id": "OBJ1"})
        know(office, {"id": "OBJ2"}, complete=False)

        assert asked_about(office) == ["OBJ1"]

    def test_where_the_list_is_refused_the_homes_that_meetings_named_are_asked_about(
        self, vitec: Sandbox, office: Office
    ) -> None:
        vitec.behave("/Estate/GetEstateList", "forbidden")
        doc = next(doc for doc in vitec.practice.store.of("viewings", office.customer_id))
        know(office, {"id": doc["estateId"], "address": "Storgatan 4"}, complete=False)

        sync.sync_office(office, now=True)

        assert SyncRun.objects.get(job="estates").error == "denied"
        asked = [row["path"] for row in vitec.log() if row["path"].startswith("/Viewing/")]
        assert asked == [f"/Viewing/{office.customer_id}/{doc['estateId']}"]

    def test_one_list_serves_the_directory_and_the_viewings(
        self, vitec: Sandbox, office: Office
    ) -> None:
        sync.sync_office(office, now=True)
        sync.sync_office(office, now=True)

        lists = [row for row in vitec.log() if row["path"] == "/Estate/GetEstateList"]
        # An interval may have ended between the two.
        assert len(lists) in (1, 2)
        assert Estate.objects.filter(office=office).exists()


def test_odd_rows_do_not_cost_the_office_its_viewings(office: Office) -> None:
    starts = f"{timezone.now():%Y-%m-%dT%H:%M:%S}"
    answer = [
        {"id": "VIS1", "startsAt": starts, "participantPerTimeSlot": "4", "timeSlots": [
            {"id": "TID1", "participants": None}, {"id": ""}, "x", {"id": "T" * 65}]},
        {"id": "VIS2", "startsAt": "snart"},
        {"id": "V" * 65, "startsAt": starts},
        "no viewing",
    ]  # fmt: skip

    estate = sync.Estate("OBJ1", "Storgatan 4", "", False, ())
    sync._keep(office, [(estate, sync._in_span(answer))])

    assert Viewing.objects.get().places == 4
    assert TimeSlot.objects.get().registered == 0


@pytest.mark.parametrize(
    ("text", "places"),
    [("4", 4), ("0", None), ("", None), ("-1", None), ("4.0", None), ("²", None)],
)
def test_places_are_a_whole_number_or_no_limit(text: str, places: int | None) -> None:
    assert sync._whole(text) == places


class TestParticipants:
    def people(self, *people: object) -> list[tuple[sync.Estate, list[rows.Row]]]:
        slot = {"id": "TID1", "participants": list(people)}
        starts = f"{timezone.now():%Y-%m-%dT%H:%M:%S}"
        estate = sync.Estate("OBJ1", "Storgatan 4", "", False, ())
        return [(estate, [{"id": "VIS1", "startsAt": starts, "timeSlots": [slot]}])]

    def kept(self) -> list[tuple[str, bool, bool]]:
        found = SlotParticipant.objects.order_by("contact_id")
        return [(one.contact_id, one.participated, bool(one.missing_since)) for one in found]

    def test_who_is_in_a_slot_is_kept_and_who_vanishes_is_marked(self, office: Office) -> None:
        anna = {"contactId": "ADR1", "hasParticipated": False}
        bo = {"contactId": "ADR2", "hasParticipated": True}
        sync._keep(office, self.people(anna, bo, {"contactId": ""}, "x"))
        assert self.kept() == [("ADR1", False, False), ("ADR2", True, False)]

        sync._keep(office, self.people(anna | {"hasParticipated": True}))
        assert self.kept() == [("ADR1", True, False), ("ADR2", True, True)]

        sync._keep(office, self.people(anna | {"hasParticipated": True}, bo))
        assert self.kept() == [("ADR1", True, False), ("ADR2", True, False)]

    def test_one_who_is_booked_twice_counts_once_and_was_there_if_once(
        self, office: Office
    ) -> None:
        anna = {"contactId": "ADR1", "hasParticipated": True}

        sync._keep(office, self.people(anna, anna | {"hasParticipated": False}))

        assert self.kept() == [("ADR1", True, False)]

    def test_their_names_are_asked_for_once_a_day(self, vitec: Sandbox, office: Office) -> None:
        def asked() -> int:
            return sum("/Person?" in row["path"] for row in vitec.log() if row["path"])

        sync.sync_office(office, now=True)
        ids = set(SlotParticipant.objects.values_list("contact_id", flat=True))
        named = set(Contact.objects.values_list("vitec_id", flat=True))
        assert ids
        assert ids <= named
        before = asked()

        sync.sync_office(office, now=True)

        assert asked() == before

    def test_where_names_may_not_be_read_the_viewings_are_none_the_worse(
        self, office: Office
    ) -> None:
        sync._keep(office, self.people({"contactId": "ADR1"}))

        sync.learn_names(Failing(Denied(status=403)), office)  # type: ignore[arg-type]

        assert not Contact.objects.exists()
        assert not Capability.objects.get(name=sync.NAMES).allowed
        sync.learn_names(Failing(AssertionError()), office)  # type: ignore[arg-type]

    def test_what_fails_for_another_reason_is_tried_again(self, office: Office) -> None:
        sync._keep(office, self.people({"contactId": "ADR1"}))

        sync.learn_names(Failing(NotSent(cause="x")), office)  # type: ignore[arg-type]

        assert not Capability.objects.exists()
        assert SlotParticipant.objects.get().asked_at is None


class Failing:
    """A client that never gets an answer."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, _call: Call) -> Reply:
        raise self.error


class TestVanishedHomes:
    def test_a_home_that_left_the_list_takes_its_coming_viewings_with_it(
        self, office: Office
    ) -> None:
        coming = make_viewing(office, "VIS1", estate_id="OBJ1")
        stays = make_viewing(office, "VIS2", estate_id="OBJ2")
        unheard_of = make_viewing(office, "VIS4", estate_id="OBJ4")
        then = timezone.now() - dt.timedelta(days=3)
        been = make_viewing(office, "VIS3", estate_id="OBJ1", starts_at=then)
        homes = {one: {"address": ""} for one in ("OBJ1", "OBJ2")}
        learn_rows(Estate, office, homes, complete=True)
        learn_rows(Estate, office, {"OBJ2": {"address": ""}}, complete=True)

        assert sync.mark_vanished(office) == 1

        for viewing in (coming, stays, been, unheard_of):
            viewing.refresh_from_db()
        assert coming.missing_since
        assert not any(one.missing_since for one in (stays, been, unheard_of))

    def test_when_it_comes_back_so_do_they(self, vitec: Sandbox, office: Office) -> None:
        sync.sync_office(office, now=True)
        Viewing.objects.update(missing_since=timezone.now())

        sync.sync_office(office, now=True)

        assert Viewing.objects.coming().filter(missing_since=None).exists()
