"""`python -m tests.crash`: kill workers at random; nothing may be lost and nothing doubled.

Runs on what DATABASE_URL and CELERY_BROKER_URL say. Exit code 1 when anything was violated.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from sandbox.server import Sandbox
from tests.crash.ground import ground

if TYPE_CHECKING:
    from offices.models import Office, User


def main() -> int:
    options = _parser().parse_args()
    with ground() as vitec:
        return _runs(vitec, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="the first seed; the others follow")
    parser.add_argument("--seconds", type=float, help="no new run after so long")
    parser.add_argument("--workers", default="threads,prefork", help="a pool each: two of them")
    parser.add_argument(
        "--every-cell", action="store_true",
        help="instead: every kind, behaviour of Vitec and point of death that can meet",
    )  # fmt: skip
    parser.add_argument("--cells", default="", help="of these, those with this in their name")
    parser.add_argument(
        "--restore", type=int, metavar="TIMES",
        help="instead: back to a backup so many times, with what was sent since unknown to it",
    )  # fmt: skip
    return parser


def _runs(vitec: Sandbox, options: argparse.Namespace) -> int:
    from django.db import connection  # noqa: PLC0415 - the ground must be laid first

    from submissions import audit  # noqa: PLC0415
    from tests.crash.rig import house, teach  # noqa: PLC0415

    user, office = house()
    teach(vitec)
    connection.close()
    first = random.randrange(10**9) if options.seed is None else options.seed
    print(f"crash: first seed {first}, workers {options.workers}", flush=True)
    if options.restore:
        failed = _restored(vitec, user, office, first, options)
    elif options.every_cell:
        failed = _every_cell(vitec, user, office, first, options)
    else:
        failed = _random(vitec, user, office, first, options)
    checked = audit.verify()
    print(f"crash: audit of {checked.events} events {checked.broken or 'whole'}", flush=True)
    connection.close()
    return 1 if failed or checked.broken else 0


def _random(
    vitec: Sandbox, user: User, office: Office, first: int, options: argparse.Namespace
) -> bool:
    from tests.crash.rig import rig  # noqa: PLC0415
    from tests.crash.scenario import Scenario  # noqa: PLC0415

    tally = Tally()
    begun = time.monotonic()
    with rig(vitec, options.workers) as built:
        for seed in range(first, first + options.runs):
            settled = tally.add(Scenario(built, user, office).play(seed))
            late = options.seconds and time.monotonic() - begun > options.seconds
            if late or not settled:
                break
        tally.say(time.monotonic() - begun, sum(built.deaths.values()))
    return bool(tally.failed)


def _every_cell(
    vitec: Sandbox, user: User, office: Office, first: int, options: argparse.Namespace
) -> bool:
    from tests.crash.matrix import Matrix  # noqa: PLC0415
    from tests.crash.rig import rig  # noqa: PLC0415

    with rig(vitec, options.workers) as built:
        covered = Matrix(built, user, office).cover(first, options.cells)
    print(covered.said(), flush=True)
    return covered.failed


def _restored(
    vitec: Sandbox, user: User, office: Office, first: int, options: argparse.Namespace
) -> bool:
    from tests.crash.restore import Restore  # noqa: PLC0415

    failed = False
    for seed in range(first, first + options.restore):
        report = Restore(vitec, user, office, options.workers).play(seed)
        print(report.said(), flush=True)
        failed |= bool(report.wrong)
    return failed


class Tally:
    """What all runs together came to."""

    def __init__(self) -> None:
        self.runs = self.sends = 0
        self.failed: list[int] = []
        self.states: Counter[str] = Counter()
        self.points: Counter[str] = Counter()
        self.cells: set[tuple[str, str, str]] = set()

    def add(self, report: object) -> bool:
        """False: something is still on its way, and would disturb the next run."""
        from tests.crash.scenario import Report  # noqa: PLC0415

        assert isinstance(report, Report)
        self.runs += 1
        self.sends += report.sends
        self.states += report.states
        self.points.update(point for _, point in report.deaths)
        self.cells |= report.cells
        if report.wrong:
            self.failed.append(report.seed)
            print(f"VIOLATION, seed {report.seed}:", *report.wrong, sep="\n  ", flush=True)
        elif self.runs % 50 == 0:
            print(f"{self.runs} runs, seed {report.seed}, {dict(self.states)}", flush=True)
        return report.settled

    def say(self, seconds: float, deaths: int) -> None:
        print(
            f"crash: {self.runs} runs in {seconds:.0f} s, {sum(self.states.values())} submissions "
            f"({', '.join(f'{n} {state}' for state, n in self.states.most_common())}), "
            f"{self.sends} requests at Vitec, {deaths} workers started anew, "
            f"{sum(self.points.values())} deaths at the points "
            f"({', '.join(f'{point} {n}' for point, n in self.points.most_common())}), "
            f"{len(self.cells)} cells of kind, behaviour and point; "
            f"{len(self.failed)} runs with a violation"
            + (f": seeds {self.failed}" if self.failed else ""),
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
