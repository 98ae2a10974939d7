from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import Batch, Submission
from tests.factories import make_slot, make_viewing
from viewings import desk, sync
from viewings.models import TimeSlot

pytestmark = pytest.mark.django_db

LIST = "Förnamn;Efternamn;Mobil;E-post\nAnna;Ek;0701740605;\nBo;Alm;;bo@alm.se\n"


@pytest.fixture
def slot(office: Office) -> TimeSlot:
    return make_slot(office, viewing=make_viewing(office, starts_at=timezone.now()))


def address(slot: TimeSlot) -> str:
    return reverse("viewings:visitor_list", args=[slot.pk])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def read(client: Client, slot: TimeSlot, text: str, **more: Any) -> Any:
    usual = {"step": "read", "mode": "door", "list_token": str(uuid.uuid4())}
    return client.post(address(slot), {**usual, "text": text, **more})


def shown(answer: Any) -> list[tuple[str, str, str]]:
    return [(row.first_name, row.last_name, row.reach) for row in answer.context["rows"]]


def table(rows: list[desk.Row], **more: Any) -> dict[str, Any]:
    """What the page with the rows posts."""
    return {
        "step": "send",
        "mode": "door",
        "list_token": str(uuid.uuid4()),
        desk.LINE: [str(row.line) for row in rows],
        "form_token": [row.token for row in rows],
        desk.FIRST: [row.first_name for row in rows],
        desk.LAST: [row.last_name for row in rows],
        desk.REACH: [row.reach for row in rows],
        desk.CONTACT: [row.contact_id for row in rows],
        **more,
    }


class TestReading:
    def test_a_pasted_list_is_shown_and_nothing_is_saved(
        self, as_bokare: Client, slot: TimeSlot
    ) -> None:
        answer = read(as_bokare, slot, LIST)

        assert answer.status_code == 200
        assert shown(answer) == [("Anna", "Ek", "0701740605"), ("Bo", "Alm", "bo@alm.se")]
        assert [row.line for row in answer.context["rows"]] == [2, 3]
        assert not Submission.objects.exists()

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_a_file_is_read_in_either_code(
        self, as_bokare: Client, slot: TimeSlot, encoding: str
    ) -> None:
        raw = "Åsa,Öberg,0701740605\nBo,Alm,bo@alm.se".encode(encoding)

        answer = read(as_bokare, slot, "", file=SimpleUploadedFile("lista.csv", raw))

        assert shown(answer)[0] == ("Åsa", "Öberg", "0701740605")

    def test_each_wrong_line_says_what_is_wrong(self, as_bokare: Client, slot: TimeSlot) -> None:
        text = "Anna;Ek;07\n;;0701740605\nBo;Alm;\nCia;Ek;c@ek.se\nCia;Ek;c@ek.se"

        rows = read(as_bokare, slot, text).context["rows"]

        assert [sorted(row.errors) for row in rows] == [
            ["reach"],
            ["first_name"],
            ["reach"],
            [],
            [""],
        ]
        assert "rad 4" in rows[4].errors[""][0]

    @pytest.mark.parametrize("text", ["", " \n ", ";;;\n"])
    def test_of_nothing_it_says_so(self, as_bokare: Client, slot: TimeSlot, text: str) -> None:
        answer = read(as_bokare, slot, text)

        assert answer.status_code == 422
        assert "errorlist" in text_of(answer)

    def test_too_many_are_refused(self, as_bokare: Client, slot: TimeSlot) -> None:
        answer = read(as_bokare, slot, "Anna Ek 0701740605\n" * (desk.MOST_ROWS + 1))

        assert answer.status_code == 422
        assert "300" in text_of(answer)

    def test_a_file_too_large_is_refused(self, as_bokare: Client, slot: TimeSlot) -> None:
        file = SimpleUploadedFile("lista.csv", b"x" * (1024 * 1024 + 1))

        assert read(as_bokare, slot, "", file=file).status_code == 422

    @pytest.mark.parametrize(
        ("name", "raw"),
        [
            ("lista.exe", b"Anna Ek 0701740605"),
            ("lista.csv.zip", b"Anna Ek 0701740605"),
            ("lista.csv", b"PK\x03\x04\x14\x00Anna Ek 0701740605"),
            ("lista.txt", b"\x89PNG\r\n\x1a\n\x00\x00Anna"),
        ],
    )
    def test_what_is_no_text_by_name_or_by_content_is_refused(
        self, as_bokare: Client, slot: TimeSlot, name: str, raw: bytes
    ) -> None:
        answer = read(as_bokare, slot, "", file=SimpleUploadedFile(name, raw))

        assert answer.status_code == 422
        assert "errorlist" in text_of(answer)

    @pytest.mark.parametrize("mode", ["", "window", "Door"])
    def test_how_it_is_meant_must_be_said(
        self, as_bokare: Client, slot: TimeSlot, mode: str
    ) -> None:
        assert read(as_bokare, slot, LIST, mode=mode).status_code == 422

    def test_with_number_and_e_mail_both_are_kept(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, "Anna Ek 0701740605 anna@ek.se").context["rows"]

        as_bokare.post(address(slot), table(rows))

        person = json.loads(Submission.objects.get().call.body or "")["updatePerson"]
        assert person["cellPhone"] == "070-174 06 05"
        assert person["email"] == {"emailAddress": "anna@ek.se"}


class TestSending:
    def test_it_becomes_a_batch_in_order(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, LIST).context["rows"]

        answer = as_bokare.post(address(slot), table(rows))

        batch = Batch.objects.get()
        assert answer["Location"] == batch.get_absolute_url()
        bodies = [json.loads(part.call.body or "") for part in batch.parts.order_by("pk")]
        assert [body["updatePerson"]["firstName"] for body in bodies] == ["Anna", "Bo"]
        assert all(body["participated"] for body in bodies)
        assert slot.registrations.count() == 2

    def test_the_same_page_sent_twice_is_one_batch(self, as_bokare: Client, slot: TimeSlot) -> None:
        posted = table(read(as_bokare, slot, LIST).context["rows"])

        for _time in range(2):
            assert as_bokare.post(address(slot), posted).status_code == 302

        assert Submission.objects.count() == 2

    def test_nothing_goes_while_a_line_is_wrong(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, "Anna;Ek;07\nBo;Alm;bo@alm.se").context["rows"]

        answer = as_bokare.post(address(slot), table(rows))

        assert answer.status_code == 422
        assert 'value="07"' in text_of(answer)
        assert [row.line for row in answer.context["rows"]] == [1, 2]
        assert not Submission.objects.exists()

    def test_a_line_can_be_mended_or_left_out(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, "Anna;Ek;07\nBo;Alm;08\nCia;Ek;c@ek.se").context["rows"]
        rows[0].reach = "0701740605"

        answer = as_bokare.post(address(slot), table(rows, skip=rows[1].token))

        assert answer.status_code == 302
        assert Submission.objects.count() == 2

    def test_of_none_left_nothing_becomes(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, LIST).context["rows"]

        answer = as_bokare.post(address(slot), table(rows, skip=[row.token for row in rows]))

        assert answer.status_code == 422
        assert not Batch.objects.exists()

    def test_checking_again_saves_nothing(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, LIST).context["rows"]

        assert as_bokare.post(address(slot), table(rows, step="check")).status_code == 200
        assert not Submission.objects.exists()

    def test_the_same_list_again_is_asked_about(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, LIST).context["rows"]
        as_bokare.post(address(slot), table(rows))
        rows = read(as_bokare, slot, LIST).context["rows"]

        answer = as_bokare.post(address(slot), table(rows))

        assert answer.status_code == 409
        assert Submission.objects.count() == 2
        keys = [concern.key for concern in answer.context["concerns"]]
        anyway = table(rows, although=keys, although_reason="De kom en gång till")
        assert as_bokare.post(address(slot), anyway).status_code == 302
        assert Submission.objects.count() == 4

    def test_booked_ahead_they_have_not_attended_and_vitec_checks(
        self, as_bokare: Client, office: Office
    ) -> None:
        slot = make_slot(office)
        rows = read(as_bokare, slot, LIST, mode="booking").context["rows"]

        as_bokare.post(address(slot), table(rows, mode="booking"))

        body = json.loads(Submission.objects.earliest("pk").call.body or "")
        assert body["participated"] is False
        assert body["smsConfirmation"] is False
        assert all(body["options"].values())

    def test_nobody_has_been_at_a_viewing_that_lies_ahead(
        self, as_bokare: Client, office: Office
    ) -> None:
        assert read(as_bokare, make_slot(office), LIST, mode="door").status_code == 422

    def test_two_on_a_line_are_two(self, as_bokare: Client, slot: TimeSlot) -> None:
        rows = read(as_bokare, slot, "Anna & Bo Ek 0701740605").context["rows"]

        as_bokare.post(address(slot), table(rows))

        assert Submission.objects.count() == 2

    def test_a_neighbour_has_no_such_list(self, as_grannkontor: Client, slot: TimeSlot) -> None:
        assert as_grannkontor.get(address(slot)).status_code == 404
        assert read(as_grannkontor, slot, LIST).status_code == 404

    def test_it_arrives(self, as_bokare: Client, vitec: Sandbox, office: Office) -> None:
        sync.sync_office(office, now=True)
        slot = next(s for s in TimeSlot.objects.offered(office) if s.is_at_desk)
        rows = read(as_bokare, slot, LIST).context["rows"]
        as_bokare.post(address(slot), table(rows, gdpr_informed="on"))

        for part in Submission.objects.order_by("pk"):
            deliver(part.pk)

        assert [one["participated"] for one in vitec.records()["participants"]] == [True, True]
