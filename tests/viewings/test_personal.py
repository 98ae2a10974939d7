"""What a broker made of a visitor is the visitor's, too: extracted, erased, and gone with time."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from offices.models import Office
from offices.person_data import all_holdings, all_rules
from offices.person_marks import Marks, marks
from submissions.models import Submission
from tests.factories import make_slot
from tests.viewings.conftest import posted
from viewings.models import Impression, Interest, Registration

[HOLDING] = [each for each in all_holdings() if each.key == "viewings.impressions"]
[RULE] = [each for each in all_rules() if each.key == "viewings.impressions"]


@pytest.fixture
def of_a_contact(office: Office) -> Impression:
    return Impression.objects.create(
        slot=make_slot(office, "TID8"),
        contact_id="ADR1",
        interest=Interest.GREAT,
        kept_note="Vill bo",
    )


def found(office: Office, wanted: Marks) -> list[int]:
    return [row.pk for row in HOLDING.find(office, wanted)]


def test_a_contacts_is_found_by_the_id_and_says_everything(
    office: Office, of_a_contact: Impression
) -> None:
    [row] = HOLDING.find(office, marks(contact_ids=["ADR1"]))

    assert "Vill bo" in json.dumps(row.facts)
    assert found(office, marks(contact_ids=["ADR2"])) == []


def test_a_new_visitors_is_found_by_what_was_registered(
    as_bokare: Client, office: Office, directories: None
) -> None:
    fields = posted(form_token=str(uuid.uuid4()), mode="booking")
    answer = as_bokare.post("/viewings/participants/new/", fields)
    assert answer.status_code == 302
    registration = Registration.objects.get(submission=Submission.objects.get())
    mine = Impression.objects.create(
        slot=registration.slot, registration=registration, kept_note="Ja"
    )

    assert found(office, marks(phones=["0701740605"])) == [mine.pk]
    assert found(office, marks(phones=["0701740699"])) == []


def test_it_is_only_mentioned_where_the_note_names_somebody(office: Office) -> None:
    Impression.objects.create(
        slot=make_slot(office, "TID9"), contact_id="ADR2", kept_note="Kom med Anna Ek"
    )

    [row] = HOLDING.find(office, marks(names=["Anna Ek"]))

    assert row.mentions


def test_it_is_erased_and_a_neighbours_stays(
    office: Office, neighbour_office: Office, of_a_contact: Impression
) -> None:
    theirs = Impression.objects.create(slot=make_slot(neighbour_office), contact_id="ADR1")

    HOLDING.erase(office, list(HOLDING.find(office, marks(contact_ids=["ADR1"]))))

    assert list(Impression.objects.all()) == [theirs]


def test_it_goes_when_it_has_become_old(of_a_contact: Impression) -> None:
    now = timezone.now()
    assert RULE.due(now) == 0
    later = now + dt.timedelta(days=100)
    assert (RULE.due(later), RULE.purge(later), Impression.objects.count()) == (1, 1, 0)
