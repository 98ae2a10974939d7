"""`python -m tests.crash.by_hand`: one of two workers is killed in the middle of 200 submissions.

What an operator does with `kill -9`, once and with nothing else going wrong, so that it can be
said of every single one how it must end: those that the dead worker was sending are uncertain, all
others are delivered, and the practice Vitec has each once. Exit code 1 when anything is otherwise.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from django.utils import timezone

from sandbox.server import Sandbox
from tests.crash.ground import ground

if TYPE_CHECKING:
    from offices.models import Office, User
    from tests.crash.rig import Rig

COUNT = 200
SENDERS = ("berit", "olle", "karin", "sven")
# Each is sent to several times, so that of one person's the later wait for the earlier.
PEOPLE = [f"HAND{number}" for number in range(COUNT // 4)]
# So long Vitec thinks about each: at any moment some are on their way.
VITEC_SECONDS = 0.2
KILLED_AFTER = COUNT // 3
# Generous: a busy machine is no violation.
SETTLE_SECONDS = 120.0


@dataclasses.dataclass(frozen=True)
class Killed:
    """What was so at the moment of the kill. sending: ids of what the dead one was sending."""

    delivered: int
    sending: set[int]


class ByHand:
    """Kills once, and judges."""

    def __init__(self, vitec: Sandbox, rig: Rig) -> None:
        self.vitec, self.rig = vitec, rig

    def run(self) -> int:
        begun = time.monotonic()
        killed = self._kill()
        self._settle()
        self.rig.wait_for_quiet_vitec()
        wrong, states, requests = self._judge(killed)
        print(
            f"by hand: {COUNT} accepted of {len(SENDERS)} people, a worker killed when "
            f"{killed.delivered} were delivered and it was sending {len(killed.sending)}; "
            f"{', '.join(f'{number} {state}' for state, number in states.most_common())}; "
            f"{requests} requests at Vitec; {time.monotonic() - begun:.0f} s; "
            f"{len(wrong)} violations",
            *wrong[:20],
            sep="\n  ",
            flush=True,
        )
        return 1 if wrong else 0

    def _kill(self) -> Killed:
        """When a third has arrived and the first worker is sending something."""
        from submissions.models import State, Submission  # noqa: PLC0415
        from tests.journeys.stack import wait_until  # noqa: PLC0415

        delivered = Submission.objects.filter(state=State.DELIVERED)
        wait_until(lambda: delivered.count() >= KILLED_AFTER, SETTLE_SECONDS, "a third")
        victim = self.rig.pid(0)
        wait_until(lambda: len(_sending(victim)) > 1, 20, "something in its hands")
        at_the_kill = delivered.count()
        self.rig.signal("SIGKILL", 0)
        wait_until(lambda: self.rig.deaths[0], 20, "its death")
        # What it had committed last may still be on its way into the database.
        threading.Event().wait(0.2)
        left = Killed(at_the_kill, _sending(victim))
        _end_leases(victim)
        return left

    def _settle(self) -> None:
        from submissions.models import SETTLED, Submission  # noqa: PLC0415
        from tests.journeys.stack import wait_until  # noqa: PLC0415

        moving = Submission.objects.exclude(state__in=SETTLED)
        wait_until(lambda: not moving.exists(), SETTLE_SECONDS, "the end of all")

    def _judge(self, killed: Killed) -> tuple[list[str], Counter[str], int]:
        from submissions import audit  # noqa: PLC0415
        from submissions.models import Attempt, State, Submission  # noqa: PLC0415
        from tests.crash.scenario import count, submission_of  # noqa: PLC0415
        from tests.invariants import Seen, violations  # noqa: PLC0415

        rows = {row.pk: row for row in Submission.objects.all()}
        wrong = [] if len(rows) == COUNT else [f"{COUNT} accepted, {len(rows)} there"]
        wrong += [] if killed.sending else ["the dead one was sending nothing"]
        seen = {pk: Seen() for pk in rows}
        for entry in self.vitec.log():
            if (pk := submission_of(entry)) is not None:
                count(seen[pk], entry, rows[pk].call.answer)
                if entry["bodyText"] != rows[pk].call.body:
                    wrong.append(f"submission {pk} sent what was never approved")
        events: dict[int, list[str]] = {pk: [] for pk in rows}
        for pk, event in Attempt.objects.order_by("pk").values_list("submission", "event"):
            events[pk].append(event)
        for pk, row in rows.items():
            wrong += violations(row, events[pk], seen[pk])
            expected = State.UNKNOWN if pk in killed.sending else State.DELIVERED
            if row.state != expected:
                wrong.append(f"submission {pk} is {row.state}, not {expected}: {events[pk]}")
        requests = sum(one.requests for one in seen.values())
        there = len(self.vitec.records()["comebacks"])
        wrong += [] if there == requests else [f"{requests} requests made {there} comebacks"]
        wrong += [broken] if (broken := audit.verify().broken) else []
        return wrong, Counter(row.state for row in rows.values()), requests


def send_all(senders: list[User], office: Office) -> None:
    """All of them wait when the first worker comes: it finds its hands full until the end."""
    from tests.factories import make_submission  # noqa: PLC0415

    for number in range(COUNT):
        sender, person = senders[number % len(senders)], PEOPLE[number % len(PEOPLE)]
        make_submission(sender, office, contact_id=person, note=f"Nummer {number}")


def _sending(process: int) -> set[int]:
    """Ids of what a worker is sending, by its process."""
    from submissions.models import Attempt, Event, State  # noqa: PLC0415

    begun = Attempt.objects.filter(event=Event.SENDING, submission__state=State.SENDING)
    its = begun.filter(worker__contains=f":{process}:")
    return set(its.values_list("submission", flat=True))


def _end_leases(process: int) -> None:
    """As if their time had passed: what a dead worker held is nobody's."""
    from submissions.models import Attempt, Event, State, Submission  # noqa: PLC0415

    taken = Attempt.objects.filter(event=Event.CLAIMED, worker__contains=f":{process}:")
    held = Submission.objects.filter(state__in=[State.CLAIMED, State.SENDING])
    for pk in held.filter(token__in=taken.values("token")).values_list("pk", flat=True):
        held.filter(pk=pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def main() -> int:
    # Longer waits than the other crash tests': here a busy machine must not look like a silent
    # Vitec, for the one death alone may leave anything uncertain.
    limits = {"VITEC_CALLS_AT_ONCE": "20", "VITEC_CALLS_PER_SECOND": "1000"}
    with ground(CRASH_PATIENCE="60", **limits) as vitec:
        from django.db import connection  # noqa: PLC0415

        from tests.crash.rig import house, rig, teach, teach_contacts  # noqa: PLC0415
        from tests.factories import make_user  # noqa: PLC0415

        _, office = house()
        senders = [make_user(name, office) for name in SENDERS]
        teach(vitec)
        teach_contacts(vitec, PEOPLE)
        vitec.behave("comeback", "latency", seconds=VITEC_SECONDS)
        send_all(senders, office)
        connection.close()
        with rig(vitec, "threads,threads") as built:
            code = ByHand(vitec, built).run()
        connection.close()
        return code


if __name__ == "__main__":
    sys.exit(main())
