"""What the log lines of one piece of work have in common: ids, never names.

A request, a task, a submission says once which it is; every line that is written meanwhile in the
same thread carries it, whoever writes it.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator, Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_present: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar(
    "log_context", default=_NOTHING
)


def present() -> Mapping[str, str]:
    """The ids that hold now; empty ones are left out."""
    return _present.get()


@contextlib.contextmanager
def about(**ids: object) -> Iterator[None]:
    """These ids, on top of those that hold already, until the block is left."""
    token = _present.set(_joined(ids))
    try:
        yield
    finally:
        _present.reset(token)


def bind(**ids: object) -> None:
    """These ids too, until the surrounding `about` or task ends."""
    _present.set(_joined(ids))


def begin(**ids: object) -> None:
    """These ids alone: a piece of work begins, or with none of them ends."""
    _present.set(_NOTHING)
    bind(**ids)


def _joined(ids: Mapping[str, object]) -> Mapping[str, str]:
    fresh = {name: str(value) for name, value in ids.items() if value not in (None, "")}
    return MappingProxyType({**_present.get(), **fresh})
