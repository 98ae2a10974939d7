"""What is held of people, and for how long: each app declares its own in `<app>/personal.py`.

The register extract, the erasure and the purge by age know no table; they ask everything that is
registered here. Another sort of row that holds something of a person needs a `Holding` beside its
model, and a `Rule` if it is to go with time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model

from lib.sealing import Unsealable
from offices import veil
from offices.models import Office, User
from offices.person_marks import UNKNOWN, Marks

Read = TypeVar("Read")


@dataclasses.dataclass(frozen=True)
class Found:
    """One thing that is held of a person.

    pk: of its row. title: what it is, in a line. facts: all that it says, as (what, text).
    marks: who it is about, as far as it tells. mentions: it only names the person in a text.
    at_vitec: what of it Vitec has too, for whoever erases it there by hand; "" for nothing.
    url: its page, "" for none. person_hash: whom it concerns, where its row tells it by a hash.
    spent: an erasure has nothing left to take from it.
    """

    pk: Any
    title: str
    at: dt.datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()
    marks: Marks = UNKNOWN
    mentions: bool = False
    at_vitec: str = ""
    url: str = ""
    person_hash: str = ""
    spent: bool = False


Rows = Sequence[Found]


@dataclasses.dataclass(frozen=True)
class Holding:
    """One sort of thing that is held of people.

    key: stable, `<app>.<thing>`. label: what staff call it. why: what it is held for.
    goes, stays: what an erasure takes, and what it leaves and why; "" for nothing.
    find: everything of an office that has anything in common with the marks, or mentions them;
        never under a veil, see `readable`.
    erase: take away what is personal of these, returns how many rows; safe to call again.
    models: the tables that an erasure takes from; they are written anew afterwards.
    tells: its rows say who somebody is by more than an id, so that more is found by them.
    last: it is taken when nothing else is left of the person, which it guards until then.
    stop: (rows, who) -> how many of them are on their way and must be waited for; what waits is
        undone first. None where nothing moves.
    """

    key: str
    label: Any
    why: Any
    goes: Any
    find: Callable[[Office, Marks], Iterable[Found]]
    erase: Callable[[Office, Rows], int]
    models: tuple[type[Model], ...]
    stays: Any = ""
    stop: Callable[[Rows, User], int] | None = None
    tells: bool = True
    last: bool = False


@dataclasses.dataclass(frozen=True)
class Rule:
    """What goes by itself when it has become old.

    keep: how long, from the settings; None for ever. due: how many are older than a moment.
    purge: take them away, or what is personal of them; returns how many.
    takes: from where, as `<app>.<Model>` for whole rows, else `<app>.<Model>.<column>`.
    fixed: its time is no setting, and takes without being counted and told first.
    """

    key: str
    label: Any
    keep: Callable[[], dt.timedelta | None]
    due: Callable[[dt.datetime], int]
    purge: Callable[[dt.datetime], int]
    takes: tuple[str, ...] = ()
    fixed: bool = False


def days(setting: str) -> Callable[[], dt.timedelta | None]:
    """How long a rule keeps, by a setting in days; nought is for ever."""

    def keep() -> dt.timedelta | None:
        number: int = getattr(settings, setting)
        return dt.timedelta(days=number) if number else None

    return keep


_holdings: dict[str, Holding] = {}
_rules: dict[str, Rule] = {}


def register(holding: Holding) -> Holding:
    """Make a holding known. Raises ValueError when another has its key."""
    if holding.key in _holdings:
        raise ValueError(f"two holdings are called {holding.key}")
    _holdings[holding.key] = holding
    return holding


def register_rule(rule: Rule) -> Rule:
    """Make a rule known. Raises ValueError when another has its key."""
    if rule.key in _rules:
        raise ValueError(f"two rules are called {rule.key}")
    _rules[rule.key] = rule
    return rule


def all_holdings() -> list[Holding]:
    """Every holding known, in the order in which they were declared."""
    return list(_holdings.values())


def all_rules() -> list[Rule]:
    """Every rule known, in the order in which they were declared."""
    return list(_rules.values())


def readable(read: Callable[[], Read]) -> Read | None:
    """What a sealed row says, None when no key opens it any more.

    Raises Veiled: what somebody must not see is still held, and is not to be passed over.
    """
    try:
        return read()
    except veil.Veiled:
        raise
    except Unsealable:
        return None


def lines(*pairs: tuple[Any, Any]) -> tuple[tuple[str, str], ...]:
    """Facts out of pairs, without those that say nothing."""
    return tuple((str(label), str(text)) for label, text in pairs if text not in (None, "", []))
