"""The veil over contacts with protected identity: what the models hand out of them, and to whom.

It lies over every request of a person (`protected.veiled`), so that no page, list or export can
forget it; workers and commands have none. Under it a contact, a meeting and a submission are there
by their ids, and their content is not.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.sealing import Unsealable, keyed_hash

MASK = _("Protected identity")
Pairs = frozenset[tuple[int, str]]


class Veiled(Unsealable):
    """There is something, and it is not for the person who asks."""


class Veil:
    """What one person must not see.

    find: asked when the first contact comes by, and anew once somebody has been hidden since.
    anybody: whether it is worth asking, by what is known already; believed until then.
    """

    def __init__(
        self, find: Callable[[], Pairs], anybody: Callable[[], object] = lambda: True
    ) -> None:
        self._find = find
        self._anybody = anybody

    def look_again(self) -> None:
        """What was found is of before; the next contact that comes by has it found anew."""
        self._anybody = lambda: True
        for name in ("pairs", "hashes"):
            self.__dict__.pop(name, None)

    @functools.cached_property
    def pairs(self) -> Pairs:
        """(key of the office, Vitec's id of the contact)."""
        with lifted():
            return self._find() if self._anybody() else frozenset()

    @functools.cached_property
    def hashes(self) -> Pairs:
        """The same by the hash under which submissions and meetings know a person."""
        return frozenset((office, keyed_hash("person", contact)) for office, contact in self.pairs)


# Whose request it is, and whether the veil lies over what is read just now.
_present: ContextVar[tuple[Veil | None, bool]] = ContextVar("veil", default=(None, False))


def _over() -> Veil | None:
    veil, lies = _present.get()
    return veil if lies else None


@contextlib.contextmanager
def _set(veil: Veil | None, *, lies: bool) -> Iterator[None]:
    before = _present.set((veil, lies))
    try:
        yield
    finally:
        _present.reset(before)


def drawn(veil: Veil) -> contextlib.AbstractContextManager[None]:
    """Under this veil."""
    return _set(veil, lies=True)


def lifted() -> contextlib.AbstractContextManager[None]:
    """Without the veil, for what is stored and sent, and never for what is shown."""
    return _set(_present.get()[0], lies=False)


def look_again() -> None:
    """Somebody may have been hidden since the request began: what is read from now on is masked.

    Rows that were read before are as they were; whoever still shows them asks `hides`.
    """
    veil, _lies = _present.get()
    if veil is not None:
        veil.look_again()


def through(veil: Veil, parts: Iterable[bytes]) -> Iterator[bytes]:
    """A streamed answer, each part of it made under the veil."""
    remaining = iter(parts)
    while True:
        with drawn(veil):
            try:
                part = next(remaining)
            except StopIteration:
                return
        yield part


def hides(office_id: int, contact_id: str) -> bool:
    """Is this contact not for the person who asks?"""
    veil = _over()
    return veil is not None and (office_id, contact_id) in veil.pairs


def hides_anybody(office_id: int) -> bool:
    """Is anybody of this office not for the person who asks?"""
    veil = _over()
    return veil is not None and any(office == office_id for office, _contact in veil.pairs)


def hides_person(office_id: int, person_hash: str) -> bool:
    """The same, by the hash under which submissions and meetings know a person."""
    veil = _over()
    return veil is not None and bool(person_hash) and (office_id, person_hash) in veil.hashes


def unseen(office: str = "office_id", contact: str = "contact_id") -> Q:
    """A condition for the rows of those who are not for the person who asks.

    office, contact: the columns. No row, where there is nobody to hide.
    """
    veil = _over()
    by_office: dict[int, set[str]] = {}
    for office_id, contact_id in veil.pairs if veil else ():
        by_office.setdefault(office_id, set()).add(contact_id)
    found = Q(pk__in=[])
    for office_id, ids in by_office.items():
        found |= Q(**{office: office_id, f"{contact}__in": ids})
    return found
