"""A change of state and its event are one step, whoever else adds to the submission's audit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lib import database_clock
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions import audit, delivery, journal
from submissions.delivery import deliver
from submissions.journal import note
from submissions.models import Event, State, Submission
from tests.factories import make_submission
from tests.submissions.conftest import Known, posts

pytestmark = pytest.mark.django_db

ORDER = ["accepted", "claimed", "sending", "delivered"]


@pytest.fixture
def submission(
    vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
) -> Submission:
    return make_submission(
        bokare, office, contact_id=known.contact_id, participant=("userId", known.broker_id)
    )


def events(submission: Submission) -> list[str]:
    return list(submission.attempts.order_by("position").values_list("event", flat=True))


def test_each_step_stands_in_its_place_in_a_chain_that_holds(submission: Submission) -> None:
    deliver(submission.pk)

    assert events(submission) == ORDER
    assert list(submission.attempts.values_list("position", flat=True)) == [1, 2, 3, 4]
    assert list(submission.attempts.values_list("number", flat=True)) == [0, 1, 1, 1]
    assert Submission.objects.get(pk=submission.pk).events == 4
    assert audit.verify().broken == ""


def test_what_another_added_meanwhile_keeps_its_place_before(
    vitec: Sandbox, submission: Submission, bokare: User
) -> None:
    claimed = delivery.claim(submission.pk)
    assert claimed is not None
    note(Submission.objects.get(pk=submission.pk), Event.REVEALED, actor=bokare, reason="Fråga")

    settle, _ = delivery._send(claimed)
    note(Submission.objects.get(pk=submission.pk), Event.REVEALED, actor=bokare, reason="Igen")
    settle()

    assert events(submission) == [
        "accepted", "claimed", "revealed", "sending", "revealed", "delivered"
    ]  # fmt: skip
    assert len(posts(vitec)) == 1
    assert audit.verify().broken == ""


def test_one_that_was_changed_between_the_look_and_the_claim_is_looked_at_again(
    vitec: Sandbox, submission: Submission, bokare: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looks = delivery.claim.__globals__["_read"], []

    def look(pk: int) -> Submission | None:
        found = read(pk)
        if not looks:
            note(Submission.objects.get(pk=pk), Event.REVEALED, actor=bokare, reason="Fråga")
            Submission.objects.filter(pk=pk).update(tries=3)
        looks.append(pk)
        return found

    monkeypatch.setitem(delivery.claim.__globals__, "_read", look)
    deliver(submission.pk)

    assert len(looks) == 2
    assert events(submission) == ["accepted", "revealed", *ORDER[1:]]
    assert Submission.objects.get(pk=submission.pk).tries == 4
    assert submission.attempts.last().number == 4  # type: ignore[union-attr]


def test_a_row_without_its_audit_is_delivered_all_the_same(
    vitec: Sandbox, submission: Submission
) -> None:
    Submission.objects.filter(pk=submission.pk).update(events=7)

    deliver(submission.pk)

    assert Submission.objects.get(pk=submission.pk).state == State.DELIVERED
    assert len(posts(vitec)) == 1


@pytest.mark.parametrize("seconds", [-3600, -3, 3, 3600])
def test_the_time_of_an_event_is_the_databases_however_this_host_counts(
    submission: Submission, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    claimed = delivery.claim(submission.pk)
    assert claimed is not None
    ours = journal.time.monotonic
    monkeypatch.setattr(journal.time, "monotonic", lambda: ours() + seconds)

    delivery._mark_sending(claimed)

    marked = submission.attempts.get(event=Event.SENDING)
    assert abs(marked.at - database_clock.now()) < dt.timedelta(seconds=2)
    assert audit.verify().broken == ""


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_sent(vitec: Sandbox, submission: Submission) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        deliver(submission.pk)

    assert posts(vitec) == []
    assert Submission.objects.get(pk=submission.pk).state == State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_delivery_is_few_statements(
    vitec: Sandbox, submission: Submission, known: Known, bokare: User, office: Office
) -> None:
    person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
    deliver(submission.pk)
    again = make_submission(bokare, office, **person)

    with CaptureQueriesContext(connection) as asked:
        deliver(again.pk)

    assert events(again) == ORDER
    # The row, the claim, a seat, the logins, the mark, the outcome, whose turn it is now. On
    # PostgreSQL a step and its event are one, and only the claim needs a transaction around it.
    assert len(asked) == (9 if connection.vendor == "postgresql" else 16)
