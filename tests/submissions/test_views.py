from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect.errors import FieldMessage
from meetings import kinds
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions import outbox
from submissions.delivery import deliver
from submissions.journal import note
from submissions.kinds import Line
from submissions.models import Event, Pause, State, Submission
from tests.factories import make_colleague, make_contact, make_meeting, make_submission

pytestmark = pytest.mark.django_db

FORM = reverse(kinds.COMEBACK.url_name)


@pytest.fixture
def posted(office: Office) -> dict[str, str]:
    """A complete form, as a browser posts it."""
    make_contact(office)
    make_colleague(office)
    make_meeting(office)
    return {
        "office": office.customer_id,
        "form_token": str(uuid.uuid4()),
        "contact_id": "ADR1",
        "date": "2027-03-01 09:00",
        "participant": "userId:HAN1",
        "meeting_id": "",
        "estate_id": "",
        "note": "Ring om balkongen",
    }


@pytest.fixture
def sent(bokare: User, office: Office) -> Submission:
    make_contact(office)
    make_colleague(office)
    return make_submission(bokare, office, note="Ring om balkongen")


def in_state(submission: Submission, state: State) -> Submission:
    Submission.objects.filter(pk=submission.pk).update(state=state)
    submission.refresh_from_db()
    return submission


def seen(submission: Submission) -> str:
    """What a page that is fetched now says that it knows of."""
    submission.refresh_from_db()
    return str(submission.events)


class TestForm:
    def test_it_leads_to_the_page_of_what_was_saved(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        answer = as_bokare.post(FORM, posted)

        assert answer["Location"] == Submission.objects.get().get_absolute_url()

    def test_nothing_typed_is_lost_when_a_field_is_wrong(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        answer = as_bokare.post(FORM, {**posted, "date": "hoppsan"})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert "hoppsan" in text
        assert "Ring om balkongen" in text
        assert "Anna Ek" in text
        assert not Submission.objects.exists()

    def test_a_reload_of_the_same_form_makes_no_second(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        first = as_bokare.post(FORM, posted)
        second = as_bokare.post(FORM, posted)

        assert first["Location"] == second["Location"]
        assert Submission.objects.count() == 1

    def test_the_back_button_and_other_content_asks_first(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, posted)

        answer = as_bokare.post(FORM, {**posted, "note": "Något annat"})

        assert answer.status_code == 409
        assert "redan" in answer.content.decode()
        assert "Något annat" in answer.content.decode()
        assert Submission.objects.count() == 1

    def test_the_new_token_of_that_answer_sends_one_more(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, posted)
        answer = as_bokare.post(FORM, {**posted, "note": "Något annat"})

        token = str(answer.context["form"]["form_token"].value())
        again = {**posted, "date": "2027-06-01 09:00", "form_token": token}
        as_bokare.post(FORM, again)

        assert Submission.objects.count() == 2

    def test_the_office_is_the_one_the_form_was_opened_for(
        self, bokare: User, as_bokare: Client, posted: dict[str, str], neighbour_office: Office
    ) -> None:
        bokare.memberships.create(office=neighbour_office)
        as_bokare.post(reverse("offices:choose"), {"office": neighbour_office.customer_id})

        as_bokare.post(FORM, posted)

        assert Submission.objects.get().office.customer_id == posted["office"]

    def test_nobody_sends_for_an_office_that_is_not_theirs(
        self, as_grannkontor: Client, posted: dict[str, str]
    ) -> None:
        assert as_grannkontor.post(FORM, posted).status_code == 404

    def test_without_javascript_looking_up_a_contact_sends_nothing(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        posted.pop("contact_id")

        answer = as_bokare.post(FORM, {**posted, "step": "look", "contact_search": "ann"})

        assert answer.status_code == 200
        assert "Anna Ek" in answer.content.decode()
        assert "Ring om balkongen" in answer.content.decode()
        assert "Välj en person" not in answer.content.decode()
        assert not Submission.objects.exists()


class TestCorrecting:
    @pytest.fixture
    def refused(self, sent: Submission) -> Submission:
        messages = (FieldMessage("note", "För lång"), FieldMessage("", "Kontakten är spärrad"))
        Submission.objects.update(
            state=State.REJECTED, sealed_messages=sent.seal_messages(messages)
        )
        sent.refresh_from_db()
        return sent

    def test_the_form_comes_filled_with_vitecs_messages_at_their_fields(
        self, as_bokare: Client, refused: Submission
    ) -> None:
        answer = as_bokare.get(FORM, {"corrects": str(refused.code)})

        form = answer.context["form"]
        assert form.errors["note"] == ["För lång"]
        assert form.non_field_errors() == ["Kontakten är spärrad"]
        assert "Ring om balkongen" in answer.content.decode()

    def test_it_asks_the_database_as_little_however_much_there_is(
        self,
        bokare: User,
        as_bokare: Client,
        refused: Submission,
        office: Office,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(5):
            make_meeting(office, f"CAL{number}", estate_id=f"OBJ{number}")
            make_colleague(office, f"HAN{number}")
            in_state(make_submission(bokare, office, note=f"{number}"), State.REJECTED)
        as_bokare.get(FORM, {"corrects": str(refused.code)})

        with django_assert_max_num_queries(12):
            as_bokare.get(FORM, {"corrects": str(refused.code)})

    def test_what_is_sent_then_points_to_what_it_corrects(
        self, as_bokare: Client, refused: Submission, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, {**posted, "note": "Kort", "corrects": str(refused.code)})

        assert Submission.objects.latest("pk").corrects == refused

    def test_it_goes_out_from_the_office_that_sent_the_first(
        self,
        bokare: User,
        as_bokare: Client,
        refused: Submission,
        posted: dict[str, str],
        neighbour_office: Office,
    ) -> None:
        bokare.memberships.create(office=neighbour_office)
        as_bokare.post(reverse("offices:choose"), {"office": neighbour_office.customer_id})

        form = as_bokare.get(FORM, {"corrects": str(refused.code)})
        assert form.context["office"] == refused.office
        as_bokare.post(
            FORM,
            {
                **posted,
                "note": "Kort",
                "corrects": str(refused.code),
                "office": neighbour_office.customer_id,
            },
        )

        assert Submission.objects.latest("pk").office == refused.office

    def test_words_that_were_relative_come_back_as_the_day_they_meant(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, {**posted, "date": "3v"})
        submission = Submission.objects.get()
        in_state(submission, State.REJECTED)

        form = as_bokare.get(FORM, {"corrects": str(submission.code)}).context["form"]

        assert re.fullmatch(r"\d{4}-\d\d-\d\d 09:00", form["date"].value())

    def test_one_that_has_been_corrected_says_so(
        self, as_bokare: Client, refused: Submission, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, {**posted, "note": "Kort", "corrects": str(refused.code)})

        text = as_bokare.get(refused.get_absolute_url()).content.decode()

        assert "redan rättad" in text

    def test_a_delivered_one_cannot_be_corrected(self, as_bokare: Client, sent: Submission) -> None:
        in_state(sent, State.DELIVERED)

        assert as_bokare.get(FORM, {"corrects": str(sent.code)}).status_code == 404

    @pytest.mark.parametrize("code", ["x", "00000000-0000-0000-0000-000000000000"])
    def test_an_unknown_code_is_not_found(
        self, as_bokare: Client, office: Office, code: str
    ) -> None:
        assert as_bokare.get(FORM, {"corrects": code}).status_code == 404

    def test_a_neighbours_cannot_be_corrected(
        self, as_grannkontor: Client, refused: Submission
    ) -> None:
        assert as_grannkontor.get(FORM, {"corrects": str(refused.code)}).status_code == 404


class TestDetail:
    WORDS = {
        State.QUEUED: "Väntar",
        State.CLAIMED: "Sänds",
        State.SENDING: "Sänds",
        State.DELIVERED: "Levererad",
        State.REJECTED: "Avvisad",
        State.HELD: "Pausad",
        State.UNKNOWN: "Osäker",
        State.FAILED: "Misslyckad",
        State.CANCELLED: "Ångrad",
    }

    @pytest.mark.parametrize("state", State)
    def test_it_says_the_state_in_swedish(
        self, as_bokare: Client, sent: Submission, state: State
    ) -> None:
        in_state(sent, state)

        assert self.WORDS[state] in as_bokare.get(sent.get_absolute_url()).content.decode()

    def test_the_grace_period_has_its_own_word_and_an_undo(
        self, as_bokare: Client, sent: Submission
    ) -> None:
        later = timezone.now() + dt.timedelta(seconds=10)
        Submission.objects.update(hold_until=later, not_before=later)

        text = as_bokare.get(sent.get_absolute_url()).content.decode()

        assert "Ångerfrist" in text
        assert reverse("submissions:cancel", args=[sent.code]) in text

    def test_it_says_in_words_what_is_sent(self, as_bokare: Client, sent: Submission) -> None:
        text = as_bokare.get(sent.get_absolute_url()).content.decode()

        for words in ("Anna Ek", "mån 1 mars 2027 kl. 09:00 (v. 9)", "Bo Alm", "Ring om balkongen"):
            assert words in text

    @pytest.mark.parametrize("state", [s for s in State if s != State.QUEUED])
    def test_it_stops_asking_when_nothing_more_happens_by_itself(
        self, as_bokare: Client, sent: Submission, state: State
    ) -> None:
        in_state(sent, state)

        text = as_bokare.get(reverse("submissions:status", args=[sent.code])).content.decode()

        assert ("hx-get" in text) == (not sent.is_settled)

    def test_an_erased_one_still_shows_the_facts(self, as_bokare: Client, sent: Submission) -> None:
        in_state(sent, State.DELIVERED)
        Submission.objects.update(key="")

        answer = as_bokare.get(sent.get_absolute_url())

        assert answer.status_code == 200
        assert "Anna Ek" not in answer.content.decode()

    @pytest.mark.parametrize("name", ["detail", "status"])
    def test_a_stranger_finds_nothing(
        self, as_grannkontor: Client, sent: Submission, name: str
    ) -> None:
        url = reverse(f"submissions:{name}", args=[sent.code])

        assert as_grannkontor.get(url).status_code == 404

    @pytest.mark.parametrize("name", ["cancel", "send_now", "decide"])
    def test_a_stranger_changes_nothing(
        self, as_grannkontor: Client, sent: Submission, name: str
    ) -> None:
        url = reverse(f"submissions:{name}", args=[sent.code])

        assert as_grannkontor.post(url, {"decision": "found", "reason": "x"}).status_code == 404
        sent.refresh_from_db()
        assert sent.state == State.QUEUED

    def test_a_colleague_sees_it(self, as_maklare: Client, sent: Submission) -> None:
        assert as_maklare.get(sent.get_absolute_url()).status_code == 200


class TestTryNow:
    def test_it_is_offered_while_a_failed_try_waits(
        self, as_bokare: Client, sent: Submission
    ) -> None:
        url = reverse("submissions:send_now", args=[sent.code])
        assert url not in as_bokare.get(sent.get_absolute_url()).content.decode()

        Submission.objects.update(trying_since=timezone.now())

        assert url in as_bokare.get(sent.get_absolute_url()).content.decode()

    def test_it_is_not_while_vitec_has_asked_us_to_wait(
        self, as_bokare: Client, sent: Submission
    ) -> None:
        later = timezone.now() + dt.timedelta(minutes=10)
        Submission.objects.update(trying_since=timezone.now(), not_before=later)
        note(sent, Event.BUSY)
        url = reverse("submissions:send_now", args=[sent.code])

        assert url not in as_bokare.get(sent.get_absolute_url()).content.decode()
        as_bokare.post(url)
        assert not Submission.objects.due().exists()


class TestActions:
    def test_undo(self, as_bokare: Client, sent: Submission) -> None:
        as_bokare.post(reverse("submissions:cancel", args=[sent.code]))

        sent.refresh_from_db()
        assert sent.state == State.CANCELLED

    def test_undo_too_late_says_so(self, as_bokare: Client, sent: Submission) -> None:
        in_state(sent, State.SENDING)

        answer = as_bokare.post(reverse("submissions:cancel", args=[sent.code]), follow=True)

        assert "För sent" in answer.content.decode()

    @pytest.mark.parametrize(
        ("decision", "state"),
        [
            ("found", State.DELIVERED),
            ("not_found", State.CANCELLED),
            ("send_again", State.QUEUED),
        ],
    )
    def test_a_manager_settles_an_uncertain_one(
        self, as_chef: Client, sent: Submission, decision: str, state: State
    ) -> None:
        in_state(sent, State.UNKNOWN)
        url = reverse("submissions:decide", args=[sent.code])

        as_chef.post(url, {"decision": decision, "reason": "Sett i Express", "seen": seen(sent)})

        sent.refresh_from_db()
        assert sent.state == state
        assert sent.attempts.last().reason == "Sett i Express"  # type: ignore[union-attr]

    def test_the_page_says_who_found_it_and_not_that_vitec_confirmed(
        self, as_chef: Client, sent: Submission
    ) -> None:
        in_state(sent, State.UNKNOWN)
        url = reverse("submissions:decide", args=[sent.code])

        said = {"decision": "found", "reason": "Sett i Express", "seen": seen(sent)}
        answer = as_chef.post(url, said, follow=True)

        text = answer.content.decode()
        assert "chef fann den i Vitec" in text
        assert "Sett i Express" in text
        assert "Vitec har bekräftat" not in text

    @pytest.mark.parametrize("decision", ["found", "not_found", "send_again"])
    def test_an_old_page_settles_nothing_that_has_been_sent_again_since(
        self, as_chef: Client, chef: User, sent: Submission, decision: str
    ) -> None:
        in_state(sent, State.UNKNOWN)
        url = reverse("submissions:decide", args=[sent.code])
        page = as_chef.get(sent.get_absolute_url()).content.decode()
        old = seen(sent)
        assert f'name="seen" value="{old}"' in page
        outbox.send_again(sent, chef, "Finns inte")
        in_state(sent, State.UNKNOWN)

        said = {"decision": decision, "reason": "Finns inte", "seen": old}
        answer = as_chef.post(url, said, follow=True)

        assert "Något har hänt sedan du öppnade sidan" in answer.content.decode()
        sent.refresh_from_db()
        assert sent.state == State.UNKNOWN

    def test_without_a_reason_nothing_is_settled(self, as_chef: Client, sent: Submission) -> None:
        in_state(sent, State.UNKNOWN)

        answer = as_chef.post(
            reverse("submissions:decide", args=[sent.code]), {"decision": "found", "reason": " "}
        )

        assert answer.status_code == 422
        sent.refresh_from_db()
        assert sent.state == State.UNKNOWN

    def test_a_booker_does_not_settle(self, as_bokare: Client, sent: Submission) -> None:
        in_state(sent, State.UNKNOWN)

        answer = as_bokare.post(
            reverse("submissions:decide", args=[sent.code]), {"decision": "found", "reason": "x"}
        )

        assert answer.status_code == 403

    def test_a_manager_ends_a_pause(
        self, as_chef: Client, as_bokare: Client, sent: Submission, office: Office
    ) -> None:
        in_state(sent, State.HELD)
        pause = Pause.objects.create(office=office, status=401)
        url = reverse("submissions:end_pause", args=[pause.pk])

        assert as_bokare.post(url).status_code == 403
        as_chef.post(url)

        sent.refresh_from_db()
        pause.refresh_from_db()
        assert sent.state == State.QUEUED
        assert pause.ended_by is not None


class TestList:
    def test_it_is_newest_first(
        self, as_bokare: Client, bokare: User, office: Office, sent: Submission
    ) -> None:
        newer = make_submission(bokare, office)

        page = as_bokare.get(reverse("submissions:list")).context["page"]

        assert list(page) == [newer, sent]

    def test_it_shows_the_offices_own_alone(self, as_grannkontor: Client, sent: Submission) -> None:
        assert list(as_grannkontor.get(reverse("submissions:list")).context["page"]) == []

    @pytest.mark.parametrize(
        "query",
        [
            {"kind": "meetings.create_comeback"},
            {"state": "waiting"},
            {"person": "ADR1"},
            {"date_from": "2020-01-01", "date_to": "2099-01-01"},
        ],
    )
    def test_it_is_found_by_what_fits(
        self, as_bokare: Client, sent: Submission, query: dict[str, str]
    ) -> None:
        assert list(as_bokare.get(reverse("submissions:list"), query).context["page"]) == [sent]

    @pytest.mark.parametrize(
        "query",
        [
            {"kind": "nothing"},
            {"state": "delivered"},
            {"state": "grace"},
            {"person": "ADR9"},
            {"date_to": "2020-01-01"},
            {"date_from": "x"},
            {"sender": "999"},
        ],
    )
    def test_it_is_not_found_by_what_does_not(
        self, as_bokare: Client, sent: Submission, query: dict[str, str]
    ) -> None:
        assert list(as_bokare.get(reverse("submissions:list"), query).context["page"]) == []

    @pytest.mark.parametrize("state", [State.UNKNOWN, State.FAILED, State.REJECTED])
    def test_what_waits_for_me_is_one_key_away_on_every_page(
        self, as_bokare: Client, sent: Submission, state: State
    ) -> None:
        assert "needs-me" not in as_bokare.get(reverse("meetings:list")).content.decode()
        in_state(sent, state)

        assert "state=needs-me" in as_bokare.get(reverse("meetings:list")).content.decode()
        page = as_bokare.get(reverse("submissions:list"), {"state": "needs-me"}).context["page"]
        assert list(page) == [sent]

    def test_what_is_uncertain_waits_for_the_offices_manager_too(
        self, as_chef: Client, as_maklare: Client, sent: Submission
    ) -> None:
        in_state(sent, State.UNKNOWN)
        query = {"state": "needs-me"}

        assert list(as_chef.get(reverse("submissions:list"), query).context["page"]) == [sent]
        assert list(as_maklare.get(reverse("submissions:list"), query).context["page"]) == []

    def test_a_page_beyond_the_last_is_the_last(self, as_bokare: Client, sent: Submission) -> None:
        answer = as_bokare.get(reverse("submissions:list"), {"page": "-1"})

        assert list(answer.context["page"]) == [sent]


def test_the_whole_journey_with_the_real_contract(
    vitec: Sandbox, as_bokare: Client, sent: Submission
) -> None:
    """ADR1 is no contact of the practice Vitec: refused, and said so on the page."""
    deliver(sent.pk)

    text = as_bokare.get(sent.get_absolute_url()).content.decode()

    assert "Avvisad" in text
    assert f"{FORM}?corrects={sent.code}" in text


class TestPauseBanner:
    def test_it_names_the_one_thing_that_stands_still(
        self, as_bokare: Client, office: Office
    ) -> None:
        Pause.objects.create(office=office, endpoint="meetings.create_comeback", status=403)

        text = as_bokare.get(reverse("submissions:list")).content.decode()

        assert "Det gäller bara en sak: Återkomst" in text

    def test_only_those_who_may_are_offered_to_try_again(
        self, as_bokare: Client, as_chef: Client, office: Office
    ) -> None:
        pause = Pause.objects.create(office=office, status=401)
        url = reverse("submissions:end_pause", args=[pause.pk])

        assert url in as_chef.get(reverse("submissions:list")).content.decode()
        assert url not in as_bokare.get(reverse("submissions:list")).content.decode()

    def test_a_neighbour_is_not_told(self, as_grannkontor: Client, office: Office) -> None:
        Pause.objects.create(office=office, status=401)

        text = as_grannkontor.get(reverse("submissions:list")).content.decode()

        assert "nekar" not in text


def test_a_page_that_asks_every_second_asks_the_database_little(
    as_bokare: Client, sent: Submission, django_assert_max_num_queries: Any
) -> None:
    url = reverse("submissions:status", args=[sent.code])
    as_bokare.get(url)

    with django_assert_max_num_queries(12):
        as_bokare.get(url)


class TestReveal:
    @pytest.fixture
    def masked(self, bokare: User, office: Office, monkeypatch: pytest.MonkeyPatch) -> Submission:
        """What was sent holds a personal number."""
        lines = [Line("Kontakt", "Anna Ek"), Line("Personnummer", "18900101-••••", "18900101-9802")]
        changed = dataclasses.replace(kinds.COMEBACK, describe=lambda office, data: lines)
        monkeypatch.setattr(kinds, "COMEBACK", changed)
        return make_submission(bokare, office)

    def reveal(self, client: Client, submission: Submission, reason: str) -> Any:
        address = reverse("submissions:reveal", args=[submission.code])
        return client.post(address, {"reason": reason})

    def test_it_is_masked_for_everybody_at_first(self, as_chef: Client, masked: Submission) -> None:
        text = as_chef.get(masked.get_absolute_url()).content.decode()

        assert "18900101-••••" in text
        assert "9802" not in text

    def test_who_may_sees_it_once_and_it_is_recorded_with_the_reason(
        self, as_chef: Client, chef: User, masked: Submission
    ) -> None:
        text = self.reveal(as_chef, masked, "Kunden ringde").content.decode()

        assert "18900101-9802" in text
        last = masked.attempts.last()
        assert last is not None
        assert (last.event, last.actor, last.reason) == ("revealed", chef, "Kunden ringde")
        assert "9802" not in as_chef.get(masked.get_absolute_url()).content.decode()

    def test_without_a_reason_nothing_is_shown(self, as_chef: Client, masked: Submission) -> None:
        answer = self.reveal(as_chef, masked, "")

        assert answer.status_code == 422
        assert "9802" not in answer.content.decode()
        assert not masked.attempts.filter(event=Event.REVEALED).exists()

    def test_a_colleague_without_the_right_gets_nothing(
        self, as_maklare: Client, masked: Submission
    ) -> None:
        assert self.reveal(as_maklare, masked, "Nyfiken").status_code == 403

    def test_for_a_stranger_it_does_not_exist(
        self, as_grannkontor: Client, masked: Submission
    ) -> None:
        assert self.reveal(as_grannkontor, masked, "Nyfiken").status_code == 404

    def test_a_look_changes_nothing_of_where_it_stands(
        self, as_chef: Client, chef: User, masked: Submission
    ) -> None:
        Submission.objects.update(state=State.DELIVERED)
        note(masked, Event.FOUND, actor=chef, reason="Såg den")
        self.reveal(as_chef, masked, "Kunden ringde")

        masked.refresh_from_db()
        assert masked.settled_by is not None
        assert masked.settled_by.reason == "Såg den"
