from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from interests.forms import InterestForm
from interests.kinds import INTEREST
from interests.profiles import PREFIX
from offices.models import Office
from submissions.kinds import Effect, Tone
from submissions.models import Submission
from tests.factories import make_colleague, make_contact
from tests.interests.conftest import PERSON, bound, posted, query

pytestmark = pytest.mark.django_db

NEW = reverse("interests:new_interest")
LOOK = reverse("submissions:look", args=["interests.send_interest"])


def effects_of(form: InterestForm) -> list[Effect]:
    assert form.is_valid(), form.errors
    assert INTEREST.effects is not None
    [effects] = INTEREST.effects(form.office, [INTEREST.build(form.office, form.cleaned_data)])
    return effects


def texts(form: InterestForm, tone: Tone | None = None) -> list[str]:
    return [effect.text for effect in effects_of(form) if tone in (None, effect.tone)]


class TestEffects:
    def test_a_stranger_and_a_profile_are_created(self, office: Office) -> None:
        assert texts(bound(office, person_last_name="Ek")) == [
            "Anna Ek blir en ny kontakt.",
            "1 sökprofil skapas.",
        ]

    def test_of_a_known_contact_it_says_what_is_replaced(
        self, office: Office, directories: None
    ) -> None:
        form = bound(office, person_last_name="Ek", person_email_address="a@ek.se", watched="")

        assert texts(form)[0].startswith("Ingen ny kontakt: Vitec tar personen för Anna Ek")
        assert texts(form, Tone.OVERWRITES) == [
            "E-post: a@ek.se läggs till, eller ersätter det Vitec har"
        ]

    def test_not_asked_may_undo_a_yes_of_a_known_contact(
        self, office: Office, directories: None
    ) -> None:
        assert "även om personen har sagt ja" in str(texts(bound(office, person_contact_id="ADR1")))
        assert "Ska matchas" not in str(texts(bound(office)))

    def test_profiles_that_vitec_has_are_changed(self, office: Office) -> None:
        data = posted(first_id="SPR1") | {
            f"{PREFIX}-1-house": "on",
            f"{PREFIX}-2-house": "on",
        }
        form = InterestForm(query(data), office=office)

        assert "2 sökprofiler skapas." in texts(form)
        assert texts(form, Tone.OVERWRITES) == ["1 sökprofil som finns hos Vitec ändras."]

    def test_a_message_leaves_only_when_it_is_asked_for(
        self, office: Office, directories: None
    ) -> None:
        make_colleague(office)

        assert texts(bound(office), Tone.MESSAGE) == []
        assert texts(bound(office, notify_user="on", person_user_id="HAN1"), Tone.MESSAGE) == [
            "Bo Alm meddelas av Vitec, som personens mäklare."
        ]
        assert texts(bound(office, notify_user="on", person_contact_id="ADR1"), Tone.MESSAGE) == [
            "Personens mäklare meddelas av Vitec."
        ]

    def test_they_are_said_on_the_page(self, as_bokare: Client, office: Office) -> None:
        answer = as_bokare.post(LOOK, posted(person_last_name="Ek"))

        assert "Anna Ek blir en ny kontakt." in answer.content.decode()


class TestTwice:
    def send(self, client: Client, **values: Any) -> Any:
        return client.post(NEW, {**posted(**values), "form_token": str(uuid.uuid4())})

    def test_the_same_person_within_a_day_is_asked_about(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        assert self.send(as_bokare, person_last_name="Ek").status_code == 302

        answer = self.send(
            as_maklare,
            person_first_name="ANNA",
            person_last_name="ek",
            person_cell_phone="+46 70 174 06 05",
            first_house="on",
        )

        assert answer.status_code == 409
        assert "Samma person har fått ett områdesintresse" in answer.content.decode()
        assert Submission.objects.count() == 1

    def test_a_known_contact_typed_is_the_same_as_chosen(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_contact(office)
        assert self.send(as_bokare, person_last_name="Ek").status_code == 302

        chosen = {"person_contact_id": "ADR1", "person_first_name": "", "person_cell_phone": ""}

        assert self.send(as_bokare, **chosen).status_code == 409

    def test_a_couple_with_one_phone_are_two(self, as_bokare: Client, office: Office) -> None:
        assert self.send(as_bokare, person_last_name="Ek").status_code == 302
        assert (
            self.send(as_bokare, person_first_name="Bo", person_last_name="Ek").status_code == 302
        )
        assert self.send(as_bokare, person_last_name="Alm").status_code == 302


class TestDrafts:
    def test_what_is_half_written_comes_back_with_every_profile(
        self, as_bokare: Client, office: Office
    ) -> None:
        token = str(uuid.uuid4())
        data = posted(first_special_request="Utsikt", first_price__max="4,") | {
            "form_token": token,
            f"{PREFIX}-1-special_request": "Sol",
            PERSON + "cell_phone": "",
        }

        as_bokare.post(LOOK, data)
        text = as_bokare.get(NEW, {"draft": token}).content.decode()

        assert "Utsikt" in text
        assert "Sol" in text
        assert 'value="4,"' in text
        assert "errorlist" not in text
