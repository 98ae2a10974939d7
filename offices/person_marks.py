"""By what a person is recognised in what we hold: ids, names, numbers, in whatever spelling."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from lib import personal_numbers, phone_numbers
from offices.search_terms import national_number, words_of

# What fields are called, Vitec's names and ours alike: small letters, nothing but letters.
_FIELDS = {
    "contactid": "contact_ids",
    "phones": "phones",
    "phone": "phones",
    "cellphone": "phones",
    "telephone": "phones",
    "workphone": "phones",
    "otherphone": "phones",
    "email": "emails",
    "emailaddress": "emails",
    "socialsecuritynumber": "numbers",
    "contactname": "names",
}
_DIGITS = re.compile(r"\d[\d\s()/+–-]*\d")


@dataclasses.dataclass(frozen=True)
class Marks:
    """What is known of who somebody is.

    contact_ids: Vitec's, as they stand. names: their words in small letters. phones: digits as
    dialled at home. emails: small letters. numbers: personal numbers, twelve digits where they
    are Swedish.
    """

    contact_ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def __or__(self, other: Marks) -> Marks:
        return Marks(*(mine | theirs for mine, theirs in zip(self._sets, other._sets, strict=True)))

    def __bool__(self) -> bool:
        return any(self._sets)

    @property
    def _sets(self) -> tuple[frozenset[str], ...]:
        return (self.contact_ids, self.names, self.phones, self.emails, self.numbers)

    def is_same_person(self, other: Marks) -> bool:
        """One id or personal number in common; or name and a way to reach them, as Vitec judges.

        A telephone alone is shared by couples, a name by strangers.
        """
        if self.contact_ids & other.contact_ids or self.numbers & other.numbers:
            return True
        return bool(self.names & other.names and self._channels & other._channels)

    def touches(self, other: Marks) -> bool:
        """Anything in common: an id, a number, an address, or a name that begins so."""
        common = self.contact_ids & other.contact_ids or self.numbers & other.numbers
        if common or self._channels & other._channels:
            return True
        return any(_begins(name, theirs) for name in self.names for theirs in other.names)

    @property
    def _channels(self) -> frozenset[str]:
        return self.phones | self.emails

    def are_mentioned_in(self, texts: Iterable[str]) -> bool:
        """Does a text name the person: an id, a number, an address, or a whole name?"""
        return any(self._in(text) for text in texts)

    def _in(self, text: str) -> bool:
        if any(vitec_id in text for vitec_id in self.contact_ids if len(vitec_id) > 3):
            return True
        words = [word.strip(".").removeprefix("00") for word in words_of(text)]
        if self._channels & set(words):
            return True
        said = f" {' '.join(words)} "
        if any(f" {name} " in said for name in self.names if " " in name):
            return True
        digits = (
            {re.sub(r"\D", "", found) for found in _DIGITS.findall(text)} if self.numbers else ()
        )
        return any(number in digits or number[2:] in digits for number in self.numbers)

    def to_dict(self) -> dict[str, list[str]]:
        """A JSON-ready copy; `from_dict` is its inverse."""
        return {name: sorted(getattr(self, name)) for name in _names()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Iterable[str]]) -> Self:
        return cls(**{name: frozenset(data.get(name, ())) for name in _names()})


UNKNOWN = Marks()


def _names() -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(Marks))


def _begins(asked: str, name: str) -> bool:
    """Does every word asked for begin a word of the name?"""
    words = name.split()
    return all(any(word.startswith(begun) for word in words) for begun in asked.split())


# --- Reading -----------------------------------------------------------------------------------


def marks(
    *,
    contact_ids: Iterable[str] = (),
    names: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    numbers: Iterable[str] = (),
) -> Marks:
    """Marks out of what was written, in whatever spelling."""
    return Marks(
        contact_ids=_set(vitec_id.strip() for vitec_id in contact_ids),
        names=_set(" ".join(words_of(name)) for name in names),
        phones=_set(_phone(phone) for phone in phones),
        emails=_set(email.strip().casefold() for email in emails),
        numbers=_set(_number(number) for number in numbers),
    )


def marks_of_contact(vitec_id: str, details: Mapping[str, Any]) -> Marks:
    """Those of a contact, of its details as the directory keeps them."""
    return marks(
        contact_ids=[vitec_id],
        names=[details["name"]],
        phones=details["phones"],
        emails=[details["email"]],
    )


def asked(text: str) -> Marks:
    """What somebody who looks for a person may mean by a text."""
    text = text.strip()
    if "@" in text:
        return marks(emails=[text])
    found = Marks()
    if is_personal_number(text):
        found |= marks(numbers=[text])
    if phone_numbers.is_dialled(text):
        found |= marks(phones=[text])
    if found:
        return found
    return marks(names=[text], contact_ids=[] if " " in text else [text])


def is_personal_number(text: str) -> bool:
    try:
        personal_numbers.read(text, dt.date.today())  # noqa: DTZ011 - a century, not a day
    except personal_numbers.NotPersonalNumber:
        return False
    return True


def marks_in(value: Any) -> Marks:
    """The marks of the person whom a document or a posted form is about, by its fields' names."""
    found: dict[str, set[str]] = {}
    for group in _groups(value):
        for name, texts in group.items():
            if name in _FIELDS:
                found.setdefault(_FIELDS[name], set()).update(texts)
        whole = " ".join(" ".join(group.get(part, ())) for part in ("firstname", "lastname"))
        if whole.strip():
            found.setdefault("names", set()).add(whole)
    return marks(**found)


def texts_in(value: Any) -> Iterator[str]:
    """Every text of a document, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def _groups(value: Any) -> Iterator[dict[str, list[str]]]:
    """The texts that stand together: those of one object, or of one part of a form."""
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _groups(inner)
    if not isinstance(value, Mapping):
        return
    groups: dict[str, dict[str, list[str]]] = {}
    for name, inner in value.items():
        before, _mark, last = str(name).rpartition("-")
        texts = [inner] if isinstance(inner, str) else inner
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            group = groups.setdefault(before, {})
            group.setdefault(_plain(last), []).extend(filter(None, texts))
        else:
            yield from _groups(inner)
    yield from groups.values()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _phone(text: str) -> str:
    """00 is how + is dialled."""
    return national_number(re.sub(r"^\s*00", "+", text))


def _number(text: str) -> str:
    try:
        return personal_numbers.read(text, dt.date.today())  # noqa: DTZ011 - as above
    except personal_numbers.NotPersonalNumber:
        return re.sub(r"\W", "", text)


def _set(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text for text in texts if text)
