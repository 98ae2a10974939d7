"""One person, joined across everything that is held of them, in whatever spelling."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from meetings import kinds
from meetings.intake import Intake
from offices import protected, veil
from offices.directory import PERSONS, contact_details, learn_contacts
from offices.disclosures import of_contact
from offices.models import Disclosure, Office, Right, SyncRun, User
from offices.person_marks import asked, marks, marks_in
from offices.rights import may
from privacy import register, views
from privacy.models import Inquiry, Who
from submissions import drafts
from submissions.kinds import find_kind
from submissions.models import Submission
from submissions.personal import SUBMISSIONS
from tests.factories import make_submission
from tests.test_every_kind import EXAMPLES, directories, read  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

ANNA = {"name": "Anna Åkesson", "phones": ["070-174 06 07"], "email": "anna@example.se"}
NUMBER = "189001019802"  # one of Skatteverket's test numbers


def meeting_row(vitec_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": vitec_id,
        "contactId": "ADR77",
        "contactName": "Anna Åkesson",
        "cellPhone": "+46701740607",
        "address": {"streetAddress": "Hemvägen 3", "city": "Rissne"},
        "meetingDate": "2026-11-24T10:00:00+01:00",
        "type": "Assignment",
        "brokerName": "Bo Alm",
        "nobodyKnewThis": "Anna tycker om katter",
        **fields,
    }


def know(office: Office, vitec_id: str, **details: Any) -> None:
    """A contact, as a search at Vitec has brought it."""
    learn_contacts(office, {vitec_id: contact_details(**details)}, source=PERSONS)


def take(office: Office, *rows: dict[str, Any]) -> None:
    """As a sync does it."""
    run = SyncRun.objects.create(office=office, job="meetings", slot=SyncRun.objects.count())
    moment = dt.datetime.now(dt.UTC)
    Intake(office, run).take(rows, moment)
    SyncRun.objects.filter(pk=run.pk).update(finished_at=moment)


def book(user: User, **person: str) -> Submission:
    """A registration at the door, as the form posts it."""
    [path] = [one for one in EXAMPLES if one.stem == "add_participant_at_the_door_least"]
    posted = {
        name: value
        for name, value in read(path)["posted"].items()
        if not name.startswith("update_person-")
    }
    client = Client()
    client.force_login(user)
    posted |= {f"update_person-{name}": value for name, value in person.items()}
    answer = client.post(
        reverse("viewings:new_participant"), {**posted, "form_token": str(uuid.uuid4())}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Submission.objects.latest("pk")


@pytest.fixture
def anna(
    office: Office,
    bokare: User,
    maklare: User,
    directories: None,  # noqa: F811
) -> Submission:
    """Anna in every corner: as a contact, in meetings, comebacks, a viewing, a draft."""
    know(office, "ADR77", **ANNA)
    take(office, meeting_row("MOT1"))
    take(office, meeting_row("MOT1", meetingDate="2026-11-25T10:00:00+01:00"))
    make_submission(bokare, office, contact_id="ADR77", note="Vill sälja i vår")
    code = uuid.uuid4()
    typed = {"first_name": ["Anna"], "last_name": ["Åkesson"], "cell_phone": ["0701740607"]}
    drafts.keep(maklare, office, kinds.COMEBACK, code, typed)
    return book(
        bokare,
        first_name="Anna",
        last_name="Åkesson",
        cell_phone="0701740607",
        social_security_number=NUMBER,
    )


SPELLINGS = [
    "070-174 06 07",
    "0701740607",
    "+46 (0)70-174 06 07",
    "0046701740607",
    "anna@example.se",
    "ANNA@example.se",
    "Anna Åkesson",
    "åkesson",
    "ADR77",
    "18900101-9802",
    "189001019802",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_any_spelling_finds_one_card_with_everything(
    spelling: str, anna: Submission, office: Office
) -> None:
    [card] = register.people(office, spelling)

    assert card.who.name == "Anna Åkesson"
    assert card.phones == ["070-174 06 07"]
    assert card.emails == ["anna@example.se"]
    assert card.contact_ids == ["ADR77"]
    assert card.numbers == ["18900101-••••"]
    assert dict(card.counts) == {
        "Kontaktregister": 1,
        "Det som sänts till Vitec": 2,
        "Utkast": 1,
        "Möten": 1,
        "Tidigare versioner av möten": 1,
    }


def test_who_shares_a_telephone_is_somebody_else(office: Office) -> None:
    know(office, "ADR1", name="Anna Ek", phones=["08-123 45 67"])
    know(office, "ADR2", name="Bo Ek", phones=["08-123 45 67"])

    cards = register.people(office, "08 123 45 67")

    assert sorted(card.who.name for card in cards) == ["Anna Ek", "Bo Ek"]
    [shelf] = register.shelves(office, cards[0].who)
    assert (len(shelf.items), len(shelf.maybe)) == (1, 1)


def test_two_cards_of_one_person_at_vitec_are_one_here(office: Office) -> None:
    know(office, "ADR1", **ANNA)
    know(office, "ADR2", **{**ANNA, "email": "a.akesson@example.se"})

    [card] = register.people(office, "anna@example.se")

    assert card.contact_ids == ["ADR1", "ADR2"]


def test_a_text_that_names_somebody_is_offered_and_not_taken(
    anna: Submission, office: Office, bokare: User
) -> None:
    other = make_submission(bokare, office, contact_id="ADR5", note="Ring 070-1740607 i stället")

    [card] = register.people(office, "0701740607")
    [maybe] = [item for shelf in register.shelves(office, card.who) for item in shelf.maybe]

    assert maybe.code == f"submissions.submissions:{other.pk}"
    chosen = Who(card.who.name, card.who.marks, frozenset({maybe.code}))
    assert (
        dict(register.card_of(chosen, register.shelves(office, chosen)).counts)[
            "Det som sänts till Vitec"
        ]
        == 3
    )


def test_what_is_sealed_is_opened_as_often_for_many_people_as_for_one(
    office: Office, bokare: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        know(office, f"ADR{number}", name=f"Anna Ek{'abcdefgh'[number]}son")
        make_submission(bokare, office, contact_id=f"ADR{number}", note=f"Rad {number}")

    with django_assert_max_num_queries(40):
        cards = register.people(office, "anna")

    assert [card.total for card in cards] == [2] * 8


def test_a_neighbours_rows_are_not_found(
    anna: Submission, neighbour_office: Office, grannkontor: User
) -> None:
    assert register.people(neighbour_office, "0701740607") == []


class TestProtectedIdentity:
    @pytest.fixture(autouse=True)
    def marked(self, anna: Submission, office: Office) -> None:
        protected.mark(office, "ADR77", None)

    @pytest.mark.parametrize("spelling", SPELLINGS)
    def test_nothing_finds_her_for_who_may_not_see_her(
        self, spelling: str, office: Office, unseeing: User, ombud: User
    ) -> None:
        with protected.veiled(unseeing):
            assert register.people(office, spelling) == []
        with protected.veiled(ombud):
            [card] = register.people(office, spelling)
        # Everything of hers, and that she is marked.
        assert card.total == 7
        assert card.who.name == "Anna Åkesson"

    def test_an_extract_that_was_open_closes(self, office: Office, unseeing: User) -> None:
        inquiry = Inquiry(office=office, user=unseeing)
        inquiry.set_who(register.people(office, "ADR77")[0].who)
        inquiry.save()
        client = Client()
        client.force_login(unseeing)
        for name in ("person", "json"):
            page = client.get(reverse(f"privacy:{name}", args=[inquiry.code]))
            assert page.status_code == 404
        ask = reverse("privacy:ask", args=[inquiry.code])
        for posted in ({"step": "plan"}, {"reason": "x"}):
            assert client.post(ask, posted).status_code == 404

    def test_a_card_from_before_she_was_marked_opens_nothing(
        self, office: Office, unseeing: User
    ) -> None:
        [card] = register.people(office, "ADR77")
        client = Client()
        client.force_login(unseeing)
        who = views.token_of(card.who)
        assert client.post(reverse("privacy:open"), {"who": who}).status_code == 404

    def test_nor_is_what_is_hers_offered_as_maybe_another_s(
        self, office: Office, unseeing: User, ombud: User
    ) -> None:
        know(office, "ADR5", name="Bo Åkesson", phones=["070-174 06 07"])
        for user, offered in ((unseeing, 0), (ombud, 1)):
            with protected.veiled(user):
                [card] = register.people(office, "Bo Åkesson")
                shelves = register.shelves(office, card.who)
            said = [item for shelf in shelves for item in shelf.maybe if "Anna" in item.found.title]
            assert bool(said) == bool(offered)

    def test_a_holding_does_not_pass_over_what_is_hidden(
        self, office: Office, unseeing: User
    ) -> None:
        wanted = marks(contact_ids=["ADR77"])
        with protected.veiled(unseeing), pytest.raises(veil.Veiled):
            list(SUBMISSIONS.find(office, wanted))


class TestMarks:
    def test_they_are_read_out_of_a_request_and_out_of_a_form(self) -> None:
        body = {
            "updatePerson": {
                "firstName": "Anna",
                "lastName": "Ek",
                "cellPhone": "+46701740607",
                "email": {"emailAddress": "A@x.se"},
                "socialSecurityNumber": NUMBER,
            }
        }
        typed = {"update_person-first_name": ["Anna"], "update_person-last_name": ["Ek"]}
        expected = marks(
            names=["Anna Ek"], phones=["070-1740607"], emails=["a@x.se"], numbers=[NUMBER]
        )
        assert marks_in(body) == expected
        assert marks_in(typed).names == {"anna ek"}

    def test_a_number_abroad_is_the_same_in_every_spelling(self) -> None:
        spellings = ("+44 7700 900123", "0044 7700 900123", "+44 (0)7700-900 123")
        assert {asked(spelling) for spelling in spellings} == {asked(spellings[0])}
        for spelling in spellings:
            assert asked(spellings[0]).are_mentioned_in([f"Ring {spelling}, tack"])

    def test_a_telephone_and_a_personal_number_are_told_apart(self) -> None:
        assert asked("070-174 06 07").phones == {"0701740607"}
        assert asked("189001019802").numbers == {"189001019802"}
        assert asked("Anna Ek").names == {"anna ek"}


class TestPages:
    def test_the_search_is_posted_recorded_and_leads_to_the_extract(
        self, anna: Submission, ombud: User, office: Office
    ) -> None:
        client = Client()
        client.force_login(ombud)
        found = client.post(reverse("privacy:people"), {"person": NUMBER})
        assert "Anna Åkesson" in found.content.decode()
        assert "18900101-••••" in found.content.decode()
        # As it was typed, and nowhere else.
        assert found.content.decode().count(NUMBER) == 1
        assert Disclosure.objects.latest("pk").what == Disclosure.What.SEARCHED

        [(_card, who)] = found.context["cards"]
        page = client.post(reverse("privacy:open"), {"who": who}, follow=True)

        said = page.content.decode()
        assert "Anna" not in page.request["PATH_INFO"]
        for told in (
            "Vill sälja i vår", "Hemvägen 3", "Anna tycker om katter", "anna@example.se", NUMBER
        ):  # fmt: skip
            assert told in said
        look = Disclosure.objects.latest("pk")
        assert (look.what, look.facts) == (Disclosure.What.EXTRACTED, {"format": "page"})
        assert look.person == of_contact(office, "ADR77")

    def test_what_an_erasure_would_take_is_posted_and_a_look_at_the_person(
        self, anna: Submission, ombud: User, office: Office
    ) -> None:
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(register.people(office, "ADR77")[0].who)
        inquiry.save()
        client = Client()
        client.force_login(ombud)
        url = reverse("privacy:ask", args=[inquiry.code])
        assert client.get(url).status_code == 405
        assert not Disclosure.objects.filter(subject="privacy.erasure").exists()

        page = client.post(url, {"step": "plan"})

        assert page.status_code == 200
        assert "Åkesson" in page.content.decode()
        assert "Fältet måste fyllas i" not in page.content.decode()
        [look] = Disclosure.objects.filter(subject="privacy.erasure")
        assert (look.what, look.user_name) == (Disclosure.What.VIEWED, "ombud")
        assert look.person == of_contact(office, "ADR77")
        assert client.post(url, {"reason": ""}).status_code == 422

    def test_who_has_several_ids_is_found_in_who_saw_what_by_each(
        self, ombud: User, office: Office
    ) -> None:
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(Who("Anna", marks(contact_ids=["ADR77", "ADR78"])))
        inquiry.save()
        client = Client()
        client.force_login(ombud)
        client.get(reverse("privacy:json", args=[inquiry.code]))
        looks = Disclosure.objects.filter(what=Disclosure.What.EXTRACTED)
        hashes = {of_contact(office, vitec_id) for vitec_id in ("ADR77", "ADR78")}
        assert {look.person for look in looks} == hashes

    def test_the_json_says_the_same(self, anna: Submission, ombud: User, office: Office) -> None:
        client = Client()
        client.force_login(ombud)
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(register.people(office, "ADR77")[0].who)
        inquiry.save()

        answer = client.get(reverse("privacy:json", args=[inquiry.code]))

        document = json.loads(answer.content)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert "Anna" not in answer.headers["Content-Disposition"]
        assert document["person"]["contact_ids"] == ["ADR77"]
        assert {one["key"] for one in document["holdings"]} == {
            "offices.contacts",
            # This very look at her.
            "offices.disclosures",
            "submissions.submissions",
            "submissions.drafts",
            "meetings.meetings",
            "meetings.versions",
        }
        assert Disclosure.objects.latest("pk").facts == {"format": "json"}

    def test_the_offices_amounts_are_in_neither(self, ombud: User, office: Office) -> None:
        take(
            office,
            meeting_row(
                "CAL1",
                commissionWithoutTaxes=70123,
                commissionSource="Tipset",
                privateNote="Ringer helst",
                otherNote=["Systern är 900101-9803"],
                vatRate=70124,
                someday=[{"totalPrice": 70125, "said": "Gärna på kvällen"}],
            ),
        )
        take(office, meeting_row("CAL1", commissionWithoutTaxes=70126))
        client = Client()
        client.force_login(ombud)
        assert not may(ombud, Right.AMOUNTS, office)
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(register.people(office, "ADR77")[0].who)
        inquiry.save()

        for page in ("privacy:person", "privacy:json"):
            said = client.get(reverse(page, args=[inquiry.code])).content.decode()
            assert "7012" not in said
            assert "9803" not in said
            assert "Systern är 900101-••••" in said
            for told in ("Tipset", "Ringer helst", "Gärna på kvällen", "Anna tycker om katter"):
                assert told in said

    def test_a_draft_is_told_by_the_names_of_its_form(
        self, maklare: User, ombud: User, office: Office
    ) -> None:
        typed = {"update_person-first_name": ["Anna"], "update_person-cell_phone": ["0701740607"]}
        interest = find_kind("interests.send_interest")
        assert interest
        drafts.keep(maklare, office, interest, uuid.uuid4(), typed)
        client = Client()
        client.force_login(ombud)
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(register.people(office, "0701740607")[0].who)
        inquiry.save()

        document = client.get(reverse("privacy:json", args=[inquiry.code])).content.decode()

        assert "update_person" not in document
        assert '"what": "Förnamn"' in document
        assert '"what": "Mobil"' in document

    def test_without_the_right_there_is_nothing(
        self, anna: Submission, as_chef: Client, ombud: User, office: Office
    ) -> None:
        assert as_chef.get(reverse("privacy:people")).status_code == 403
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(Who("Anna", marks(contact_ids=["ADR77"])))
        inquiry.save()
        assert as_chef.get(reverse("privacy:person", args=[inquiry.code])).status_code == 404

    def test_an_extract_is_for_who_asked_alone(
        self, anna: Submission, ombud: User, kollega: User, office: Office
    ) -> None:
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(Who("Anna", marks(contact_ids=["ADR77"])))
        inquiry.save()
        other = Client()
        other.force_login(kollega)
        assert other.get(reverse("privacy:person", args=[inquiry.code])).status_code == 404

    def test_ticking_what_may_be_theirs_takes_it_in(
        self, anna: Submission, ombud: User, bokare: User, office: Office
    ) -> None:
        other = make_submission(bokare, office, contact_id="ADR5", note="Hälsa Anna Åkesson")
        inquiry = Inquiry(office=office, user=ombud)
        inquiry.set_who(register.people(office, "ADR77")[0].who)
        inquiry.save()
        client = Client()
        client.force_login(ombud)
        path = reverse("privacy:person", args=[inquiry.code])
        code = f"submissions.submissions:{other.pk}"

        assert "Hälsa Anna Åkesson" not in client.get(path).content.decode()
        page = client.post(path, {"chosen": code}, follow=True)

        assert "Hälsa Anna Åkesson" in page.content.decode()
