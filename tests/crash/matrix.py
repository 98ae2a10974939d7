"""Every cell of kind, behaviour of Vitec and point of death, until each has been there.

A cell counts as covered when a worker has died at the point with a submission of the kind, and
Vitec has behaved so to a request of that submission: to the one that the death cut short where it
lies after the first byte, else to the one that came after it. Where a death leaves a submission of
which Vitec knows nothing, a person sends it again, as people do.
"""

from __future__ import annotations

import dataclasses
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from submissions import outbox
from submissions.kinds import all_kinds
from submissions.models import State, Submission
from tests.crash import clocks, points
from tests.crash.scenario import BEHAVIOURS, PRACTICE_NAMES, Form, Scenario, forms_of, submission_of

OBEYS: dict[str, Any] = {"fault": "obeys"}
# A busy machine may let another worker have the row first; then the cell is played again.
MOST_TRIES = 8
SILENT = {
    "refuse": "the connection is reset before anything is read",
    "cut_before": "the connection is reset after the request",
    "cut_after": "the connection is reset after the work",
    "lose_answer": "no answer ever comes",
}


@dataclasses.dataclass(frozen=True, order=True)
class Cell:
    kind: str
    behaviour: str
    point: str

    def __str__(self) -> str:
        return f"{self.kind} / {self.behaviour} / {self.point}"


def behaviours() -> dict[str, dict[str, Any]]:
    """Every behaviour by a name of its own."""
    return {_name(one): one for one in (OBEYS, *BEHAVIOURS)}


def _name(behaviour: dict[str, Any]) -> str:
    return " ".join(str(value) for name, value in behaviour.items() if name in ("fault", "seconds"))


def unreachable(behaviour: dict[str, Any], point: str) -> str:
    """Why no worker can be at the point while Vitec behaves so; "" where one can."""
    if point not in ("headers", "answer"):
        return ""
    if behaviour.get("seconds", 0) > settings.VITEC_TIME_LIMITS["read_timeout"]:
        return "the answer comes after the worker has hung up"
    if behaviour["fault"] == "half_body":
        return "the answer never becomes whole" if point == "answer" else ""
    return SILENT.get(behaviour["fault"], "")


def every_cell() -> Iterator[tuple[Cell, str]]:
    """Each with why it cannot be reached, "" where it can."""
    for kind in all_kinds():
        for name, behaviour in behaviours().items():
            for point in points.POINTS:
                yield Cell(kind.key, name, point), unreachable(behaviour, point)


@dataclasses.dataclass
class Covered:
    """What came of it all. rounds: how many runs it took."""

    cells: set[Cell]
    missing: list[Cell]
    unreachable: dict[str, list[Cell]]
    wrong: list[str]
    rounds: int = 0
    sends: int = 0

    @property
    def failed(self) -> bool:
        return bool(self.wrong or self.missing)

    def said(self) -> str:
        """The report, line by line."""
        reachable = len(self.cells) + len(self.missing)
        first = (
            f"crash: {len(self.cells)} of {reachable} reachable cells of kind, behaviour and point "
            f"covered in {self.rounds} runs, {self.sends} requests at Vitec; "
            f"{len(self.wrong)} violations"
        )
        lines = [first]
        lines += [f"  never covered: {cell}" for cell in sorted(self.missing)]
        for why, cells in self.unreachable.items():
            names = sorted({f"{cell.behaviour} / {cell.point}" for cell in cells})
            lines.append(f"  {len(cells)} cannot be reached, {why}: {', '.join(names)}")
        return "\n".join([*lines, *(f"  VIOLATION: {one}" for one in self.wrong)])


class Matrix(Scenario):
    """Plays cells, one of each kind at a time."""

    def cover(self, seed: int, only: str = "") -> Covered:
        """only: those whose name has this in it."""
        chance = random.Random(seed)
        waiting, impossible = _asked_for(only)
        queues = {kind: deque(chance.sample(cells, len(cells))) for kind, cells in waiting.items()}
        done = Covered(set(), [], impossible, [])
        tries: Counter[Cell] = Counter()
        while any(queues.values()) and not done.wrong:
            cells = [queue.popleft() for queue in queues.values() if queue]
            covered = self._played(cells, chance, done)
            done.cells |= covered
            done.rounds += 1
            for cell in set(cells) - covered:
                tries[cell] += 1
                again = done.missing if tries[cell] == MOST_TRIES else queues[cell.kind]
                again.append(cell)
            if done.rounds % 25 == 0:
                print(f"{done.rounds} runs, {len(done.cells)} cells", flush=True)
        done.missing += [cell for queue in queues.values() for cell in queue]
        return done

    def _played(self, cells: list[Cell], chance: random.Random, done: Covered) -> set[Cell]:
        self.rig.vitec.clear()
        self.rig.vitec.practice.journal.clear()
        points.forget_plans()
        clocks.go_right()
        self.pks = []
        for cell in cells:
            behaviour = behaviours()[cell.behaviour]
            if behaviour is not OBEYS:
                self.rig.vitec.behave(endpoint=PRACTICE_NAMES[cell.kind], times=1, **behaviour)
            example = chance.choice(self._examples(cell.kind))
            self._send(Form(example=example, dies=[cell.point], doubled=0, rung=True))
        # None of them waits for another, whomever they are about.
        Submission.objects.filter(pk__in=self.pks).update(person_hash="")
        of = dict(zip(self.pks, cells, strict=True))
        wrong = self._settled() or self._sent_again_where_nothing_came(of)
        self.rig.wait_for_quiet_vitec()
        found, sends, _ = self._judged()
        done.wrong += [*wrong, *found]
        done.sends += sends
        deaths, met = points.deaths(), self._met(of)
        return {cell for pk, cell in of.items() if (pk, cell.point) in deaths and pk in met}

    def _examples(self, kind: str) -> list[int]:
        return [n for n, (one, _) in enumerate(forms_of(self.office)) if one.key == kind]

    def _met(self, of: dict[int, Cell]) -> set[int]:
        """Those to whose requests Vitec has behaved as their cells say."""
        met = set()
        for entry in self.rig.vitec.log():
            for pk, cell in of.items():
                fault = cell.behaviour.partition(" ")[0]
                # Who was refused had no time to say which submission it is.
                whose = entry["endpoint"] == PRACTICE_NAMES[cell.kind] and (
                    fault == "refuse" or submission_of(entry) == pk
                )
                if whose and (entry["fault"] or OBEYS["fault"]) == fault:
                    met.add(pk)
        return met

    def _sent_again_where_nothing_came(self, of: dict[int, Cell]) -> list[str]:
        self.rig.wait_for_quiet_vitec()
        met = self._met(of)
        again = [row for row in self._rows().filter(state=State.UNKNOWN) if row.pk not in met]
        sent = [outbox.send_again(row, self.user, "Finns inte i Vitec") for row in again]
        return self._settled() if any(sent) else []


def _asked_for(only: str) -> tuple[dict[str, list[Cell]], dict[str, list[Cell]]]:
    """The cells that can be reached, by kind, and those that cannot, by why."""
    reachable: dict[str, list[Cell]] = defaultdict(list)
    impossible: dict[str, list[Cell]] = defaultdict(list)
    for cell, why in every_cell():
        if only in str(cell):
            (impossible[why] if why else reachable[cell.kind]).append(cell)
    return reachable, impossible
