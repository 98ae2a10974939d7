"""An interest without an answer is looked for among the person's search profiles."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import Office
from sandbox.server import Sandbox
from submissions.delivery import deliver
from submissions.models import State, Submission, Verdict
from submissions.reconcile import reconcile
from tests.interests.conftest import posted
from tests.submissions.conftest import SHORT

pytestmark = pytest.mark.django_db
PERSON = {"person_last_name": "Nyberg", "person_cell_phone": "070-174 06 99"}
WISH = {"first_price__min": "2000000", "first_price__max": "3000000"}


@pytest.fixture(autouse=True)
def at_once(vitec: Sandbox, settings: Any) -> None:
    settings.RECONCILE_SETTLING_SECONDS = 0
    settings.VITEC_TIME_LIMITS = SHORT


def sent(client: Client, vitec: Sandbox, fault: str, **values: Any) -> Submission:
    """An interest with an answer that never came."""
    data = posted(**{**PERSON, **WISH, **values})
    answer = client.post(reverse("interests:new_interest"), data)
    if answer.status_code == 409:
        keys = [concern.key for concern in answer.context["preview"].concerns]
        data |= {"although": keys, "although_reason": "En till"}
        client.post(reverse("interests:new_interest"), data)
    submission = Submission.objects.latest("pk")
    if fault:
        vitec.behave("interest", fault, times=1)
    deliver(submission.pk)
    submission.refresh_from_db()
    assert submission.state == (State.UNKNOWN if fault else State.DELIVERED)
    return submission


def verdict_of(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.verdict or submission.state


def test_one_that_arrived_is_found_by_what_the_new_profile_says(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_after")

    assert reconcile(submission)

    assert verdict_of(submission) == State.DELIVERED


def test_of_somebody_whom_vitec_does_not_know_nothing_has_arrived(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_before")

    assert not reconcile(submission)

    assert verdict_of(submission) == Verdict.ABSENT


def test_a_profile_from_before_is_no_proof(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    sent(as_bokare, vitec, "")
    for profile in vitec.practice.store.all("profiles"):
        old = {**profile, "dateCreated": "2020-01-01T10:00:00"}
        vitec.practice.store.put("profiles", profile["id"], old)
    Submission.objects.update(state=State.CANCELLED)
    submission = sent(as_bokare, vitec, "cut_before")

    reconcile(submission)

    assert verdict_of(submission) == Verdict.ABSENT


def test_one_in_other_words_is_left_to_a_person(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_after")
    for profile in vitec.practice.store.all("profiles"):
        changed = {**profile, "price": {"minValue": 1, "maxValue": None}}
        vitec.practice.store.put("profiles", profile["id"], changed)

    reconcile(submission)

    assert verdict_of(submission) == Verdict.UNREADABLE


def test_one_without_a_date_is_left_to_a_person(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_after")
    for profile in vitec.practice.store.all("profiles"):
        vitec.practice.store.put("profiles", profile["id"], {**profile, "dateCreated": None})

    reconcile(submission)

    assert verdict_of(submission) == Verdict.UNREADABLE


def test_the_same_sent_twice_is_left_to_a_person(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    sent(as_bokare, vitec, "")
    second = sent(as_bokare, vitec, "cut_before")

    reconcile(second)

    assert verdict_of(second) == Verdict.UNREADABLE


def test_a_person_is_found_by_the_address_where_there_is_no_number(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    reach = {"person_cell_phone": "", "person_email_address": "nyberg@example.se"}
    submission = sent(as_bokare, vitec, "cut_after", **reach)

    assert reconcile(submission)


def test_no_right_to_read_is_said_as_such(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_after")
    vitec.behave("lookups", "forbidden")

    reconcile(submission)

    assert verdict_of(submission) == Verdict.UNREADABLE


def test_it_never_writes(as_bokare: Client, vitec: Sandbox, office: Office) -> None:
    submission = sent(as_bokare, vitec, "cut_after")
    before = len([row for row in vitec.log() if row["method"] != "GET"])

    reconcile(submission)
    reconcile(submission)

    assert len([row for row in vitec.log() if row["method"] != "GET"]) == before


def test_what_was_made_long_after_the_try_is_not_ours(
    as_bokare: Client, vitec: Sandbox, office: Office
) -> None:
    submission = sent(as_bokare, vitec, "cut_after")
    later = (dt.datetime.now() + dt.timedelta(hours=3)).isoformat(timespec="seconds")  # noqa: DTZ005
    for profile in vitec.practice.store.all("profiles"):
        vitec.practice.store.put("profiles", profile["id"], {**profile, "dateCreated": later})

    reconcile(submission)

    assert verdict_of(submission) == Verdict.ABSENT
