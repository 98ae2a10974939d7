"""*Testa anslutning*: try every look-up with the office's login, by one small read each."""

from __future__ import annotations

import dataclasses
import enum

from connect.calls import Call
from connect.errors import Denied, NotSent, VitecError
from offices.capabilities import remember
from offices.logins import NoCredential, SignedByGroup
from offices.models import Office
from offices.registry import Lookup, all_lookups
from offices.vitec import client_for

# An administrator waits for the page.
TIME_LIMITS = {"connect_timeout": 3.0, "read_timeout": 10.0, "read_deadline": 10.0}


class Result(enum.StrEnum):
    """What one try came to."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    WRONG_LOGIN = "wrong_login"
    UNREACHABLE = "unreachable"
    FAILED = "failed"
    """Vitec answered something else, or nothing in time."""
    NO_LOGIN = "no_login"
    """None of the office's logins is for it."""
    NOTHING_TO_ASK = "nothing_to_ask"
    NOT_TRIED = "not_tried"
    """An earlier one has said that there is no point."""


@dataclasses.dataclass(frozen=True)
class Tried:
    """status: of HTTP, None where none was read."""

    lookup: Lookup
    result: Result
    status: int | None = None
    milliseconds: int | None = None


def try_all(office: Office) -> list[Tried]:
    """Try every look-up, one after another, and remember what was learnt.

    A Vitec that cannot be reached ends it, a wrong login ends what it is for: the others would say
    the same.
    Raises offices.vitec.NoCredential.
    """
    with client_for(office, **TIME_LIMITS) as client:
        return _try_each(client, office)


def _try_each(client: SignedByGroup, office: Office) -> list[Tried]:
    tried: list[Tried] = []
    hopeless: set[int] = set()
    for lookup in all_lookups():
        one = _try(client, office, lookup, hopeless)
        tried.append(one)
        if one.result is Result.UNREACHABLE:
            hopeless |= {login.pk for login in client.logins.all()}
    return tried


def _try(client: SignedByGroup, office: Office, lookup: Lookup, hopeless: set[int]) -> Tried:
    """hopeless: keys of the logins that need not be tried again; a wrong one is added."""
    call = lookup.probe(office)
    try:
        login = client.logins.of(call.endpoint) if call else None
    except NoCredential:
        return Tried(lookup, Result.NO_LOGIN)
    if login and login.pk in hopeless:
        return Tried(lookup, Result.NOT_TRIED)
    if call is None or login is None:
        return Tried(lookup, Result.NOTHING_TO_ASK)
    _only_reads(call)
    try:
        reply = client.send(call)
    except VitecError as error:
        result = _result(error)
        if result is Result.REFUSED:
            remember(office, lookup.key, allowed=False)
        if result is Result.WRONG_LOGIN:
            hopeless.add(login.pk)
        return Tried(lookup, result, error.status, error.milliseconds)
    remember(office, lookup.key, allowed=True)
    return Tried(lookup, Result.ALLOWED, reply.status, reply.milliseconds)


def _only_reads(call: Call) -> None:
    if call.writes:
        raise ValueError(f"{call.endpoint} writes, and a test must not")


def _result(error: VitecError) -> Result:
    if isinstance(error, Denied):
        return Result.WRONG_LOGIN if error.status == 401 else Result.REFUSED
    return Result.UNREACHABLE if isinstance(error, NotSent) else Result.FAILED
