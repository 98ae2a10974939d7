"""Erasing one person: by two, everywhere, for good; and the audit still verifies."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation
from connect import lookups
from meetings.history import lives_of
from meetings.models import Meeting, MeetingVersion, SavedView
from offices import erased, protected
from offices.disclosures import of_contact
from offices.models import (
    Contact,
    ContactTerm,
    Disclosure,
    Estate,
    Office,
    ProtectedContact,
    User,
)
from privacy import erasing, register
from privacy.models import Erasure, Inquiry, Step, Who
from sandbox.server import Sandbox
from submissions import audit, drafts, outbox, pauses
from submissions.kinds import find_kind
from submissions.models import Attempt, Draft, Event, Likeness, Pause, State, Submission
from tests.factories import (
    make_colleague,
    make_contact,
    make_meeting,
    make_slot,
    make_submission,
    make_user,
)
from tests.offices.test_contact_search import stranger as stranger
from tests.privacy.test_register import anna as anna
from tests.privacy.test_register import know, meeting_row, take
from tests.test_every_kind import directories as directories
from viewings.models import Impression, Registration, SlotParticipant, Viewing

pytestmark = pytest.mark.django_db

EVENT = "calendar_app.create_appointment"
COMEBACK = "meetings.create_comeback"


def asked(user: User, office: Office, text: str = "ADR77") -> Erasure:
    [card] = register.people(office, text)
    return erasing.ask(user, office, card.who, "Hon har bett om det")


@pytest.fixture
def erasure(anna: Submission, office: Office, ombud: User) -> Erasure:
    return asked(ombud, office)


def write(
    user: User, office: Office, key: str, corrects: Submission | None = None, **typed: str
) -> None:
    """A draft of a kind."""
    kind = find_kind(key)
    assert kind is not None
    lists = {name: [text] for name, text in typed.items()}
    assert drafts.keep(user, office, kind, uuid.uuid4(), lists, corrects)


class TestByTwo:
    def test_who_asks_cannot_approve(self, erasure: Erasure, ombud: User) -> None:
        with pytest.raises(erasing.OwnRequest):
            erasing.approve(erasure, ombud)
        client = Client()
        client.force_login(ombud)
        page = client.get(erasure.get_absolute_url()).content.decode()
        assert "Godkänn och radera" not in page
        client.post(reverse("privacy:decide", args=[erasure.code]), {"action": "approve"})
        erasure.refresh_from_db()
        assert erasure.step == Step.ASKED
        assert Contact.objects.filter(vitec_id="ADR77").exists()

    def test_not_even_in_the_database(self, erasure: Erasure, ombud: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Erasure.objects.update(step=Step.APPROVED, decided_by=ombud)

    def test_the_second_sees_what_goes_and_approves(
        self, erasure: Erasure, kollega: User, office: Office
    ) -> None:
        client = Client()
        client.force_login(kollega)
        page = client.get(erasure.get_absolute_url()).content.decode()
        assert "Hon har bett om det" in page
        assert "Anna Åkesson" in page
        assert "Kontaktregister" in page
        look = Disclosure.objects.get(user=kollega, what=Disclosure.What.VIEWED)
        assert look.person == of_contact(office, "ADR77")

        done = client.post(
            reverse("privacy:decide", args=[erasure.code]), {"action": "approve"}, follow=True
        ).content.decode()

        assert "Personen är raderad" in done
        assert "Anna" not in done

    def test_declined_nothing_is_erased_and_the_person_is_forgotten_here(
        self, erasure: Erasure, kollega: User
    ) -> None:
        assert erasing.decline(erasure, kollega)
        assert not erasing.approve(erasure, get_user_model().objects.create(username="tredje"))
        erasure.refresh_from_db()
        assert (erasure.step, erasure.who, erasure.sealed) == (Step.DECLINED, None, "")
        assert Contact.objects.filter(vitec_id="ADR77").exists()

    def test_a_neighbour_and_a_manager_have_no_such_page(
        self, erasure: Erasure, as_grannkontor: Client, as_chef: Client
    ) -> None:
        for client in (as_grannkontor, as_chef):
            assert client.get(erasure.get_absolute_url()).status_code == 404
            decide = reverse("privacy:decide", args=[erasure.code])
            assert client.post(decide, {"action": "approve"}).status_code == 404

    def test_each_step_is_recorded(self, erasure: Erasure, kollega: User) -> None:
        erasing.approve(erasure, kollega)
        steps = Disclosure.objects.filter(what=Disclosure.What.ERASED, subject__contains=".erasure")
        told = [(one.user_name, one.facts["step"]) for one in steps.order_by("pk")]
        assert told == [("ombud", "asked"), ("kollega", "approved"), ("kollega", "done")]


SEALED = (
    Contact, Meeting, MeetingVersion, Estate, Disclosure, ProtectedContact, Pause, Impression,
    Viewing, Invitation, SavedView,
)  # fmt: skip


def everything() -> Iterator[str]:
    """Every row of every table, with what every key that is there opens."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            yield str(cursor.fetchall())
    for model in SEALED:
        yield from (str(vars(row)) for row in model._default_manager.all())
    for submission in Submission.objects.exclude(key=""):
        yield str(submission.content)
    for draft in Draft.objects.all():
        yield str(draft.typed)


class TestWhatGoes:
    def test_nothing_of_the_person_is_left_that_any_key_opens(
        self, anna: Submission, office: Office, erasure: Erasure, kollega: User
    ) -> None:
        slot = make_slot(office, "TID8")
        SlotParticipant.objects.create(slot=slot, contact_id="ADR77")
        told = list(everything())
        traces = ("ADR77", "Åkesson", "174 06 07", "1740607", "anna@", "19801", "Hemvägen")
        assert all(any(trace in text for text in told) for trace in traces if trace != "19801")

        assert erasing.approve(erasure, kollega)

        erasure.refresh_from_db()
        left = [text for text in everything() for trace in traces if trace in text]
        assert left == []
        # Only the sealed list of what Vitec still has, until somebody has done it there.
        assert any("ADR77" in line for line in erasure.content["at_vitec"])
        erasing.clear(erasure, kollega)
        erasure.refresh_from_db()
        assert (erasure.content, erasure.key) == ({}, "")

    def test_the_others_keep_everything(
        self, anna: Submission, office: Office, bokare: User, erasure: Erasure, kollega: User
    ) -> None:
        know(office, "ADR5", name="Bo Ek", phones=["08-1234567"])
        other = make_submission(bokare, office, contact_id="ADR5", note="Ring Bo")
        take(office, meeting_row("MOT5", contactId="ADR5", contactName="Bo Ek", cellPhone=""))
        erasing.approve(erasure, kollega)
        other.refresh_from_db()
        assert other.content["form"]["note"] == ["Ring Bo"]
        assert Meeting.objects.get(vitec_id="MOT5").contact_name == "Bo Ek"
        assert Contact.objects.get(vitec_id="ADR5").name == "Bo Ek"

    def test_the_facts_and_the_chain_of_the_audit_stay(
        self, anna: Submission, erasure: Erasure, kollega: User, as_bokare: Client
    ) -> None:
        before = list(Attempt.objects.values_list("event", "at", "actor"))

        erasing.approve(erasure, kollega)

        assert audit.verify().broken == ""
        after = list(Attempt.objects.order_by("pk").values_list("event", "at", "actor"))
        assert after[: len(before)] == before
        assert [event for event, _at, _who in after].count(Event.ERASED) == 2
        anna.refresh_from_db()
        assert (anna.created_by.username, anna.kind) == ("bokare", "viewings.add_participant")
        assert as_bokare.get(anna.get_absolute_url()).status_code == 200
        assert as_bokare.get(reverse("submissions:list")).status_code == 200
        assert as_bokare.get(anna.registration.slot.viewing.get_absolute_url()).status_code == 200

    def test_a_meeting_stays_as_a_figure_and_its_versions_too(
        self, anna: Submission, erasure: Erasure, kollega: User, as_bokare: Client
    ) -> None:
        erasing.approve(erasure, kollega)
        meeting = Meeting.objects.get(vitec_id="MOT1")
        assert (meeting.type, meeting.broker_name) == ("Assignment", "Bo Alm")
        assert meeting.contact_name == "Raderad person"
        assert meeting.meeting_date is not None
        assert len(lives_of(meeting)) == 2
        page = as_bokare.get(
            reverse("meetings:list", query={"date_from": "2026-11-25", "date_to": "2026-11-25"})
        )
        assert "Raderad person" in page.content.decode()

    def test_its_traces_are_gone(self, anna: Submission, erasure: Erasure, kollega: User) -> None:
        erasing.approve(erasure, kollega)
        assert not Likeness.objects.exists()
        assert set(Submission.objects.values_list("key", "person_hash")) == {("", "")}
        assert not ContactTerm.objects.filter(contact__vitec_id="ADR77").exists()
        assert not Inquiry.objects.exists()
        assert not Draft.objects.exists()
        assert set(Registration.objects.values_list("contact_id", flat=True)) == {""}


class TestSending:
    def test_what_waits_is_undone_first_and_never_sent(
        self, anna: Submission, erasure: Erasure, kollega: User
    ) -> None:
        erasing.approve(erasure, kollega)
        assert set(Submission.objects.values_list("state", flat=True)) == {State.CANCELLED}
        cancelled = Attempt.objects.filter(event=Event.CANCELLED)
        assert {attempt.actor for attempt in cancelled} == {kollega}

    def test_what_is_being_sent_is_waited_for(
        self, anna: Submission, erasure: Erasure, kollega: User
    ) -> None:
        Submission.objects.filter(pk=anna.pk).update(state=State.SENDING)

        assert erasing.approve(erasure, kollega)

        erasure.refresh_from_db()
        anna.refresh_from_db()
        assert erasure.step == Step.APPROVED
        assert anna.content
        assert erasing.go_on() == 0
        Submission.objects.filter(pk=anna.pk).update(state=State.DELIVERED, vitec_id="BOK9")
        assert erasing.go_on() == 1
        erasure.refresh_from_db()
        assert erasure.step == Step.DONE
        assert any("BOK9" in line for line in erasure.content["at_vitec"])

    def test_it_cannot_be_sent_again_afterwards(
        self, anna: Submission, erasure: Erasure, kollega: User, bokare: User
    ) -> None:
        erasing.approve(erasure, kollega)
        for submission in Submission.objects.all():
            assert not submission.can_be_corrected
            assert not outbox.send_now(submission, bokare)

    def test_a_draft_of_an_event_about_them_goes(
        self, office: Office, ombud: User, kollega: User, bokare: User
    ) -> None:
        make_contact(office)
        write(bokare, office, EVENT, about_contact="ADR1", subject="Intag", note="Portkod 1234")
        write(bokare, office, EVENT, about_contact="ADR2", subject="Intag", note="Bos")

        assert erasing.approve(asked(ombud, office, "ADR1"), kollega)

        assert [draft.typed["note"] for draft in Draft.objects.all()] == [["Bos"]]

    @pytest.mark.parametrize("known", ["by itself", "by what it corrects alone"])
    def test_a_draft_that_corrects_what_concerns_them_goes(
        self, office: Office, ombud: User, kollega: User, bokare: User, known: str
    ) -> None:
        make_contact(office)
        sent = make_submission(bokare, office)
        Submission.objects.update(state=State.REJECTED)
        write(bokare, office, COMEBACK, corrects=sent, note="Portkod 1234")
        if known == "by what it corrects alone":
            Draft.objects.update(person_hash="")

        assert erasing.approve(asked(ombud, office, "ADR1"), kollega)

        assert not Draft.objects.exists()

    def test_a_draft_of_another_that_corrects_what_concerns_them_joins_nobody(
        self, anna: Submission, office: Office, ombud: User, kollega: User, bokare: User
    ) -> None:
        know(office, "ADR5", name="Bo Ek", phones=["08-1234567"])
        sent = Submission.objects.filter(kind=COMEBACK).get()
        bo = {"first_name": "Bo", "last_name": "Ek", "cell_phone": "08-1234567"}
        write(bokare, office, "viewings.add_participant", corrects=sent, **bo)

        [card] = register.people(office, "Bo Ek")
        assert card.contact_ids == ["ADR5"]
        assert erasing.approve(asked(ombud, office), kollega)

        assert Contact.objects.filter(vitec_id="ADR5").exists()

    def test_events_about_meetings_go_also_when_they_were_sent_to_many(
        self, as_bokare: Client, office: Office, ombud: User, kollega: User
    ) -> None:
        make_colleague(office)
        make_contact(office)
        meeting = make_meeting(office)
        form = {"kind": EVENT, "meeting": [meeting.pk]}
        form |= {"form_token": str(uuid.uuid4()), "starts_at": "2027-03-01 09:00"}
        as_bokare.post(reverse("meetings:many"), form | {"minutes": "20"})
        Submission.objects.update(state=State.DELIVERED)

        assert erasing.approve(asked(ombud, office, "ADR1"), kollega)

        assert Submission.objects.get().key == ""


class TestTheNextSync:
    def test_it_brings_nobody_back(
        self, anna: Submission, office: Office, erasure: Erasure, kollega: User
    ) -> None:
        erasing.approve(erasure, kollega)

        take(office, meeting_row("MOT1", meetingDate="2026-11-25T10:00:00+01:00"))
        versions = MeetingVersion.objects.count()
        take(office, meeting_row("MOT1", meetingDate="2026-11-26T10:00:00+01:00"))
        take(office, meeting_row("MOT2"))
        know(office, "ADR77", name="Anna Åkesson")

        assert not Contact.objects.filter(vitec_id="ADR77").exists()
        hers = Meeting.objects.filter(vitec_id__startswith="MOT")
        assert [one.contact_name for one in hers] == ["Raderad person"] * 2
        assert not any("Åkesson" in text for text in everything())
        # The first said nothing new, the second moved the meeting.
        assert MeetingVersion.objects.count() == versions + 1
        moved = Meeting.objects.get(vitec_id="MOT1")
        assert moved.changed == ["meetingDate"]

    def test_lifted_it_does(
        self, anna: Submission, office: Office, erasure: Erasure, kollega: User
    ) -> None:
        erasing.approve(erasure, kollega)
        client = Client()
        client.force_login(kollega)
        client.post(reverse("privacy:lift"), {"contact_id": "ADR77"})

        know(office, "ADR77", name="Anna Åkesson")

        assert Contact.objects.get(vitec_id="ADR77").name == "Anna Åkesson"
        assert not erased.lift(office, "ADR77")

    def test_who_is_kept_out_is_found_at_vitec_and_chosen(
        self,
        office: Office,
        kollega: User,
        unseeing: User,
        vitec: Sandbox,
        stranger: lookups.Person,
    ) -> None:
        erased.remember(office, [stranger.contact_id])
        client, blind = Client(), Client()
        client.force_login(kollega)
        blind.force_login(unseeing)
        typed = {"person": stranger.email_address}
        choice = f'value="{stranger.contact_id}"'

        shown = client.post(reverse("privacy:lift"), typed)

        assert stranger.name in shown.content.decode()
        assert choice in shown.content.decode()
        assert not Contact.objects.exists()
        assert choice not in blind.post(reverse("privacy:lift"), typed).content.decode()
        assert erased.among(office, [stranger.contact_id])
        client.post(reverse("privacy:lift"), {**typed, "contact_id": stranger.contact_id})
        assert not erased.among(office, [stranger.contact_id])

    def test_the_search_is_counted_and_one_by_personal_number_on_record(
        self, office: Office, kollega: User, vitec: Sandbox, settings: Any
    ) -> None:
        settings.USER_LIMITS = {**settings.USER_LIMITS, "search": "2/m"}
        client = Client()
        client.force_login(kollega)

        answers = [
            client.post(reverse("privacy:lift"), {"person": "19900101-2389"}) for _ in range(3)
        ]

        assert [answer.status_code for answer in answers] == [422, 422, 429]
        seen = Disclosure.objects.filter(user=kollega, what=Disclosure.What.SEARCHED)
        assert seen.count() == 2

    def test_an_id_that_is_typed_is_offered_and_lifts_nothing_by_itself(
        self, office: Office, kollega: User, vitec: Sandbox
    ) -> None:
        erased.remember(office, ["ADR77"])
        client = Client()
        client.force_login(kollega)

        shown = client.post(reverse("privacy:lift"), {"person": " ADR77 "})

        assert 'name="contact_id"' in shown.content.decode()
        assert erased.among(office, ["ADR77"])
        assert vitec.log() == []

    def test_of_who_was_not_erased_the_search_tells_nothing(
        self, kollega: User, vitec: Sandbox, stranger: lookups.Person
    ) -> None:
        client = Client()
        client.force_login(kollega)

        answer = client.post(reverse("privacy:lift"), {"person": stranger.email_address})

        assert answer.status_code == 422
        assert stranger.name not in answer.content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("ADR9", "Ingen som är spärrad här är känd så."),
            ("", "Skriv vem du söker."),
        ],
    )
    def test_what_finds_nobody_stands_there_to_be_mended(
        self, kollega: User, typed: str, said: str
    ) -> None:
        client = Client()
        client.force_login(kollega)

        answer = client.post(reverse("privacy:lift"), {"person": typed})

        assert answer.status_code == 422
        assert answer.context["lift_form"].errors["person"] == [said]
        text = answer.content.decode()
        assert said in text
        assert not typed or f'value="{typed}"' in text
        assert re.search(r'<details class="privacy-more"\s+open>', text)

    def test_a_neighbour_knows_the_same_id_of_somebody_else(
        self, anna: Submission, erasure: Erasure, kollega: User, neighbour_office: Office
    ) -> None:
        erasing.approve(erasure, kollega)
        know(neighbour_office, "ADR77", name="Cecilia Berg")
        assert Contact.objects.get(office=neighbour_office).name == "Cecilia Berg"


class TestProtectedIdentity:
    """She is marked: who may not see her erases nothing of her, and whoever may, all of it."""

    @pytest.fixture(autouse=True)
    def marked(self, anna: Submission, office: Office) -> None:
        protected.mark(office, "ADR77", None, "Anna Åkesson är hotad")

    def test_who_may_not_see_her_does_not_approve(
        self, erasure: Erasure, unseeing: User, anna: Submission
    ) -> None:
        client = Client()
        client.force_login(unseeing)
        page = client.get(erasure.get_absolute_url()).content.decode()
        answer = client.post(
            reverse("privacy:decide", args=[erasure.code]), {"action": "approve"}, follow=True
        )

        assert "har skyddad identitet" in page
        assert "har skyddad identitet" in answer.content.decode()
        for text in (page, answer.content.decode()):
            assert "Åkesson" not in text
            assert "Hon har bett om det" not in text
            assert "Godkänn och radera" not in text
        with pytest.raises(erasing.Hidden):
            erasing.approve(erasure, unseeing)
        erasure.refresh_from_db()
        anna.refresh_from_db()
        assert erasure.step == Step.ASKED
        assert (anna.state, bool(anna.key)) == (State.QUEUED, True)

    def test_who_may_erases_all_of_her_on_the_page(self, erasure: Erasure, kollega: User) -> None:
        client = Client()
        client.force_login(kollega)
        client.post(reverse("privacy:decide", args=[erasure.code]), {"action": "approve"})
        erasure.refresh_from_db()
        assert erasure.step == Step.DONE
        assert set(Submission.objects.values_list("key", "state")) == {("", State.CANCELLED)}
        traces = ("Åkesson", "ADR77", "174 06 07", "hotad")
        assert not any(trace in text for text in everything() for trace in traces)

    def test_the_administration_s_history_keeps_nothing_of_her_id(
        self, office: Office, kollega: User, ombud: User
    ) -> None:
        admin_of_all = make_user("alla", is_staff=True, is_superuser=True)
        client = Client()
        client.force_login(admin_of_all)
        add = reverse("admin:offices_protectedcontact_add")
        assert client.post(add, {"office": office.pk, "contact_id": "ADR78"}).status_code == 302
        know(office, "ADR78", name="Anna Åkesson", phones=["070-174 06 07"])
        contact = Contact.objects.get(vitec_id="ADR78")
        client.post(
            reverse("admin:offices_contact_change", args=[contact.pk]),
            {"name": "Anna Åkesson", "phones": "070-174 06 07", "email": "", "address": ""},
        )
        entries = LogEntry.objects.values_list("object_repr", flat=True)
        assert len(entries) == 2
        assert "ADR78" not in entries.get(content_type__model="protectedcontact")

        erasing.approve(asked(ombud, office), kollega)

        assert not any("ADR78" in str(entry) for entry in LogEntry.objects.values_list())
        assert LogEntry.objects.count() == 2

    def test_what_hides_her_goes_when_nothing_is_left_to_hide(
        self, erasure: Erasure, kollega: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("submissions.erasing.STANDING_STILL", (State.DELIVERED,))
            erasing.approve(erasure, kollega)
        assert ProtectedContact.objects.filter(contact_id="ADR77").exists()
        erasing.go_on()
        assert not ProtectedContact.objects.exists()

    def test_come_back_she_is_hidden_again(
        self, office: Office, erasure: Erasure, kollega: User
    ) -> None:
        erasing.approve(erasure, kollega)
        protected.mark_by_words(office, {"ADR77": "Skyddad identitet"})
        assert not ProtectedContact.objects.exists()
        assert erased.lift(office, "ADR77")
        assert protected.is_marked(office, "ADR77")

    def test_another_s_mark_that_names_her_keeps_hiding_that_other(
        self, office: Office, ombud: User, kollega: User
    ) -> None:
        other = protected.mark(office, "ADR5", None, "Syster till Anna Åkesson, ADR77")
        [card] = register.people(office, "ADR77")
        who = Who(card.who.name, card.who.marks, frozenset({f"offices.protected:{other.pk}"}))
        erasing.approve(erasing.ask(ombud, office, who, "Bett om det"), kollega)
        assert list(ProtectedContact.objects.values_list("contact_id", "reason")) == [
            ("ADR5", None)
        ]

    def test_it_is_carried_out_under_no_veil_whoever_looks_on(
        self, erasure: Erasure, kollega: User, unseeing: User
    ) -> None:
        with protected.veiled(unseeing):
            erasing.approve(erasure, kollega)
        assert set(Submission.objects.values_list("key", "state")) == {("", State.CANCELLED)}
        # The meeting's figures are those of Vitec's row, not of a mask.
        assert Meeting.objects.get(vitec_id="MOT1").row["brokerName"] == "Bo Alm"

    def test_what_is_left_to_do_at_vitec_is_not_for_everybody_either(
        self, erasure: Erasure, kollega: User, unseeing: User
    ) -> None:
        erasing.approve(erasure, kollega)
        erasure.refresh_from_db()
        assert any("ADR77" in line for line in erasure.content["at_vitec"])
        client = Client()
        client.force_login(unseeing)
        page = client.get(erasure.get_absolute_url()).content.decode()
        client.post(reverse("privacy:decide", args=[erasure.code]), {"action": "clear"})
        erasure.refresh_from_db()
        assert "ADR77" not in page
        assert erasure.cleared_at is None


class TestTexts:
    def test_a_reason_and_a_name_of_a_view_that_name_her_are_offered_and_go(
        self, anna: Submission, office: Office, ombud: User, kollega: User, bokare: User
    ) -> None:
        pauses.pause(office, "", bokare, "Väntar på Anna Åkesson")
        SavedView.objects.create(name="Anna Åkesson och andra", owner=bokare)
        SavedView.objects.create(name="Veckan", owner=bokare)
        [card] = register.people(office, "ADR77")
        maybe = [one for shelf in register.shelves(office, card.who) for one in shelf.maybe]
        chosen = frozenset(one.code for one in maybe)
        assert {code.partition(":")[0] for code in chosen} == {
            "submissions.pauses", "meetings.views"
        }  # fmt: skip
        who = Who(card.who.name, card.who.marks, chosen)

        erasing.approve(erasing.ask(ombud, office, who, "Bett om det"), kollega)

        assert [view.name for view in SavedView.objects.order_by("pk")] == ["Namnlös vy", "Veckan"]
        assert Pause.objects.get().reason == ""
        assert not any("Åkesson" in text for text in everything())

    def test_what_else_was_asked_of_her_is_done_with(
        self, erasure: Erasure, office: Office, ombud: User, kollega: User
    ) -> None:
        twice = asked(ombud, office)
        assert erasing.approve(erasure, kollega)
        twice.refresh_from_db()
        assert (twice.step, twice.sealed) == (Step.DECLINED, "")


class TestNotDone:
    def test_it_is_not_done_while_anything_is_found(
        self, erasure: Erasure, kollega: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever keeps a row from being taken, the erasure waits and goes on by itself."""
        with monkeypatch.context() as patched:
            patched.setattr("submissions.erasing.STANDING_STILL", (State.DELIVERED,))
            assert erasing.approve(erasure, kollega)
            erasure.refresh_from_db()
            assert erasure.step == Step.APPROVED
            assert erasing.go_on() == 0
        assert erasing.go_on() == 1
        erasure.refresh_from_db()
        assert erasure.step == Step.DONE
        # What was taken at the first try is not forgotten by the last.
        assert any("MOT1" in line for line in erasure.content["at_vitec"])
        assert erasure.facts["meetings.meetings"] == 1
        assert erasure.facts["submissions.submissions"] == 2


def test_the_page_of_an_erasure_that_waits_stands_on_the_first_page(
    erasure: Erasure, kollega: User
) -> None:
    client = Client()
    client.force_login(kollega)
    page = client.get(reverse("privacy:people")).content.decode()
    assert erasure.get_absolute_url() in page
