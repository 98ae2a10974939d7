"""Very many in a short time wait until a person says that it was meant."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Membership, Office, Role, User
from sandbox.server import Sandbox
from submissions import batches
from submissions.batches import submit_batch
from submissions.delivery import deliver, sweep
from submissions.models import Batch, State, Submission
from tests.factories import make_submission
from tests.submissions.conftest import posts
from tests.submissions.test_batches import part, wish

pytestmark = pytest.mark.django_db
LIMIT = 3


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.FLOOD_PER_MINUTE = LIMIT


def send(user: User, office: Office, number: int) -> Submission:
    return make_submission(user, office, contact_id=f"ADR{number}", note=f"Nummer {number}")


@pytest.fixture
def sent(vitec: Sandbox, short_limits: None, bokare: User, office: Office) -> list[Submission]:
    return [send(bokare, office, number) for number in range(LIMIT + 2)]


def states(rows: list[Submission]) -> list[str]:
    found = Submission.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return list(found.values_list("state", flat=True))


def test_what_comes_beyond_the_limit_is_saved_and_waits(
    vitec: Sandbox, sent: list[Submission]
) -> None:
    for submission in sent:
        deliver(submission.pk)

    flood = Batch.objects.get(flood=True)
    assert list(flood.parts.order_by("pk")) == sent[LIMIT:]
    assert states(sent[LIMIT:]) == [State.HELD] * 2
    assert len(posts(vitec)) == LIMIT
    sweep()
    assert states(sent[LIMIT:]) == [State.HELD] * 2


def test_the_sender_says_yes_and_all_go(
    vitec: Sandbox, sent: list[Submission], as_bokare: Client, bokare: User, office: Office
) -> None:
    for submission in sent:
        deliver(submission.pk)
    flood = Batch.objects.get(flood=True)
    page = as_bokare.get(flood.get_absolute_url()).content.decode()
    assert "Ja, sänd 2" in page
    assert "2 inskick av Berit Bokare väntar på ett ja" in page

    as_bokare.post(reverse("submissions:batch_act", args=[flood.code, "resume"]))
    for submission in sent[LIMIT:]:
        deliver(submission.pk)

    assert len(posts(vitec)) == LIMIT + 2
    flood.refresh_from_db()
    assert flood.confirmed_by == bokare
    assert "väntar på ett ja" not in as_bokare.get(reverse("submissions:list")).content.decode()
    assert send(bokare, office, 99).batch is None, "counted anew from the yes on"


def test_a_manager_may_say_it_and_a_colleague_may_not(
    sent: list[Submission], as_chef: Client, as_maklare: Client
) -> None:
    flood = Batch.objects.get(flood=True)
    resume = reverse("submissions:batch_act", args=[flood.code, "resume"])

    assert as_maklare.post(resume).status_code == 403
    assert "Ja, sänd" not in as_maklare.get(flood.get_absolute_url()).content.decode()
    assert as_chef.post(resume).status_code == 302

    flood.refresh_from_db()
    assert flood.confirmed_at is not None


def test_all_of_it_is_undone_at_once(
    vitec: Sandbox, sent: list[Submission], as_bokare: Client
) -> None:
    flood = Batch.objects.get(flood=True)

    as_bokare.post(reverse("submissions:batch_act", args=[flood.code, "undo"]))

    assert states(sent[LIMIT:]) == [State.CANCELLED] * 2
    assert "väntar på ett ja" not in as_bokare.get(reverse("submissions:list")).content.decode()


def test_a_batch_confirmed_with_its_number_is_no_flood(bokare: User, office: Office) -> None:
    submit_batch(wish(bokare, office, *[part(number) for number in range(LIMIT + 3)]))

    assert not Batch.objects.filter(flood=True).exists()
    assert send(bokare, office, 99).batch is None


def test_colleagues_do_not_count_for_each_other(bokare: User, chef: User, office: Office) -> None:
    for number in range(LIMIT):
        send(bokare, office, number)

    assert send(chef, office, 99).batch is None


def test_many_offices_give_nobody_more_than_one_does(
    bokare: User, office: Office, neighbour_office: Office
) -> None:
    Membership.objects.create(user=bokare, office=neighbour_office, role=Role.BOOKER)
    for number in range(LIMIT):
        send(bokare, [office, neighbour_office][number % 2], number)

    for there in (office, neighbour_office):
        flood = send(bokare, there, 99).batch
        assert flood is not None
        assert flood.office == there


def test_a_yes_is_of_its_office_alone(
    bokare: User, office: Office, neighbour_office: Office
) -> None:
    Membership.objects.create(user=bokare, office=neighbour_office, role=Role.BOOKER)
    for number in range(LIMIT):
        send(bokare, office, number)
        send(bokare, neighbour_office, number)
    batches.resume(Batch.objects.get(flood=True, office=office), bokare)

    assert send(bokare, office, 99).batch is not None, "as many wait at the other"
    batches.resume(Batch.objects.get(flood=True, office=neighbour_office), bokare)
    Submission.objects.filter(batch=None).update(created_at=timezone.now() - dt.timedelta(hours=1))
    batches.resume(Batch.objects.get(flood=True, office=office, confirmed_at=None), bokare)
    assert send(bokare, office, 100).batch is None


def test_a_minute_later_nothing_waits(bokare: User, office: Office) -> None:
    for number in range(LIMIT):
        send(bokare, office, number)
    Submission.objects.update(created_at=timezone.now() - dt.timedelta(seconds=61))

    assert send(bokare, office, 99).batch is None


def test_without_a_limit_nothing_ever_waits(bokare: User, office: Office, settings: Any) -> None:
    settings.FLOOD_PER_MINUTE = 0
    for number in range(LIMIT + 2):
        assert send(bokare, office, number).batch is None


def test_what_joins_while_somebody_says_yes_just_goes(
    vitec: Sandbox, sent: list[Submission], bokare: User
) -> None:
    flood = Batch.objects.get(flood=True)
    batches.resume(flood, bokare)
    late = sent[0]
    Submission.objects.filter(pk=late.pk).update(batch=flood)

    deliver(late.pk)
    assert len(posts(vitec)) == 1

    assert states([late]) == [State.REJECTED], "the practice Vitec knows nobody of that id"
