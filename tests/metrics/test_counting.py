"""Every event of the audit is counted once, and none before its transaction must have ended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from metrics import counting
from metrics.counting import BOUNDS, bound_of, count_events
from metrics.models import DeliveryTime, OutcomeCount, Reading
from metrics.tasks import count_audit
from submissions.delivery import deliver
from submissions.models import Event, Submission
from tests.factories import make_submission

pytestmark = pytest.mark.django_db


def time_passes() -> None:
    Reading.objects.update(seen_at=timezone.now() - 2 * counting.SETTLED_AFTER)


def count_all() -> None:
    for _ in range(3):
        count_events()
        time_passes()


def counts() -> dict[str, int]:
    return dict(OutcomeCount.objects.order_by("event").values_list("event", "count"))


def test_it_counts_what_happened_by_office_and_kind(send, office):
    submission = send()
    deliver(submission.pk)
    count_all()
    assert counts() == {"accepted": 1, "claimed": 1, "sending": 1, "delivered": 1}
    row = OutcomeCount.objects.get(event="delivered")
    assert (row.office, row.kind) == (office, submission.kind)


def test_it_counts_nothing_twice(office, bokare):
    make_submission(bokare, office)
    count_all()
    count_all()
    make_submission(bokare, office)
    count_all()
    assert counts() == {"accepted": 2}


def test_it_waits_until_no_transaction_is_under_way_any_more(office, bokare):
    count_events()
    time_passes()
    make_submission(bokare, office)
    count_events()
    count_events()
    assert counts() == {}
    time_passes()
    count_events()
    assert counts() == {"accepted": 1}


def test_it_counts_in_portions(office, bokare, monkeypatch):
    monkeypatch.setattr(counting, "AT_MOST", 2)
    for _ in range(5):
        make_submission(bokare, office)
    count_events()
    time_passes()
    assert [count_events() for _ in range(3)] == [2, 2, 1]
    assert counts() == {"accepted": 5}


def test_it_counts_on_after_the_clock_was_set_back(office, bokare):
    make_submission(bokare, office)
    count_events()
    Reading.objects.update(seen_at=timezone.now() + dt.timedelta(hours=2))
    count_events()
    assert counts() == {"accepted": 1}


def test_it_measures_from_acceptance_and_from_the_end_of_the_grace_period(send):
    submission = send()
    now = timezone.now()
    Submission.objects.update(
        created_at=now - dt.timedelta(seconds=11.5), hold_until=now - dt.timedelta(seconds=1.5)
    )
    deliver(submission.pk)
    count_all()
    assert submission.attempts.last().event == Event.DELIVERED
    found = {row.since: row for row in DeliveryTime.objects.all()}
    assert found["accepted"].seconds - found["due"].seconds == pytest.approx(10, abs=0.01)
    assert found["accepted"].bound == bound_of(found["accepted"].seconds)
    assert {row.count for row in found.values()} == {1}


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0, 0.1), (0.1, 0.1), (0.11, 0.5), (10.001, 11.0), (1e9, BOUNDS[-1])]
)
def test_it_finds_the_bound_of_a_time(seconds, bound):
    assert bound_of(seconds) == bound


def test_the_timetable_can_call_it(office, bokare):
    make_submission(bokare, office)
    count_audit.apply()
    time_passes()
    count_audit.apply()
    assert counts() == {"accepted": 1}
