from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import kinds
from offices.models import Membership, Office, User
from offices.person_data import all_rules
from submissions import drafts
from submissions.models import Draft, State, Submission
from tests.factories import make_colleague, make_contact, make_submission

pytestmark = pytest.mark.django_db

FORM = reverse(kinds.COMEBACK.url_name)
LOOK = reverse("submissions:look", args=[kinds.COMEBACK.key])


@pytest.fixture
def half(office: Office) -> dict[str, str]:
    """A form half written: no person yet, and a day that cannot be read."""
    return {
        "office": office.customer_id,
        "form_token": str(uuid.uuid4()),
        "date": "nästa on",
        "note": "Vill ha trädgård & utsikt",
    }


def draft_of(half: dict[str, str]) -> str:
    return f"{FORM}?draft={half['form_token']}"


class TestKeeping:
    def test_what_is_half_written_stands_there_after_a_reload(
        self, as_bokare: Client, half: dict[str, str]
    ) -> None:
        answer = as_bokare.post(LOOK, half)

        assert answer["HX-Replace-Url"] == draft_of(half)
        page = as_bokare.get(draft_of(half)).content.decode()
        assert "nästa on" in page
        assert "Vill ha trädgård &amp; utsikt" in page
        assert "Välj en person" not in page

    def test_the_latest_words_count(self, as_bokare: Client, half: dict[str, str]) -> None:
        as_bokare.post(LOOK, half)
        as_bokare.post(LOOK, {**half, "note": "Utan trädgård"})

        assert Draft.objects.get().typed["note"] == ["Utan trädgård"]

    def test_it_outlives_the_session(
        self, as_bokare: Client, bokare: User, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)
        as_bokare.logout()
        as_bokare.force_login(bokare)

        assert "nästa on" in as_bokare.get(draft_of(half)).content.decode()

    def test_nothing_of_it_is_readable_in_the_database(
        self, as_bokare: Client, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)

        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM submissions_draft")
            assert "trädgård" not in str(cursor.fetchall())

    def test_a_form_without_a_proper_token_is_not_kept(
        self, as_bokare: Client, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, {**half, "form_token": "hoppsan"})

        assert not Draft.objects.exists()

    def test_a_correction_goes_on_as_a_correction(
        self, as_bokare: Client, bokare: User, office: Office, half: dict[str, str]
    ) -> None:
        make_contact(office)
        make_colleague(office)
        refused = make_submission(bokare, office)
        Submission.objects.update(state=State.REJECTED)
        as_bokare.post(LOOK, {**half, "corrects": str(refused.code)})

        page = as_bokare.get(draft_of(half))

        assert page.context["corrects"] == refused


class TestGoingOn:
    def test_an_empty_form_offers_what_was_half_written(
        self, as_bokare: Client, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)

        assert f"?draft={half['form_token']}" in as_bokare.get(FORM).content.decode()

    def test_it_can_be_thrown_away(self, as_bokare: Client, half: dict[str, str]) -> None:
        as_bokare.post(LOOK, half)

        answer = as_bokare.post(reverse("submissions:forget_draft", args=[half["form_token"]]))

        assert answer["Location"] == FORM
        assert not Draft.objects.exists()

    def test_sending_leaves_no_draft(
        self, as_bokare: Client, office: Office, half: dict[str, str]
    ) -> None:
        make_contact(office)
        make_colleague(office)
        whole = {
            **half,
            "date": "2027-03-01 09:00",
            "contact_id": "ADR1",
            "participant": "userId:HAN1",
        }
        as_bokare.post(LOOK, whole)

        as_bokare.post(FORM, whole)

        assert Submission.objects.exists()
        assert not Draft.objects.exists()

    def test_the_drafts_address_leads_to_what_it_became(
        self, as_bokare: Client, office: Office, half: dict[str, str]
    ) -> None:
        make_contact(office)
        make_colleague(office)
        whole = {
            **half,
            "date": "2027-03-01 09:00",
            "contact_id": "ADR1",
            "participant": "userId:HAN1",
        }
        sent = as_bokare.post(FORM, whole)

        assert as_bokare.get(draft_of(half))["Location"] == sent["Location"]

    def test_a_late_look_makes_no_draft_of_what_was_sent(
        self, as_bokare: Client, office: Office, half: dict[str, str]
    ) -> None:
        make_contact(office)
        make_colleague(office)
        whole = {
            **half,
            "date": "2027-03-01 09:00",
            "contact_id": "ADR1",
            "participant": "userId:HAN1",
        }
        as_bokare.post(FORM, whole)

        as_bokare.post(LOOK, whole)

        assert not Draft.objects.exists()

    @pytest.mark.parametrize("code", [uuid.uuid4(), "hoppsan"])
    def test_an_address_of_no_draft_opens_no_other(
        self, as_bokare: Client, office: Office, code: object
    ) -> None:
        answer = as_bokare.get(f"{FORM}?draft={code}")

        assert answer.status_code in (302, 404)

    def test_an_erased_one_opens_an_empty_form(
        self, as_bokare: Client, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)
        Draft.objects.update(key="")

        assert as_bokare.get(draft_of(half))["Location"] == FORM


class TestOwner:
    def test_a_colleague_never_sees_it(
        self, as_bokare: Client, as_maklare: Client, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)

        assert as_maklare.get(draft_of(half))["Location"] == FORM
        assert "draft=" not in as_maklare.get(FORM).content.decode()
        forget = reverse("submissions:forget_draft", args=[half["form_token"]])
        assert as_maklare.post(forget).status_code == 404
        assert Draft.objects.exists()

    def test_it_is_gone_for_who_has_left_the_office(
        self, as_bokare: Client, bokare: User, neighbour_office: Office, half: dict[str, str]
    ) -> None:
        as_bokare.post(LOOK, half)
        Membership.objects.filter(user=bokare).delete()
        bokare.memberships.create(office=neighbour_office)

        assert as_bokare.get(draft_of(half))["Location"] == FORM

    def test_nobody_keeps_one_at_a_strangers_office(
        self, as_grannkontor: Client, half: dict[str, str]
    ) -> None:
        assert as_grannkontor.post(LOOK, half).status_code == 404


class TestPurge:
    @pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
    def test_it_is_kept_for_a_week(
        self, bokare: User, office: Office, days: int, left: int
    ) -> None:
        drafts.keep(bokare, office, kinds.COMEBACK, uuid.uuid4(), {"note": ["Hej"]})
        Draft.objects.update(changed_at=timezone.now() - dt.timedelta(days=days))

        rule = next(one for one in all_rules() if one.key == "submissions.drafts")
        rule.purge(timezone.now() - rule.keep())

        assert Draft.objects.count() == left
