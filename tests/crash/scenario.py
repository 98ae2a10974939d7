"""One randomised run: what is sent, what goes wrong meanwhile, and whether all is right at the end.

The seed decides the plan: kinds, faults of Vitec, deaths, disturbances, people. How the processes
interleave it cannot decide; a seed that failed is replayed with `--seed`, a few times if need be.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.test import override_settings

from connect.calls import Answer
from offices.models import LineSeat, LineStart, Office, User
from submissions import batches, bell, outbox, pauses
from submissions.concerns import Consent
from submissions.kinds import Kind, Part, all_kinds, find_kind
from submissions.models import SETTLED, Attempt, Batch, Outage, Pause, State, Submission
from tests.crash import clocks, points
from tests.crash.rig import PEOPLE, Rig
from tests.invariants import Seen, violations
from tests.test_every_kind import EXAMPLES, read

# Generous: a busy machine is no violation.
SETTLE_SECONDS = 120.0

# Every behaviour of Vitec that is tried, as the practice Vitec calls it.
BEHAVIOURS: tuple[dict[str, Any], ...] = (
    {"fault": "latency", "seconds": 0.25},
    {"fault": "latency", "seconds": 0.8},
    {"fault": "refuse"},
    {"fault": "cut_before"},
    {"fault": "cut_after"},
    {"fault": "lose_answer"},
    {"fault": "bad_request"},
    {"fault": "unauthorized"},
    {"fault": "forbidden"},
    {"fault": "too_many", "retryAfter": 0},
    {"fault": "unavailable", "retryAfter": 1},
    {"fault": "error_before"},
    {"fault": "error_after"},
    {"fault": "html"},
    {"fault": "half_body"},
)
# What the practice Vitec calls what each kind is sent to.
PRACTICE_NAMES = {
    "meetings.create_comeback": "comeback",
    "viewings.add_participant": "participant",
    "interests.send_interest": "interest",
    "calendar_app.create_appointment": "appointment",
}
ENDPOINTS = tuple(PRACTICE_NAMES.values())
# Statuses by which Vitec says that it has certainly done nothing.
NOT_PROCESSED = frozenset({400, 401, 403, 404, 429, 503})
DISTURBANCES = (
    "empty_broker",
    "cut_database",
    "clock_forward",
    "clock_back",
    "clock_of_a_worker",
    "kill_worker",
    "freeze_worker",
    "undo",
    "try_now",
    "pause",
)


@dataclasses.dataclass
class Form:
    """One form to send. example: which golden pair; dies: where its worker dies."""

    example: int
    dies: list[str]
    doubled: int
    rung: bool


@dataclasses.dataclass
class Plan:
    """What the seed decides. flood: so many a minute go without a person's yes; 0 for all."""

    forms: list[Form]
    faults: list[dict[str, Any]]
    disturbances: list[tuple[float, str, int]]
    sent_again: float
    flood: int


@dataclasses.dataclass
class Report:
    """How a run went."""

    seed: int
    settled: bool
    wrong: list[str]
    states: Counter[str]
    deaths: set[tuple[int, str]]
    cells: set[tuple[str, str, str]]
    sends: int
    seconds: float


def planned(seed: int) -> Plan:
    """The plan of a seed, always the same."""
    chance = random.Random(seed)
    forms = [
        Form(
            example=chance.randrange(10_000),
            dies=chance.sample(points.POINTS, chance.choice([0, 0, 1, 1, 2])),
            doubled=chance.choice([0, 0, 1, 4]),
            rung=chance.random() > 0.1,
        )
        for _ in range(chance.randint(3, 7))
    ]
    faults = [
        {
            "endpoint": chance.choice(["*", *ENDPOINTS]),
            "times": chance.randint(1, 2),
            **chance.choice(BEHAVIOURS),
        }
        for _ in range(chance.randint(0, 6))
    ]
    disturbances = sorted(
        (chance.uniform(0, 1), chance.choice(DISTURBANCES), chance.randrange(100))
        for _ in range(chance.choice([0, 1, 1, 2, 3]))
    )
    return Plan(
        forms, faults, disturbances, chance.choice([0, 0, 0.5]), flood=chance.choice([0, 0, 0, 2])
    )


class Scenario:
    """Plays one plan on a rig."""

    def __init__(self, rig: Rig, user: User, office: Office) -> None:
        self.rig, self.user, self.office = rig, user, office
        self.pks: list[int] = []

    def play(self, seed: int) -> Report:
        """Returns when all is settled, or has not been in time."""
        begun = time.monotonic()
        plan = planned(seed)
        self.rig.vitec.clear()
        self.rig.vitec.practice.journal.clear()
        points.forget_plans()
        clocks.go_right()
        for fault in plan.faults:
            self.rig.vitec.behave(**fault)
        with override_settings(FLOOD_PER_MINUTE=plan.flood):
            for form in plan.forms:
                self._send(form)
        self._disturb(plan, begun)
        wrong = self._settled() or self._sent_again(plan, random.Random(seed))
        self.rig.wait_for_quiet_vitec()
        found, sends, cells = self._judged()
        return Report(
            seed=seed,
            settled=not wrong,
            wrong=[*wrong, *found],
            states=Counter(self._rows().values_list("state", flat=True)),
            deaths=points.deaths(),
            cells=cells,
            sends=sends,
            seconds=time.monotonic() - begun,
        )

    # --- people -------------------------------------------------------------------------------

    def _send(self, form: Form) -> None:
        kind, part = forms_of(self.office)[form.example % len(forms_of(self.office))]
        wish = outbox.Wish(
            user=self.user, office=self.office, kind=kind, cleaned=part.cleaned, typed=part.typed,
            again=part.typed, token=uuid.uuid4(),
        )  # fmt: skip
        with _deaf() if not form.rung else contextlib.nullcontext():
            # Nobody may take it before it stands where its worker dies.
            with transaction.atomic():
                submission = _accepted(wish)
                for point in form.dies:
                    points.plan(submission.pk, point)
            assert _accepted(wish).pk == submission.pk, "a double click made another row"
        self.pks.append(submission.pk)
        for _ in range(form.doubled):
            bell.publish(submission.pk)

    def _sent_again(self, plan: Plan, chance: random.Random) -> list[str]:
        again = list(self._rows().filter(state=State.UNKNOWN))
        sent = [
            outbox.send_again(row, self.user, "Finns inte i Vitec")
            for row in again
            if chance.random() < plan.sent_again
        ]
        return self._settled() if any(sent) else []

    def _end_pauses(self) -> None:
        for pause in Pause.objects.filter(office=self.office, ended_at=None):
            outbox.end_pause(pause, self.user)
        for flood in Batch.objects.filter(office=self.office, flood=True, confirmed_at=None):
            batches.resume(flood, self.user)

    # --- what goes wrong ----------------------------------------------------------------------

    def _disturb(self, plan: Plan, begun: float) -> None:
        for after, what, number in plan.disturbances:
            _wait(begun + after - time.monotonic())
            getattr(self, f"_{what}")(number)

    def _empty_broker(self, _: int) -> None:
        self.rig.empty_broker()

    def _cut_database(self, _: int) -> None:
        self.rig.cut_database()

    def _clock_forward(self, number: int) -> None:
        self._jump(dt.timedelta(minutes=number))

    def _clock_back(self, number: int) -> None:
        # Beyond two hours a due time ahead counts as reached; within, it is only a wait. Far enough
        # for that also after jumps forward.
        self._jump(-dt.timedelta(hours=10, minutes=number))

    def _clock_of_a_worker(self, number: int) -> None:
        """Up to two days ahead or behind, until the run is over."""
        clocks.go_wrong(number % 2, dt.timedelta(hours=number - 50))

    def _jump(self, by: dt.timedelta) -> None:
        columns = (
            "lease_until", "not_before", "hold_until", "rung_at", "trying_since", "asked_until",
        )  # fmt: skip
        for pk in self.pks:  # one by one: all at once could lock what a sweeper locks, crosswise
            rows = Submission.objects.filter(pk=pk)
            rows.update(**{name: F(name) - by for name in columns})
        Outage.objects.update(probe_at=F("probe_at") - by, asked_until=F("asked_until") - by)
        for seat in LineSeat.objects.order_by("pk"):
            LineSeat.objects.filter(pk=seat.pk).update(
                until=F("until") - by, next_at=F("next_at") - by
            )
        LineStart.objects.update(next_at=F("next_at") - by)

    def _kill_worker(self, number: int) -> None:
        self.rig.signal("SIGKILL", number % 2)

    def _freeze_worker(self, number: int) -> None:
        """It sleeps through its leases, and wakes with an answer in hand."""
        self.rig.signal("SIGSTOP", number % 2)
        timer = threading.Timer(1.0 + number / 100, self.rig.signal, ("SIGCONT", number % 2))
        timer.daemon = True
        timer.start()

    def _undo(self, number: int) -> None:
        row = self._rows().order_by("pk")[number % len(self.pks)]
        outbox.cancel(row, self.user)

    def _try_now(self, number: int) -> None:
        row = self._rows().order_by("pk")[number % len(self.pks)]
        outbox.send_now(row, self.user)

    def _pause(self, number: int) -> None:
        """Somebody pauses a kind, or everything, and ends it a moment later."""
        endpoints = ["", *(kind.endpoint.key for kind in all_kinds())]
        pauses.pause(self.office, endpoints[number % len(endpoints)], self.user, "Fel i mallen")

    # --- the end ------------------------------------------------------------------------------

    def _rows(self) -> QuerySet[Submission]:
        return Submission.objects.filter(pk__in=self.pks)

    def _settled(self) -> list[str]:
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._rows().exclude(state__in=SETTLED).exists():
            if time.monotonic() > deadline:
                left = self._rows().exclude(state__in=SETTLED).values("pk", "state", "tries")
                return [f"never settled: {list(left)}"]
            self._end_pauses()
            _wait(0.08)
        return []

    def _judged(self) -> tuple[list[str], int, set[tuple[str, str, str]]]:
        rows = {row.pk: row for row in self._rows()}
        wrong = [f"accepted and lost: {pk}" for pk in self.pks if pk not in rows]
        seen = {pk: Seen() for pk in rows}
        faults: dict[int, set[str]] = {pk: set() for pk in rows}
        for entry in self.rig.vitec.log():
            pk = submission_of(entry)
            if pk is None:
                continue
            if pk not in rows:
                wrong.append(f"a request that nobody sent: {pk}")
                continue
            call = rows[pk].call
            if entry["bodyText"] == (call.body or ""):
                count(seen[pk], entry, call.answer)
                faults[pk].add(entry["fault"] or "obey")
            elif not (call.body or "").startswith(entry["bodyText"].rstrip("\ufffd")):
                wrong.append(f"submission {pk} sent what was never approved")
        events: dict[int, list[str]] = {pk: [] for pk in rows}
        told = Attempt.objects.filter(submission__in=rows).order_by("pk")
        for pk, event in told.values_list("submission", "event"):
            events[pk].append(event)
        for pk, row in rows.items():
            wrong += violations(row, events[pk], seen[pk])
        died = points.deaths()
        cells = {
            (rows[pk].kind, fault, point)
            for pk, point in died
            if pk in rows
            for fault in faults[pk] or {"none"}
        }
        return wrong, sum(one.requests for one in seen.values()), cells


def submission_of(entry: dict[str, Any]) -> int | None:
    """Whose request an entry of the practice Vitec's log is; None for nobody's."""
    name, _, number = str(entry["headers"].get("User-Agent")).partition(" ")
    return int(number) if name == "submission" else None


def count(seen: Seen, entry: dict[str, Any], answer: Answer) -> None:
    """Add a whole request and how it was answered. answer: what the endpoint promises."""
    seen.requests += 1
    seen.not_processed += entry["status"] in NOT_PROCESSED
    # Where Vitec documents no answer, a 204 or any body counts as one.
    any_answer = {"html", "empty", "half_body"} if answer is Answer.ANYTHING else set()
    as_promised = {None, "latency"} | any_answer
    seen.promised += entry["status"] in (200, 204) and entry["fault"] in as_promised


_forms: dict[int, list[tuple[Kind, Part]]] = {}


def forms_of(office: Office) -> list[tuple[Kind, Part]]:
    """Every golden pair of every kind, filled in and checked by its own form."""
    if office.pk not in _forms:
        _forms[office.pk] = [
            (kind, part)
            for person in PEOPLE
            for example in map(read, EXAMPLES)
            if (kind := find_kind(example["kind"])) is not None
            for part in _parts(kind, office, example["posted"], person)
        ]
    return _forms[office.pk]


def _parts(kind: Kind, office: Office, posted: dict[str, Any], person: str) -> list[Part]:
    data = QueryDict(mutable=True)
    for name, value in {**posted, "form_token": str(uuid.uuid4())}.items():
        values = value if isinstance(value, list) else [value]
        data.setlist(name, [person if one == PEOPLE[0] else one for one in values])
    form = kind.form_class(data, office=office)
    if not form.is_valid():
        assert person != PEOPLE[0], form.errors
        return []  # it names what belongs to the first one alone
    typed = {name: list(map(str, data.getlist(name))) for name in data}
    if kind.split is not None:
        return kind.split(office, form.cleaned_data, typed)
    return [Part(form.cleaned_data, typed)]


def _accepted(wish: outbox.Wish) -> Submission:
    try:
        return outbox.submit(wish)
    except outbox.Questioned as asked:
        keys = frozenset(concern.key for concern in asked.concerns)
        return outbox.submit(dataclasses.replace(wish, consent=Consent(keys, "En till")))


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """As if the process that accepted had died before it rang."""
    ring: Callable[..., None] = outbox.ring
    outbox.ring = lambda *_: None
    try:
        yield
    finally:
        outbox.ring = ring


def _wait(seconds: float) -> None:
    threading.Event().wait(max(0.0, seconds))
