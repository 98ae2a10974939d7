"""Who saw what was sent, and masked values that a correction carries on without showing them."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offices import protected
from offices.models import Disclosure, Membership, Office, Right, RightException, Role, User
from submissions.batches import submit_batch
from submissions.erasing import erase_content
from submissions.models import Draft, Event, State, Submission, person_hash
from tests.factories import (
    comeback_values,
    make_colleague,
    make_contact,
    make_slot,
    make_submission,
    make_user,
    make_viewing,
)
from tests.submissions.test_batches import part, wish
from tests.test_every_kind import fill_directories

pytestmark = pytest.mark.django_db

NUMBER = "update_person-social_security_number"
KEPT = "Det som är sparat behålls och visas inte"
EXAMPLE = Path(__file__).parents[1] / "interests/examples"


def seen() -> list[tuple[str, str, str, str]]:
    rows = Disclosure.objects.order_by("pk")
    return [(row.user_name, row.what, row.subject.partition(":")[0], row.person) for row in rows]


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


class Number(str):
    """A personal number, the end of which a mask hides, however it is written."""

    __slots__ = ()

    def stands_in(self, text: str) -> bool:
        return self[4:] in text or self[4:].replace("-", "") in text


class TestCorrections:
    """An interest with a personal number that was refused."""

    FORM = reverse("interests:new_interest")
    LOOK = reverse("submissions:look", args=["interests.send_interest"])

    @pytest.fixture
    def posted(self, office: Office) -> dict[str, Any]:
        fill_directories(office)
        path = EXAMPLE / "send_interest_every_field_of_the_person.json"
        said: dict[str, Any] = json.loads(path.read_text())["posted"]
        return said

    @pytest.fixture
    def number(self, posted: dict[str, Any]) -> Number:
        return Number(posted[NUMBER])

    @pytest.fixture
    def refused(self, as_bokare: Client, posted: dict[str, Any]) -> Submission:
        return self.send(as_bokare, posted)

    def send(self, client: Client, posted: dict[str, Any], **more: Any) -> Submission:
        answer = client.post(self.FORM, {**posted, "form_token": str(uuid.uuid4()), **more})
        assert answer.status_code == 302, answer.content.decode()
        sent = Submission.objects.latest("pk")
        Submission.objects.filter(pk=sent.pk).update(state=State.REJECTED)
        sent.refresh_from_db()
        return sent

    def address(self, submission: Submission) -> str:
        return f"{self.FORM}?corrects={submission.code}"

    def without(self, posted: dict[str, Any], **more: Any) -> dict[str, Any]:
        """As the page posts it that does not show the number."""
        return {**posted, NUMBER: "", **more}

    def sent_number(self, submission: Submission) -> Any:
        person = json.loads(submission.call.body)["updatePerson"]
        return person.get("socialSecurityNumber")

    @pytest.fixture
    def colleague(self, office: Office) -> Client:
        """May send in others' names, as the example does, and not see masked values."""
        client = Client()
        client.force_login(make_user("kollega", office))
        return client

    def test_a_colleague_does_not_see_the_number_and_the_form_says_that_it_is_kept(
        self, colleague: Client, refused: Submission, number: Number
    ) -> None:
        text = text_of(colleague.get(self.address(refused)))
        assert KEPT in text
        assert not number.stands_in(text)
        assert seen() == [("kollega", "viewed", "submissions.submission", refused.person_hash)]

    def test_nor_by_undoing_it_first(
        self, colleague: Client, as_bokare: Client, posted: dict[str, Any], number: Number
    ) -> None:
        answer = as_bokare.post(self.FORM, {**posted, "form_token": str(uuid.uuid4())})
        assert answer.status_code == 302
        sent = Submission.objects.get()
        colleague.post(reverse("submissions:cancel", args=[sent.code]))
        assert not number.stands_in(text_of(colleague.get(self.address(sent))))

    def test_left_untouched_it_is_sent_as_it_was(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        sent = self.send(colleague, self.without(posted), corrects=str(refused.code))
        assert self.sent_number(sent) == self.sent_number(refused)
        assert number.stands_in(self.sent_number(sent))
        assert sent.content["form"][NUMBER] == refused.content["form"][NUMBER]

    def test_and_what_they_sent_on_unseen_stays_unseen(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        mine = self.send(colleague, self.without(posted), corrects=str(refused.code))
        text = text_of(colleague.get(self.address(mine)))
        assert KEPT in text
        assert not number.stands_in(text)
        again = self.send(colleague, self.without(posted), corrects=str(mine.code))
        assert self.sent_number(again) == self.sent_number(refused)
        assert not number.stands_in(text_of(colleague.get(self.address(again))))

    def test_another_that_is_written_replaces_it_and_is_ones_own(
        self, colleague: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        other = "19121212-1212"
        mine = self.send(colleague, {**posted, NUMBER: other}, corrects=str(refused.code))
        assert self.sent_number(mine).endswith("1212")
        assert other in text_of(colleague.get(self.address(mine)))

    def test_no_fault_no_look_and_no_question_shows_it(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        corrects = {"corrects": str(refused.code), "form_token": str(uuid.uuid4())}
        wrong = self.without(posted, **{"update_person-email_address": "fel"})
        assert not number.stands_in(text_of(colleague.post(self.FORM, {**wrong, **corrects}), 422))
        plain = self.without(posted, **corrects)
        assert not number.stands_in(text_of(colleague.post(self.FORM, {**plain, "step": "look"})))
        assert not number.stands_in(text_of(colleague.post(self.LOOK, plain)))
        self.send(colleague, self.without(posted), corrects=str(refused.code))
        Submission.objects.update(state=State.DELIVERED)
        Submission.objects.filter(pk=refused.pk).update(state=State.REJECTED)
        asked = colleague.post(self.FORM, {**plain, "form_token": str(uuid.uuid4())})
        assert not number.stands_in(text_of(asked, 409))

    def test_the_draft_of_it_holds_no_number_and_is_sent_with_it_all_the_same(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        corrects = {"corrects": str(refused.code), "form_token": str(uuid.uuid4())}
        address = colleague.post(self.LOOK, self.without(posted, **corrects))["HX-Replace-Url"]
        assert not number.stands_in(json.dumps(Draft.objects.get().typed))
        text = text_of(colleague.get(address))
        assert KEPT in text
        assert not number.stands_in(text)
        sent = self.send(colleague, self.without(posted), **corrects)
        assert self.sent_number(sent) == self.sent_number(refused)

    def test_the_sender_sees_their_own_and_it_is_no_look(
        self, as_bokare: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        text = text_of(as_bokare.get(self.address(refused)))
        assert posted[NUMBER] in text
        assert KEPT not in text
        assert seen() == []

    def unseen_on(self, text: str) -> str:
        """What the page says that it does not show, as it is posted with it."""
        [said] = re.findall(r'name="unseen" value="([^"]*)"', text)
        return str(said)

    def decide(self, user: User, *, granted: bool) -> None:
        membership = Membership.objects.get(user=user)
        RightException.objects.update_or_create(
            membership=membership, right=Right.MASKED, defaults={"granted": granted}
        )

    def test_a_right_that_is_granted_meanwhile_does_not_take_the_number_away(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        unseen = self.unseen_on(text_of(colleague.get(self.address(refused))))
        assert unseen == NUMBER
        self.decide(User.objects.get(username="kollega"), granted=True)
        more = {"corrects": str(refused.code), "unseen": unseen}
        looked = {**self.without(posted, **more), "step": "look"}
        again = text_of(colleague.post(self.FORM, {**looked, "form_token": str(uuid.uuid4())}))
        assert KEPT in again
        assert self.unseen_on(again) == NUMBER
        sent = self.send(colleague, self.without(posted), **more)
        assert self.sent_number(sent) == self.sent_number(refused)
        assert sent.content["kept"] == [NUMBER]

    def test_nor_from_a_draft_that_was_written_before(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        more = {"corrects": str(refused.code), "form_token": str(uuid.uuid4()), "unseen": NUMBER}
        address = colleague.post(self.LOOK, self.without(posted, **more))["HX-Replace-Url"]
        self.decide(User.objects.get(username="kollega"), granted=True)
        text = text_of(colleague.get(address))
        assert KEPT in text
        assert self.unseen_on(text) == NUMBER
        sent = self.send(colleague, self.without(posted), **more)
        assert self.sent_number(sent) == self.sent_number(refused)

    def test_what_was_shown_and_is_emptied_goes_though_the_right_is_taken_meanwhile(
        self, as_chef: Client, chef: User, refused: Submission, posted: dict[str, Any]
    ) -> None:
        text = text_of(as_chef.get(self.address(refused)))
        assert self.unseen_on(text) == ""
        self.decide(chef, granted=False)
        more = {"corrects": str(refused.code), "unseen": ""}
        sent = self.send(as_chef, self.without(posted), **more)
        assert self.sent_number(sent) is None
        assert sent.content["kept"] == []

    def test_no_page_shows_it_for_saying_that_it_was_shown_before(
        self, colleague: Client, refused: Submission, posted: dict[str, Any], number: Number
    ) -> None:
        more = {"corrects": str(refused.code), "form_token": str(uuid.uuid4()), "unseen": ""}
        posted = self.without(posted, **more)
        assert not number.stands_in(text_of(colleague.post(self.FORM, {**posted, "step": "look"})))
        address = colleague.post(self.LOOK, posted)["HX-Replace-Url"]
        assert not number.stands_in(text_of(colleague.get(address)))

    def test_with_the_right_it_is_shown_and_on_record_as_revealed(
        self, as_chef: Client, chef: User, refused: Submission, posted: dict[str, Any]
    ) -> None:
        assert posted[NUMBER] in text_of(as_chef.get(self.address(refused)))
        assert [row[:2] for row in seen()] == [("chef", "revealed")]
        assert refused.attempts.get(event=Event.REVEALED).actor == chef

    def test_one_after_the_other_is_limited_as_revealing_is(
        self, as_chef: Client, colleague: Client, refused: Submission, settings: Any
    ) -> None:
        settings.USER_LIMITS = {**settings.USER_LIMITS, "reveal": "1/h"}
        for client, statuses in ((as_chef, [200, 429]), (colleague, [200, 200])):
            answers = [client.get(self.address(refused)) for _ in range(2)]
            assert [answer.status_code for answer in answers] == statuses
        assert [row[1] for row in seen()].count("revealed") == 1

    def test_an_administrator_from_whom_it_was_taken_does_not_see_it(
        self, office: Office, refused: Submission, number: Number
    ) -> None:
        boss = make_user("boss", office, role=Role.ADMINISTRATOR)
        mine = Membership.objects.get(user=boss)
        RightException.objects.create(membership=mine, right=Right.MASKED, granted=False)
        client = Client()
        client.force_login(boss)
        assert not number.stands_in(text_of(client.get(self.address(refused))))

    def test_without_a_number_nothing_is_said_to_be_kept(
        self, colleague: Client, as_bokare: Client, posted: dict[str, Any]
    ) -> None:
        sent = self.send(as_bokare, self.without(posted))
        assert KEPT not in text_of(colleague.get(self.address(sent)))
        assert [row[:2] for row in seen()] == [("kollega", "viewed")]

    def test_where_it_was_erased_meanwhile_nothing_is_kept(
        self, colleague: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        corrects = {"corrects": str(refused.code), "form_token": str(uuid.uuid4())}
        address = colleague.post(self.LOOK, self.without(posted, **corrects))["HX-Replace-Url"]
        erase_content(refused)
        assert KEPT not in text_of(colleague.get(address))
        assert colleague.post(self.FORM, self.without(posted, **corrects)).status_code == 404


class TestPages:
    """One row a page that is opened, of a person where one is known."""

    @pytest.fixture
    def sent(self, bokare: User, office: Office) -> Submission:
        make_contact(office)
        return make_submission(bokare, office, note="Skilsmässa")

    @pytest.fixture
    def of_nobody(self, bokare: User, office: Office, sent: Submission) -> Submission:
        """As one with a typed name and no contact."""
        Submission.objects.filter(pk=sent.pk).update(person_hash="")
        sent.refresh_from_db()
        return sent

    def in_state(self, state: State) -> None:
        Submission.objects.update(state=state)

    def test_the_page_of_one_that_concerns_no_known_contact(
        self, as_maklare: Client, of_nobody: Submission
    ) -> None:
        as_maklare.get(of_nobody.get_absolute_url())
        assert seen() == [("maklare", "viewed", "submissions.submission", "")]

    def test_a_page_that_complains_of_a_missing_reason_is_a_look_too(
        self, as_chef: Client, sent: Submission
    ) -> None:
        as_chef.post(reverse("submissions:reveal", args=[sent.code]))
        self.in_state(State.UNKNOWN)
        as_chef.post(reverse("submissions:decide", args=[sent.code]))
        as_chef.post(
            reverse("submissions:decide_many"),
            {"decision": "found", "code": f"{sent.code}:{sent.events}"},
        )
        assert [row[:2] for row in seen()] == [("chef", "viewed")] * 3

    def test_the_uncertain_ones_a_row_each_but_not_ones_own(
        self, as_maklare: Client, maklare: User, bokare: User, office: Office, sent: Submission
    ) -> None:
        make_submission(bokare, office, contact_id="ADR2")
        make_submission(maklare, office, participant=("officeId", "FIR30011"))
        self.in_state(State.UNKNOWN)
        assert "Skilsmässa" in text_of(as_maklare.get(reverse("submissions:uncertain")))
        assert seen() == [
            ("maklare", "viewed", "submissions.submission", person_hash("ADR1")),
            ("maklare", "viewed", "submissions.submission", person_hash("ADR2")),
        ]

    def test_a_form_filled_to_be_corrected(self, as_maklare: Client, sent: Submission) -> None:
        self.in_state(State.REJECTED)
        url = reverse("meetings:new_comeback", query={"corrects": sent.code})
        assert "Skilsmässa" in text_of(as_maklare.get(url))
        assert [row[:2] for row in seen()] == [("maklare", "viewed")]

    def test_an_event_taken_home_as_a_file(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        fill_directories(office)
        path = EXAMPLE.parents[1] / "calendar_app/examples/create_appointment_timed.json"
        posted = json.loads(path.read_text())["posted"]
        url = reverse("calendar_app:new_appointment")
        answer = as_bokare.post(url, {**posted, "form_token": str(uuid.uuid4())})
        assert answer.status_code == 302
        file = reverse("calendar_app:event_file", args=[Submission.objects.get().code])
        assert as_maklare.get(file).status_code == as_bokare.get(file).status_code == 200
        assert seen() == [("maklare", "viewed", "submissions.submission", "")]

    def test_a_batch_is_one_row_and_what_asks_how_it_goes_none(
        self, as_maklare: Client, as_bokare: Client, as_admin: Client, bokare: User, office: Office
    ) -> None:
        batch = submit_batch(wish(bokare, office))
        as_maklare.get(batch.get_absolute_url())
        as_maklare.get(reverse("submissions:batch_status", args=[batch.code]))
        as_bokare.get(batch.get_absolute_url())
        assert seen() == [("maklare", "viewed", "submissions.batch", "")]
        assert Disclosure.objects.get().facts == {"rows": 3}
        text = text_of(as_admin.get(reverse("offices:disclosures")))
        assert "Flera som sändes tillsammans" in text
        assert batch.get_absolute_url() in text

    def test_a_batch_about_one_person_names_them(
        self, as_maklare: Client, bokare: User, office: Office
    ) -> None:
        later = comeback_values()["date"] + dt.timedelta(days=60)
        batch = submit_batch(wish(bokare, office, part(1), part(1, date=later)))
        as_maklare.get(batch.get_absolute_url())
        assert [row[3] for row in seen()] == [person_hash("ADR1")]

    def test_a_row_of_the_desk_that_is_taken_back(
        self, as_bokare: Client, as_maklare: Client, office: Office
    ) -> None:
        slot = make_slot(office, viewing=make_viewing(office, starts_at=timezone.now()))
        row = {
            "update_person-first_name": "Siv", "update_person-last_name": "Dahl",
            "reach": "070-174 06 05", "form_token": str(uuid.uuid4()),
        }  # fmt: skip
        as_bokare.post(reverse("viewings:register", args=[slot.pk]), row)
        sent = Submission.objects.get()
        back = reverse("viewings:take_back", args=[slot.pk, sent.code])
        assert "Dahl" in text_of(as_maklare.post(back, headers={"HX-Request": "true"}))
        assert [row[:2] for row in seen()] == [("maklare", "viewed")]

    def test_what_is_veiled_or_erased_shows_nothing_and_is_no_look(
        self, as_maklare: Client, bokare: User, office: Office, sent: Submission
    ) -> None:
        other = make_submission(bokare, office, contact_id="ADR2")
        self.in_state(State.UNKNOWN)
        protected.mark(office, "ADR1", None)
        erase_content(other)
        for url in (
            sent.get_absolute_url(), other.get_absolute_url(), reverse("submissions:uncertain")
        ):  # fmt: skip
            text_of(as_maklare.get(url))
        assert seen() == []

    @pytest.mark.parametrize("state", [State.QUEUED, State.DELIVERED, State.REJECTED])
    def test_the_page_of_one_keeps_its_bound(
        self,
        as_maklare: Client,
        sent: Submission,
        state: State,
        django_assert_max_num_queries: Any,
    ) -> None:
        self.in_state(state)
        as_maklare.get(sent.get_absolute_url())
        with django_assert_max_num_queries(12):
            as_maklare.get(sent.get_absolute_url())

    def test_the_page_of_a_batch_does_too(
        self, as_maklare: Client, bokare: User, office: Office, django_assert_max_num_queries: Any
    ) -> None:
        batch = submit_batch(wish(bokare, office, *map(part, range(1, 21))))
        as_maklare.get(batch.get_absolute_url())
        with django_assert_max_num_queries(12):
            as_maklare.get(batch.get_absolute_url())

    def test_however_many_are_uncertain_they_are_written_down_at_once(
        self, as_maklare: Client, bokare: User, office: Office
    ) -> None:
        for number in range(20):
            make_contact(office, f"ADR{number}", f"Anna Ek {number}")
            given = ("userId", make_colleague(office, f"HAN{number}").vitec_id)
            make_submission(bokare, office, contact_id=f"ADR{number}", participant=given)
        self.in_state(State.UNKNOWN)
        as_maklare.get(reverse("submissions:list"))
        with CaptureQueriesContext(connection) as asked:
            text = text_of(as_maklare.get(reverse("submissions:uncertain")))
        assert "En återkomst till Anna Ek 19 läggs in" in text
        assert len(asked) <= 12
        assert sum("offices_disclosure" in one["sql"] for one in asked) == 1
        assert Disclosure.objects.count() == 20
