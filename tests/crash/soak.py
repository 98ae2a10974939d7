"""`python -m tests.crash.soak`: many submissions at a steady rate while workers are killed.

One of the three workers is left alone: by its memory is seen whether it grows. Exit code 1 when
anything was lost or doubled, or when that memory has not stayed flat.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.server import Sandbox
from tests.crash.ground import ground

if TYPE_CHECKING:
    from offices.models import Office, User
    from tests.crash.rig import Rig
    from tests.invariants import Seen

KILL_EVERY_SECONDS = 10.0
HARVEST_EVERY_SECONDS = 1.0
SETTLE_SECONDS = 600.0
# The one that is never killed.
WATCHED = 2
# What a worker may grow by after its first tenth of the time: caches that fill, no leak.
MAY_GROW_MB = 20.0


class Soak:
    """Sends, kills and counts."""

    def __init__(
        self, options: argparse.Namespace, vitec: Sandbox, rig: Rig, user: User, office: Office
    ) -> None:
        from tests.invariants import Seen  # noqa: PLC0415 - after Django is set up

        self.options, self.vitec, self.rig = options, vitec, rig
        self.user, self.office = user, office
        self.chance = random.Random(options.seed)
        self.new_seen = Seen
        self.seen: dict[int, Seen] = {}
        self.harvested = 0
        self.memory: list[float] = []
        self.kills = 0

    def run(self) -> int:
        from submissions import outbox  # noqa: PLC0415
        from submissions.models import SETTLED, Pause, Submission  # noqa: PLC0415

        begun = time.monotonic()
        next_kill, next_harvest = begun + KILL_EVERY_SECONDS, begun
        for number in range(self.options.count):
            self._send(number)
            now = time.monotonic()
            if now >= next_kill:
                next_kill = now + KILL_EVERY_SECONDS
                self._kill()
            if now >= next_harvest:
                next_harvest = now + HARVEST_EVERY_SECONDS
                self._harvest()
                for pause in Pause.objects.filter(ended_at=None):
                    outbox.end_pause(pause, self.user)
            _wait(begun + (number + 1) / self.options.rate - time.monotonic())
        accepted = time.monotonic() - begun
        deadline = time.monotonic() + SETTLE_SECONDS
        while Submission.objects.exclude(state__in=SETTLED).exists():
            if time.monotonic() > deadline:
                break
            self._harvest()
            for pause in Pause.objects.filter(ended_at=None):
                outbox.end_pause(pause, self.user)
            _wait(0.5)
        self.rig.wait_for_quiet_vitec()
        self._harvest()
        return self._judge(accepted, time.monotonic() - begun)

    def _send(self, number: int) -> None:
        from meetings.kinds import COMEBACK  # noqa: PLC0415
        from submissions import outbox  # noqa: PLC0415
        from tests.crash.scenario import BEHAVIOURS  # noqa: PLC0415
        from tests.factories import comeback_values  # noqa: PLC0415

        if self.chance.random() < self.options.faults:
            self.vitec.behave("comeback", times=1, **self.chance.choice(BEHAVIOURS))
        cleaned = comeback_values(contact_id=f"SOAK{number}")
        outbox.submit(
            outbox.Wish(
                user=self.user, office=self.office, kind=COMEBACK, cleaned=cleaned, typed={},
                again={}, token=uuid.uuid4(),
            )
        )  # fmt: skip

    def _kill(self) -> None:
        self.rig.signal("SIGKILL", self.kills % WATCHED)
        self.kills += 1

    def _harvest(self) -> None:
        """The practice Vitec keeps its latest requests alone."""
        from tests.crash.scenario import submission_of  # noqa: PLC0415

        entries = self.vitec.practice.journal.entries(self.harvested)
        # What is being worked on has no status yet, and is read the next time.
        for entry in entries:
            if entry["status"] is None:
                break
            self.harvested = entry["sequence"]
            pk = submission_of(entry)
            if pk is not None:
                self._count(pk, entry)
        self.memory.append(self.rig.megabytes(WATCHED))

    def _count(self, pk: int, entry: dict[str, Any]) -> None:
        from connect.calls import Answer  # noqa: PLC0415
        from tests.crash.scenario import count  # noqa: PLC0415

        if entry["body"] is not None:  # half a body is no request
            count(self.seen.setdefault(pk, self.new_seen()), entry, Answer.TEXT)

    def _judge(self, accepted: float, seconds: float) -> int:
        from submissions import audit  # noqa: PLC0415
        from submissions.models import SETTLED, Attempt, Submission  # noqa: PLC0415
        from tests.invariants import violations  # noqa: PLC0415

        wrong: list[str] = []
        states: Counter[str] = Counter()
        events: dict[int, list[str]] = {}
        for pk, event in Attempt.objects.order_by("pk").values_list("submission", "event"):
            events.setdefault(pk, []).append(event)
        for row in Submission.objects.only("state").iterator():
            states[row.state] += 1
            wrong += violations(row, events[row.pk], self.seen.get(row.pk, self.new_seen()))
            if row.state not in SETTLED:
                wrong.append(f"submission {row.pk} never settled: {row.state}")
        if states.total() != self.options.count:
            wrong.append(f"{self.options.count} accepted, {states.total()} there")
        wrong += [broken] if (broken := audit.verify().broken) else []
        early, late = self._levels()
        if late - early > MAY_GROW_MB:
            wrong.append("memory is not flat")
        print(
            f"soak: seed {self.options.seed}, {self.options.count} accepted in {accepted:.0f} s "
            f"({self.options.count / accepted:.0f} a second), all settled after {seconds:.0f} s "
            f"({', '.join(f'{n} {state}' for state, n in states.most_common())}), "
            f"{sum(one.requests for one in self.seen.values())} requests at Vitec, "
            f"{self.kills} workers killed, memory of the one left alone "
            f"{early:.0f} MB early, {late:.0f} MB at the end; {len(wrong)} violations",
            *wrong[:20],
            sep="\n  ",
            flush=True,
        )
        return 1 if wrong else 0

    def _levels(self) -> tuple[float, float]:
        """Memory after the first tenth of the time, and over the last."""
        tenth = max(1, len(self.memory) // 10)
        return max(self.memory[: 2 * tenth]), max(self.memory[-tenth:])


def _wait(seconds: float) -> None:
    threading.Event().wait(max(0.0, seconds))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.soak", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=50.0, help="submissions a second")
    parser.add_argument("--faults", type=float, default=0.05, help="share of faults at Vitec")
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    return parser


def main() -> int:
    options = _parser().parse_args()
    # Longer waits than the crash tests': here a busy machine must not look like a silent Vitec.
    limits = {"VITEC_CALLS_AT_ONCE": "20", "VITEC_CALLS_PER_SECOND": "1000"}
    with ground(CRASH_PATIENCE="5", **limits) as vitec:
        from django.db import connection  # noqa: PLC0415

        from tests.crash.rig import house, rig, teach, teach_contacts  # noqa: PLC0415

        user, office = house()
        teach(vitec)
        teach_contacts(vitec, [f"SOAK{number}" for number in range(options.count)])
        connection.close()
        with rig(vitec, "threads,threads,threads") as built:
            code = Soak(options, vitec, built, user, office).run()
        connection.close()
        return code


if __name__ == "__main__":
    print(f"soak in {Path.cwd()}", flush=True)
    sys.exit(main())
