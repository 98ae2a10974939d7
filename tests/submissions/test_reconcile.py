from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect.errors import Busy
from lib import database_clock
from meetings import kinds
from offices.capabilities import remember
from offices.models import LineSeat, Membership, Office, Role, User
from offices.vitec import client_for
from sandbox.server import Sandbox
from submissions import delivery
from submissions import reconcile as reconciling
from submissions.delivery import deliver
from submissions.erasing import erase_content
from submissions.models import Event, Outage, State, Submission, Verdict
from submissions.outbox import mark_delivered, mark_not_delivered, quarantine, send_again
from submissions.reconcile import Unasked, look_for, reconcile, reconcile_due
from tests.factories import make_outage, make_submission
from tests.submissions.conftest import Known, posts
from vitecportal.templatetags.house import moment

pytestmark = pytest.mark.django_db

PAGE = reverse("submissions:uncertain")
# Where no connection is made.
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nothing_settles(settings: Any) -> None:
    settings.RECONCILE_SETTLING_SECONDS = 0


def uncertain(vitec: Sandbox, submission: Submission, fault: str) -> Submission:
    vitec.behave("comeback", fault, times=1)
    deliver(submission.pk)
    submission.refresh_from_db()
    assert submission.state == State.UNKNOWN
    return submission


def state_of(submission: Submission) -> str:
    submission.refresh_from_db()
    return submission.state


def looks_made(vitec: Sandbox) -> list[dict[str, Any]]:
    return [row for row in vitec.log() if row["path"].endswith("/ComebackMeeting")]


def shown(client: Client, submission: Submission) -> str:
    """What the page's box says of a submission; as it is now for who sees no box."""
    page = client.get(PAGE).content.decode()
    found = re.search(rf'value="({submission.code}:\d+)"', page)
    return found[1] if found else f"{submission.code}:{submission.events}"


class TestLooking:
    @pytest.mark.parametrize("fault", ["lose_answer", "cut_after", "html", "error_after"])
    def test_what_arrived_is_found_and_counts_as_delivered(
        self, vitec: Sandbox, submission: Submission, fault: str
    ) -> None:
        uncertain(vitec, submission, fault)

        assert reconcile(submission)

        assert state_of(submission) == State.DELIVERED
        (record,) = vitec.records()["comebacks"]
        assert submission.vitec_id == record["id"]
        assert submission.attempts.last().event == Event.RECONCILED  # type: ignore[union-attr]

    @pytest.mark.parametrize("fault", ["cut_before", "error_before"])
    def test_what_did_not_arrive_is_said_to_be_absent_and_never_sent_by_itself(
        self, vitec: Sandbox, submission: Submission, fault: str
    ) -> None:
        uncertain(vitec, submission, fault)

        assert not reconcile(submission)

        assert state_of(submission) == State.UNKNOWN
        assert submission.verdict == Verdict.ABSENT
        assert len(posts(vitec)) == 1

    def test_the_same_verdict_is_written_into_the_audit_once(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "cut_before")

        reconcile(submission)
        reconcile(submission)

        assert submission.attempts.filter(event=Event.LOOKED).count() == 1

    def test_absence_is_not_said_while_vitec_may_still_be_at_work(
        self, vitec: Sandbox, submission: Submission, settings: Any
    ) -> None:
        settings.RECONCILE_SETTLING_SECONDS = 600
        uncertain(vitec, submission, "cut_before")

        reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == ""

    def test_one_that_somebody_else_made_long_ago_is_not_ours(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, known: Known
    ) -> None:
        uncertain(vitec, submission, "cut_before")
        (sent,) = posts(vitec)
        long_ago = (timezone.now() - dt.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S")
        earlier = {
            "contactId": known.contact_id,
            "meetingDate": sent["body"]["date"][:19],
            "createdAt": long_ago,
        }
        vitec.practice.store.put(
            "comebacks", "CALX", {"id": "CALX", "customerId": "M30011", **earlier}
        )

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.ABSENT

    def test_what_is_another_submissions_is_not_taken_for_this_one(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, known: Known
    ) -> None:
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        other = make_submission(bokare, office, note="Annat", **person)
        uncertain(vitec, submission, "cut_before")
        deliver(other.pk)

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.ABSENT

    def test_several_that_fit_are_left_to_a_person(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, known: Known
    ) -> None:
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        twin = make_submission(bokare, office, note="Annat", **person)
        uncertain(vitec, submission, "lose_answer")
        uncertain(vitec, twin, "lose_answer")

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.SEVERAL

    def test_of_two_looks_at_once_only_one_takes_what_is_there(
        self,
        vitec: Sandbox,
        submission: Submission,
        bokare: User,
        office: Office,
        known: Known,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        twin = make_submission(bokare, office, note="Annat", **person)
        uncertain(vitec, submission, "cut_after")
        uncertain(vitec, twin, "cut_before")
        taken, asked = reconciling._taken, []

        def the_other_comes_in_between(*args: Any) -> set[str]:
            found = taken(*args)
            asked.append(args)
            if len(asked) == 2:  # once at the end of the look, once before it is written
                reconcile(twin)
            return found

        monkeypatch.setattr(reconciling, "_taken", the_other_comes_in_between)

        assert not reconcile(submission)

        assert state_of(twin) == State.DELIVERED
        assert state_of(submission) == State.UNKNOWN
        assert submission.verdict == Verdict.ABSENT
        assert submission.vitec_id == ""

    def test_what_may_be_that_of_one_that_is_being_sent_is_left_for_later(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, known: Known
    ) -> None:
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        twin = make_submission(bokare, office, note="Annat", **person)
        uncertain(vitec, submission, "cut_before")
        uncertain(vitec, twin, "cut_after")
        Submission.objects.filter(pk=twin.pk).update(state=State.SENDING)

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert (submission.state, submission.verdict) == (State.UNKNOWN, "")

    def test_where_the_look_is_refused_a_person_decides_and_it_is_not_asked_again(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        vitec.behave("/CRM/*/ComebackMeeting", "forbidden")

        reconcile(submission)
        reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.UNREADABLE
        assert len(looks_made(vitec)) == 1

    def test_a_vitec_that_is_away_says_nothing(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        vitec.behave("/CRM/*/ComebackMeeting", "error_before", times=1)

        reconcile(submission)
        assert state_of(submission) == State.UNKNOWN

        assert reconcile(submission)

    def test_a_vitec_that_cannot_be_reached_changes_nothing_that_was_said(
        self, vitec: Sandbox, submission: Submission, settings: Any
    ) -> None:
        uncertain(vitec, submission, "cut_before")
        reconcile(submission)
        settings.VITEC_BASE_URL = NOBODY

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.ABSENT

    def test_where_there_is_no_answer_no_other_of_the_office_is_asked_for_a_while(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office, settings: Any
    ) -> None:
        other = make_submission(bokare, office, contact_id="ADR9")
        uncertain(vitec, submission, "lose_answer")
        uncertain(vitec, other, "lose_answer")
        settings.VITEC_BASE_URL = NOBODY
        reconcile(submission)
        settings.VITEC_BASE_URL = vitec.url

        with pytest.raises(Unasked):
            look_for(other)

        assert looks_made(vitec) == []
        cache.clear()
        assert reconcile(submission)

    def test_while_vitec_is_away_by_the_deliveries_word_it_is_not_asked(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        away = make_outage(office, probe_at=timezone.now() + dt.timedelta(seconds=9))

        assert reconcile_due() == 0
        assert not reconcile(submission)
        assert looks_made(vitec) == []

        Outage.objects.filter(pk=away.pk).update(ended_at=timezone.now())
        assert reconcile_due() == 1

    def test_an_outage_that_nobody_probes_any_more_keeps_no_look_back(
        self, vitec: Sandbox, submission: Submission, office: Office
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        long_ago = timezone.now() - dt.timedelta(hours=1)
        make_outage(office, probe_at=long_ago)

        assert reconcile_due() == 1

    def test_a_look_takes_its_turn_among_the_calls_of_the_login(
        self, vitec: Sandbox, submission: Submission, settings: Any
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        LineSeat.objects.update(
            token=uuid.uuid4(), holder=None, until=timezone.now() + dt.timedelta(seconds=60)
        )

        with pytest.raises(Unasked):
            look_for(submission, patience=0.1)

        assert looks_made(vitec) == []

    def test_a_look_that_vitec_declines_is_left_to_a_person(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        vitec.behave("/CRM/*/ComebackMeeting", "bad_request")

        reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.UNREADABLE

    def test_a_kind_that_cannot_be_read_back_is_left_to_a_person(
        self, vitec: Sandbox, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        blind = dataclasses.replace(kinds.COMEBACK, read_back=None)
        monkeypatch.setattr(reconciling, "find_kind", lambda key: blind)

        reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.UNREADABLE

    def test_one_that_a_person_settled_meanwhile_stays_as_it_is(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        Submission.objects.filter(pk=submission.pk).update(state=State.CANCELLED)

        assert not reconcile(submission)

        assert state_of(submission) == State.CANCELLED

    def test_sent_again_by_a_person_it_is_looked_for_afresh(
        self, vitec: Sandbox, submission: Submission, chef: User
    ) -> None:
        uncertain(vitec, submission, "cut_before")
        reconcile(submission)

        send_again(submission, chef, "Finns inte")

        submission.refresh_from_db()
        assert (submission.verdict, submission.looked_at) == ("", None)

    def test_what_it_said_of_one_try_is_not_said_of_the_next(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        vitec.behave("comeback", "cut_before", times=1)
        deliver(submission.pk)
        reconcile(submission)
        # Then the answer of that very try comes, and it was not processed.
        submission.refresh_from_db()
        delivery._settling(submission, Busy(status=429))()
        Submission.objects.update(not_before=timezone.now() - dt.timedelta(seconds=1))
        vitec.behave("comeback", "lose_answer", times=1)

        deliver(submission.pk)

        submission.refresh_from_db()
        assert (submission.state, submission.verdict) == (State.UNKNOWN, "")
        assert submission.looked_at is None

    def test_a_host_whose_clock_is_ahead_does_not_say_it_sooner(
        self,
        vitec: Sandbox,
        submission: Submission,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.RECONCILE_SETTLING_SECONDS = 90
        vitec.behave("comeback", "cut_before", times=1)
        deliver(submission.pk)
        ahead = timezone.now() + dt.timedelta(minutes=3)
        monkeypatch.setattr(reconciling.timezone, "now", lambda: ahead)

        reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == ""

    def test_one_erased_during_the_look_keeps_no_id_of_it(
        self, vitec: Sandbox, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vitec.behave("comeback", "lose_answer", times=1)
        deliver(submission.pk)
        settle = reconciling._delivered

        def erased_meanwhile(looked_for: Submission, vitec_id: str) -> bool:
            erase_content(Submission.objects.get(pk=looked_for.pk))
            return settle(looked_for, vitec_id)

        monkeypatch.setattr(reconciling, "_delivered", erased_meanwhile)

        reconcile(submission)

        submission.refresh_from_db()
        assert (submission.state, submission.key, submission.vitec_id) == (State.DELIVERED, "", "")


class TestAfterARestore:
    """The backup knows of a try that did nothing; what was sent after it the backup cannot know."""

    @pytest.fixture
    def restored(
        self, vitec: Sandbox, submission: Submission, monkeypatch: pytest.MonkeyPatch
    ) -> Submission:
        earlier = timezone.now() - dt.timedelta(hours=1)
        with monkeypatch.context() as then:
            then.setattr(database_clock, "now", lambda: earlier)
            vitec.behave("comeback", "too_many", retryAfter=1, times=1)
            deliver(submission.pk)
        # Vitec has long been back.
        Outage.objects.update(ended_at=timezone.now())
        return submission

    def test_what_was_sent_since_the_backup_is_found(
        self, vitec: Sandbox, restored: Submission, office: Office
    ) -> None:
        with client_for(office) as client:
            client.send(restored.call)
        quarantine()

        assert reconcile(restored)

        assert state_of(restored) == State.DELIVERED

    def test_what_was_not_is_absent_also_if_the_backup_knows_of_no_try(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        quarantine()

        assert not reconcile(submission)

        submission.refresh_from_db()
        assert submission.verdict == Verdict.ABSENT

    def test_absence_is_not_said_at_once(
        self, vitec: Sandbox, restored: Submission, settings: Any
    ) -> None:
        settings.RECONCILE_SETTLING_SECONDS = 600
        quarantine()

        reconcile(restored)

        restored.refresh_from_db()
        assert restored.verdict == ""


class TestTimetable:
    def test_it_finds_what_arrived_by_itself(self, vitec: Sandbox, submission: Submission) -> None:
        uncertain(vitec, submission, "lose_answer")

        assert reconcile_due() == 1

        assert state_of(submission) == State.DELIVERED
        assert len(posts(vitec)) == 1

    def test_it_lets_things_settle_first(
        self, vitec: Sandbox, submission: Submission, settings: Any
    ) -> None:
        settings.RECONCILE_SETTLING_SECONDS = 600
        uncertain(vitec, submission, "lose_answer")

        assert reconcile_due() == 0

    @pytest.mark.parametrize(("minutes", "looks"), [(5, 1), (20, 2)])
    def test_it_looks_again_after_a_while(
        self, vitec: Sandbox, submission: Submission, minutes: int, looks: int
    ) -> None:
        uncertain(vitec, submission, "cut_before")
        reconcile_due()
        Submission.objects.update(looked_at=timezone.now() - dt.timedelta(minutes=minutes))

        reconcile_due()

        assert len(looks_made(vitec)) == looks

    def test_what_was_never_looked_for_comes_before_what_was(
        self, vitec: Sandbox, submission: Submission, bokare: User, office: Office,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        uncertain(vitec, submission, "cut_before")
        reconcile_due()
        Submission.objects.update(looked_at=timezone.now() - dt.timedelta(hours=1))
        fresh = uncertain(vitec, make_submission(bokare, office, contact_id="ADR9"), "cut_before")
        monkeypatch.setattr(reconciling, "PER_RUN", 1)

        reconcile_due()

        fresh.refresh_from_db()
        assert fresh.looked_at is not None

    def test_one_that_vitec_stumbles_over_keeps_no_other_back_and_an_office_that_is_away_none(
        self, vitec: Sandbox, submission: Submission, bokare: User, neighbour_office: Office,
        known: Known, settings: Any,
    ) -> None:  # fmt: skip
        uncertain(vitec, submission, "lose_answer")
        person = {"contact_id": known.contact_id, "participant": ("userId", known.broker_id)}
        other = make_submission(bokare, submission.office, note="Annat", **person)
        uncertain(vitec, other, "cut_before")
        Membership.objects.create(user=bokare, office=neighbour_office, role=Role.BOOKER)
        away = make_submission(bokare, neighbour_office)
        Submission.objects.filter(pk=away.pk).update(state=State.UNKNOWN)
        cache.set(f"reconcile-rests-{neighbour_office.pk}-readback.comebacks", True)
        vitec.behave("/CRM/*/ComebackMeeting", "error_before", times=1)

        reconcile_due()

        assert len(looks_made(vitec)) == 2

    def test_what_could_not_be_asked_for_is_asked_for_again_soon_however_old(
        self, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        vitec.behave("/CRM/*/ComebackMeeting", "error_before", times=1)
        assert reconcile_due() == 0
        assert reconcile_due() == 0, "not at once"
        Submission.objects.update(
            looked_at=timezone.now() - dt.timedelta(minutes=3),
            changed_at=timezone.now() - dt.timedelta(days=2),
        )

        assert reconcile_due() == 1


class TestPage:
    @pytest.fixture
    def absent(self, vitec: Sandbox, submission: Submission) -> Submission:
        uncertain(vitec, submission, "cut_before")
        reconcile(submission)
        return submission

    def decide(self, client: Client, *chosen: Submission, **fields: str) -> Any:
        data = {"code": [shown(client, one) for one in chosen], "reason": "Tittade", **fields}
        return client.post(reverse("submissions:decide_many"), data)

    def test_it_says_what_was_sent_and_what_would_be_there_twice(
        self, as_chef: Client, absent: Submission
    ) -> None:
        text = as_chef.get(PAGE).content.decode()

        assert "Finns inte hos Vitec" in text
        assert "Ring om balkongen" in text
        assert "läggs in" in text

    def test_it_says_when_it_was_sent_not_when_it_was_saved(
        self, as_chef: Client, absent: Submission
    ) -> None:
        sent = absent.attempts.filter(event=Event.SENDING).latest("pk").at
        Submission.objects.update(created_at=sent - dt.timedelta(days=40))

        text = as_chef.get(PAGE).content.decode()

        assert f"sändes {moment(sent)}" in text
        assert moment(sent - dt.timedelta(days=40)) not in text

    def test_of_one_that_was_set_aside_it_does_not_say_that_it_was_sent(
        self, as_chef: Client, submission: Submission
    ) -> None:
        quarantine()

        text = as_chef.get(PAGE).content.decode()

        assert f"sparades {moment(submission.created_at)}; inget säger att det sändes" in text

    def test_one_press_looks_for_all(
        self, as_chef: Client, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "lose_answer")

        answer = as_chef.post(reverse("submissions:look_at_vitec"), follow=True)

        assert "Hittade hos Vitec: 1 av 1" in answer.content.decode()
        assert state_of(submission) == State.DELIVERED

    def test_a_press_while_vitec_is_away_says_that_nothing_was_looked_for(
        self, as_chef: Client, vitec: Sandbox, submission: Submission, settings: Any
    ) -> None:
        uncertain(vitec, submission, "lose_answer")
        settings.VITEC_BASE_URL = NOBODY

        answer = as_chef.post(reverse("submissions:look_at_vitec"), follow=True)

        assert "Vitec kan inte frågas just nu. 1 har inte" in answer.content.decode()
        assert "Hittade hos Vitec" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("decision", "state"),
        [
            ("found", State.DELIVERED),
            ("not_found", State.CANCELLED),
            ("send_again", State.QUEUED),
        ],
    )
    def test_the_chosen_are_settled_with_one_reason(
        self, as_chef: Client, absent: Submission, decision: str, state: State
    ) -> None:
        self.decide(as_chef, absent, decision=decision)

        assert state_of(absent) == state
        assert absent.attempts.last().reason == "Tittade"  # type: ignore[union-attr]

    def test_without_a_reason_nothing_is_settled_and_the_choice_stays(
        self, as_chef: Client, absent: Submission
    ) -> None:
        answer = self.decide(as_chef, absent, decision="found", reason="", group="absent")

        assert answer.status_code == 422
        assert "Säg med några ord hur du vet" in answer.content.decode()
        assert state_of(absent) == State.UNKNOWN

    @pytest.mark.parametrize("fields", [{"decision": "explode"}, {"decision": ""}])
    def test_an_unknown_decision_settles_nothing(
        self, as_chef: Client, absent: Submission, fields: dict[str, str]
    ) -> None:
        assert self.decide(as_chef, absent, **fields).status_code == 422
        assert state_of(absent) == State.UNKNOWN

    def test_none_chosen_settles_nothing_and_the_reason_stays(
        self, as_chef: Client, absent: Submission
    ) -> None:
        told = {"decision": "found", "group": "absent", "reason": "Ringde, den finns där"}
        answer = self.decide(as_chef, **told)

        assert answer.status_code == 422
        text = answer.content.decode()
        assert "Välj minst en" in text
        assert 'value="Ringde, den finns där"' in text
        assert "checked" not in text
        assert state_of(absent) == State.UNKNOWN

    def test_a_reason_that_is_too_long_can_be_shortened(
        self, as_chef: Client, absent: Submission
    ) -> None:
        told = {"decision": "found", "group": "absent", "reason": "a" * 501}
        answer = self.decide(as_chef, absent, **told)

        assert answer.status_code == 422
        assert "a" * 501 in answer.content.decode()
        assert "checked" in answer.content.decode()

    def test_who_may_not_decide_sees_it_and_can_do_nothing(
        self, as_bokare: Client, absent: Submission
    ) -> None:
        page = as_bokare.get(PAGE).content.decode()

        assert "En chef eller administratör bestämmer" in page
        assert self.decide(as_bokare, absent, decision="found").status_code == 403
        assert state_of(absent) == State.UNKNOWN

    def test_what_somebody_has_found_is_not_put_on_record_with_our_word_that_it_is_not_there(
        self, as_chef: Client, absent: Submission
    ) -> None:
        ours = "Tittade hos Vitec: finns inte där"
        assert f'value="{ours}"' in as_chef.get(PAGE).content.decode()

        answer = self.decide(as_chef, absent, decision="found", reason=ours, group="absent")

        assert "Du har hittat den: skriv var." in answer.content.decode()
        assert state_of(absent) == State.UNKNOWN
        self.decide(as_chef, absent, decision="found", reason="I Annas kalender")
        assert state_of(absent) == State.DELIVERED

    def test_a_stranger_sees_and_settles_nothing(
        self, as_grannkontor: Client, absent: Submission
    ) -> None:
        assert "Inget är osäkert" in as_grannkontor.get(PAGE).content.decode()
        self.decide(as_grannkontor, absent, decision="found")
        assert state_of(absent) == State.UNKNOWN

    @pytest.mark.parametrize("decision", ["found", "not_found", "send_again"])
    def test_an_old_page_settles_nothing_that_has_been_sent_again_since(
        self, as_chef: Client, absent: Submission, chef: User, vitec: Sandbox, decision: str
    ) -> None:
        old = shown(as_chef, absent)
        send_again(absent, chef, "Finns inte")
        uncertain(vitec, absent, "lose_answer")
        arrived = len(posts(vitec))

        data = {"code": [old], "reason": "Finns inte", "decision": decision}
        answer = as_chef.post(reverse("submissions:decide_many"), data, follow=True)

        assert "har något hänt sedan du öppnade sidan" in answer.content.decode()
        assert state_of(absent) == State.UNKNOWN
        deliver(absent.pk)
        assert len(posts(vitec)) == arrived

    def test_a_person_who_saw_an_earlier_try_decides_nothing_of_this_one(
        self, absent: Submission, chef: User, vitec: Sandbox
    ) -> None:
        as_seen = Submission.objects.get(pk=absent.pk)
        send_again(absent, chef, "Finns inte")
        uncertain(vitec, absent, "lose_answer")

        for decide in (send_again, mark_delivered, mark_not_delivered):
            assert not decide(as_seen, chef, "Finns inte")

        assert state_of(absent) == State.UNKNOWN

    def test_what_a_look_has_said_since_is_seen_before_it_is_decided(
        self, as_chef: Client, vitec: Sandbox, submission: Submission
    ) -> None:
        uncertain(vitec, submission, "cut_before")
        old = shown(as_chef, submission)
        reconcile(submission)

        data = {"code": [old], "reason": "Gissar", "decision": "send_again"}
        as_chef.post(reverse("submissions:decide_many"), data)

        assert state_of(submission) == State.UNKNOWN

    def test_a_code_that_is_none_is_passed_over(self, as_chef: Client, absent: Submission) -> None:
        code = shown(as_chef, absent)
        data = {
            "code": ["hoppsan", f"{absent.code}", f"{absent.code}:x", code],
            "reason": "Såg den",
            "decision": "found",
        }
        as_chef.post(reverse("submissions:decide_many"), data)

        assert state_of(absent) == State.DELIVERED


def test_a_refusal_remembered_is_forgotten_with_a_new_login(
    vitec: Sandbox, submission: Submission, office: Office
) -> None:
    uncertain(vitec, submission, "lose_answer")
    remember(office, "readback.comebacks", allowed=False)
    office.credential.save()

    assert reconcile(submission)
