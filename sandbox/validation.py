"""Checks a JSON body against a description of its fields, the way the vendor's server would.

A body is described by nested ``Spec`` objects. ``Checker`` returns it in canonical form (field
names spelled as in the contract, enum members as names, times as Stockholm wall clock) and collects
all errors by field path, with Swedish texts for end users. Unknown fields are let through and
listed, since the real system is believed to ignore them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.clock import read_moment
from sandbox.problems import Errors, invalid
from sandbox.vocabulary import Enum

REQUIRED = "Fältet måste anges."


@dataclass(frozen=True)
class Spec:
    """A field; *required* means that it must be there and not be null or blank."""

    required: bool = False


@dataclass(frozen=True)
class Text(Spec):
    """A string of at most *longest* characters."""

    longest: int | None = None


@dataclass(frozen=True)
class Flag(Spec):
    """A boolean."""


@dataclass(frozen=True)
class Whole(Spec):
    """An integer within its bounds."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Number(Spec):
    """A number within its bounds."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Moment(Spec):
    """A date and time, ISO 8601."""


@dataclass(frozen=True)
class Choice(Spec):
    """A member of an enumeration, as its name or its number."""

    members: Enum | None = None


@dataclass(frozen=True)
class Items(Spec):
    """A list."""

    of: Spec = Spec()
    least: int = 0


@dataclass(frozen=True)
class Fields(Spec):
    """An object."""

    of: dict[str, Spec] | None = None


class Checker:
    """Collects what is wrong with one body."""

    def __init__(self) -> None:
        self.errors: Errors = {}
        self.unknown: list[str] = []
        self._checks: dict[type[Spec], Callable[[Any, Any, str], Any]] = {
            Text: self._text,
            Flag: self._flag,
            Whole: self._whole,
            Number: self._number,
            Moment: self._moment,
            Choice: self._choice,
            Items: self._items,
            Fields: self._fields,
        }

    def add(self, path: str, text: str) -> None:
        """Record an error of one field."""
        self.errors.setdefault(path, []).append(text)

    def done(self) -> None:
        """Raise the 400 when anything was recorded."""
        if self.errors:
            raise invalid(self.errors)

    def body(self, spec: Spec, value: Any) -> dict[str, Any]:
        """Return the canonical body; one that is no object at all is refused at once."""
        if not isinstance(value, dict):
            raise invalid({"body": ["Anropet saknar innehåll eller är inte ett JSON-objekt."]})
        cleaned: dict[str, Any] = self._value(spec, value, "")
        return cleaned

    def _value(self, spec: Spec, value: Any, path: str) -> Any:
        blank = value is None or (isinstance(value, str) and not value.strip())
        if blank and spec.required:
            self.add(path, REQUIRED)
        return None if value is None else self._checks[type(spec)](spec, value, path)

    def _wrong(self, path: str, expected: str) -> None:
        self.add(path, f"Värdet har fel typ; {expected} väntades.")

    def _text(self, spec: Text, value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            self._wrong(path, "en text")
            return None
        if spec.longest is not None and len(value) > spec.longest:
            self.add(path, f"Texten får vara högst {spec.longest} tecken.")
        return value

    def _flag(self, _spec: Flag, value: Any, path: str) -> bool | None:
        if not isinstance(value, bool):
            self._wrong(path, "sant eller falskt")
            return None
        return value

    def _whole(self, spec: Whole, value: Any, path: str) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(path, "ett heltal")
            return None
        self._bounds(spec, value, path)
        return value

    def _number(self, spec: Number, value: Any, path: str) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(path, "ett tal")
            return None
        self._bounds(spec, value, path)
        return value

    def _bounds(self, spec: Whole | Number, value: float, path: str) -> None:
        if spec.least is not None and value < spec.least:
            self.add(path, f"Värdet får inte vara mindre än {spec.least}.")
        if spec.most is not None and value > spec.most:
            self.add(path, f"Värdet får inte vara större än {spec.most}.")

    def _moment(self, _spec: Moment, value: Any, path: str) -> datetime | None:
        if not isinstance(value, str):
            self._wrong(path, "ett datum")
            return None
        try:
            return read_moment(value)
        except (ValueError, OverflowError):
            self.add(path, "Datumet kan inte tolkas.")
            return None

    def _choice(self, spec: Choice, value: Any, path: str) -> str | None:
        members = spec.members or {}
        if isinstance(value, str):
            found = next((name for name in members if name.lower() == value.lower()), None)
        elif isinstance(value, int) and not isinstance(value, bool):
            found = next((name for name, number in members.items() if number == value), None)
        else:
            self._wrong(path, "ett av alternativens namn")
            return None
        if found is None:
            self.add(path, f"Okänt värde. Tillåtna värden: {', '.join(members)}.")
        return found

    def _items(self, spec: Items, value: Any, path: str) -> list[Any] | None:
        if not isinstance(value, list):
            self._wrong(path, "en lista")
            return None
        if len(value) < spec.least:
            self.add(path, f"Minst {spec.least} måste anges.")
        return [self._item(spec.of, item, f"{path}[{n}]") for n, item in enumerate(value)]

    def _item(self, spec: Spec, value: Any, path: str) -> Any:
        if value is None:
            self.add(path, REQUIRED)
            return None
        return self._value(spec, value, path)

    def _fields(self, spec: Fields, value: Any, path: str) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._wrong(path, "ett objekt")
            return None
        known = {name.lower(): name for name in spec.of or {}}
        prefix = f"{path}." if path else ""
        cleaned: dict[str, Any] = {}
        for sent, item in value.items():
            # Public clients send other spellings (GDPRApprovalDate), so case does not matter.
            name = known.get(sent.lower())
            if name is None:
                self.unknown.append(prefix + sent)
            else:
                cleaned[name] = self._value((spec.of or {})[name], item, prefix + name)
        self._missing(spec, cleaned, prefix)
        return cleaned

    def _missing(self, spec: Fields, cleaned: dict[str, Any], prefix: str) -> None:
        for name, inner in (spec.of or {}).items():
            if inner.required and name not in cleaned:
                self.add(prefix + name, REQUIRED)
