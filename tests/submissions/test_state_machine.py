"""Every order in which things can happen to submissions, found by Hypothesis, on the real code.

Workers are greenlets: each runs the real `deliver` and stands still where a process may be
stopped, overtaken or killed, so that sweepers, people and other workers act in between. Vitec is
scripted, since it must answer when the machine says so. Only the database's clock cannot be moved;
instead every due time and lease is.

MACHINE_RUNS is how many runs are made; `make crash` makes 2,000.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F
from django.test import override_settings
from greenlet import getcurrent, greenlet
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connect.calls import Reply
from connect.errors import Busy, Denied, FieldMessage, NotSent, OutcomeUnknown, Refused
from meetings.kinds import COMEBACK
from offices.logins import Logins
from offices.models import Credential, LineSeat, LineStart, Office, Role, User
from offices.vitec import client_for
from submissions import audit, batches, delivery, outbox, pauses, reconcile
from submissions.concerns import Consent
from submissions.kinds import Part
from submissions.models import Attempt, Batch, Event, Outage, Pause, State, Submission
from tests.factories import comeback_values, make_office, make_user
from tests.invariants import Seen, violations

RUNS = int(os.environ.get("MACHINE_RUNS", "60"))
STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
CALLS_AT_ONCE = 3
MOVING = (State.QUEUED, State.CLAIMED, State.SENDING, State.HELD)

# Where a worker stands still.
CONNECTING, MARKED, SENT, ANSWERED = "connecting", "marked", "sent", "answered"


class Killed(BaseException):
    """kill -9: no handler runs, and what was not committed is gone."""


def promised() -> Reply:
    return Reply(status=200, value="VITEC1", text='"VITEC1"', milliseconds=5, request_id="r")


# What Vitec may answer to a whole request: name, whether it certainly did nothing.
ANSWERS: dict[str, tuple[Callable[[], Reply | Exception], bool]] = {
    "as promised": (promised, False),
    "429": (lambda: Busy(status=429, retry_after=3), True),
    "503 with Retry-After": (lambda: Busy(status=503, retry_after=60), True),
    "400": (lambda: Refused(status=400, messages=(FieldMessage("note", "Nej"),)), True),
    "401": (lambda: Denied(status=401), True),
    "403": (lambda: Denied(status=403), True),
    "500": (lambda: OutcomeUnknown(status=500), False),
    "cut": (lambda: OutcomeUnknown(cause="RemoteDisconnected"), False),
    "silence": (lambda: OutcomeUnknown(cause="deadline"), False),
    "a fault of ours": (lambda: RuntimeError("of ours"), False),
}


class Worker:
    """One run of the real `deliver`, going on step by step."""

    def __init__(self, pk: int, machine: Outbox) -> None:
        self.pk = pk
        self.machine = machine
        self.at = ""
        self.dies_at_next_note = False
        self.line = greenlet(self._deliver)
        self.line.worker = self  # type: ignore[attr-defined]

    def _deliver(self) -> None:
        try:
            delivery.deliver(self.pk)
        except Killed:
            pass
        finally:
            self.at = ""

    def go_on(self, told: Any = None) -> None:
        """Up to where it stands still the next time, or to its end."""
        self.line.switch(told) if self.line else self.line.switch()

    def kill(self) -> None:
        self.line.throw(Killed)

    def stand(self, at: str) -> Any:
        self.at = at
        return getcurrent().parent.switch()  # type: ignore[union-attr]


class ScriptedVitec:
    """Stands in for the client; what happens on the line is said by the machine."""

    def __init__(self, logins: Logins) -> None:
        self.logins = logins

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, call: Any, *, before_first_byte: Callable[[], None]) -> Reply:
        worker: Worker = getcurrent().worker  # type: ignore[attr-defined]
        if worker.stand(CONNECTING) == "fails":
            raise NotSent(cause="ConnectionRefusedError")
        before_first_byte()
        if worker.stand(MARKED) == "cut":
            raise OutcomeUnknown(cause="ConnectionResetError")
        seen = worker.machine.seen[worker.pk]
        seen.requests += 1
        name = worker.stand(SENT)
        make, certainly_not = ANSWERS[name]
        seen.not_processed += certainly_not
        answer = make()
        seen.promised += isinstance(answer, Reply)
        worker.stand(ANSWERED)
        if isinstance(answer, Reply):
            return answer
        raise answer


def scripted_client_for(office: Office) -> ScriptedVitec:
    # An office without a login is found out by the real one.
    with client_for(office) as real:
        return ScriptedVitec(real.logins)


_note = delivery.note


def note_or_die(*args: Any, **facts: Any) -> Attempt:
    """The real note; a worker that shall die here has written it, and never commits."""
    written = _note(*args, **facts)
    worker = getattr(getcurrent(), "worker", None)
    if worker is not None and worker.dies_at_next_note:
        raise Killed
    return written


def new_wish(user: User, office: Office, contact_id: str = "") -> outbox.Wish:
    token = uuid.uuid4()
    values = comeback_values(contact_id=contact_id or f"ADR{token.hex}")
    return outbox.Wish(
        user=user, office=office, kind=COMEBACK, cleaned=values, typed={"note": [token.hex]},
        again={}, token=token,
    )  # fmt: skip


def submit(wish: outbox.Wish) -> Submission:
    try:
        return outbox.submit(wish)
    except outbox.Questioned as asked:
        keys = frozenset(concern.key for concern in asked.concerns)
        return outbox.submit(dataclasses.replace(wish, consent=Consent(keys, "En till")))


class Outbox(RuleBasedStateMachine):
    """The rules. A form is the key of its submission."""

    forms = Bundle("forms")
    workers = Bundle("workers")

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        # As a test case's own: `durable` blocks may stand in it.
        self.run._from_testcase = True  # type: ignore[attr-defined]
        self.run.__enter__()
        self.office = make_office()
        self.person = make_user("bokare", self.office, role=Role.MANAGER)
        self.wishes: dict[int, outbox.Wish] = {}
        self.seen: dict[int, Seen] = {}
        self.standing: list[Worker] = []
        self.login = "sandbox"
        # The login that each claim (submission, try) was made with.
        self.claimed_with: dict[tuple[int, int], str] = {}
        self.journal: list[tuple[Any, ...]] = []
        # What stood still after the last step, and how often each had been tried by then.
        self.quiet: dict[int, int] = {}

    def teardown(self) -> None:
        try:
            self._settle_everything()
            self.everything_holds()
            self._audit_refuses_changes()
        finally:
            for worker in self.standing:
                if worker.at:
                    worker.kill()
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    # --- people -------------------------------------------------------------------------------

    @rule(
        target=forms,
        seconds_of_grace=st.sampled_from([0, 10]),
        contact_id=st.sampled_from(["", "ADR1"]),
    )
    def a_person_sends(self, seconds_of_grace: int, contact_id: str) -> int:
        wish = new_wish(self.person, self.office, contact_id)
        with override_settings(SUBMISSION_HOLD_SECONDS=seconds_of_grace):
            return self._accepted(submit(wish), wish)

    @rule(target=forms, parts=st.integers(2, 3))
    def a_person_sends_several(self, parts: int) -> Any:
        wishes = [new_wish(self.person, self.office) for _ in range(parts)]
        wish = batches.BatchWish(
            user=self.person, office=self.office, kind=COMEBACK, token=uuid.uuid4(),
            parts=[Part(w.cleaned, dict(w.typed)) for w in wishes],
        )  # fmt: skip
        batch = batches.submit_batch(wish)
        assert batches.submit_batch(wish) == batch
        saved = batch.parts.order_by("pk")
        return multiple(
            *[
                self._accepted(one, dataclasses.replace(w, token=one.form_token))
                for one, w in zip(saved, wishes, strict=True)
            ]
        )

    @rule(form=forms)
    def a_person_clicks_twice(self, form: int) -> None:
        assert outbox.submit(self.wishes[form]).pk == form

    @rule(form=forms)
    def a_person_undoes(self, form: int) -> None:
        outbox.cancel(self._row(form), self.person)

    @rule(form=forms)
    def a_person_tries_now(self, form: int) -> None:
        outbox.send_now(self._row(form), self.person)

    @rule(form=forms)
    def a_person_sends_an_uncertain_one_again(self, form: int) -> None:
        outbox.send_again(self._row(form), self.person, "Finns inte i Vitec")

    @rule(form=forms, found=st.booleans())
    def a_person_decides(self, form: int, found: bool) -> None:
        decide = outbox.mark_delivered if found else outbox.mark_not_delivered
        decide(self._row(form), self.person, "Jag har sett efter")

    @rule(form=forms)
    def a_person_sends_a_failed_one_again(self, form: int) -> None:
        outbox.send_failed_again(self._row(form), self.person, "Vitec är tillbaka")

    @rule()
    def a_person_ends_the_pauses(self) -> None:
        for pause in Pause.objects.filter(ended_at=None):
            outbox.end_pause(pause, self.person)

    @rule(whole=st.booleans())
    def a_person_pauses(self, whole: bool) -> None:
        endpoint = "" if whole else COMEBACK.endpoint.key
        pauses.pause(self.office, endpoint, self.person, "Fel i mallen")

    @rule(target=forms, parts=st.integers(1, 3))
    def a_person_floods(self, parts: int) -> Any:
        wishes = [new_wish(self.person, self.office) for _ in range(parts)]
        with override_settings(FLOOD_PER_MINUTE=1):
            return multiple(*[self._accepted(submit(wish), wish) for wish in wishes])

    @rule(entered=st.booleans())
    def the_login_changes(self, entered: bool) -> None:
        Credential.objects.filter(office=self.office).delete()
        if entered:
            Credential.objects.create(office=self.office, username="other", password="other")
        self.login = "other" if entered else ""
        self.office = Office.objects.get(pk=self.office.pk)

    @precondition(lambda self: Batch.objects.exists())
    @rule(what=st.sampled_from(["pause", "resume", "undo"]), number=st.integers(0, 9))
    def a_person_steers_a_batch(self, what: str, number: int) -> None:
        held = list(Batch.objects.order_by("pk"))
        getattr(batches, what)(held[number % len(held)], self.person)

    # --- workers ------------------------------------------------------------------------------

    @rule(target=workers, form=forms)
    def a_worker_is_rung_for(self, form: int) -> Worker:
        return self._new_worker(form)

    @rule(form=forms)
    def a_worker_dies_before_its_claim_is_committed(self, form: int) -> None:
        worker = Worker(form, self)
        worker.dies_at_next_note = True
        worker.go_on()
        if worker.at:  # held by a pause, or not due: nothing was noted, nothing stands
            self.standing.append(worker)

    @rule(worker=workers, connects=st.booleans())
    def the_connection_stands_or_fails(self, worker: Worker, connects: bool) -> None:
        if worker.at == CONNECTING:
            worker.go_on("stands" if connects else "fails")

    @rule(worker=workers, cut=st.sampled_from([False, False, True]))
    def the_request_leaves(self, worker: Worker, cut: bool) -> None:
        if worker.at == MARKED:
            worker.go_on("cut" if cut else "leaves")

    @rule(worker=workers, answer=st.sampled_from(sorted(ANSWERS)))
    def vitec_answers(self, worker: Worker, answer: str) -> None:
        if worker.at == SENT:
            worker.go_on(answer)

    @rule(worker=workers)
    def a_worker_settles(self, worker: Worker) -> None:
        if worker.at == ANSWERED:
            worker.go_on()

    @rule(worker=workers, answer=st.sampled_from(sorted(ANSWERS)))
    def a_worker_goes_on_to_its_end(self, worker: Worker, answer: str) -> None:
        self._finish(worker, answer)

    @rule(worker=workers)
    def a_worker_is_killed(self, worker: Worker) -> None:
        if worker.at:
            worker.kill()

    @rule(worker=workers, answer=st.sampled_from(sorted(ANSWERS)))
    def a_worker_is_killed_before_its_next_commit(self, worker: Worker, answer: str) -> None:
        worker.dies_at_next_note = True
        self._finish(worker, answer)

    # --- the house ----------------------------------------------------------------------------

    @rule()
    def a_sweeper_comes(self) -> None:
        delivery.sweep()

    @rule(target=workers)
    def a_sweeper_rings(self) -> Any:
        return multiple(*[self._new_worker(pk) for pk in delivery.sweep()])

    @rule(
        by=st.sampled_from([2, 15, 70, 100, 400, 7000, 90_000, -15, -100, -7000, -90_000]),
    )
    def the_clock_jumps(self, by: int) -> None:
        self._jump(dt.timedelta(seconds=by))

    @rule(form=forms, sees=st.sampled_from([None, 0, 1, 2]))
    def the_portal_looks_at_vitec(self, form: int, sees: int | None) -> None:
        there = self.seen[form].requests - self.seen[form].not_processed
        found = None if sees is None else [f"F{form}-{n}" for n in range(min(sees, there))]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reconcile, "_found", lambda *_: found)
            row = self._row(form)
            if row.state == State.UNKNOWN:
                reconcile.reconcile(row)

    @rule(chance=st.integers(0, 9))
    def it_is_restored_from_a_backup(self, chance: int) -> None:
        if chance == 0:
            outbox.quarantine()

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def no_login_has_more_calls_on_their_way_than_it_may(self) -> None:
        on_their_way = Submission.objects.filter(state__in=[State.CLAIMED, State.SENDING])
        claims = on_their_way.values_list("pk", "tries")
        # What was claimed before the login changed is on its way with the old one.
        self.claimed_with = {one: self.claimed_with.get(one, self.login) for one in claims}
        of_each = Counter(login for login in self.claimed_with.values() if login)
        assert all(count <= CALLS_AT_ONCE for count in of_each.values())

    @invariant()
    def what_people_have_paused_is_not_taken_up(self) -> None:
        """Whatever was claimed since stands nowhere: a claim asks for pauses and floods itself."""
        for pk, before in self.quiet.items():
            assert self._row(pk).tries == before, f"{pk} was claimed in spite of a person's pause"
        paused = Pause.objects.filter(ended_at=None, paused_by__isnull=False)
        everything = Submission.objects.exclude(state__in=[State.CLAIMED, State.SENDING])
        held = everything if paused.exists() else everything.filter(batch__paused_at__isnull=False)
        self.quiet = dict(held.values_list("pk", "tries"))

    @invariant()
    def everything_holds(self) -> None:
        rows = list(Submission.objects.only("state"))
        assert {row.pk for row in rows} == self.wishes.keys(), "a form is lost"
        read = self.journal[-1][0] if self.journal else 0
        self.journal += Attempt.objects.filter(pk__gt=read).order_by("pk").values_list()
        events: dict[int, list[str]] = {row.pk: [] for row in rows}
        for _, submission, _, event, *_ in self.journal:
            events[submission].append(event)
        found = [v for row in rows for v in violations(row, events[row.pk], self.seen[row.pk])]
        assert not found, "\n".join(found)

    # --- how ----------------------------------------------------------------------------------

    def _accepted(self, submission: Submission, wish: outbox.Wish) -> int:
        self.wishes[submission.pk] = wish
        self.seen[submission.pk] = Seen()
        return submission.pk

    def _row(self, form: int) -> Submission:
        return Submission.objects.get(pk=form)

    def _new_worker(self, form: int) -> Worker:
        worker = Worker(form, self)
        worker.go_on()
        self.standing.append(worker)
        return worker

    def _finish(self, worker: Worker, answer: str = "as promised") -> None:
        while worker.at:
            worker.go_on(answer)

    def _jump(self, by: dt.timedelta) -> None:
        """The database's clock jumps: every moment that is compared with it lies so much nearer."""
        columns = (
            "lease_until", "not_before", "hold_until", "rung_at", "trying_since", "asked_until",
        )  # fmt: skip
        Submission.objects.update(**{name: F(name) - by for name in columns})
        Outage.objects.update(probe_at=F("probe_at") - by, asked_until=F("asked_until") - by)
        LineSeat.objects.update(until=F("until") - by, next_at=F("next_at") - by)
        LineStart.objects.update(next_at=F("next_at") - by)
        Pause.objects.update(since=F("since") - by, tried_at=F("tried_at") - by)

    def _settle_everything(self) -> None:
        """Nobody dies any more and Vitec is well: everything comes to an end by itself."""
        for worker in self.standing:
            self._finish(worker)
        self.the_login_changes(entered=True)
        self.a_person_ends_the_pauses()
        for batch in Batch.objects.all():
            batches.resume(batch, self.person)
        left = Submission.objects.filter(state__in=MOVING)
        for _ in range(20):
            for pk in delivery.sweep():
                self._finish(self._new_worker(pk))
            if not left.exists():
                return
            self._jump(dt.timedelta(hours=1))
        assert not left, f"never settled: {list(left.values('pk', 'state'))}"

    def _audit_refuses_changes(self) -> None:
        rows = Attempt.objects.all()
        assert list(rows.order_by("pk").values_list()) == self.journal, "the journal was changed"
        assert audit.verify().broken == ""
        if not rows:
            return
        for tamper in (lambda: rows.update(cause=""), lambda: rows._raw_delete(rows.db)):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                tamper()


@pytest.fixture
def machine(
    db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> type[RuleBasedStateMachine]:
    settings.VITEC_CALLS_AT_ONCE = CALLS_AT_ONCE
    monkeypatch.setattr(delivery, "client_for", scripted_client_for)
    monkeypatch.setattr(delivery, "note", note_or_die)
    return Outbox


def test_no_order_of_events_loses_or_doubles_a_submission(
    machine: type[RuleBasedStateMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_journal_out_of_order_is_recognised() -> None:
    submission = Submission(pk=1, state=State.DELIVERED)
    promised_once = Seen(requests=1, promised=1)
    good = [Event.ACCEPTED, Event.CLAIMED, Event.SENDING, Event.DELIVERED]

    assert violations(submission, good, promised_once) == []
    assert violations(submission, [good[0], good[2], good[1], good[3]], promised_once)
    assert violations(submission, good, Seen(requests=2, promised=1))
    assert violations(submission, good, Seen())
