"""What stands in a session, sealed at rest: messages that name people, half-made second steps."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core import signing

from lib.sealing import rewrap, seal, unseal


class SealedSerializer:
    """JSON under the master keys, for `SESSION_SERIALIZER`.

    What no key opens is an empty session to Django: its person signs in again.
    """

    def dumps(self, said: dict[str, Any]) -> bytes:
        return seal(json.dumps(said, separators=(",", ":"))).encode("ascii")

    def loads(self, stored: bytes) -> dict[str, Any]:
        """Raises Unsealable."""
        opened: dict[str, Any] = json.loads(unseal(stored.decode("ascii")))
        return opened


class _AsSealed:
    def dumps(self, token: str) -> bytes:
        return token.encode("ascii")

    def loads(self, stored: bytes) -> str:
        return stored.decode("ascii")


def rewrap_session(stored: str) -> str:
    """The same session, as the database holds it, sealed with the newest master key.

    As it is where it is already, or where its signature holds no more: nobody is signed in by that.
    Raises Unsealable.
    """
    salt = SessionStore().key_salt
    try:
        token = signing.loads(stored, salt=salt, serializer=_AsSealed)
    except signing.BadSignature:
        return stored
    fresh = rewrap(token)
    if fresh == token:
        return stored
    return signing.dumps(fresh, salt=salt, serializer=_AsSealed, compress=True)
