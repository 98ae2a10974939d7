"""A personal number in a free text is told before it is sent, and masked where it is shown."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Disclosure, Membership, Office, Right, RightException, User
from submissions import slips
from submissions.kinds import Line
from submissions.models import Draft, Event, State, Submission
from tests.factories import make_colleague, make_contact, make_submission, make_user
from tests.test_every_kind import fill_directories

FORM = reverse("meetings:new_comeback")
NUMBER = "18900101-9802"  # one of Skatteverket's test numbers
NOTE = f"Maken heter Bo, {NUMBER}, ring 070-174 06 07"


@pytest.mark.django_db
def test_the_form_tells_it_before_it_is_sent_and_the_page_masks_it(
    as_bokare: Client, as_maklare: Client, as_chef: Client, office: Office
) -> None:
    make_contact(office)
    make_colleague(office)
    typed = {
        "form_token": str(uuid.uuid4()), "contact_id": "ADR1", "date": "2030-03-04 09:00",
        "participant": "userId:HAN1", "note": NOTE, "office": "M30011",
    }  # fmt: skip
    look = {**typed, "step": "look"}
    told = as_bokare.post(FORM, look).content.decode()
    assert "Ser ut som ett personnummer i en fritext: 18900101-••••" in told
    clean = as_bokare.post(FORM, {**look, "note": "Ring 070-174 06 07"}).content.decode()
    assert "Ser ut som" not in clean

    as_bokare.post(FORM, typed)

    sent = Submission.objects.get()
    # It travels as it was written: the words are the person's own.
    assert NUMBER in (sent.call.body or "")
    page = as_maklare.get(sent.get_absolute_url()).content.decode()
    assert NUMBER not in page
    assert "Maken heter Bo, 18900101-••••, ring 070-174 06 07" in page
    reveal = reverse("submissions:reveal", args=[sent.code])
    assert as_maklare.post(reveal, {"reason": "Ringde"}).status_code == 403
    assert NUMBER in as_chef.post(reveal, {"reason": "Ringde"}).content.decode()


SENT = {
    "contact_id": "ADR1", "date": "2030-03-04 09:00", "participant": "userId:HAN1", "note": NOTE,
    "office": "M30011",
}  # fmt: skip
LOOK = reverse("submissions:look", args=["meetings.create_comeback"])
COVERED = "Maken heter Bo, 18900101-••••, ring 070-174 06 07"
TWIN = "18900101-9810"


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


@pytest.mark.django_db
class TestCorrecting:
    """A comeback with a number in its note that was refused, and a colleague who corrects it."""

    @pytest.fixture(autouse=True)
    def directories(self, office: Office) -> None:
        make_contact(office)
        make_colleague(office)

    @pytest.fixture
    def refused(self, as_bokare: Client) -> Submission:
        return self.send(as_bokare)

    @pytest.fixture
    def colleague(self, office: Office) -> Client:
        client = Client()
        client.force_login(make_user("kollega", office))
        return client

    def send(self, client: Client, **more: Any) -> Submission:
        """As it is pressed without JavaScript, with a reason for what it is asked."""
        posted = {
            **SENT, "form_token": str(uuid.uuid4()), "although_reason": "Rättad",
            "although": self.asked(client, more), **more,
        }  # fmt: skip
        answer = client.post(FORM, posted)
        assert answer.status_code == 302, answer.content.decode()
        sent = Submission.objects.latest("pk")
        Submission.objects.filter(pk=sent.pk).update(state=State.REJECTED)
        sent.refresh_from_db()
        return sent

    def asked(self, client: Client, more: dict[str, Any]) -> list[str]:
        """What a page would ask of it first."""
        page = client.post(FORM, {**SENT, "form_token": str(uuid.uuid4()), **more, "step": "look"})
        return re.findall(r'name="although"\s+value="([^"]+)"', page.content.decode())

    def page(self, client: Client, refused: Submission) -> str:
        return text_of(client.get(f"{FORM}?corrects={refused.code}"))

    def corrected(self, refused: Submission, note: str = COVERED) -> dict[str, Any]:
        """As the page posts it that covers the number."""
        return {"corrects": str(refused.code), "unseen": "note", "note": note}

    def sent_note(self, submission: Submission) -> str:
        return str(json.loads(submission.call.body or "")["note"])

    def test_the_form_shows_all_but_the_end_of_the_number_and_says_so(
        self, colleague: Client, refused: Submission
    ) -> None:
        page = self.page(colleague, refused)
        assert NUMBER[4:] not in page
        assert COVERED in page
        assert "Slutet av ett personnummer visas inte" in page
        assert 'name="unseen" value="note"' in page
        assert [row.what for row in Disclosure.objects.all()] == ["viewed"]

    def test_it_is_sent_as_it_was_written_with_what_is_changed_around_it(
        self, colleague: Client, refused: Submission
    ) -> None:
        sent = self.send(colleague, **self.corrected(refused, f"Obs! {COVERED} efter 17"))
        assert self.sent_note(sent) == f"Obs! {NOTE} efter 17"

    def test_and_stays_unseen_for_whoever_sent_it_on(
        self, colleague: Client, refused: Submission
    ) -> None:
        mine = self.send(colleague, **self.corrected(refused))
        assert NUMBER[4:] not in self.page(colleague, mine)
        assert NUMBER[4:] not in text_of(colleague.get(mine.get_absolute_url()))
        again = self.send(colleague, **self.corrected(mine))
        assert self.sent_note(again) == NOTE

    def test_taken_away_it_is_gone_and_another_takes_its_place(
        self, colleague: Client, refused: Submission
    ) -> None:
        without = self.send(colleague, **self.corrected(refused, "Maken heter Bo"))
        assert self.sent_note(without) == "Maken heter Bo"
        other = self.send(colleague, **self.corrected(refused, f"Maken heter Bo, {TWIN}"))
        assert self.sent_note(other) == f"Maken heter Bo, {TWIN}"
        assert TWIN in self.page(colleague, other)

    def test_two_that_look_alike_keep_their_places(
        self, as_bokare: Client, colleague: Client
    ) -> None:
        both = self.send(as_bokare, note=f"Bo {NUMBER}, Ek {TWIN}, Bo {NUMBER}")
        shown = "Bo 18900101-••••, Ek 18900101-•••• (2), Bo 18900101-••••"
        assert shown in self.page(colleague, both)
        one = self.send(colleague, **self.corrected(both, "Ek 18900101-•••• (2)"))
        assert self.sent_note(one) == f"Ek {TWIN}"

    def test_no_fault_no_look_and_no_question_shows_it(
        self, colleague: Client, refused: Submission
    ) -> None:
        token = str(uuid.uuid4())
        posted = {**SENT, **self.corrected(refused), "form_token": token}
        wrong = text_of(colleague.post(FORM, {**posted, "date": "aldrig"}), 422)
        plain = text_of(colleague.post(FORM, {**posted, "step": "look"}))
        for page in (wrong, plain):
            assert NUMBER[4:] not in page
            assert COVERED in page
            assert 'name="unseen" value="note"' in page
        assert NUMBER[4:] not in text_of(colleague.post(LOOK, posted))
        self.send(colleague, **self.corrected(refused))
        Submission.objects.exclude(pk=refused.pk).update(state=State.DELIVERED)
        assert NUMBER[4:] not in text_of(
            colleague.post(FORM, {**posted, "form_token": str(uuid.uuid4())}), 409
        )

    def test_the_draft_of_it_holds_no_number_and_is_sent_with_it_all_the_same(
        self, colleague: Client, refused: Submission
    ) -> None:
        more = {**self.corrected(refused, f"Hej! {COVERED}"), "form_token": str(uuid.uuid4())}
        address = colleague.post(LOOK, {**SENT, **more})["HX-Replace-Url"]
        assert NUMBER[4:] not in json.dumps(Draft.objects.get().typed)
        again = text_of(colleague.get(address))
        assert f"Hej! {COVERED}" in again
        assert NUMBER[4:] not in again
        assert self.sent_note(self.send(colleague, **more)) == f"Hej! {NOTE}"

    def test_a_draft_that_shows_it_shows_it_no_more_when_the_right_is_taken(
        self, as_chef: Client, chef: User, refused: Submission
    ) -> None:
        more = {
            "corrects": str(refused.code), "unseen": "", "note": f"Hej! {NOTE} Min: {TWIN}",
            "form_token": str(uuid.uuid4()),
        }  # fmt: skip
        address = as_chef.post(LOOK, {**SENT, **more})["HX-Replace-Url"]
        assert NUMBER in text_of(as_chef.get(address))
        place = Membership.objects.get(user=chef)
        RightException.objects.create(membership=place, right=Right.MASKED, granted=False)
        page = text_of(as_chef.get(address))
        assert NUMBER[4:] not in page
        # What the writer has typed beside it is theirs.
        assert f"Hej! {COVERED} Min: {TWIN}" in page
        sent = self.send(as_chef, **{**more, "unseen": "note", "note": f"Hej! {COVERED}"})
        assert self.sent_note(sent) == f"Hej! {NOTE}"

    def test_a_right_that_is_granted_meanwhile_loses_nothing(
        self, colleague: Client, refused: Submission
    ) -> None:
        place = Membership.objects.get(user__username="kollega")
        RightException.objects.create(membership=place, right=Right.MASKED)
        sent = self.send(colleague, **self.corrected(refused))
        assert self.sent_note(sent) == NOTE

    def test_a_mark_for_which_there_is_no_number_is_not_sent(
        self, colleague: Client, as_bokare: Client, refused: Submission
    ) -> None:
        for client, note in (
            (colleague, COVERED.replace("18900101", "18900102")),
            (colleague, COVERED.replace("-••••", "-•••• (3), 18900103-••••")),
        ):
            posted = {**SENT, **self.corrected(refused, note), "form_token": str(uuid.uuid4())}
            page = text_of(client.post(FORM, posted), 422)
            assert "Skriv det helt" in page
            assert note in page
        pasted = {**SENT, "note": COVERED, "form_token": str(uuid.uuid4())}
        assert "Skriv det helt" in text_of(as_bokare.post(FORM, pasted), 422)
        assert Submission.objects.count() == 1

    def test_the_sender_sees_their_own_in_the_form_and_in_the_draft(
        self, as_bokare: Client, refused: Submission
    ) -> None:
        assert NOTE in self.page(as_bokare, refused)
        draft = as_bokare.post(LOOK, {**SENT, "form_token": str(uuid.uuid4())})["HX-Replace-Url"]
        assert NOTE in text_of(as_bokare.get(draft))
        assert not Disclosure.objects.exists()

    def test_with_the_right_it_is_shown_on_record_and_within_the_limit(
        self, as_chef: Client, refused: Submission, settings: Any
    ) -> None:
        settings.USER_LIMITS = {**settings.USER_LIMITS, "reveal": "1/h"}
        assert NOTE in self.page(as_chef, refused)
        assert as_chef.get(f"{FORM}?corrects={refused.code}").status_code == 429
        assert [row.what for row in Disclosure.objects.all()] == ["revealed"]
        assert refused.attempts.filter(event=Event.REVEALED).count() == 1

    def test_another_may_not_open_it_at_all(
        self, as_grannkontor: Client, refused: Submission
    ) -> None:
        assert as_grannkontor.get(f"{FORM}?corrects={refused.code}").status_code == 404


@pytest.mark.django_db
class TestCorrectingAnInterest:
    """With numbers in the note on the person and in the wishes of a second search profile."""

    FORM = reverse("interests:new_interest")
    NOTE = "update_person-note"
    FIRST = "looking_for_accommodations-0-special_request"
    WISH = "looking_for_accommodations-1-special_request"

    @pytest.fixture
    def posted(self, office: Office) -> dict[str, Any]:
        fill_directories(office)
        path = Path(__file__).parents[1] / "interests/examples/send_interest_least.json"
        found: dict[str, Any] = json.loads(path.read_text())["posted"]
        second = {
            name.replace("-0-", "-1-"): value
            for name, value in found.items()
            if name.startswith("looking_for_accommodations-0-")
        }
        wish = {self.WISH: f"Nära Bo {NUMBER}", self.NOTE: f"Maken {TWIN}"}
        return {**found, **second, **wish}

    @pytest.fixture
    def refused(self, as_bokare: Client, posted: dict[str, Any]) -> Submission:
        return self.send(as_bokare, posted)

    def send(self, client: Client, posted: dict[str, Any]) -> Submission:
        answer = client.post(self.FORM, {**posted, "form_token": str(uuid.uuid4())})
        assert answer.status_code == 302, answer.content.decode()
        sent = Submission.objects.latest("pk")
        Submission.objects.filter(pk=sent.pk).update(state=State.REJECTED)
        sent.refresh_from_db()
        return sent

    def covered(self, refused: Submission, posted: dict[str, Any]) -> dict[str, Any]:
        return {
            **posted, "corrects": str(refused.code), "unseen": f"{self.WISH} {self.NOTE}",
            self.WISH: "Nära Bo 18900101-••••", self.NOTE: "Maken 18900101-•••• (2)",
            "form_token": str(uuid.uuid4()),
        }  # fmt: skip

    @pytest.fixture
    def colleague(self, office: Office) -> Client:
        client = Client()
        client.force_login(make_user("kollega", office))
        return client

    def test_a_mark_stands_for_one_number_in_the_whole_form(
        self, colleague: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        page = text_of(colleague.get(f"{self.FORM}?corrects={refused.code}"))
        assert "9802" not in page
        assert "9810" not in page
        covered = self.covered(refused, posted)
        assert covered[self.WISH] in page
        assert covered[self.NOTE] in page
        assert page.count("Slutet av ett personnummer visas inte") == 2
        body = self.send(colleague, covered).call.body or ""
        assert f"Nära Bo {NUMBER}" in body
        assert f"Maken {TWIN}" in body
        assert "•" not in body

    def test_it_follows_where_a_profile_is_moved(
        self, colleague: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        covered = self.covered(refused, posted)
        page = text_of(colleague.post(self.FORM, {**covered, "step": "look:remove:0"}))
        assert "9802" not in page
        moved = {name: text for name, text in covered.items() if "-1-" not in name}
        body = self.send(colleague, {**moved, self.FIRST: covered[self.WISH]}).call.body or ""
        assert f"Nära Bo {NUMBER}" in body

    def test_no_field_that_the_page_says_back_takes_it(
        self, colleague: Client, refused: Submission, posted: dict[str, Any]
    ) -> None:
        name = "update_person-first_name"
        covered = {**self.covered(refused, posted), name: "18900101-••••"}
        for more, status in (({"step": "look"}, 200), ({}, 422)):
            assert "9802" not in text_of(colleague.post(self.FORM, {**covered, **more}), status)
        assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_the_field_for_a_personal_number_is_no_slip(bokare: User, office: Office) -> None:
    body = '{"updatePerson": {"socialSecurityNumber": "189001019802", "note": "Hej"}}'
    call = make_submission(bokare, office).call
    assert slips.told([dataclasses.replace(call, body=body)]) == []
    in_text = body.replace("Hej", "189001019802")
    assert len(slips.told([dataclasses.replace(call, body=in_text)])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "070-174 06 07", "0701740607", "+46701740607", "46701740607", "Order 4502139487",
        "2026-11-24 10:00", "3 500 000 kr", "189001019803", "209901019801", "fastighet 1:23",
        "MOT1234567890", "5561234567 AB",
    ],
)  # fmt: skip
def test_telephones_ids_days_and_amounts_are_none(text: str) -> None:
    assert slips.masked(Line("Anteckning", text)) == Line("Anteckning", text)


@pytest.mark.parametrize("text", ["189001019802", "18900101-9802", "18900101 9802", "900101–9802"])
def test_every_spelling_is_masked(text: str) -> None:
    line = slips.masked(Line("Anteckning", f"Hon är {text}."))
    assert "9802" not in line.value
    assert line.full == f"Hon är {text}."
