"""A personal number in a free text is told before it is sent, and masked where it is shown."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Office, User
from submissions import slips
from submissions.kinds import Line
from submissions.models import Submission
from tests.factories import make_colleague, make_contact, make_submission

FORM = reverse("meetings:new_comeback")
NUMBER = "18900101-9802"  # one of Skatteverket's test numbers
NOTE = f"Maken heter Bo, {NUMBER}, ring 070-174 06 07"


@pytest.mark.django_db
def test_the_form_tells_it_before_it_is_sent_and_the_page_masks_it(
    as_bokare: Client, as_maklare: Client, as_chef: Client, office: Office
) -> None:
    make_contact(office)
    make_colleague(office)
    typed = {
        "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "date": "2030-03-04 09:00",
        "participant": "userId:HAN1", "note": NOTE, "office": "M30011",
    }  # fmt: skip
    look = {**typed, "step": "look"}
    told = as_bokare.post(FORM, look).content.decode()
    assert "Ser ut som ett personnummer i en fritext: 18900101-••••" in told
    clean = as_bokare.post(FORM, {**look, "note": "Ring 070-174 06 07"}).content.decode()
    assert "Ser ut som" not in clean

    as_bokare.post(FORM, typed)

    sent = Submission.objects.get()
    # It travels as it was written: the words are the person's own.
    assert NUMBER in (sent.call.body or "")
    page = as_maklare.get(sent.get_absolute_url()).content.decode()
    assert NUMBER not in page
    assert "Maken heter Bo, 18900101-••••, ring 070-174 06 07" in page
    reveal = reverse("submissions:reveal", args=[sent.code])
    assert as_maklare.post(reveal, {"reason": "Ringde"}).status_code == 403
    assert NUMBER in as_chef.post(reveal, {"reason": "Ringde"}).content.decode()


@pytest.mark.django_db
def test_the_field_for_a_personal_number_is_no_slip(bokare: User, office: Office) -> None:
    body = '{"updatePerson": {"socialSecurityNumber": "189001019802", "note": "Hej"}}'
    call = make_submission(bokare, office).call
    assert slips.told([dataclasses.replace(call, body=body)]) == []
    in_text = body.replace("Hej", "189001019802")
    assert len(slips.told([dataclasses.replace(call, body=in_text)])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "070-174 06 07", "0701740607", "+46701740607", "46701740607", "Order 4502139487",
        "2026-11-24 10:00", "3 500 000 kr", "189001019803", "209901019801", "fastighet 1:23",
        "MOT1234567890", "5561234567 AB",
    ],
)  # fmt: skip
def test_telephones_ids_days_and_amounts_are_none(text: str) -> None:
    assert slips.masked(Line("Anteckning", text)) == Line("Anteckning", text)


@pytest.mark.parametrize("text", ["189001019802", "18900101-9802", "18900101 9802", "900101–9802"])
def test_every_spelling_is_masked(text: str) -> None:
    line = slips.masked(Line("Anteckning", f"Hon är {text}."))
    assert "9802" not in line.value
    assert line.full == f"Hon är {text}."
