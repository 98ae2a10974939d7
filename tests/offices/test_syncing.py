"""Running a sync: once in an interval, its outcome on record, offices apart from one another."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.utils import timezone

from connect.errors import Busy, Denied, NotSent, OutcomeUnknown, Refused
from offices import syncing
from offices.models import Capability, Credential, Office, SyncRun
from offices.syncing import Pulled, run_sync
from tests.factories import make_office

HOUR = 3600


@pytest.fixture
def at(monkeypatch):
    """Sets the clock that counts the intervals."""

    def set_clock(seconds):
        monkeypatch.setattr(syncing.time, "time", lambda: float(seconds))

    set_clock(1000 * HOUR)
    return set_clock


def _pull(client, office):
    return Pulled(fetched=7, changed=2)


def _failing(error):
    def pull(client, office):
        raise error

    return pull


def test_it_records_what_came(office, at):
    run = run_sync(office, "colleagues", HOUR, _pull)
    assert (run.fetched, run.changed, run.error) == (7, 2, "")
    assert run.finished_at is not None
    assert SyncRun.objects.get() == run


def test_it_runs_once_in_an_interval(office, at):
    assert run_sync(office, "colleagues", HOUR, _pull)
    at(1001 * HOUR - 1)
    assert run_sync(office, "colleagues", HOUR, _pull) is None
    at(1001 * HOUR)
    assert run_sync(office, "colleagues", HOUR, _pull)
    assert SyncRun.objects.count() == 2


def test_it_never_asks_vitec_for_the_second_beat(office, at):
    run_sync(office, "colleagues", HOUR, _pull)
    run_sync(office, "colleagues", HOUR, _failing(AssertionError("asked twice")))
    assert SyncRun.objects.get().error == ""


def test_it_counts_every_job_and_office_by_itself(office, neighbour_office, at):
    assert run_sync(office, "colleagues", HOUR, _pull)
    assert run_sync(office, "user_groups", HOUR, _pull)
    assert run_sync(neighbour_office, "colleagues", HOUR, _pull)


def test_it_runs_again_at_once_when_a_person_asks(office, at):
    run_sync(office, "colleagues", HOUR, _pull)
    assert run_sync(office, "colleagues", HOUR, _pull, now=True)
    assert run_sync(office, "colleagues", HOUR, _pull, now=True)


@pytest.mark.parametrize("error", [Busy(), Denied(), NotSent(), OutcomeUnknown(), Refused()])
def test_it_records_a_failure_by_its_outcome(office, at, error):
    run = run_sync(office, "colleagues", HOUR, _failing(error))
    assert run.error == error.outcome
    assert run.finished_at is not None


def test_it_records_an_office_without_a_login(office, at):
    Credential.objects.all().delete()
    run = run_sync(Office.objects.get(), "colleagues", HOUR, _pull)
    assert run.error == "no_credential"


def test_it_records_a_login_that_no_key_opens(office, at, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    run = run_sync(Office.objects.get(), "colleagues", HOUR, _pull)
    assert run.error == "Unsealable"


def test_it_records_an_answer_nobody_thought_of_without_quoting_it(office, at, caplog):
    run = run_sync(office, "colleagues", HOUR, _failing(KeyError("Anna Ek")))
    assert run.error == "KeyError"
    assert "outcome=KeyError" in caplog.text
    assert "Anna" not in caplog.text


def test_it_leaves_a_denied_office_in_peace_for_a_day(office, at):
    run_sync(office, "colleagues", HOUR, _failing(Denied()))
    at(1001 * HOUR)
    assert run_sync(office, "colleagues", HOUR, _pull) is None
    Capability.objects.update(checked_at=timezone.now() - dt.timedelta(hours=25))
    assert run_sync(office, "colleagues", HOUR, _pull).error == ""


def test_it_asks_again_as_soon_as_the_login_was_changed(office, at):
    run_sync(office, "colleagues", HOUR, _failing(Denied()))
    at(1001 * HOUR)
    office.credential.save()
    assert run_sync(office, "colleagues", HOUR, _pull).error == ""


def test_it_leaves_a_denied_office_in_peace_also_when_a_person_wants_it(office, at):
    run_sync(office, "colleagues", HOUR, _failing(Denied()))
    assert run_sync(office, "colleagues", HOUR, _pull, now=True) is None


def test_it_forgets_a_denial_after_a_good_run(office, at):
    run_sync(office, "colleagues", HOUR, _failing(Denied()))
    Capability.objects.update(checked_at=timezone.now() - dt.timedelta(hours=25))
    run_sync(office, "colleagues", HOUR, _pull, now=True)
    at(1001 * HOUR)
    assert run_sync(office, "colleagues", HOUR, _pull)


def test_it_pauses_only_what_was_denied(office, neighbour_office, at):
    run_sync(office, "colleagues", HOUR, _failing(Denied()))
    at(1001 * HOUR)
    assert run_sync(office, "user_groups", HOUR, _pull)
    assert run_sync(neighbour_office, "colleagues", HOUR, _pull)


def test_it_says_what_failed_by_codes(office, at):
    run = run_sync(
        office, "colleagues", HOUR, _failing(OutcomeUnknown(status=500, cause="NotJson"))
    )
    assert run.detail == "HTTP 500 NotJson"


def test_of_a_job_one_run_is_open_at_a_time(office, at):
    def meanwhile(client, office):
        assert run_sync(office, "colleagues", HOUR, _pull, now=True) is None
        return Pulled(1, 1)

    assert run_sync(office, "colleagues", HOUR, meanwhile).error == ""


def test_a_run_that_fell_silent_is_given_up(office, at):
    long_ago = timezone.now() - dt.timedelta(minutes=11)
    silent = SyncRun.objects.create(office=office, job="colleagues", slot=1, beat_at=long_ago)
    assert run_sync(office, "colleagues", HOUR, _pull)
    silent.refresh_from_db()
    assert silent.error == "died"
    with pytest.raises(syncing.Superseded):
        syncing.beat(silent)


class TestFreshness:
    def test_it_is_the_last_run_that_went_well(self, office, at):
        run = run_sync(office, "colleagues", HOUR, _pull, now=True)
        failed = run_sync(office, "colleagues", HOUR, _failing(NotSent()), now=True)
        known = syncing.freshness(office, "colleagues")
        assert (known.fetched_at, known.failed) == (run.finished_at, failed)
        assert (known.minutes, known.stale, known.running) == (0, False, None)

    def test_it_was_never(self, office):
        known = syncing.freshness(office, "colleagues")
        assert (known.minutes, known.stale, known.failed) == (None, True, None)

    def test_it_grows_old(self, office, at, settings):
        run_sync(office, "colleagues", HOUR, _pull)
        SyncRun.objects.update(finished_at=timezone.now() - dt.timedelta(minutes=31))
        assert syncing.freshness(office, "colleagues").stale
        assert not syncing.freshness(office, "colleagues", interval=60).stale

    def test_a_good_run_before_many_failed_ones_is_not_forgotten(self, office, at):
        good = run_sync(office, "colleagues", HOUR, _pull, now=True)
        for _again in range(25):
            run_sync(office, "colleagues", HOUR, _failing(NotSent()), now=True)
        assert syncing.freshness(office, "colleagues").fetched_at == good.finished_at


@pytest.mark.django_db(transaction=True)
def test_offices_are_done_side_by_side_and_none_stops_the_others():
    offices = [make_office(f"M{number}", f"Kontor {number}") for number in range(3)]
    meeting = threading.Barrier(3, timeout=20)

    def work(office):
        meeting.wait()
        if office.customer_id == "M1":
            raise ValueError("Anna Ek")
        run_sync(office, "colleagues", HOUR, lambda client, office: Pulled(1, 1))

    syncing.side_by_side(offices, work)

    done = SyncRun.objects.values_list("office__customer_id", flat=True)
    assert sorted(done) == ["M0", "M2"]
