"""What holds of every submission at every moment, whatever died, was doubled or came too late.

The same sentences judge the state machine (`tests/submissions/test_state_machine.py`) and the real
processes that are killed (`tests/crash`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from submissions.models import WATCHING, Event, State, Submission

ANY = frozenset(State)
_ON_ITS_WAY = frozenset({State.SENDING, State.UNKNOWN})

# Which states an event may find, and which it may leave. An event that is not here is not allowed:
# whoever adds one says here what it may do.
ALLOWED: dict[str, tuple[frozenset[State], frozenset[State]]] = {
    event: (frozenset(before), frozenset(after))
    for event, before, after in (
        (Event.CLAIMED, {State.QUEUED}, {State.CLAIMED}),
        (Event.SENDING, {State.CLAIMED}, {State.SENDING}),
        (Event.DELIVERED, {State.SENDING}, {State.DELIVERED}),
        (Event.REFUSED, _ON_ITS_WAY, {State.REJECTED}),
        (Event.DENIED, _ON_ITS_WAY, {State.HELD, State.QUEUED}),
        (Event.BUSY, _ON_ITS_WAY, {State.QUEUED, State.FAILED}),
        (Event.NOT_SENT, {State.CLAIMED}, {State.QUEUED, State.FAILED}),
        (Event.UNKNOWN, _ON_ITS_WAY, {State.UNKNOWN}),
        (Event.CLAIM_EXPIRED, {State.CLAIMED}, {State.QUEUED, State.FAILED}),
        (Event.SENDING_EXPIRED, {State.SENDING}, {State.UNKNOWN}),
        (Event.HELD, {State.QUEUED, State.CLAIMED}, {State.HELD}),
        (Event.RELEASED, {State.HELD}, {State.QUEUED}),
        (Event.GAVE_UP, {State.QUEUED, State.FAILED}, {State.FAILED}),
        (
            Event.CANCELLED,
            {State.QUEUED, State.HELD, State.FAILED, State.REJECTED},
            {State.CANCELLED},
        ),
        (
            Event.QUARANTINED,
            {
                State.QUEUED,
                State.CLAIMED,
                State.SENDING,
                State.HELD,
                State.FAILED,
                State.UNKNOWN,
            },
            {State.UNKNOWN},
        ),
        (Event.SENT_AGAIN, {State.QUEUED, State.FAILED, State.UNKNOWN}, {State.QUEUED}),
        (Event.FOUND, {State.UNKNOWN}, {State.DELIVERED}),
        (Event.NOT_FOUND, {State.UNKNOWN}, {State.CANCELLED}),
        (Event.RECONCILED, {State.UNKNOWN}, {State.DELIVERED}),
    )
}
# Whatever it finds it leaves; a late answer may be the proof that it was delivered.
ALSO_ALLOWED = {
    Event.LATE: frozenset({State.DELIVERED}),
    **dict.fromkeys(WATCHING, frozenset()),
}


@dataclasses.dataclass
class Seen:
    """What Vitec itself knows of one submission.

    requests: how many whole requests it was given. not_processed: how many of them it answered
    with certainly not having done anything. promised: how many it answered as the endpoint
    promises.
    """

    requests: int = 0
    not_processed: int = 0
    promised: int = 0


def states_after(events: Iterable[str]) -> frozenset[State]:
    """The states in which a submission may be whose journal says this; empty: it may not say so."""
    told = iter(events)
    if next(told, None) != Event.ACCEPTED:
        return frozenset()
    states = frozenset({State.QUEUED})
    for event in told:
        if event in ALSO_ALLOWED:
            states |= ALSO_ALLOWED[Event(event)] if states else frozenset()
            continue
        before, after = ALLOWED.get(event, (frozenset(), frozenset()))
        states = after if states & before else frozenset()
    return states


def _last_sent(events: list[str]) -> int:
    """Where the last try begins that left us; 0 for none."""
    return max((place for place, event in enumerate(events) if event == Event.SENDING), default=0)


def violations(submission: Submission, events: list[str], seen: Seen) -> list[str]:
    """What is wrong with a submission, in sentences; an empty list when all is well."""
    by_people = events.count(Event.SENT_AGAIN)
    uncertain = seen.requests - seen.not_processed
    state = State(submission.state)
    rules = {
        "was sent more often than certain answers and people allow": (
            seen.requests <= 1 + seen.not_processed + by_people
        ),
        "was sent twice with an outcome that nobody can know": uncertain <= 1 + by_people,
        "was sent without its row in the journal": seen.requests <= events.count(Event.SENDING),
        "is said to be delivered, and Vitec never said so": (
            state != State.DELIVERED
            or seen.promised > 0
            or Event.FOUND in events
            or (Event.RECONCILED in events and uncertain > 0)
        ),
        "may be sent by a machine although it may have arrived": (
            state not in (State.QUEUED, State.CLAIMED, State.HELD, State.FAILED)
            or uncertain <= by_people
        ),
        "is said to be refused, and may have arrived": (
            state != State.REJECTED or uncertain <= by_people
        ),
        "says what a look has said of an earlier try": (
            not submission.verdict or Event.LOOKED in events[_last_sent(events) :]
        ),
        "has a journal that no life of a submission can have written": (
            state in states_after(events)
        ),
    }
    facts = f"state={state.value} seen={seen} events={' '.join(events)}"
    return [
        f"submission {submission.pk} {rule}: {facts}" for rule, holds in rules.items() if not holds
    ]
