"""Reading what Vitec writes back: complaints for the form, and a masked excerpt for the audit.

The shape of Vitec's 400 is documented nowhere. Public clients read a list `validationErrors` or a
text `message`; ASP.NET Web API, on which Connect runs, answers with `message` and `modelState` by
default, newer ASP.NET with `errors` (RFC 7807) or the bare model state. All of them are read, and
nothing here raises, whatever comes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connect.errors import FieldMessage

MESSAGE_LENGTH = 300
MESSAGE_COUNT = 20
FIELD_LENGTH = 100
EXCERPT_LENGTH = 500
_DEPTH = 8
_READ_LENGTH = 1_000_000

_LISTS = ("validationerrors", "modelstate", "errors")
_TEXTS = ("message", "detail", "title", "error")
_ITEM_FIELDS = ("field", "propertyname", "property", "fieldname", "membernames", "name", "key")
_ITEM_TEXTS = ("message", "errormessage", "error", "errors", "description")
_GENERIC = frozenset(
    {
        "an error has occurred",
        "bad request",
        "one or more validation errors occurred",
        "the request is invalid",
    }
)
_INDEX = re.compile(r"\[[^\]]*\]")
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$\[\]-]{0,63}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER_OF_A_PERSON = re.compile(r"[0-9-]{9,}")
_LONG_DIGITS = re.compile(r"[0-9]{5}")


def messages(text: str) -> tuple[FieldMessage, ...]:
    """What a refusal says, at most 20 texts of 300 characters, each once, without control marks.

    A text that says nothing ("The request is invalid.") is kept only when it is all there is.
    HTML, binary and broken JSON say nothing; a short plain text is one general message.
    """
    found = _distinct(_cleaned(_raw_pairs(text[:_READ_LENGTH])))
    specific = [item for item in found if not _is_generic(item.message)]
    return tuple((specific or found)[:MESSAGE_COUNT])


def place(
    said: Iterable[FieldMessage], fields: Mapping[str, str], words: Mapping[str, Any] | None = None
) -> tuple[FieldMessage, ...]:
    """The same messages with our form's field names, by `Endpoint.fields` (Vitec's -> ours).

    Compared by dotted path from the end, in any case and without indexes, the longest first:
    `model.participant.userId` finds `participant.userId`. A bare `zipCode` finds
    `updatePerson.address.zipCode` when no second field ends so. What finds nothing becomes a
    general message with what staff call it in parentheses, by `Endpoint.words`, else with Vitec's
    field name.
    """
    known = {_path(theirs): ours for theirs, ours in fields.items()}
    called = {_path(theirs): str(word) for theirs, word in (words or {}).items()}
    return tuple(_distinct(_placed(item, known, called) for item in said))


def masked(text: str) -> str:
    """A readable excerpt for the audit without anything typed, at most 500 characters.

    Structure, field names and numbers of up to four characters stay; every string becomes its
    length. A bare string that looks like an id stays, for it is what a create call answers.
    """
    if not text.strip():
        return "<empty>"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _description(text)
    if isinstance(value, str) and _is_id(value):
        return json.dumps(value)
    excerpt = json.dumps(_masked(value), ensure_ascii=False)
    return _shortened(excerpt, EXCERPT_LENGTH)


def _raw_pairs(text: str) -> list[tuple[str, str]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [("", text)] if _is_plain(text) else []
    if isinstance(value, dict):
        return list(_document(value))
    return list(_entries("", value, 0))


def _is_plain(text: str) -> bool:
    """Short, of printable characters, and neither markup nor JSON cut off half way."""
    stripped = text.strip()
    if not 0 < len(stripped) <= MESSAGE_LENGTH or stripped[0] in '{["':
        return False
    if re.search(r"<[A-Za-z!?/]", stripped) or "\ufffd" in stripped:
        return False
    return all(character.isprintable() or character.isspace() for character in stripped)


def _document(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs of a whole answer: its lists by field, then its general texts."""
    lowered = {key.casefold(): child for key, child in value.items()}
    known = [key for key in (*_LISTS, *_TEXTS) if key in lowered]
    if not known and all(_is_texts(child) for child in value.values()):
        yield from _fields("", value, 0)
    for key in known:
        child = lowered[key]
        if key in _LISTS and isinstance(child, dict):
            yield from _fields("", child, 0)
        else:
            yield from _entries("", child, 0)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _entries(field: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """The pairs under one field: texts, lists of them, items that name their own field, fields."""
    if isinstance(value, str):
        yield field, value
    elif depth > _DEPTH:
        return
    elif isinstance(value, list):
        for child in value:
            yield from _entries(field, child, depth + 1)
    elif isinstance(value, dict):
        lowered = {key.casefold(): child for key, child in value.items()}
        said = next((lowered[key] for key in _ITEM_TEXTS if lowered.get(key)), None)
        if said is None:
            yield from _fields(field, value, depth + 1)
        for name in () if said is None else _names(lowered) or [field]:
            yield from _entries(name, said, depth + 1)


def _fields(prefix: str, value: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for key, child in value.items():
        yield from _entries(f"{prefix}.{key}" if prefix else key, child, depth + 1)


def _names(lowered: dict[str, Any]) -> list[str]:
    for key in _ITEM_FIELDS:
        named = lowered.get(key)
        if isinstance(named, str) and named.strip():
            return [named]
        if named and _is_texts(named):
            return list(named)
    return []


def _cleaned(pairs: Iterable[tuple[str, str]]) -> Iterator[FieldMessage]:
    for field, message in pairs:
        text = _clean(message, MESSAGE_LENGTH)
        if text:
            yield FieldMessage(_clean(field, FIELD_LENGTH).removeprefix("$."), text)


def _clean(text: str, limit: int) -> str:
    """One line without control, formatting and unassigned characters, no longer than `limit`."""
    spaced = " ".join(text[: 4 * limit].split())
    kept = "".join(mark for mark in spaced if not unicodedata.category(mark).startswith("C"))
    return _shortened(kept.strip(), limit)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _distinct(items: Iterable[FieldMessage]) -> list[FieldMessage]:
    return list(dict.fromkeys(items))


def _is_generic(message: str) -> bool:
    return message.casefold().rstrip(".! ") in _GENERIC


def _path(name: str) -> tuple[str, ...]:
    bare = _INDEX.sub("", name).casefold()
    return tuple(part for part in bare.split(".") if part and part != "$")


def _placed(
    item: FieldMessage,
    known: Mapping[tuple[str, ...], str],
    called: Mapping[tuple[str, ...], str],
) -> FieldMessage:
    if not item.field:
        return item
    ours = _ours(_path(item.field), known)
    if ours is not None:
        return FieldMessage(ours, item.message)
    return FieldMessage("", f"{item.message} ({_ours(_path(item.field), called) or item.field})")


def _ours(path: tuple[str, ...], known: Mapping[tuple[str, ...], str]) -> str | None:
    for start in range(len(path)):
        if path[start:] in known:
            return known[path[start:]]
    longer = {ours for theirs, ours in known.items() if path and theirs[-len(path) :] == path}
    return longer.pop() if len(longer) == 1 else None


def _is_id(value: str) -> bool:
    """An id by its look, and not a personal or telephone number."""
    return bool(_ID.fullmatch(value)) and not _NUMBER_OF_A_PERSON.fullmatch(value)


def _masked(value: Any, depth: int = 0) -> Any:
    if depth > _DEPTH:
        return "…"
    if isinstance(value, dict):
        return {_masked_key(key): _masked(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_masked(child, depth + 1) for child in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _hidden(value)
    return value if len(str(value)) <= 4 else _hidden(str(value))


def _masked_key(key: str) -> str:
    named = _PLAIN_KEY.fullmatch(key) and not _LONG_DIGITS.search(key)
    return key if named else _hidden(key)


def _hidden(text: str) -> str:
    return f"•••({len(text)})"


def _description(text: str) -> str:
    start = text[:1000].lstrip().lower()
    kind = "text/plain"
    if start.startswith("<"):
        kind = "text/html" if "html" in start else "text/xml"
    elif start.startswith(("{", "[", '"')):
        kind = "broken json"
    return f"<{kind} {len(text.encode(errors='replace'))} bytes>"
