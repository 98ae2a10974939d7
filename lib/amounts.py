"""Amounts and measures as people say them: `3,5m`, `4500t`, `2 750 000`, `3 mkr`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal

Code = Literal["unreadable", "ambiguous"]

NO_BREAK_SPACE: Final = "\u00a0"

_TIMES: Final = {
    **dict.fromkeys(("m", "mn", "mkr", "milj", "mille", "miljon", "miljoner"), 10**6),
    **dict.fromkeys(("million", "millions"), 10**6),
    **dict.fromkeys(("t", "tkr", "k", "tusen", "thousand"), 10**3),
    **dict.fromkeys(("", "kr", "sek", "kronor", "kvm", "rum", "rok"), 1),
}
_SHAPE: Final = re.compile(
    r"(?P<number>[0-9][0-9 .,]*?) ?(?P<word>[a-z]*) ?(?:kr|sek|kronor|:-|m²|m2)?"
)
_SPACED: Final = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_GROUPS: Final = re.compile(r"[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_FIGURES: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_LONGEST: Final = 40


class NotAmount(ValueError):
    """The text is no amount; `code` says why, and the form finds the words for it."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def read(text: str) -> Decimal:
    """The amount in kronor, or the bare number; never negative.

    `3,5m`, `3.5 mkr`, `3,5 miljoner kr`, `4500t`, `4500 tkr`, `2 750 000`, `2.750.000 kr` and
    `2750000:-` are read. `2.750` could be thousands or a fraction and is refused as ambiguous;
    `2.750 m` cannot. Raises NotAmount.
    """
    spaced = " ".join(text.replace("−", "-").split()).casefold()
    found = _SHAPE.fullmatch(spaced) if len(spaced) <= _LONGEST else None
    if found is None or found["word"] not in _TIMES:
        raise NotAmount("unreadable")
    times = _TIMES[found["word"]]
    return _number(found["number"].strip(), fraction_is_usual=times > 1) * times


def _number(written: str, *, fraction_is_usual: bool) -> Decimal:
    if _SPACED.fullmatch(written):
        written = written.replace(" ", "")
    groups = _GROUPS.fullmatch(written)
    if groups and written.count(groups["mark"]) > 1:
        return Decimal(re.sub(r"[.,]", "", written))
    if groups and not fraction_is_usual:
        raise NotAmount("ambiguous")
    if not _FIGURES.fullmatch(written):
        raise NotAmount("unreadable")
    return Decimal(written.replace(",", "."))


def said(amount: Decimal, unit: str = "kr") -> str:
    """`3 500 000 kr`, `70,5 m²`: groups of three and no-break spaces; without the unit if "" ."""
    plain = f"{amount.normalize():,f}".replace(",", NO_BREAK_SPACE).replace(".", ",")
    return f"{plain}{NO_BREAK_SPACE}{unit}" if unit else plain


def as_json(amount: Decimal) -> int | float:
    """The number that JSON carries: whole where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
