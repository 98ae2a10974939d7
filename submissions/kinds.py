"""Kinds of submission. An app declares its own in `<app>/kinds.py`; nothing here names one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from connect.calls import Call, Endpoint
from offices.models import Office

if TYPE_CHECKING:
    from submissions.forms import SubmissionForm


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of what is sent, in words: what it is called and what it says."""

    label: str
    value: str


@dataclasses.dataclass(frozen=True)
class Kind:
    """One thing that staff can send to Vitec, declared as data.

    key: stable name, `<app>.<thing>`; stands on every row.
    label, action: what it is called, and the verb on its button; translated lazily.
    icon: name of a symbol in the icon sheet.
    url_name: the page with its form.
    build: pure function (office, cleaned_data) -> the call to freeze.
    describe: pure function (office, cleaned_data) -> what is sent, in words, for people.
    person: pure function cleaned_data -> Vitec's id of the person concerned, "" for none.
    takes_contact: its page is opened for a person by `?contact=`.
    """

    key: str
    label: Any
    action: Any
    icon: str
    url_name: str
    form_class: type[SubmissionForm]
    endpoint: Endpoint
    build: Callable[[Office, Mapping[str, Any]], Call]
    describe: Callable[[Office, Mapping[str, Any]], list[Line]]
    person: Callable[[Mapping[str, Any]], str]
    template: str = "submissions/submit.html"
    takes_contact: bool = True


_registry: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError when another has its key."""
    if kind.key in _registry:
        raise ValueError(f"two kinds are called {kind.key}")
    _registry[kind.key] = kind
    return kind


def all_kinds() -> list[Kind]:
    """Every kind known, in the order of their keys."""
    return [_registry[key] for key in sorted(_registry)]


def find_kind(key: str) -> Kind | None:
    """The kind, or None when it has left the code; its rows stay readable and deliverable."""
    return _registry.get(key)
