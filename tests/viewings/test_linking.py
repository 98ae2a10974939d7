"""A visitor who was registered by a name alone belongs to the contact that Vitec makes of them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices import protected
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.erasing import erase_content
from submissions.models import State, Submission, person_hash
from tests.factories import make_contact, make_slot, make_viewing
from tests.viewings.conftest import posted
from viewings import sync
from viewings.linking import link_registrations
from viewings.models import Registration, TimeSlot

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(office: Office) -> TimeSlot:
    return make_slot(office, viewing=make_viewing(office, starts_at=timezone.now()))


@pytest.fixture
def registered(as_bokare: Client, slot: TimeSlot) -> Registration:
    """Siv Dahl, typed at the door, delivered; Vitec names her as ADR7 since."""
    typed = posted(person_first_name="Siv", person_last_name="Dahl", mode="door", participated="on")
    url = reverse("viewings:new_participant")
    answer = as_bokare.post(url, {"form_token": str(uuid.uuid4()), **typed})
    assert answer.status_code == 302
    Submission.objects.update(state=State.DELIVERED)
    return Registration.objects.get()


def named(slot: TimeSlot, name: str = "Siv Dahl", phone: str = "070-174 06 05") -> None:
    make_contact(slot.office, "ADR7", name, phone)
    slot.participants.create(contact_id="ADR7", participated=True)


def test_it_is_hers_from_then_on_and_hidden_with_her(
    as_maklare: Client, office: Office, slot: TimeSlot, registered: Registration
) -> None:
    protected.mark(office, "ADR7", None)
    url = registered.submission.get_absolute_url()
    assert "Siv" in as_maklare.get(url).content.decode()
    named(slot)

    assert link_registrations(office) == 1
    registered.refresh_from_db()
    assert registered.contact_id == "ADR7"
    assert Submission.objects.get().person_hash == person_hash("ADR7")
    assert "Siv" not in as_maklare.get(url).content.decode()
    assert "Dahl" not in as_maklare.get(slot.page_url).content.decode()
    assert link_registrations(office) == 0


def test_also_by_somebody_who_may_not_see_her(
    bokare: User, office: Office, slot: TimeSlot, registered: Registration
) -> None:
    protected.mark(office, "ADR7", None)
    named(slot)
    with protected.veiled(bokare):
        assert link_registrations(office) == 1


@pytest.mark.parametrize(
    "other", [{"name": "Siw Dahl"}, {"phone": "070-174 06 99"}], ids=["name", "number"]
)
def test_a_likeness_is_not_enough(
    office: Office, slot: TimeSlot, registered: Registration, other: dict[str, str]
) -> None:
    named(slot, **other)
    assert link_registrations(office) == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.CANCELLED, State.REJECTED, State.UNKNOWN])
def test_what_has_not_arrived_is_not_what_vitec_names(
    office: Office, slot: TimeSlot, registered: Registration, state: State
) -> None:
    Submission.objects.update(state=state)
    named(slot)
    assert link_registrations(office) == 0


def test_what_was_erased_is_brought_back_to_nobody(
    office: Office, slot: TimeSlot, registered: Registration
) -> None:
    named(slot)
    erase_content(registered.submission)
    assert link_registrations(office) == 0


def test_it_asks_the_same_however_many_cannot_be_told(
    office: Office, slot: TimeSlot, registered: Registration, django_assert_num_queries: Any
) -> None:
    named(slot, name="Bo Alm")
    with django_assert_num_queries(3):
        link_registrations(office)


def test_the_fetch_of_the_viewings_does_it(
    office: Office, registered: Registration, slot: TimeSlot, vitec: Sandbox
) -> None:
    named(slot)
    sync.sync_office(office, now=True)
    assert Submission.objects.get().person_hash == person_hash("ADR7")
