"""Events sent to many when they did not say whom they concern: the migration tells them."""

from __future__ import annotations

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from lib.sealing import seal_row, unseal_row
from meetings.models import Meeting
from offices.models import Office, User
from submissions import audit, drafts, erasing
from submissions.kinds import find_kind
from submissions.models import Draft, State, Submission, person_hash
from tests.factories import make_colleague, make_meeting

pytestmark = pytest.mark.django_db

EVENT = "calendar_app.create_appointment"
migration = import_module("meetings.migrations.0007_people_of_events")


@pytest.fixture
def events(as_bokare: Client, office: Office) -> list[Submission]:
    """Of ADR0, ADR1, ADR2 and nobody, as they were stored then."""
    make_colleague(office)
    rows = [make_meeting(office, f"CAL{n}", contact_id=f"ADR{n}") for n in range(3)]
    rows.append(make_meeting(office, "CAL3", contact_id=""))
    form = {"kind": EVENT, "meeting": [row.pk for row in rows], "form_token": str(uuid.uuid4())}
    as_bokare.post(
        reverse("meetings:many"), form | {"starts_at": "2027-03-01 09:00", "minutes": "20"}
    )
    Submission.objects.update(person_hash="", state=State.DELIVERED)
    for submission in Submission.objects.all():
        content = unseal_row(submission.key, submission.sealed)
        del content["form"]["about_contact"]
        submission.sealed = seal_row(submission.key, content)
        submission.save(update_fields=["sealed"])
    return list(Submission.objects.order_by("pk"))


def known() -> list[str]:
    return [one.person_hash for one in Submission.objects.order_by("pk")]


def everybody() -> list[str]:
    return [*map(person_hash, ("ADR0", "ADR1", "ADR2")), ""]


@pytest.mark.parametrize("at_once", [500, 1])
def test_each_is_told_its_person_and_what_corrects_it_too(
    events: list[Submission], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(migration, "AT_ONCE", at_once)

    migration.tell(apps, None)

    assert known() == everybody()
    form = Submission.objects.get(pk=events[1].pk).content["form"]
    assert form["about_contact"] == ["ADR1"]
    assert form["note"] == [""]
    assert audit.verify().broken == ""


def test_a_second_time_changes_nothing(events: list[Submission]) -> None:
    migration.tell(apps, None)
    before = list(Submission.objects.order_by("pk").values_list("sealed", flat=True))

    migration.tell(apps, None)

    assert list(Submission.objects.order_by("pk").values_list("sealed", flat=True)) == before


def test_what_was_erased_or_cannot_be_opened_is_passed_by(events: list[Submission]) -> None:
    erasing.erase_content(events[0])
    Submission.objects.filter(pk=events[1].pk).update(sealed="gone")

    migration.tell(apps, None)

    assert known() == ["", "", person_hash("ADR2"), ""]
    assert Submission.objects.get(pk=events[0].pk).key == ""


def test_a_meeting_of_the_same_id_at_a_neighbour_tells_nothing(
    events: list[Submission], neighbour_office: Office
) -> None:
    Meeting.objects.filter(vitec_id="CAL1").update(office=neighbour_office)

    migration.tell(apps, None)

    assert known()[1] == ""


def test_a_draft_that_corrects_one_is_told_too(
    events: list[Submission], bokare: User, office: Office
) -> None:
    kind = find_kind(EVENT)
    assert kind is not None
    drafts.keep(bokare, office, kind, uuid.uuid4(), {"note": ["Hej"]}, events[1])

    migration.tell(apps, None)

    assert Draft.objects.get().person_hash == person_hash("ADR1")
