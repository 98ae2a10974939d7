"""Events for many marked meetings: one after the other in each broker's calendar."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from offices.models import Office
from submissions.models import Batch, Occurrence, Submission, person_hash
from tests.factories import make_colleague, make_meeting
from tests.meetings.test_dashboard import LIST, at

pytestmark = pytest.mark.django_db

MANY = reverse("meetings:many")


@pytest.fixture
def rows(office: Office) -> list[Meeting]:
    make_colleague(office, "HAN1", "Bo Alm")
    make_colleague(office, "HAN2", "Åke Öst")
    return [
        make_meeting(office, "CAL1"),
        make_meeting(office, "CAL2", broker_id="HAN2", contact_id=""),
        make_meeting(office, "CAL3", type="Viewing"),
    ]


def posted(rows: list[Meeting], **values: Any) -> dict[str, Any]:
    return {
        "kind": "calendar_app.create_appointment",
        "meeting": [row.pk for row in rows],
        "form_token": str(uuid.uuid4()),
        "starts_at": "2027-03-01 09:00",
        "minutes": "20",
        "user_id": "",
        "note": "Ring",
        **values,
    }


def sent() -> list[tuple[str, str, str]]:
    """In whose calendar, when it starts, and its subject."""
    found = []
    for submission in Submission.objects.order_by("pk"):
        body = json.loads(submission.call.body)
        found.append(
            (submission.call.path.rsplit("/", 1)[1], body["startsAt"][:16], body["subject"])
        )
    return found


def test_each_stands_in_its_brokers_calendar_after_the_one_before(
    as_bokare: Client, rows: list[Meeting]
) -> None:
    answer = as_bokare.post(MANY, posted(rows))

    assert answer.headers["Location"] == Batch.objects.get().get_absolute_url()
    assert sent() == [
        ("HAN1", "2027-03-01T09:00", "Intagsmöte Anna Ek"),
        ("HAN2", "2027-03-01T09:00", "Intagsmöte Anna Ek"),
        ("HAN1", "2027-03-01T09:20", "Visningsmöte Anna Ek"),
    ]
    assert Occurrence.objects.count() == 3


def test_in_one_calendar_all_stand_one_after_the_other(
    as_bokare: Client, rows: list[Meeting]
) -> None:
    as_bokare.post(MANY, posted(rows, user_id="HAN2"))

    assert [(who, when[11:]) for who, when, _what in sent()] == [
        ("HAN2", "09:00"), ("HAN2", "09:20"), ("HAN2", "09:40"),
    ]  # fmt: skip


def test_a_clash_is_told_of_its_row_and_is_sent_with_a_reason_only(
    as_bokare: Client, office: Office, rows: list[Meeting]
) -> None:
    make_meeting(office, "CAL9", broker_id="HAN2", meeting_date=at("2027-03-01T09:10"))
    form = posted(rows)

    first = as_bokare.post(MANY, form)
    assert first.status_code == 409
    [asked] = first.context["asked"]
    assert asked.target.key == str(rows[1].pk)
    assert not Batch.objects.exists()

    keys = [str(row.pk) for row in rows]
    ticked = {**form, "seen": keys, "told": asked.receipts, "send": keys}
    as_bokare.post(MANY, {**ticked, "although_reason": "De byter"})
    assert Batch.objects.get().parts.count() == 3


@pytest.mark.parametrize(
    ("name", "value"), [("starts_at", "2020-01-01 09:00"), ("minutes", "0"), ("minutes", "x")]
)
def test_what_cannot_be_is_said(
    as_bokare: Client, rows: list[Meeting], name: str, value: str
) -> None:
    answer = as_bokare.post(MANY, posted(rows, **{name: value}))

    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert not Batch.objects.exists()


def test_each_can_be_corrected_by_itself(as_bokare: Client, rows: list[Meeting]) -> None:
    as_bokare.post(MANY, posted(rows))

    typed = Submission.objects.order_by("pk")[2].content["form"]
    assert typed["starts_at"] == ["2027-03-01 09:20"]
    assert typed["user_id"] == ["HAN1"]
    assert typed["about"] == ["meeting:CAL3"]
    assert typed["about_contact"] == ["ADR1"]


def test_one_about_a_meeting_without_a_contact_is_nobodys(
    as_bokare: Client, rows: list[Meeting]
) -> None:
    as_bokare.post(MANY, posted(rows))

    known = [one.person_hash for one in Submission.objects.order_by("pk")]
    assert known == [person_hash("ADR1"), "", person_hash("ADR1")]


def test_it_is_the_next_step_that_the_meeting_lacked(as_bokare: Client, office: Office) -> None:
    make_colleague(office)
    held, booked = at("2026-01-08T09:00"), at("2026-01-05T09:00")
    row = make_meeting(
        office, meeting_date=held, booked_date=booked, person_hash=person_hash("ADR1")
    )
    lacking = {"date_from": "2026-01-01", "no_next_step": "on"}
    assert "Anna Ek" in as_bokare.get(LIST, lacking).content.decode()

    as_bokare.post(MANY, posted([row]))

    assert "Anna Ek" not in as_bokare.get(LIST, lacking).content.decode()


def test_it_asks_the_same_however_many(
    as_bokare: Client, office: Office, django_assert_max_num_queries: Any
) -> None:
    make_colleague(office)
    many = [make_meeting(office, f"CAL{n}") for n in range(40)]
    as_bokare.post(f"{MANY}?look=1", posted(many[:2]))

    with django_assert_max_num_queries(24):
        answer = as_bokare.post(f"{MANY}?look=1", posted(many))
    assert answer.context["count"] == 40
