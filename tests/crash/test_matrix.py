from __future__ import annotations

from collections import Counter

from submissions.kinds import all_kinds
from tests.crash import matrix, points
from tests.crash.scenario import BEHAVIOURS, PRACTICE_NAMES


def test_every_kind_says_what_the_practice_vitec_calls_it() -> None:
    assert {kind.key for kind in all_kinds()} == set(PRACTICE_NAMES)


def test_every_behaviour_has_a_name_of_its_own() -> None:
    assert len(matrix.behaviours()) == len(BEHAVIOURS) + 1


def test_every_kind_behaviour_and_point_is_a_cell() -> None:
    cells = [cell for cell, _ in matrix.every_cell()]

    assert len(set(cells)) == len(cells)
    assert len(cells) == len(PRACTICE_NAMES) * len(matrix.behaviours()) * len(points.POINTS)


def test_only_where_no_answer_comes_can_a_worker_not_die_with_one_in_hand(settings) -> None:  # type: ignore[no-untyped-def]
    settings.VITEC_TIME_LIMITS = {"read_timeout": 0.5}
    impossible = {(cell.behaviour, cell.point): why for cell, why in matrix.every_cell() if why}

    assert Counter(point for _, point in impossible) == {"headers": 5, "answer": 6}
    assert {name for name, point in impossible if point == "headers"} == {
        "refuse", "cut_before", "cut_after", "lose_answer", "latency 0.8",
    }  # fmt: skip


def test_what_was_never_covered_is_named_and_fails() -> None:
    cell = matrix.Cell("meetings.create_comeback", "html", "answer")
    covered = matrix.Covered(cells=set(), missing=[cell], unreachable={}, wrong=[])

    assert covered.failed
    assert "0 of 1 reachable cells" in covered.said()
    assert "never covered: meetings.create_comeback / html / answer" in covered.said()
