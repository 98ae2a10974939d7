from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import kinds
from offices.models import Office, User
from submissions.kinds import Concern, Effect, Tone
from submissions.models import Likeness, State, Submission
from tests.factories import STOCKHOLM, make_colleague, make_contact, make_submission

pytestmark = pytest.mark.django_db

FORM = reverse(kinds.COMEBACK.url_name)
LOOK = reverse("submissions:look", args=[kinds.COMEBACK.key])
DAY = dt.datetime(2027, 3, 1, 9, 0, tzinfo=STOCKHOLM)


@pytest.fixture
def posted(office: Office) -> dict[str, str]:
    make_contact(office)
    make_colleague(office)
    return {
        "office": office.customer_id,
        "form_token": str(uuid.uuid4()),
        "contact_id": "ADR1",
        "date": "2027-03-01 09:00",
        "participant": "userId:HAN1",
        "note": "Ring om balkongen",
    }


def keys_in(page: str) -> list[str]:
    return re.findall(r'name="although" value="([^"]+)"', page)


class TestWhatWasSentBefore:
    @pytest.mark.parametrize(
        ("days", "asked"), [(0, True), (14, True), (-14, True), (15, False), (-15, False)]
    )
    def test_a_comeback_to_the_same_person_within_a_fortnight_is_asked_about(
        self,
        as_chef: Client,
        bokare: User,
        office: Office,
        posted: dict[str, str],
        days: int,
        asked: bool,
    ) -> None:
        make_submission(bokare, office, date=DAY + dt.timedelta(days=days), note="Annat")

        answer = as_chef.post(FORM, posted)

        assert (answer.status_code == 409) is asked
        assert Submission.objects.count() == (1 if asked else 2)

    def test_the_question_says_who_and_when_and_shows_it(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        earlier = make_submission(bokare, office, note="Annat")

        text = as_chef.post(FORM, posted).content.decode()

        assert "Personen har redan en återkomst inom 14 dagar" in text
        assert "Berit Bokare" in text
        assert earlier.get_absolute_url() in text
        assert "Ring om balkongen" in text

    @pytest.mark.parametrize("state", [State.CANCELLED, State.REJECTED, State.FAILED])
    def test_what_never_arrived_is_no_reason_to_ask(
        self,
        as_chef: Client,
        bokare: User,
        office: Office,
        posted: dict[str, str],
        state: State,
    ) -> None:
        make_submission(bokare, office, note="Annat")
        Submission.objects.update(state=state)

        assert as_chef.post(FORM, posted).status_code == 302

    def test_another_offices_is_no_reason_to_ask(
        self,
        as_chef: Client,
        grannkontor: User,
        neighbour_office: Office,
        posted: dict[str, str],
    ) -> None:
        make_submission(grannkontor, neighbour_office)

        assert as_chef.post(FORM, posted).status_code == 302

    def test_the_very_same_and_the_like_are_one_question(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        make_submission(bokare, office, note="Ring om balkongen")

        assert len(keys_in(as_chef.post(FORM, posted).content.decode())) == 1

    def test_only_hashes_are_stored(self, bokare: User, office: Office) -> None:
        make_submission(bokare, office)

        stored = Likeness.objects.get()
        assert stored.moment == DAY
        assert "ADR1" not in stored.mark


class TestAnswering:
    def test_send_all_the_same_with_a_reason(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        make_submission(bokare, office, note="Annat")
        keys = keys_in(as_chef.post(FORM, posted).content.decode())

        answer = {**posted, "although": keys, "although_reason": "Hon bad om två"}
        as_chef.post(FORM, answer)

        sent = Submission.objects.first()
        assert Submission.objects.count() == 2
        assert sent is not None
        assert [attempt.reason for attempt in sent.attempts.all()] == ["Hon bad om två"]

    def test_without_a_reason_it_is_asked_for_at_its_field(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        make_submission(bokare, office, note="Annat")
        keys = keys_in(as_chef.post(FORM, posted).content.decode())

        answer = as_chef.post(FORM, {**posted, "although": keys, "although_reason": " "})

        assert answer.status_code == 409
        assert "Skriv med några ord varför" in answer.content.decode()
        assert Submission.objects.count() == 1

    def test_a_question_that_came_up_meanwhile_is_asked_anew(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        make_submission(bokare, office, note="Annat")
        keys = keys_in(as_chef.post(FORM, posted).content.decode())
        make_submission(bokare, office, note="Ett tredje")

        answer = {**posted, "although": keys, "although_reason": "Hon bad om två"}
        page = as_chef.post(FORM, answer)

        assert page.status_code == 409
        assert "Hon bad om två" in page.content.decode()
        assert len(keys_in(page.content.decode())) == 2

    def test_a_reason_without_a_question_is_not_kept(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        as_bokare.post(FORM, {**posted, "although_reason": "Hon bad om två"})

        assert [attempt.reason for attempt in Submission.objects.get().attempts.all()] == [""]


class TestLooking:
    def test_it_says_what_sending_does_and_saves_nothing(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        text = as_bokare.post(LOOK, posted).content.decode()

        assert "Anna Ek" in text
        assert "1 mars 2027 kl. 09:00 (v. 9)" in text
        assert "Bo Alm" in text
        assert "kan det inte ångras härifrån" in text
        assert not Submission.objects.exists()

    def test_it_warns_before_anything_is_pressed(
        self, as_chef: Client, bokare: User, office: Office, posted: dict[str, str]
    ) -> None:
        earlier = make_submission(bokare, office, note="Annat")

        text = as_chef.post(LOOK, posted).content.decode()

        assert keys_in(text) == [f"submission:{earlier.code}"]
        assert "Skriv med några ord varför" not in text

    def test_a_form_half_filled_is_not_complained_about(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        text = as_bokare.post(LOOK, {**posted, "date": "hoppsan"}).content.decode()

        assert "errorlist" not in text
        assert "Det här händer" not in text

    def test_without_javascript_a_button_shows_it(
        self, as_bokare: Client, posted: dict[str, str]
    ) -> None:
        text = as_bokare.post(FORM, {**posted, "step": "look"}).content.decode()

        assert "Det här händer när du sänder" in text
        assert "Ring om balkongen" in text
        assert not Submission.objects.exists()

    def test_of_very_many_effects_the_rest_is_counted(
        self, as_bokare: Client, posted: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        many = [Effect(f"Verkan {number}", Tone.MESSAGE) for number in range(20)]
        changed = dataclasses.replace(kinds.COMEBACK, effects=lambda office, calls: [many])
        monkeypatch.setattr("submissions.views.find_kind", lambda key: changed)

        text = as_bokare.post(LOOK, posted).content.decode()

        assert "Verkan 11" in text
        assert "Verkan 12" not in text
        assert "och 8 till" in text

    def test_what_the_database_knows_is_asked_too(
        self, as_bokare: Client, posted: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = [Concern("clash", "Bo Alm har ett möte då.")]
        changed = dataclasses.replace(kinds.COMEBACK, known=lambda office, data: known)
        monkeypatch.setattr(kinds, "COMEBACK", changed)

        answer = as_bokare.post(FORM, posted)

        assert answer.status_code == 409
        assert "Bo Alm har ett möte då." in answer.content.decode()

    @pytest.mark.parametrize("key", ["nothing.such", "meetings"])
    def test_an_unknown_kind_does_not_exist(
        self, as_bokare: Client, posted: dict[str, str], key: str
    ) -> None:
        address = reverse("submissions:look", args=[key])

        assert as_bokare.post(address, posted).status_code == 404

    def test_marks_stand_by_the_moment_they_are_about(self, bokare: User, office: Office) -> None:
        before = timezone.now()

        make_submission(bokare, office, date=DAY)

        assert Likeness.objects.get().moment > before
