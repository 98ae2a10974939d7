"""Meetings from Vitec: which days are asked for when, and what their absence means.

Each run asks both by the day of the meeting and by the day of the booking, so that neither a late
change nor a far-off booking is missed. Three spans: the near days every few minutes, some years
every night, and any days on demand (`manage.py sync_meetings`). Of one office a single run is open
at a time, in all processes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from connect.enums import MeetingType
from connect.errors import Denied, OutcomeUnknown, Refused, VitecError
from meetings.intake import Intake
from meetings.models import Meeting, OfficeSync
from meetings.payloads import ALL_TYPES, meetings_call
from meetings.windows import SHORTEST, Span, next_size
from offices.capabilities import may_ask, remember
from offices.models import Office, SyncRun
from offices.pace import PacedClient
from offices.syncing import HISTORY, asked_slot, run_once, slot_of

JOB = "meetings"
# How often the timetable looks which office is due. Each has an interval of its own, else EVERY.
TICK = 20
EVERY = OfficeSync._meta.get_field("interval").default * 60
WIDE = "wide"

# Days back and ahead: by the meeting's day, by the booking's day.
NEAR = ((30, 120), (10, 1))
FAR = ((400, 730), (400, 1))
# The spans of a run that looks for single rows whose other day lies outside of it.
MOST_QUESTIONS = 20
# What somebody asked for longer ago is forgotten.
WANTED_FOR = dt.timedelta(minutes=10)
# A shorter span is not refused for its length.
REFUSED_IF_LONGER = 92
# What an answer that is too much for one call looks like. Asked again for half the days.
_TOO_HEAVY = frozenset({"deadline", "TooLarge", "ReadTimeoutError", "TimeoutError"})


@dataclasses.dataclass(frozen=True)
class Asked:
    """The spans that were answered whole, and the types that were asked for (None: every one)."""

    spans: list[Span]
    types: list[str] | None


def sync_office(office: Office, *, now: bool = False) -> SyncRun | None:
    """Refresh the near days of one office, or the far ones too where that has not been done yet.

    now: a person asked; whatever the timetable says, but no more often what was denied. None when
    it is not the office's turn.
    """
    plan = OfficeSync.of(office)
    if not may_ask(office, JOB) or not (now or is_due(office, plan)):
        return None
    slot = asked_slot() if now else slot_of(plan.interval * 60)
    near = SyncRun.objects.filter(office=office, job=JOB, span=WIDE, error="")
    if near.exclude(finished_at=None).exists():
        return _run(office, slot, "", _around_today(*NEAR))
    # Under the near days' slots: the night's own run stays the night's.
    return _run(office, slot if now else -slot, WIDE, _around_today(*FAR))


def sync_widely(office: Office) -> SyncRun | None:
    """Refresh the far days of one office, once a night."""
    if OfficeSync.of(office).paused or not may_ask(office, JOB):
        return None
    return _run(office, timezone.localdate().toordinal(), WIDE, _around_today(*FAR))


def is_due(office: Office, plan: OfficeSync) -> bool:
    """Has nobody begun with the office in its present interval?"""
    if plan.paused or not may_ask(office, JOB):
        return False
    slot = slot_of(plan.interval * 60)
    begun = SyncRun.objects.filter(office=office, job=JOB)
    return not begun.filter(Q(span="", slot=slot) | Q(span=WIDE, slot=-slot)).exists()


def sync_history(office: Office, said: Callable[[SyncRun], None]) -> SyncRun | None:
    """Fetch what is left of the history that `plan_history` asked for, a window a run.

    said: is told of each run. Returns the last one; None when there was nothing to do or another
    run is open. A run that failed ends it, and the next call goes on where it stood.
    """
    last = None
    while first := history_left(office):
        last = _history_window(office, first)
        if last is None or last.error:
            break
        said(last)
    return last


def history_left(office: Office) -> dt.date | None:
    """The first day of the history that is still to be fetched; None when all is there."""
    return OfficeSync.of(office).history_next


def plan_history(office: Office, first: dt.date, last: dt.date) -> OfficeSync:
    """Ask for the days from first to last; the same days that are half fetched go on."""
    plan = OfficeSync.of(office)
    if (plan.history_from, plan.history_to) != (first, last) or plan.history_next is None:
        plan.history_from, plan.history_to, plan.history_next = first, last, first
        plan.save(update_fields=["history_from", "history_to", "history_next"])
    return plan


def _history_window(office: Office, first: dt.date) -> SyncRun | None:
    plan = OfficeSync.of(office)
    last = plan.history_to or first
    whole = Span(first, last, by_booking_date=False)
    head = whole.head(plan.window_days)
    spans = [head, dataclasses.replace(head, by_booking_date=True)]
    run = _run(office, asked_slot(), HISTORY, spans)
    if run is not None and not run.error:
        rest = whole.after(head)
        plan.history_next = rest.first if rest else None
        plan.save(update_fields=["history_next"])
    return run


def _around_today(meetings: tuple[int, int], bookings: tuple[int, int]) -> list[Span]:
    today = timezone.localdate()
    return [
        Span(today - dt.timedelta(days=back), today + dt.timedelta(days=ahead), by_booking_date)
        for (back, ahead), by_booking_date in ((meetings, False), (bookings, True))
    ]


def _run(office: Office, slot: int, span: str, spans: list[Span]) -> SyncRun | None:
    def work(client: PacedClient, run: SyncRun) -> None:
        pull(client, office, run, spans)

    facts = {"window_from": spans[0].first, "window_to": spans[0].last}
    return run_once(office, JOB, slot, work, span=span, **facts)


def pull(client: PacedClient, office: Office, run: SyncRun, spans: list[Span]) -> None:
    """Ask for the spans, keep what came, and mark what is gone. Raises VitecError.

    What was kept before a failure stays; what is gone is judged only when every span was answered.
    """
    intake = Intake(office, run)
    asking = _Asking(client, office, run)
    for span in spans:
        rest: Span | None = span
        while rest:
            rest = rest.after(asking.take(rest, intake))
    asked = Asked(spans, asking.types_answered())
    _judge(asking, intake, asked)


class _Asking:
    """The calls of one run: by windows that fit, for all types or, where refused, one by one."""

    def __init__(self, client: PacedClient, office: Office, run: SyncRun) -> None:
        self.client = client
        self.office = office
        self.run = run
        self.plan = OfficeSync.of(office)
        self._days = self.plan.window_days
        kinds: tuple[str, ...] = (ALL_TYPES, *MeetingType)
        self._refused = {kind for kind in kinds if not may_ask(office, _name(kind))}

    def take(self, span: Span, intake: Intake) -> Span:
        """Ask for the head of a span and keep the rows; returns the head that was answered."""
        head = span.head(self._days)
        while True:
            self.run.detail = str(head)
            try:
                self._take(head, intake)
            except (OutcomeUnknown, Refused) as error:
                if not _is_too_much(error, head):
                    raise
                self._resize(head.days // 2)
                head = head.head(self._days)
            else:
                return head

    def _take(self, head: Span, intake: Intake) -> None:
        started, rows = time.monotonic(), 0
        for answer in self._answers(head):
            rows += len(answer)
            intake.take(answer, timezone.now())
        size = next_size(head.days, rows=rows, seconds=time.monotonic() - started)
        if size < head.days or size > self._days:
            self._resize(size)

    def _resize(self, days: int) -> None:
        self._days = max(SHORTEST, days)
        if self._days != self.plan.window_days:
            self.plan.window_days = self._days
            self.plan.save(update_fields=["window_days"])

    def _answers(self, span: Span) -> list[list[Any]]:
        """The rows of the span, in one answer or one a type."""
        if ALL_TYPES in self._refused:
            return self._by_type(span)
        try:
            return [self._ask(span, ALL_TYPES)]
        except Refused:
            answers = self._by_type(span)
        # One by one it went, so it was the word "All" that was refused.
        self._refuse(ALL_TYPES)
        return answers

    def _by_type(self, span: Span) -> list[list[Any]]:
        """One answer a type; a type that is refused where another is not is left out for a day."""
        answers: list[list[Any]] = []
        refused: dict[str, VitecError] = {}
        for kind in MeetingType:
            if kind in self._refused:
                continue
            try:
                answers.append(self._ask(span, kind))
            except Refused as error:
                refused[kind] = error
            except Denied as error:
                if not answers:
                    raise
                refused[kind] = error
        if refused and not answers:
            raise next(iter(refused.values()))
        for name in refused:
            self._refuse(name)
        return answers

    def _refuse(self, kind: str) -> None:
        self._refused.add(kind)
        remember(self.office, _name(kind), allowed=False)

    def _ask(self, span: Span, kind: str) -> list[Any]:
        call = meetings_call(
            self.office,
            span.begins,
            span.ends,
            by_booking_date=span.by_booking_date,
            kind=kind,
        )
        answer = self.client.send(call).value
        return answer if isinstance(answer, list) else []

    def types_answered(self) -> list[str] | None:
        """Of which types the answers were; None for all there are."""
        if ALL_TYPES not in self._refused:
            return None
        return [str(kind) for kind in MeetingType if kind not in self._refused]


def _is_too_much(error: VitecError, head: Span) -> bool:
    """May half the days be answered? A refusal may mean that the span is too long."""
    if isinstance(error, Refused):
        return head.days > REFUSED_IF_LONGER
    return error.cause in _TOO_HEAVY and head.days > SHORTEST


def _name(kind: str) -> str:
    return f"meetings.type.{kind}"


def _judge(asking: _Asking, intake: Intake, asked: Asked) -> None:
    """Of those that were not named: which are gone, and which have only moved out of sight?

    A meeting whose both days were asked for is gone. Of the others the other day is asked for:
    a meeting that was moved keeps the day of its booking.
    """
    unseen = intake.unseen(asked.spans, asked.types)
    gone: list[Meeting] = []
    unsure: list[Meeting] = []
    for meeting in unseen:
        (unsure if _questions(meeting, asked.spans) else gone).append(meeting)
    questions = {q for meeting in unsure for q in _questions(meeting, asked.spans)}
    answered = sorted(questions, key=lambda q: (q.first, q.by_booking_date))[:MOST_QUESTIONS]
    for question in answered:
        asking.take(question, intake)
    settled = set(answered)
    gone += [
        meeting
        for meeting in unsure
        if settled >= set(_questions(meeting, asked.spans)) and meeting.vitec_id not in intake.seen
    ]
    intake.mark_missing(gone, timezone.now())


def _questions(meeting: Meeting, spans: list[Span]) -> list[Span]:
    """The days of the meeting that no span has asked for."""
    found = []
    for moment, by_booking_date in ((meeting.meeting_date, False), (meeting.booked_date, True)):
        asked = [span for span in spans if span.by_booking_date == by_booking_date]
        if moment is not None and not any(moment in span for span in asked):
            day = timezone.localtime(moment).date()
            found.append(Span(day, day, by_booking_date))
    return found


def ask_now(office: Office) -> bool:
    """Note that somebody wants the meetings fetched; False when that was done moments ago."""
    OfficeSync.of(office)
    floor = timezone.now() - dt.timedelta(seconds=settings.SYNC_FLOOR_SECONDS)
    mine = OfficeSync.objects.filter(office=office)
    asked = mine.filter(Q(wanted_at=None) | Q(wanted_at__lt=floor)).update(wanted_at=timezone.now())
    return bool(asked)


def is_wanted(office: Office, plan: OfficeSync) -> bool:
    """Has somebody asked, and no run begun since? So a lost message costs a minute at most."""
    if plan.wanted_at is None or plan.wanted_at < timezone.now() - WANTED_FOR:
        return False
    begun = SyncRun.objects.filter(office=office, job=JOB, started_at__gte=plan.wanted_at)
    return not begun.exclude(span=HISTORY).exists()


def take_turn(office: Office) -> None:
    """Refresh the near days of one office if somebody asked or its interval has come."""
    plan = OfficeSync.of(office)
    if is_wanted(office, plan):
        sync_office(office, now=True)
    elif is_due(office, plan):
        sync_office(office)
