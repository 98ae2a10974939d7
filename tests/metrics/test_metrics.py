"""What a monitor reads, who may read it, and that it names nobody."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from metrics.counting import count_events
from metrics.models import Reading
from offices.models import Capability, Credential, SyncRun
from submissions.delivery import deliver
from submissions.models import OUTAGE_AFTER, Heart, Outage, Pause, State, Submission
from tests.factories import make_contact, make_meeting, make_outage, make_submission, make_user

pytestmark = pytest.mark.django_db

HERE = "127.0.0.1"


def text(**headers) -> str:
    response = Client(REMOTE_ADDR=HERE).get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return response.content.decode()


def samples() -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels in the order of their names."""
    found = {}
    for family in text_string_to_metric_families(text()):
        for sample in family.samples:
            key = (sample.name, tuple(value for _, value in sorted(sample.labels.items())))
            assert key not in found
            found[key] = sample.value
    return found


def ago(**ages):
    return timezone.now() - dt.timedelta(**ages)


def count_all():
    for _ in range(3):
        count_events()
        Reading.objects.update(seen_at=ago(minutes=1))


class TestFigures:
    def test_it_names_the_version(self, settings):
        assert samples()["vitecportal_build_info", (settings.VERSION,)] == 1

    def test_it_counts_deliveries_by_office_kind_and_outcome(self, send):
        for _ in range(2):
            submission = send()
            deliver(submission.pk)
        count_all()
        labels = ("delivered", submission.kind, "M30011")
        assert samples()["vitecportal_submission_events_total", labels] == 2

    def test_it_shows_how_long_deliveries_took(self, send):
        submission = send()
        now = timezone.now()
        Submission.objects.update(
            created_at=ago(seconds=11.2), hold_until=now - dt.timedelta(seconds=1.2)
        )
        deliver(submission.pk)
        count_all()
        found = samples()
        kind = submission.kind
        name = "vitecportal_delivery_since_accepted_seconds"
        assert found[f"{name}_bucket", (kind, "11.0")] == 0
        assert found[f"{name}_bucket", (kind, "3600.0")] == 1
        assert found[f"{name}_bucket", (kind, "+Inf")] == 1
        assert found[f"{name}_count", (kind,)] == 1
        assert found[f"{name}_sum", (kind,)] >= 11.2
        assert found["vitecportal_delivery_since_due_seconds_bucket", (kind, "1.0")] == 0

    def test_it_shows_what_waits_and_since_when(self, office, bokare):
        make_submission(bokare, office)
        Submission.objects.update(hold_until=ago(minutes=5))
        make_submission(bokare, office)
        found = samples()
        assert found["vitecportal_submissions", ("M30011", "queued")] == 2
        assert 300 <= found["vitecportal_oldest_seconds", ("M30011", "queued")] < 400

    def test_what_can_still_be_undone_does_not_wait(self, office, bokare):
        make_submission(bokare, office)
        Submission.objects.update(hold_until=timezone.now() + dt.timedelta(seconds=30))
        assert ("vitecportal_submissions", ("M30011", "queued")) not in samples()

    @pytest.mark.parametrize("state", [State.UNKNOWN, State.FAILED])
    def test_it_shows_for_how_long_a_question_is_open(self, office, bokare, state):
        make_submission(bokare, office)
        Submission.objects.update(
            state=state, changed_at=ago(minutes=10), hold_until=ago(minutes=90)
        )
        found = samples()
        assert found["vitecportal_submissions", ("M30011", state.value)] == 1
        assert 600 <= found["vitecportal_oldest_seconds", ("M30011", state.value)] < 700

    def test_what_is_settled_does_not_count_as_waiting(self, office, bokare):
        make_submission(bokare, office)
        Submission.objects.update(state=State.DELIVERED)
        assert not [name for name, _ in samples() if name == "vitecportal_submissions"]

    def test_it_shows_open_pauses_alone(self, office, neighbour_office):
        Pause.objects.create(office=office, endpoint="", status=401)
        Pause.objects.create(office=neighbour_office, status=403, ended_at=timezone.now())
        Pause.objects.create(office=office, status=0, paused_by=make_user("chef", office))
        paused = {labels for name, labels in samples() if name == "vitecportal_pause_seconds"}
        assert paused == {("", "M30011", "401"), ("", "M30011", "person")}

    def test_it_shows_where_vitec_is_away_and_since_when(self, office, neighbour_office):
        Credential.objects.filter(office=neighbour_office).update(username="another")
        make_outage(office)
        make_outage(office, endpoint="comeback")
        Outage.objects.update(since=ago(minutes=4))
        make_outage(neighbour_office, ended_at=timezone.now())
        make_outage(neighbour_office, failures=OUTAGE_AFTER - 1)

        found = samples()

        away = {labels for name, labels in found if name == "vitecportal_outage_seconds"}
        assert away == {("", "M30011"), ("comeback", "M30011")}
        assert 240 <= found["vitecportal_outage_seconds", ("comeback", "M30011")] < 300

    def test_offices_of_one_login_are_away_together(self, office, neighbour_office):
        make_outage(office)

        found = samples()

        away = {labels for name, labels in found if name == "vitecportal_outage_seconds"}
        assert away == {("", "M30011"), ("", "M30012")}

    def test_it_shows_the_age_of_every_sync(self, office, neighbour_office):
        for slot, (age, error) in enumerate([(40, ""), (20, ""), (5, "unknown")]):
            SyncRun.objects.create(
                office=office, job="meetings", slot=slot, error=error, finished_at=ago(minutes=age)
            )
        SyncRun.objects.create(office=office, job="viewings", slot=1)
        found = samples()
        assert 1200 <= found["vitecportal_sync_age_seconds", ("meetings", "M30011")] < 1300
        assert found["vitecportal_sync_age_seconds", ("meetings", "M30012")] == math.inf
        assert found["vitecportal_sync_age_seconds", ("viewings", "M30011")] == math.inf

    def test_a_sync_that_vitec_denies_has_no_age(self, office):
        SyncRun.objects.create(office=office, job="meetings", slot=1, error="denied")
        Capability.objects.create(
            office=office, name="meetings", allowed=False, checked_at=timezone.now()
        )
        found = samples()
        assert found["vitecportal_sync_denied", ("meetings", "M30011")] == 1
        assert ("vitecportal_sync_age_seconds", ("meetings", "M30011")) not in found

    def test_it_shows_the_workers_heart(self):
        assert samples()["vitecportal_heartbeat_age_seconds", ("worker",)] == math.inf
        Heart.objects.create(name="worker", beat_at=ago(seconds=20))
        assert 20 <= samples()["vitecportal_heartbeat_age_seconds", ("worker",)] < 30

    def test_it_shows_how_old_its_own_counters_are(self):
        assert samples()["vitecportal_counters_age_seconds", ()] == math.inf
        count_events()
        assert samples()["vitecportal_counters_age_seconds", ()] < 10


class TestCost:
    def test_its_questions_do_not_grow_with_offices_and_submissions(
        self, office, neighbour_office, bokare, django_assert_max_num_queries
    ):
        for each in (office, neighbour_office):
            for job in ("meetings", "viewings"):
                SyncRun.objects.create(office=each, job=job, slot=1, finished_at=timezone.now())
        for _ in range(5):
            make_submission(bokare, office)
        with django_assert_max_num_queries(12):
            text()


class TestReaders:
    def ask(self, address=HERE, **headers):
        return Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code

    @pytest.mark.parametrize("address", ["127.0.0.1", "127.0.1.1", "::1"])
    def test_without_a_token_this_machine_may(self, address):
        assert self.ask(address) == 200

    @pytest.mark.parametrize("address", ["10.0.0.7", "192.0.2.1", "2001:db8::1", "", "x"])
    def test_without_a_token_nobody_else_finds_it(self, address):
        assert self.ask(address) == 404

    @pytest.mark.parametrize(
        "name", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"]
    )
    def test_what_a_proxy_on_this_machine_forwards_comes_from_elsewhere(self, name):
        assert self.ask(HERE, **{name: "127.0.0.1"}) == 404

    def test_with_a_token_whoever_brings_it_may(self, settings):
        settings.METRICS_TOKEN = "hemligt-å"
        assert self.ask("10.0.0.7", Authorization="Bearer hemligt-å") == 200

    @pytest.mark.parametrize("brought", ["", "Bearer", "Bearer ", "Bearer fel", "hemligt"])
    def test_with_a_token_nobody_may_without(self, settings, brought):
        settings.METRICS_TOKEN = "hemligt"
        assert self.ask(HERE, Authorization=brought) == 404

    def test_a_signed_in_person_is_nobody_special(self, as_admin):
        assert as_admin.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404

    def test_it_answers_a_monitor_that_comes_without_https(self, settings):
        settings.SECURE_SSL_REDIRECT = True
        assert self.ask() == 200

    def test_it_is_not_for_writing(self):
        assert Client(REMOTE_ADDR=HERE).post("/metrics").status_code == 405


def test_it_names_no_person(send, office):
    make_contact(office)
    make_meeting(office)
    submission = send()
    deliver(submission.pk)
    Submission.objects.update(state=State.UNKNOWN)
    count_all()
    said = text()
    assert "M30011" in said
    for word in ("Anna", "Ek", "bokare", "Berit", "kanarie", "Sundbyberg", "ADR1", "sandbox"):
        assert word not in said
    assert str(submission.code) not in said
