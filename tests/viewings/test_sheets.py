"""Viewings out of a file or by hand, where Vitec's own list may not be read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices import importing
from offices.importing import Plan, find_sheet, plan
from offices.models import Office
from tests.factories import make_user
from viewings.models import TimeSlot, Viewing

HEAD = "Tids-id;Visnings-id;Adress;Område;Datum;Från;Till;Platser"
TWO = f"""{HEAD}
TID1;VIS1;Storgatan 4;Vasastan;2026-11-22;13:00;13:30;4
TID2;VIS1;Storgatan 4;Vasastan;2026-11-22;13.30;14:00;4"""


def planned(office: Office, text: str) -> Plan:
    sheet = find_sheet("viewings")
    assert sheet
    return plan(office, sheet, text)


def imported(office: Office, text: str) -> None:
    made = planned(office, text)
    assert made.problems == []
    sheet = find_sheet("viewings")
    assert sheet
    importing.keep(office, sheet, made)


def at(clock: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(f"2026-11-22T{clock}"))


def test_two_slots_are_one_viewing_as_long_as_both(office: Office) -> None:
    imported(office, TWO)

    [viewing] = Viewing.objects.all()
    assert (viewing.vitec_id, viewing.address, viewing.places) == ("VIS1", "Storgatan 4", 4)
    assert (viewing.starts_at, viewing.ends_at) == (at("13:00"), at("14:00"))
    slots = TimeSlot.objects.values_list("vitec_id", "viewing", "starts_at", "office")
    assert list(slots) == [
        ("TID1", viewing.pk, at("13:00"), office.pk),
        ("TID2", viewing.pk, at("13:30"), office.pk),
    ]


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    imported(office, TWO)

    made = planned(office, TWO)

    assert (made.new, made.changed, made.unchanged) == ([], [], ["TID1", "TID2"])


def test_a_slot_that_moves_takes_its_viewing_along(office: Office) -> None:
    imported(office, TWO)

    imported(office, f"{HEAD}\nTID2;VIS1;Storgatan 4;;2026-11-22;15:00;15:30;")

    viewing = Viewing.objects.get()
    assert (viewing.starts_at, viewing.ends_at) == (at("13:00"), at("15:30"))
    # An empty cell takes nothing away.
    assert (viewing.area, viewing.places) == ("Vasastan", 4)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("TID1;VIS1;Storgatan 4;;22/11 2026;13:00;;", "datum: skriv datumet som 2026-11-22."),
        ("TID1;VIS1;Storgatan 4;;2026-11-22;ett;;", "från: skriv tiden som 13:00."),
        ("TID1;VIS1;Storgatan 4;;2026-11-22;13:00;13:00;", "Visningen slutar innan den har börjat"),
        ("TID1;VIS1;Storgatan 4;;2026-11-22;13:00;;många", "platser: skriv ett helt antal platser"),
        ("TID1;;Storgatan 4;;2026-11-22;13:00;;", "visnings-id: måste fyllas i."),
        ("TID1;VIS1;;;2026-11-22;13:00;;", "adress: måste fyllas i."),
    ],
)
def test_a_line_that_makes_no_sense_is_named(office: Office, line: str, said: str) -> None:
    [problem] = planned(office, f"{TWO.replace('TID1', 'TID9')}\n{line}").problems

    assert problem.line == 4
    assert said in problem.text


def test_a_viewing_is_added_by_hand_with_its_slots(office: Office) -> None:
    person = make_user("kontorsadmin", office, is_staff=True)
    person.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(person)

    answer = client.post(reverse("admin:viewings_viewing_add"), _by_hand(office))

    assert answer.status_code == 302, answer.content.decode()
    slot = TimeSlot.objects.get()
    assert (slot.vitec_id, slot.viewing.vitec_id, slot.office) == ("TID1", "VIS1", office)
    again = client.post(
        reverse("admin:viewings_viewing_add"), _by_hand(office) | {"vitec_id": "VIS2"}
    )
    assert "Ett annat tillfälle på kontoret har det id:t." in again.content.decode()


def _by_hand(office: Office) -> dict[str, object]:
    return {
        "office": office.pk, "vitec_id": "VIS1", "address": "Storgatan 4",
        "starts_at_0": "2026-11-22", "starts_at_1": "13:00",
        "slots-TOTAL_FORMS": "1", "slots-INITIAL_FORMS": "0",
        "slots-0-vitec_id": "TID1", "slots-0-starts_at_0": "2026-11-22",
        "slots-0-starts_at_1": "13:00",
    }  # fmt: skip
