"""Contacts with protected identity: there by their ids, and nobody without the right sees who."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from importlib import import_module
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect import lookups
from connect.client import Client as VitecClient
from meetings.agenda import meetings as meetings_in_calendar
from offices import protected, veil
from offices.agendas import Asked
from offices.directory import contact_details, find_contacts, learn_contacts
from offices.middleware import contacts_veiled
from offices.models import (
    Contact,
    Membership,
    Office,
    ProtectedContact,
    Right,
    RightException,
    User,
)
from offices.person_form import PREFIX
from submissions import drafts
from submissions.kinds import all_kinds, find_kind
from submissions.models import Draft, State, Submission, person_hash
from tests.factories import (
    make_contact,
    make_meeting,
    make_slot,
    make_submission,
    make_user,
    make_viewing,
)
from viewings.attendance import attendance
from viewings.models import Impression, Registration, SlotParticipant, TimeSlot

# Whatever tells who or where she is.
TELLING = ("Anna", "Ek", "070-174", "Storgatan")
# Form tokens, in which any two letters may stand side by side.
RANDOM = re.compile(r"[A-Za-z0-9]{64}")


@pytest.fixture
def anna(office: Office) -> Contact:
    """Hidden, with a meeting, a place at a viewing and a comeback."""
    contact = make_contact(office)
    make_meeting(office)
    protected.mark(office, "ADR1", None)
    return contact


def page(client: Client, url: str, posted: dict[str, str] | None = None) -> str:
    answer = client.post(url, posted) if posted is not None else client.get(url, follow=True)
    assert answer.status_code == 200
    return RANDOM.sub("", answer.content.decode())


def told(text: str) -> list[str]:
    return [word for word in TELLING if word in text]


def meetings_url() -> str:
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    return reverse("meetings:list", query={"date_from": tomorrow, "date_to": tomorrow})


def test_the_list_of_meetings_has_her_row_without_her(as_bokare: Client, anna: Contact) -> None:
    text = page(as_bokare, meetings_url())
    assert "Skyddad identitet" in text
    assert told(text) == []


def test_an_administrator_sees_her(anna: Contact, as_admin: Client) -> None:
    assert "Anna Ek" in page(as_admin, meetings_url())


def test_a_booker_who_was_given_the_right_sees_her(
    as_bokare: Client, bokare: User, anna: Contact
) -> None:
    mine = Membership.objects.get(user=bokare)
    RightException.objects.create(membership=mine, right=Right.PROTECTED)
    assert "Anna Ek" in page(as_bokare, meetings_url())


@pytest.mark.parametrize("text", ["Anna", "Ek", "070-174 06 05", "Storgatan"])
def test_no_search_finds_her_since_that_would_tell_who_she_is(
    as_bokare: Client, anna: Contact, text: str
) -> None:
    found = page(as_bokare, reverse("offices:quick_search"), {"q": text})
    assert "ADR1" not in found
    picked = page(as_bokare, reverse("offices:find_contacts"), {"contact_search": text})
    assert "ADR1" not in picked
    listed = page(as_bokare, reverse("meetings:list"), {"q": text, "date_from": "", "date_to": ""})
    assert "Skyddad identitet" not in listed


def test_a_search_with_the_right_finds_her(as_admin: Client, anna: Contact) -> None:
    assert "Anna Ek" in page(as_admin, reverse("offices:quick_search"), {"q": "Anna"})


def test_she_is_chosen_by_her_row_and_the_form_does_not_tell_who_she_is(
    as_bokare: Client, anna: Contact
) -> None:
    text = page(as_bokare, reverse("meetings:new_comeback", query={"meeting": "CAL1"}))
    assert 'value="ADR1"' in text
    assert told(text) == []


def test_what_was_sent_of_her_says_that_it_was_and_no_more(
    as_bokare: Client, as_admin: Client, bokare: User, office: Office, anna: Contact
) -> None:
    sent = make_submission(bokare, office, note="Bor på Storgatan hos Anna")
    for url in (sent.get_absolute_url(), reverse("submissions:list")):
        text = page(as_bokare, url)
        assert "Skyddad identitet" in text
        assert told(text) == []
    assert "Storgatan" in page(as_admin, sent.get_absolute_url())


def test_what_a_booker_sends_of_her_is_stored_whole(
    as_bokare: Client, bokare: User, office: Office, anna: Contact
) -> None:
    with protected.veiled(bokare):
        sent = make_submission(bokare, office)
        assert [line.value for line in sent.lines] == ["Skyddad identitet"]
        with pytest.raises(veil.Veiled):
            _ = sent.content
    assert "Anna Ek" in [line.value for line in sent.lines]


def test_a_refused_one_of_her_is_not_opened_for_correction(
    as_bokare: Client, bokare: User, office: Office, anna: Contact
) -> None:
    sent = make_submission(bokare, office)
    Submission.objects.update(state=State.REJECTED)
    url = reverse("meetings:new_comeback", query={"corrects": sent.code})
    assert as_bokare.get(url).status_code == 404


def test_the_calendar_has_her_meeting_without_her(bokare: User, office: Office, anna: Contact):
    asked = Asked(
        office=office,
        first=timezone.now(),
        last=timezone.now() + dt.timedelta(days=2),
        colleagues=None,
        titled=True,
    )
    with protected.veiled(bokare):
        [entry] = meetings_in_calendar(asked)
    assert told(f"{entry.title} {entry.place}") == []


def test_a_viewing_has_her_place_without_her(bokare: User, office: Office, anna: Contact) -> None:
    slot = make_slot(office)
    SlotParticipant.objects.create(slot=slot, contact_id="ADR1")
    with protected.veiled(bokare):
        [there] = attendance(slot).attendees
    assert (there.name, there.reach) == ("Skyddad identitet", "")


def test_her_place_in_a_sorted_list_does_not_tell_her_name(
    as_bokare: Client, office: Office, anna: Contact
) -> None:
    for number, name in enumerate(("Bo Alm", "Siv Berg", "Ture Dahl")):
        make_meeting(
            office, f"CAL{number + 2}", contact_id=f"ADR{number + 2}",
            personal=contact_details(name=name, phones=[], address=""),
        )  # fmt: skip
    text = page(as_bokare, meetings_url() + "&sort=person")
    places = [text.index(name) for name in ("Bo Alm", "Siv Berg", "Skyddad identitet", "Ture Dahl")]
    assert places == sorted(places)


def test_a_streamed_answer_is_under_the_veil_to_its_end(
    rf: Any, bokare: User, office: Office, anna: Contact
) -> None:
    def export(_request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(contact.name for contact in Contact.objects.all())

    request = rf.get("/")
    request.user = bokare
    answer = contacts_veiled(export)(request)
    assert answer.getvalue() == b"Skyddad identitet"


def test_a_worker_sees_all_and_a_mask_is_never_stored(
    bokare: User, office: Office, anna: Contact
) -> None:
    with protected.veiled(bokare):
        masked = Contact.objects.get()
        with pytest.raises(veil.Veiled):
            masked.save()
        learn_contacts(office, {"ADR1": contact_details(name="", phones=["08-123 45 67"])})
    assert Contact.objects.get().name == "Anna Ek"
    assert find_contacts(office, "Anna") == [anna]


def test_the_setting_hides_by_id_at_every_office(
    as_bokare: Client, office: Office, settings: Any
) -> None:
    settings.PROTECTED_CONTACT_IDS = frozenset({"ADR1"})
    make_meeting(office)
    assert told(page(as_bokare, meetings_url())) == []


@pytest.mark.parametrize("text", ["Har SKYDDAD IDENTITET, ring inte", "sekretessmarkerad"])
def test_a_word_at_vitec_hides(office: Office, text: str) -> None:
    assert protected.mark_by_words(office, {"ADR1": text, "ADR2": "Ring efter 17"}) == 1
    assert [row.contact_id for row in ProtectedContact.objects.open()] == ["ADR1"]


def test_a_word_at_vitec_does_not_hide_again_whom_a_person_has_shown(
    office: Office, admin: User
) -> None:
    protected.mark_by_words(office, {"ADR1": "Skyddad identitet"})
    protected.unmark(ProtectedContact.objects.get(), admin)
    protected.mark_by_words(office, {"ADR1": "Skyddad identitet"})
    assert not ProtectedContact.objects.open().exists()


def test_whoever_moves_here_from_another_office_is_hidden_there_alone(
    office: Office, neighbour_office: Office, anna: Contact
) -> None:
    person = make_user("tva", office, neighbour_office)
    assert protected.hidden_from(person) == {(office.pk, "ADR1")}
    assert protected.hides(person, office, "ADR1")
    assert not protected.hides(person, neighbour_office, "ADR1")


class TestWhenASearchBringsOne:
    """The very answer that tells of the protection shows nobody who they are."""

    WORD = "söker större"

    @pytest.fixture
    def siv(self, vitec: Any, settings: Any) -> lookups.Person:
        """Whom Vitec alone knows, with a note that hides."""
        settings.PROTECTED_NOTE_WORDS = (self.WORD,)
        with VitecClient(base_url=vitec.url, username="sandbox", password="sandbox") as client:
            people = lookups.search_contacts(client, "M30011", "example", 50)
        return next(one for one in people if self.WORD in one.note.casefold() and one.cell_phone)

    @pytest.fixture(params=["nobody", "somebody else hidden", "somebody else found"])
    def known(self, request: Any, office: Office, siv: lookups.Person) -> None:
        """What the veil has been asked before Vitec answers."""
        if request.param != "nobody":
            make_contact(office, "ADR1", f"Bo {siv.last_name}")
        if request.param == "somebody else hidden":
            protected.mark(office, "ADR2", None)

    def telling(self, siv: lookups.Person, text: str) -> list[str]:
        """What the page tells of her beside what was typed, her last name."""
        said = (siv.first_name, siv.street_address, siv.contact_id, siv.email_address)
        return [word for word in said if word and word in text]

    def searched(self, client: Client, text: str) -> str:
        find = reverse("offices:find_contacts") + "?everywhere=1"
        quick = page(client, reverse("offices:quick_search"), {"q": text})
        return quick + page(client, find, {"contact_search": text})

    @pytest.mark.usefixtures("known")
    def test_the_first_search_does_not_show_her(
        self, as_bokare: Client, siv: lookups.Person
    ) -> None:
        find = reverse("offices:find_contacts") + "?everywhere=1"
        assert self.telling(siv, page(as_bokare, find, {"contact_search": siv.last_name})) == []
        assert siv.contact_id in [row.contact_id for row in ProtectedContact.objects.open()]

    @pytest.mark.usefixtures("known")
    def test_nor_does_that_in_the_head_of_the_page(
        self, as_bokare: Client, siv: lookups.Person
    ) -> None:
        first = page(as_bokare, reverse("offices:quick_search"), {"q": siv.last_name})
        assert self.telling(siv, first) == []
        assert siv.contact_id in [row.contact_id for row in ProtectedContact.objects.open()]

    def test_one_whom_we_had_found_ourselves_is_no_longer_shown(
        self, as_bokare: Client, office: Office, siv: lookups.Person
    ) -> None:
        make_contact(office, siv.contact_id, siv.name)
        find = reverse("offices:find_contacts")
        assert siv.contact_id in page(as_bokare, find, {"contact_search": siv.last_name})
        assert self.telling(siv, self.searched(as_bokare, siv.last_name)) == []

    def test_nor_is_one_who_was_hidden_while_vitec_was_waited_for(
        self, as_bokare: Client, office: Office, siv: lookups.Person, monkeypatch: Any
    ) -> None:
        anna = make_contact(office, name=f"Anna {siv.last_name}")
        search = lookups.search_contacts

        def slow(*asked: Any) -> Any:
            # By another process: no veil of this one hears of it.
            ProtectedContact.objects.create(office=office, contact_id=anna.vitec_id)
            return search(*asked)

        monkeypatch.setattr(lookups, "search_contacts", slow)
        found = page(as_bokare, reverse("offices:quick_search"), {"q": siv.last_name})
        assert anna.vitec_id not in found

    def test_who_has_the_right_sees_her_at_once(
        self, as_admin: Client, siv: lookups.Person
    ) -> None:
        assert siv.contact_id in page(as_admin, reverse("offices:quick_search"), {"q": siv.name})


def test_who_is_hidden_in_the_middle_of_a_request_is_so_from_then_on(
    bokare: User, office: Office
) -> None:
    make_contact(office)
    with protected.veiled(bokare):
        assert Contact.objects.get().name == "Anna Ek"
        with veil.lifted():
            protected.mark(office, "ADR1", None)
            assert Contact.objects.get().name == "Anna Ek"
        assert Contact.objects.get().name == "Skyddad identitet"
        assert veil.hides_person(office.pk, person_hash("ADR1"))


class TestPage:
    URL = reverse("offices:protected")

    def test_who_may_hides_a_contact_with_a_reason(
        self, as_admin: Client, admin: User, office: Office
    ) -> None:
        make_contact(office)
        posted = {"contact_id": "ADR1", "reason": "Ringde och sade det"}
        as_admin.post(self.URL, posted)
        row = ProtectedContact.objects.get()
        assert (row.contact_id, row.marked_by, row.reason) == ("ADR1", admin, "Ringde och sade det")
        assert "Anna Ek" in page(as_admin, self.URL)

    def test_and_shows_them_again(self, as_admin: Client, admin: User, anna: Contact) -> None:
        row = ProtectedContact.objects.get()
        as_admin.post(reverse("offices:show_again", args=[row.pk]))
        row.refresh_from_db()
        assert row.ended_by == admin
        assert not ProtectedContact.objects.open().exists()

    def test_others_do_not_even_see_the_page(self, as_bokare: Client, anna: Contact) -> None:
        row = ProtectedContact.objects.get()
        assert as_bokare.get(self.URL).status_code == 403
        shown = as_bokare.post(reverse("offices:show_again", args=[row.pk]))
        assert shown.status_code == 404
        assert ProtectedContact.objects.open().exists()


def test_only_the_latest_version_of_the_mark_counts(office: Office, admin: User) -> None:
    first = protected.mark(office, "ADR1", admin)
    assert protected.mark(office, "ADR1", None) == first
    assert protected.is_marked(office, "ADR1")
    assert protected.unmark(first, admin)
    assert not protected.unmark(first, admin)
    assert not protected.is_marked(office, "ADR1")


class TestAtAViewing:
    """Where she will be, and what was noted of her."""

    @pytest.fixture
    def slot(self, office: Office) -> TimeSlot:
        """Anna was booked by contact, then marked."""
        make_contact(office)
        begun = timezone.now() - dt.timedelta(minutes=5)
        return make_slot(office, viewing=make_viewing(office, starts_at=begun))

    def typed(self, **values: str) -> dict[str, str]:
        said = {
            "first_name": "Anna", "last_name": "Ek", "cell_phone": "070-174 06 05", **values
        }  # fmt: skip
        return {
            "form_token": str(uuid.uuid4()), "time_slot_id": "TID1", "mode": "door",
            "participated": "on", **{PREFIX + name: text for name, text in said.items()},
        }  # fmt: skip

    def booked(self, client: Client) -> Submission:
        url = reverse("viewings:new_participant")
        assert client.post(url, self.typed(contact_id="ADR1")).status_code == 302
        return Submission.objects.get()

    def test_no_warning_tells_that_she_is_expected_there(
        self, as_bokare: Client, as_maklare: Client, as_admin: Client, office: Office,
        slot: TimeSlot,
    ) -> None:  # fmt: skip
        sent = self.booked(as_bokare)
        look = reverse("submissions:look", args=[sent.kind])
        assert "redan registrerad" in page(as_maklare, look, self.typed())
        protected.mark(office, "ADR1", None)

        text = page(as_maklare, look, self.typed())
        assert "redan registrerad" not in text
        assert sent.get_absolute_url() not in text
        assert "redan registrerad" in page(as_admin, look, self.typed(office="M30011"))

    def test_nor_does_the_very_same_nor_a_list_of_visitors(
        self, as_bokare: Client, as_maklare: Client, office: Office, slot: TimeSlot
    ) -> None:
        self.booked(as_bokare)
        protected.mark(office, "ADR1", None)
        look = reverse("submissions:look", args=["viewings.add_participant"])
        assert "senaste dygnet" not in page(as_maklare, look, self.typed(contact_id="ADR1"))
        row = {
            PREFIX + "first_name": "Anna", PREFIX + "last_name": "Ek", "reach": "070-174 06 05",
            "form_token": str(uuid.uuid4()), "mode": "door", "list_token": str(uuid.uuid4()),
        }  # fmt: skip
        answer = as_maklare.post(reverse("viewings:visitor_list", args=[slot.pk]), row)
        assert answer.status_code == 302

    def test_what_was_noted_of_her_is_hidden_with_her_and_outlives_the_mask(
        self, as_maklare: Client, as_admin: Client, office: Office, slot: TimeSlot
    ) -> None:
        slot.participants.create(contact_id="ADR1", participated=True)
        impress = reverse("viewings:impress", args=[slot.pk])
        note = "Flyttar till Storgatan med Anna"
        as_maklare.post(impress, {"who": "cADR1", "interest": "great", "note": note})
        protected.mark(office, "ADR1", None)

        text = page(as_maklare, slot.afterwards_url)
        assert "Skyddad identitet" in text
        assert told(text) == told(slot.viewing.where)
        assert 'name="note"' not in text
        as_maklare.post(impress, {"who": "cADR1", "interest": "small", "note": ""})
        row = Impression.objects.get()
        assert (row.interest, row.note) == ("small", note)
        assert note in page(as_admin, slot.afterwards_url)

    def test_so_is_what_was_noted_of_one_of_ours(
        self, as_bokare: Client, as_maklare: Client, office: Office, slot: TimeSlot
    ) -> None:
        self.booked(as_bokare)
        key = f"r{Registration.objects.get().pk}"
        impress = reverse("viewings:impress", args=[slot.pk])
        as_maklare.post(impress, {"who": key, "interest": "great", "note": "Anna, 070-174"})
        protected.mark(office, "ADR1", None)

        assert "070-174" not in page(as_maklare, slot.afterwards_url)
        answer = as_maklare.post(impress, {"who": key, "interest": "none", "note": "Annat"})
        assert answer.status_code == 302
        row = Impression.objects.get()
        assert (row.interest, row.note, row.contact_id) == ("none", "Anna, 070-174", "ADR1")

    def test_nor_does_the_form_for_many_show_it(
        self, as_maklare: Client, office: Office, slot: TimeSlot
    ) -> None:
        slot.participants.create(contact_id="ADR1", participated=True)
        impress = reverse("viewings:impress", args=[slot.pk])
        as_maklare.post(impress, {"who": "cADR1", "interest": "great", "note": "Ring Anna"})
        protected.mark(office, "ADR1", None)
        many = reverse("viewings:send_to_many", args=[slot.pk])
        posted = {"kind": "meetings.create_comeback", "interest": "great"}
        assert "Ring Anna" not in page(as_maklare, many, posted)


class TestBooking:
    """She is booked from her masked row: what is sent is whole, and nothing drawn tells of it."""

    SAID = ("701740605", "070-174", "anna@", "Gömstigen")

    @pytest.fixture
    def hidden(self, office: Office) -> Contact:
        details = contact_details(
            name="Anna Ek", phones=["08-123 45 67", "070-174 06 05"], email="anna@example.se",
            address="Gömstigen 7",
        )  # fmt: skip
        learn_contacts(office, {"ADR1": details})
        protected.mark(office, "ADR1", None)
        make_slot(office)
        return Contact.objects.get()

    def posted(self, **values: str) -> dict[str, str]:
        return {
            "form_token": str(uuid.uuid4()), "office": "M30011", "time_slot_id": "TID1",
            "mode": "booking", PREFIX + "contact_id": "ADR1", **values,
        }  # fmt: skip

    WISH: ClassVar[dict[str, str]] = {
        "looking_for_accommodations-0-house": "on", "watched": "NotAsked",
    }  # fmt: skip
    WAYS = pytest.mark.parametrize(
        ("form", "values"),
        [
            ("viewings:new_participant", {}),
            ("viewings:new_participant", {"mode": "door", "participated": "on"}),
            ("interests:new_interest", WISH),
        ],
        ids=["booked", "at the door", "interest"],
    )

    @WAYS
    def test_what_is_sent_has_what_reaches_her(
        self, as_bokare: Client, as_admin: Client, hidden: Contact, form: str,
        values: dict[str, str],
    ) -> None:  # fmt: skip
        assert as_bokare.post(reverse(form), self.posted(**values)).status_code == 302
        sent = Submission.objects.get()
        person = json.loads(sent.call.body or "{}")["updatePerson"]
        assert (person["contactId"], person["cellPhone"]) == ("ADR1", "070-174 06 05")
        shown = page(as_bokare, sent.get_absolute_url())
        assert [word for word in self.SAID if word in shown] == []
        assert "070-174 06 05" in page(as_admin, sent.get_absolute_url())

    @WAYS
    def test_nothing_that_is_drawn_meanwhile_tells_of_it(
        self, as_bokare: Client, hidden: Contact, form: str, values: dict[str, str]
    ) -> None:
        url = reverse(form)
        kind = next(kind for kind in all_kinds() if kind.url_name == form)
        look = reverse("submissions:look", args=[kind.key])
        posted = self.posted(**values)
        pages = [page(as_bokare, look, posted), page(as_bokare, url, {**posted, "step": "look"})]
        as_bokare.post(url, posted)
        changed = as_bokare.post(url, {**posted, PREFIX + "note": "Ny"})
        assert changed.status_code == 409
        text = " ".join([*pages, changed.content.decode()])
        assert "Skyddad identitet" in text
        assert [word for word in self.SAID if word in text] == []

    def test_messages_go_to_her_by_numbers_that_nobody_is_told(
        self, as_bokare: Client, hidden: Contact
    ) -> None:
        posted = self.posted(
            mail_confirmation="on", sms_confirmation="on", sms_reminder="on", reminder_time="60"
        )
        told = page(
            as_bokare, reverse("submissions:look", args=["viewings.add_participant"]), posted
        )
        assert "SMS till Skyddad identitet" in told
        assert "E-post till Skyddad identitet" in told
        assert [word for word in self.SAID if word in told] == []
        assert as_bokare.post(reverse("viewings:new_participant"), posted).status_code == 302
        person = json.loads(Submission.objects.get().call.body or "{}")["updatePerson"]
        assert person["cellPhone"] == "070-174 06 05"
        assert person["email"]["emailAddress"] == "anna@example.se"

    def test_what_is_typed_is_sent_in_place_of_hers(
        self, as_bokare: Client, hidden: Contact
    ) -> None:
        typed = self.posted(**{PREFIX + "cell_phone": "073-555 55 55"})
        assert as_bokare.post(reverse("viewings:new_participant"), typed).status_code == 302
        person = json.loads(Submission.objects.get().call.body or "{}")["updatePerson"]
        assert person == {
            "customerId": "M30011", "contactId": "ADR1", "cellPhone": "073-555 55 55"
        }  # fmt: skip

    def test_one_whom_nothing_reaches_still_needs_a_number(
        self, as_bokare: Client, office: Office
    ) -> None:
        learn_contacts(office, {"ADR1": contact_details(name="Anna Ek")})
        protected.mark(office, "ADR1", None)
        make_slot(office)
        answer = as_bokare.post(reverse("viewings:new_participant"), self.posted())
        assert answer.status_code == 422
        assert "mobilnummer" in answer.content.decode()

    def test_she_is_registered_at_the_desk(
        self, as_bokare: Client, office: Office, hidden: Contact
    ) -> None:
        begun = timezone.now() - dt.timedelta(minutes=5)
        slot = make_slot(office, "TID2", viewing=make_viewing(office, "VIS2", starts_at=begun))
        row = {
            PREFIX + "first_name": "", PREFIX + "last_name": "", "reach": "",
            PREFIX + "contact_id": "ADR1", "form_token": str(uuid.uuid4()),
        }  # fmt: skip
        desk = reverse("viewings:register", args=[slot.pk])
        shown = as_bokare.post(desk, row, follow=True).content.decode()
        assert "Skyddad identitet" in shown
        assert [word for word in self.SAID if word in shown] == []
        person = json.loads(Submission.objects.get().call.body or "{}")["updatePerson"]
        assert person["cellPhone"] == "070-174 06 05"


class TestDrafts:
    def half(self, **values: str) -> dict[str, str]:
        return {
            "form_token": str(uuid.uuid4()), "office": "M30011", "contact_id": "ADR1",
            "note": "Bor hos Anna på Storgatan", **values,
        }  # fmt: skip

    LOOK = reverse("submissions:look", args=["meetings.create_comeback"])
    FORM = reverse("meetings:new_comeback")

    def test_one_of_her_cannot_be_opened_any_more_and_is_not_offered(
        self, as_bokare: Client, office: Office
    ) -> None:
        make_contact(office)
        address = as_bokare.post(self.LOOK, self.half())["HX-Replace-Url"]
        assert "Storgatan" in page(as_bokare, address)
        row = protected.mark(office, "ADR1", None)

        assert told(page(as_bokare, address)) == []
        assert "halvskriv" not in page(as_bokare, self.FORM)
        with protected.veiled(User.objects.get(username="bokare")), pytest.raises(veil.Veiled):
            _ = Draft.objects.get().typed
        protected.unmark(row, User.objects.get(username="bokare"))
        assert "Storgatan" in page(as_bokare, address)

    def test_of_somebody_hidden_none_is_kept_that_nobody_could_open(
        self, as_bokare: Client, as_admin: Client, anna: Contact
    ) -> None:
        answer = as_bokare.post(self.LOOK, self.half())
        assert "HX-Replace-Url" not in answer.headers
        assert not Draft.objects.exists()
        as_admin.post(self.LOOK, self.half())
        assert Draft.objects.exists()

    def test_one_that_corrects_what_is_linked_to_her_concerns_her_too(
        self, as_bokare: Client, bokare: User, office: Office
    ) -> None:
        sent = make_submission(bokare, office)
        Submission.objects.update(state=State.REJECTED)
        as_bokare.post(self.LOOK, self.half(contact_id="", corrects=str(sent.code)))
        assert Draft.objects.get().person_hash == person_hash("ADR1")

    def test_a_person_of_a_write_and_of_an_event_are_known_too(
        self, bokare: User, office: Office, anna: Contact
    ) -> None:
        for key, typed in (
            ("viewings.add_participant", {PREFIX + "contact_id": ["ADR1"]}),
            ("interests.send_interest", {PREFIX + "contact_id": ["ADR1"]}),
            ("calendar_app.create_appointment", {"about_contact": ["ADR1"], "user_id": ["H", "I"]}),
        ):
            kind = find_kind(key)
            assert kind is not None
            draft = drafts.keep(bokare, office, kind, uuid.uuid4(), typed)
            assert draft is not None
            assert draft.person_hash == person_hash("ADR1")

    @pytest.mark.parametrize("name", ["contact_id", PREFIX + "contact_id", "about_contact"])
    def test_those_of_before_are_told_whom_they_concern(
        self, bokare: User, office: Office, name: str
    ) -> None:
        kind = find_kind("meetings.create_comeback")
        assert kind is not None
        drafts.keep(bokare, office, kind, uuid.uuid4(), {name: ["ADR1"], "note": ["Hej"]})
        drafts.keep(bokare, office, kind, uuid.uuid4(), {"note": ["Hej"]})
        Draft.objects.update(person_hash="")
        import_module("submissions.migrations.0012_person_of_a_draft").tell(apps, None)
        assert {row.person_hash for row in Draft.objects.all()} == {"", person_hash("ADR1")}
