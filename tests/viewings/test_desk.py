from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission
from tests.factories import make_contact, make_slot, make_viewing
from viewings import sync
from viewings.models import TimeSlot

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FIRST, LAST, CONTACT = (
    "update_person-first_name",
    "update_person-last_name",
    "update_person-contact_id",
)


@pytest.fixture
def slot(office: Office) -> TimeSlot:
    """A slot of today, which began a moment ago."""
    return make_slot(office, viewing=make_viewing(office, starts_at=timezone.now()))


def address(slot: TimeSlot) -> str:
    return reverse("viewings:register", args=[slot.pk])


def row(
    first: str = "Anna", last: str = "Andersson", reach: str = "070-174 06 05", **more: Any
) -> dict[str, Any]:
    values = {FIRST: first, LAST: last, "reach": reach, "form_token": str(uuid.uuid4())}
    return values | more


def enter(client: Client, slot: TimeSlot, *cells: str, **more: Any) -> Any:
    return client.post(address(slot), row(*cells, **more), headers=HTMX)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def bodies() -> list[dict[str, Any]]:
    return [json.loads(s.call.body or "") for s in Submission.objects.order_by("pk")]


class TestARow:
    def test_it_becomes_what_the_form_at_the_door_makes(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        answer = enter(as_bokare, slot)

        assert answer.status_code == 200
        assert answer["HX-Trigger"] == "registered"
        assert "Anna Andersson" in text_of(answer)
        assert bodies() == [
            {
                "updatePerson": {
                    "customerId": "M30011",
                    "firstName": "Anna",
                    "lastName": "Andersson",
                    "cellPhone": "070-174 06 05",
                },
                "participated": True,
                "smsReminder": False,
                "mailConfirmation": False,
                "smsConfirmation": False,
                "returnBookingId": True,
                "options": {
                    "isDeadlineValidationEnabled": False,
                    "enableBookingLimitValidation": False,
                },
            }
        ]

    @pytest.mark.parametrize(
        ("reach", "sent"),
        [
            ("0701740605", {"cellPhone": "070-174 06 05"}),
            ("+47 22 22 55 55", {"telePhone": "+47 22 22 55 55"}),
            ("08-465 004 35", {"telePhone": "08-465 004 35"}),
            ("anna@ek.se", {"email": {"emailAddress": "anna@ek.se"}}),
        ],
    )
    def test_mobile_landline_and_e_mail_are_told_apart(
        self, as_bokare: Client, slot: TimeSlot, reach: str, sent: dict[str, Any]
    ) -> None:
        enter(as_bokare, slot, "Anna", "", reach)

        expected = {"customerId": "M30011", "firstName": "Anna", **sent}
        assert bodies()[0]["updatePerson"] == expected

    def test_a_whole_line_in_one_field_is_taken_apart(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot, "Anna von Essen 070 174 06 05", "", "")

        person = bodies()[0]["updatePerson"]
        assert (person["firstName"], person["lastName"]) == ("Anna", "von Essen")
        assert person["cellPhone"] == "070-174 06 05"

    def test_two_in_one_entry_become_two_with_the_same_number(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot, "Anna & Bo", "Ek")

        names = [body["updatePerson"]["firstName"] for body in bodies()]
        numbers = {body["updatePerson"]["cellPhone"] for body in bodies()}
        assert names == ["Anna", "Bo"]
        assert numbers == {"070-174 06 05"}

    def test_informed_once_holds_for_every_row_and_is_remembered(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot, gdpr_informed="on")

        today = f"{timezone.localdate():%Y-%m-%d}T00:00:00"
        person = bodies()[0]["updatePerson"]
        assert person["gdprApprovalDate"].startswith(today)
        assert person["obtainThrough"] == "Visit"
        page = text_of(as_bokare.get(slot.page_url))
        assert 'name="gdpr_informed"\n                   checked' in page

    def test_a_known_contact_goes_by_its_id(
        self, as_bokare: Client, office: Office, slot: TimeSlot
    ) -> None:
        make_contact(office)

        enter(as_bokare, slot, "", "", "", **{CONTACT: "ADR1"})

        person = bodies()[0]["updatePerson"]
        assert person == {
            "customerId": "M30011",
            "contactId": "ADR1",
            "cellPhone": "070-174 06 05",
        }

    def test_the_same_row_sent_twice_is_saved_once(self, as_bokare: Client, slot: TimeSlot) -> None:
        posted = row()

        for _time in range(2):
            answer = as_bokare.post(address(slot), posted, headers=HTMX)
            assert answer.status_code == 200

        assert Submission.objects.count() == 1

    def test_the_same_line_again_says_so_and_sends_nothing_until_confirmed(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot)
        first = Submission.objects.get()

        answer = enter(as_bokare, slot)

        assert answer.status_code == 422
        assert f"{timezone.localtime(first.created_at):%H:%M}" in text_of(answer)
        assert "Anna" in text_of(answer)
        assert Submission.objects.count() == 1
        although = {"although": f"submission:{first.code}"}
        assert enter(as_bokare, slot, **although).status_code == 422
        assert Submission.objects.count() == 1
        said = although | {"although_reason": "Far och son"}
        assert enter(as_bokare, slot, **said).status_code == 200
        assert Submission.objects.count() == 2
        assert Submission.objects.latest("pk").attempts.first().reason == "Far och son"

    def test_it_can_be_corrected_in_the_whole_form(self, as_bokare: Client, slot: TimeSlot) -> None:
        enter(as_bokare, slot, gdpr_informed="on")
        submission = Submission.objects.get()
        as_bokare.post(reverse("submissions:cancel", args=[submission.code]))

        page = as_bokare.get(
            reverse("viewings:new_participant"), {"corrects": str(submission.code)}
        )

        form = page.context["form"]
        assert form["update_person-first_name"].value() == "Anna"
        assert form.at_the_door


# What is typed in the three fields, and the field that is refused.
BAD = [
    *((("Anna", "Ek", reach), "reach") for reach in (
        "", "07017", "ring", "070-FLOWERS", "+", "0" * 41, "anna@", "@ek.se", "anna@ek",
        "a@ek.se b@ek.se", "070 174 06 05 00 00 0", "٠٧٠١٧٤٠٦٠٥", "anna@@ek.se", "070-174 06 05;")),
    (("x" * 31, "Ek", "0701740605"), "first_name"),
    (("Anna", "x" * 31, "0701740605"), "last_name"),
    *((("", "", reach), "first_name") for reach in ("0701740605", "anna@ek.se")),
    (("Anna & " + "x" * 31, "Ek", "0701740605"), "first_name"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "field"), BAD)
def test_a_wrong_row_keeps_its_text_says_why_at_the_field_and_sends_nothing(
    as_bokare: Client, slot: TimeSlot, cells: tuple[str, str, str], field: str
) -> None:
    answer = enter(as_bokare, slot, *cells)

    assert answer.status_code == 422
    assert answer.context["row"].errors.keys() == {field}
    text = text_of(answer)
    assert 'aria-invalid="true"' in text
    assert 'role="alert"' in text
    assert not Submission.objects.exists()
    kept = answer.context["row"]
    assert [kept.first_name, kept.last_name, kept.reach] == list(cells)


class TestSeveralRows:
    def test_without_javascript_the_right_ones_are_saved_in_order_and_the_wrong_ones_come_back(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        rows = [
            row("Anna", "Ek"),
            row("", "", ""),
            row("Bo", "Ek", "07"),
            row("Cia", "Ek", "c@ek.se"),
        ]
        posted = {name: [one[name] for one in rows] for name in rows[0]}

        answer = as_bokare.post(address(slot), posted)

        assert answer.status_code == 422
        names = [body["updatePerson"]["firstName"] for body in bodies()]
        assert names == ["Anna", "Cia"]
        text = text_of(answer)
        assert "2 besökare är registrerade." in text
        assert 'value="Bo"' in text
        assert 'value="Cia"' not in text

    def test_when_all_are_right_the_page_is_shown_anew(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        answer = as_bokare.post(address(slot), row())

        assert answer.status_code == 302
        assert answer["Location"] == slot.page_url

    def test_five_rows_stand_ready(self, as_bokare: Client, slot: TimeSlot) -> None:
        page = text_of(as_bokare.get(slot.page_url))

        plain = page[page.index("<noscript>") : page.index("</noscript>")]
        assert plain.count('name="reach"') == 5


class TestKnownPeople:
    def ask(self, client: Client, slot: TimeSlot, *cells: str, **more: Any) -> str:
        url = reverse("viewings:known_people", args=[slot.pk])
        return text_of(client.post(url, row(*cells, **more), headers=HTMX))

    @pytest.mark.parametrize(
        "cells",
        [
            ("", "", "0701740605"),
            ("", "", "+46 70 174 06 05"),
            ("anna", "ek", ""),
            ("Bo", "Alm", "070-174 06 05"),
        ],
    )
    def test_a_number_or_a_name_finds_them(
        self, as_bokare: Client, office: Office, slot: TimeSlot, cells: tuple[str, str, str]
    ) -> None:
        make_contact(office)

        assert 'data-desk-take="ADR1"' in self.ask(as_bokare, slot, *cells)

    @pytest.mark.parametrize(
        "cells", [("", "", "070"), ("Anna", "", ""), ("", "", ""), ("", "", "070-174 06 06")]
    )
    def test_next_to_nothing_finds_nobody(
        self, as_bokare: Client, office: Office, slot: TimeSlot, cells: tuple[str, str, str]
    ) -> None:
        make_contact(office)

        assert "data-desk-take" not in self.ask(as_bokare, slot, *cells)

    def test_a_neighbours_contact_is_not_found(
        self, as_bokare: Client, neighbour_office: Office, slot: TimeSlot
    ) -> None:
        make_contact(neighbour_office)

        assert "data-desk-take" not in self.ask(as_bokare, slot, "Anna", "Ek", "0701740605")


class TestTakingBack:
    def take_back(self, client: Client, slot: TimeSlot, **more: Any) -> Any:
        code = Submission.objects.latest("pk").code
        return client.post(reverse("viewings:take_back", args=[slot.pk, code]), **more)

    def test_it_is_undone_and_its_text_comes_back(self, as_bokare: Client, slot: TimeSlot) -> None:
        enter(as_bokare, slot, "Anna", "Ek", "anna@ek.se")

        answer = self.take_back(as_bokare, slot, headers=HTMX)

        assert Submission.objects.get().state == State.CANCELLED
        assert 'value="anna@ek.se"' in text_of(answer)
        again = answer.context["row"].token
        assert enter(as_bokare, slot, "Anna", "Ek", form_token=again).status_code == 200

    def test_too_late_it_stays(self, as_bokare: Client, slot: TimeSlot) -> None:
        enter(as_bokare, slot)
        Submission.objects.update(state=State.DELIVERED)

        answer = self.take_back(as_bokare, slot, headers=HTMX)

        assert "data-desk-saved" in text_of(answer)
        assert Submission.objects.get().state == State.DELIVERED

    def test_without_javascript_the_page_is_shown_again(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot)

        assert self.take_back(as_bokare, slot)["Location"] == slot.page_url


class TestWho:
    def test_a_neighbour_has_no_such_desk(
        self, as_bokare: Client, as_grannkontor: Client, slot: TimeSlot
    ) -> None:
        enter(as_bokare, slot)
        code = Submission.objects.get().code
        urls = [
            address(slot),
            reverse("viewings:known_people", args=[slot.pk]),
            reverse("viewings:take_back", args=[slot.pk, code]),
            reverse("viewings:undo", args=[slot.viewing.pk, code]),
        ]

        for url in urls:
            assert as_grannkontor.post(url, row()).status_code == 404
        for url in (slot.page_url, reverse("viewings:living", args=[slot.viewing.pk])):
            assert as_grannkontor.get(url).status_code == 404
        assert Submission.objects.get().state == State.QUEUED

    def test_before_its_day_nobody_is_registered(self, as_bokare: Client, office: Office) -> None:
        slot = make_slot(office)

        assert "desk-rows" not in text_of(as_bokare.get(slot.page_url))
        assert enter(as_bokare, slot).status_code == 422
        assert not Submission.objects.exists()


def test_twenty_rows_arrive_in_order(
    as_bokare: Client, vitec: Sandbox, office: Office, settings: Any
) -> None:
    sync.sync_office(office, now=True)
    slot = next(s for s in TimeSlot.objects.offered(office) if s.is_at_desk)
    for number in range(20):
        enter(as_bokare, slot, f"Anna{number}", "Ek", f"070-174 06 {number:02}")

    for submission in Submission.objects.order_by("pk"):
        deliver(submission.pk)

    records = vitec.records()["participants"]
    assert len(records) == 20
    assert all(record["participated"] for record in records)
    assert {record["timeSlotId"] for record in records} == {slot.vitec_id}
