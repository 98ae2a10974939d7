"""Sealing of personal data at rest, and keyed hashes for finding it again.

Two levels. The master keys (`FIELD_ENCRYPTION_KEYS`, newest first, rotating) wrap a key of each
row's own; the row's key seals its content. Destroying the row's key erases the person and leaves
the audit facts. Everything fails closed: what cannot be opened raises `Unsealable`, never returns
the ciphertext as if it were the value.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class Unsealable(Exception):
    """No key of ours opens this, or it was changed, or the row's key has been destroyed."""


@functools.lru_cache(maxsize=4)
def _master(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def master() -> MultiFernet:
    """The master keys as they stand now. Raises ValueError when one is not a Fernet key."""
    return _master(tuple(settings.FIELD_ENCRYPTION_KEYS))


def seal(text: str) -> str:
    """Seal with the newest master key."""
    return master().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Open what `seal` made. Raises Unsealable."""
    try:
        return master().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Unsealable("no master key opens this") from error


def seal_for(purpose: str, text: str) -> str:
    """A token that a browser is to bring back, good for one purpose alone."""
    return seal(f"{purpose}\0{text}")


def unseal_for(purpose: str, token: str, seconds: int | None = None) -> str:
    """Open what `seal_for` made for the same purpose, at most so many seconds ago.

    Raises Unsealable for everything else, also for what was sealed for the database.
    """
    try:
        text = master().decrypt(token.encode(), ttl=seconds).decode()
    except InvalidToken as error:
        raise Unsealable("no master key opens this, or it is too old") from error
    made_for, mark, said = text.partition("\0")
    if not mark or made_for != purpose:
        raise Unsealable("it was sealed for something else")
    return said


def sealed_at(token: str) -> int:
    """When a token was sealed, in seconds since 1970. Raises Unsealable."""
    try:
        return master().extract_timestamp(token.encode())
    except InvalidToken as error:
        raise Unsealable("no master key opens this") from error


def new_row_key() -> str:
    """A fresh key for one row, already wrapped by the master key; this is what is stored."""
    return seal(Fernet.generate_key().decode())


def seal_row(wrapped_key: str, value: Any) -> str:
    """Seal a JSON-ready value with a row's own key. Raises Unsealable without a usable key."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _row_fernet(wrapped_key).encrypt(text.encode()).decode()


def unseal_row(wrapped_key: str, token: str) -> Any:
    """Open what `seal_row` made. Raises Unsealable, also when the row's key was destroyed."""
    try:
        return json.loads(_row_fernet(wrapped_key).decrypt(token.encode()))
    except InvalidToken as error:
        raise Unsealable("the row's key does not open this") from error


def _row_fernet(wrapped_key: str) -> Fernet:
    if not wrapped_key:
        raise Unsealable("the row's key has been destroyed")
    return Fernet(unseal(wrapped_key))


def keyed_hash(purpose: str, value: str) -> str:
    """A hash that only holders of `BLIND_INDEX_KEY` can compute: 32 hex characters.

    purpose: keeps equal values of different fields apart, such as `contact` or `term`.
    """
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.digest(key, f"{purpose}\0{value}".encode(), "sha256").hex()[:32]


def stamp(text: str) -> str:
    """What only a holder of the newest master key can make of a text: 64 hex characters."""
    return _stamp(stamp_secret(settings.FIELD_ENCRYPTION_KEYS[0]), text)


def is_stamped(text: str, given: str, older: Iterable[str] = ()) -> bool:
    """Was the stamp made of this text, with any master key that we still have?

    older: what `stamp_secret` made of keys that are gone.
    """
    secrets = (*map(stamp_secret, settings.FIELD_ENCRYPTION_KEYS), *older)
    return any(hmac.compare_digest(_stamp(secret, text), given) for secret in secrets)


@functools.lru_cache(maxsize=16)
def stamp_secret(key: str) -> str:
    """A key of its own, made of the one that seals: neither tells anything of the other."""
    return hmac.new(key.encode(), b"stamp", hashlib.sha256).hexdigest()


def _stamp(secret: str, text: str) -> str:
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


def rewrap(token: str) -> str:
    """The same, sealed with the newest master key; as it is if it is already. Raises Unsealable."""
    newest = Fernet(settings.FIELD_ENCRYPTION_KEYS[0])
    try:
        newest.decrypt(token.encode())
    except InvalidToken:
        return seal(unseal(token))
    return token


class RowKeyField(models.TextField):  # type: ignore[type-arg]
    """A row's own key, wrapped by the master keys; "" when it has been destroyed.

    To the database a text. By its class `rotate_keys` knows what is to be wrapped anew.
    """

    description = "a row's own key, wrapped"

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class SealedJSONField(models.TextField):  # type: ignore[type-arg]
    """A JSON value sealed with the master key in the database, plain in Python.

    Cannot be searched; keep a keyed hash beside it where that is needed.
    """

    description = "JSON, sealed at rest"
    # For type checkers: any JSON value goes in and comes out.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(unseal(value))

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """For dumpdata: sealed, so that a dump is no leak."""
        return self.get_prep_value(self.value_from_object(obj)) or ""
