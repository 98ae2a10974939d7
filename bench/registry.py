"""What is measured: each bench is a function that answers with its figures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure of a run.

    value, unit: as measured. bound: what it must keep to, None where it is only said.
    at_most: whether the bound is a ceiling or a floor.
    """

    name: str
    value: float
    unit: str
    bound: float | None = None
    at_most: bool = True

    @property
    def holds(self) -> bool:
        if self.bound is None:
            return True
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def __str__(self) -> str:
        said = f"{self.name:<58} {self.value:>10.3g} {self.unit:<6}"
        if self.bound is None:
            return said
        verdict = "ok" if self.holds else "MISSED"
        return f"{said} {'at most' if self.at_most else 'at least'} {self.bound:g}: {verdict}"


Bench = Callable[[], list[Figure]]
BENCHES: dict[str, Bench] = {}


def bench(function: Bench) -> Bench:
    """Register a bench under its function's name."""
    BENCHES[function.__name__] = function
    return function
