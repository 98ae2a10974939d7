"""What is sent to many is each person's own: hidden, corrected and erased with them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices import protected
from offices.models import Office
from submissions import drafts
from submissions.kinds import Kind, all_kinds
from submissions.models import Submission, person_hash
from tests.factories import make_colleague, make_contact, make_meeting

pytestmark = pytest.mark.django_db

MANY = reverse("meetings:many")
# What is typed once, by the key of the kind; a new one needs a line.
SHARED: dict[str, dict[str, str]] = {
    "meetings.create_comeback": {"date": "2027-03-01 09:00", "note": "Ring", "participant": ""},
    "calendar_app.create_appointment": {
        "starts_at": "2027-03-01 09:00", "minutes": "20", "user_id": "", "note": "Ring"
    },
}  # fmt: skip
KINDS = [kind for kind in all_kinds() if kind.many]


def send(browser: Client, kind: Kind, office: Office, **meeting: Any) -> Submission:
    """To the person of one meeting, Anna Ek unless said otherwise."""
    make_colleague(office)
    row = make_meeting(office, **meeting)
    form = {"kind": kind.key, "meeting": [row.pk], "form_token": str(uuid.uuid4())}
    answer = browser.post(MANY, form | SHARED[kind.key])
    assert answer.status_code == 302, answer.content.decode()
    return Submission.objects.get()


def page_of(browser: Client, submission: Submission) -> str:
    return browser.get(submission.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
class TestThePerson:
    def test_each_one_sent_is_known_by_its_person(
        self, kind: Kind, as_bokare: Client, office: Office
    ) -> None:
        assert send(as_bokare, kind, office).person_hash == person_hash("ADR1")

    def test_what_corrects_it_concerns_the_same(
        self, kind: Kind, as_bokare: Client, office: Office
    ) -> None:
        form = send(as_bokare, kind, office).content["form"]

        assert drafts.concerned(kind, form) == person_hash("ADR1")

    def test_it_is_hidden_with_the_person(
        self, kind: Kind, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        make_contact(office)
        submission = send(as_bokare, kind, office)
        assert "Anna Ek" in page_of(as_maklare, submission)

        protected.mark(office, "ADR1", None)

        for browser in (as_bokare, as_maklare):
            text = page_of(browser, submission)
            text += browser.get(reverse("submissions:list")).content.decode()
            assert "Anna Ek" not in text
            assert "Storgatan" not in text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_what_the_database_knows_of_one_is_told_of_many(kind: Kind) -> None:
    """Else the batch asks what no row shows, and nobody can answer."""
    assert kind.many is not None
    assert bool(kind.known) == bool(kind.many.known)
