"""An interest with a typed name belongs to its contact from when the contact is known."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices import protected
from offices.directory import PERSONS, contact_details, learn_contacts
from offices.models import Office, User
from privacy import erasing, register
from submissions.erasing import erase_content
from submissions.models import Likeness, State, Submission, person_hash
from tests.interests.conftest import posted
from tests.privacy.conftest import kollega as kollega
from tests.privacy.conftest import ombud as ombud
from tests.test_every_kind import directories as directories

NEW = reverse("interests:new_interest")
SIV = {"name": "Siv Dahl", "phones": ["+46 70 174 06 05"], "email": "siv@example.se"}
NUMBER = "189001019802"  # one of Skatteverket's test numbers


def learn(office: Office, vitec_id: str = "ADR7", **other: Any) -> None:
    """A contact, as Vitec's own card says."""
    learn_contacts(office, {vitec_id: contact_details(**{**SIV, **other})}, source=PERSONS)


def interest(client: Client, **person: str) -> Submission:
    """Siv Dahl, typed by name and mobile, settled since; long after what was sent before."""
    long_ago = timezone.now() - dt.timedelta(days=60)
    Submission.objects.update(created_at=long_ago)
    Likeness.objects.update(moment=long_ago)
    typed = {"first_name": "Siv", "last_name": "Dahl", "cell_phone": "070-1740605", **person}
    values = posted()
    values = {name: text for name, text in values.items() if not name.startswith("update_person-")}
    values |= {f"update_person-{name}": text for name, text in typed.items()}
    values |= {"update_person-obtain_through": "Phone"}
    answer = client.post(NEW, {**values, "form_token": str(uuid.uuid4())})
    assert answer.status_code == 302, answer.content.decode()
    sent = Submission.objects.latest("pk")
    Submission.objects.filter(pk=sent.pk).update(state=State.DELIVERED)
    sent.refresh_from_db()
    return sent


def owner(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.person_hash


@pytest.mark.django_db
@pytest.mark.usefixtures("directories")
class TestWhose:
    def test_it_is_nobodys_until_the_contact_is_known(
        self, as_bokare: Client, office: Office
    ) -> None:
        sent = interest(as_bokare)
        assert sent.person_hash == ""
        learn(office)
        assert owner(sent) == person_hash("ADR7")

    def test_or_the_contacts_at_once_where_they_are_known_already(
        self, as_bokare: Client, office: Office
    ) -> None:
        learn(office)
        assert interest(as_bokare).person_hash == person_hash("ADR7")
        mine = interest(as_bokare, first_name="SIV", cell_phone="", email_address="Siv@Example.se")
        assert mine.person_hash == person_hash("ADR7")

    def test_a_number_that_is_learned_later_tells_it_too(
        self, as_bokare: Client, office: Office
    ) -> None:
        learn(office, phones=["08-123 45 67"], email="")
        sent = interest(as_bokare)
        assert sent.person_hash == ""
        learn(office)
        assert owner(sent) == person_hash("ADR7")

    def test_one_personal_number_is_one_person(self, as_bokare: Client, office: Office) -> None:
        sent = interest(as_bokare, social_security_number=NUMBER)
        learn(office, name="Siv Ek", phones=["08-123 45 67"], email="")
        named = {"first_name": "Siv", "last_name": "Ek", "cell_phone": "08-1234567"}
        later = interest(as_bokare, **named, social_security_number=NUMBER)
        assert {owner(sent), owner(later)} == {person_hash("ADR7")}
        again = interest(as_bokare, cell_phone="031-390 06 00", social_security_number=NUMBER)
        assert again.person_hash == person_hash("ADR7")

    @pytest.mark.parametrize(
        "other",
        [{"name": "Siv Dahlberg"}, {"phones": ["070-174 06 99"], "email": ""}],
        ids=["name", "number"],
    )
    def test_a_likeness_is_not_enough(
        self, as_bokare: Client, office: Office, other: dict[str, Any]
    ) -> None:
        sent = interest(as_bokare)
        learn(office, **other)
        assert owner(sent) == ""
        assert interest(as_bokare).person_hash == ""

    def test_nor_is_a_neighbours_contact(
        self, as_bokare: Client, office: Office, neighbour_office: Office
    ) -> None:
        sent = interest(as_bokare)
        learn(neighbour_office)
        assert owner(sent) == ""

    def test_whoever_was_chosen_stays(self, as_bokare: Client, office: Office) -> None:
        learn(office, "ADR5", name="Bo Ek", phones=["08-123 45 67"], email="")
        sent = interest(as_bokare, contact_id="ADR5")
        learn(office)
        assert owner(sent) == person_hash("ADR5")

    def test_what_is_erased_is_nobodys(self, as_bokare: Client, office: Office) -> None:
        sent = interest(as_bokare)
        erase_content(sent)
        assert not Likeness.objects.exists()
        learn(office)
        assert owner(sent) == ""

    def test_of_two_cards_at_vitec_the_hidden_one_counts(
        self, as_bokare: Client, office: Office
    ) -> None:
        learn(office)
        learn(office, "ADR8")
        protected.mark(office, "ADR8", None)
        assert interest(as_bokare).person_hash == person_hash("ADR8")

    def test_by_what_it_is_known_stands_nowhere_in_clear(
        self, as_bokare: Client, office: Office
    ) -> None:
        interest(as_bokare, social_security_number=NUMBER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM submissions_likeness")
            stored = str(cursor.fetchall())
        assert stored != "[]"
        for trace in ("dahl", "0701740605", "9802"):
            assert trace not in stored.casefold()


@pytest.mark.django_db
@pytest.mark.usefixtures("directories")
class TestWithTheContact:
    def moved(self, office: Office) -> None:
        """Nothing of her card is as it was typed any more."""
        learn(office, name="Siv Ek", phones=["08-123 45 67"], email="ny@example.se")

    def test_it_stands_in_the_extract_though_nothing_typed_is_hers_any_more(
        self, as_bokare: Client, ombud: User, office: Office
    ) -> None:
        interest(as_bokare)
        learn(office)
        self.moved(office)
        client = Client()
        client.force_login(ombud)
        found = client.post(reverse("privacy:people"), {"person": "ADR7"})
        [(_card, who)] = found.context["cards"]
        page = client.post(reverse("privacy:open"), {"who": who}, follow=True)
        assert "Siv Ek" in page.content.decode()
        assert "Dahl" in page.content.decode()

    def test_and_goes_with_the_erasure(
        self, as_bokare: Client, ombud: User, kollega: User, office: Office
    ) -> None:
        sent = interest(as_bokare)
        other = interest(as_bokare, first_name="Bo", cell_phone="031-390 06 00")
        learn(office)
        self.moved(office)
        [card] = register.people(office, "08-123 45 67")
        assert erasing.approve(erasing.ask(ombud, office, card.who, "Bett om det"), kollega)
        sent.refresh_from_db()
        other.refresh_from_db()
        assert (sent.key, sent.sealed, sent.person_hash) == ("", "", "")
        assert other.content["form"]["update_person-first_name"] == ["Bo"]
        assert not sent.likenesses.exists()

    def test_who_is_protected_hides_it(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        sent = interest(as_bokare)
        address, everything = sent.get_absolute_url(), reverse("submissions:list")
        assert "Dahl" in as_maklare.get(address).content.decode()
        protected.mark(office, "ADR7", None)
        learn(office)
        for client in (as_bokare, as_maklare):
            assert "Dahl" not in client.get(address).content.decode()
            assert "Dahl" not in client.get(everything).content.decode()

    def test_and_who_is_known_and_hidden_already_hides_a_new_one(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        learn(office)
        protected.mark(office, "ADR7", None)
        sent = interest(as_bokare)
        body = json.loads(Submission.objects.get().call.body or "")
        assert body["updatePerson"]["lastName"] == "Dahl"
        assert "Dahl" not in as_maklare.get(sent.get_absolute_url()).content.decode()


class TestUpgrading:
    BEFORE = [("submissions", "0012_person_of_a_draft")]

    @pytest.fixture
    def before(self, transactional_db: None) -> Iterator[None]:
        yield
        self.upgrade()

    def upgrade(self) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate(
            [key for key in executor.loader.graph.leaf_nodes() if key[0] == "submissions"]
        )

    @pytest.mark.usefixtures("before", "directories")
    def test_interests_from_before_are_told_as_those_of_today(
        self, as_bokare: Client, office: Office
    ) -> None:
        sent, unknown = interest(as_bokare), interest(as_bokare, first_name="Bo")
        marks = set(Likeness.objects.filter(submission=sent).values_list("mark", flat=True))
        learn(office)
        Submission.objects.update(person_hash="")
        MigrationExecutor(connection).migrate(self.BEFORE)
        Likeness.objects.all().delete()

        self.upgrade()

        assert (owner(sent), owner(unknown)) == (person_hash("ADR7"), "")
        again = set(Likeness.objects.filter(submission=sent).values_list("mark", flat=True))
        assert again
        assert again <= marks
        learn(office, "ADR9", name="Bo Dahl")
        assert owner(unknown) == person_hash("ADR9")
