"""What was posted when the session had ended: sealed, carried through the sign-in, offered again.

The browser holds a token that only our keys open. Nothing is stored for a stranger.
"""

from __future__ import annotations

import dataclasses
import json
import time

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from lib.sealing import Unsealable, keyed_hash, seal, unseal
from offices.models import User

FIELD = "kept"
SESSION_KEY = "kept"
WHO_COOKIE = "who"
GOOD_SECONDS = 8 * 60 * 60
LONGEST = 200_000
OURS = {"csrfmiddlewaretoken", FIELD}


@dataclasses.dataclass(frozen=True)
class Kept:
    """One form that was posted: where to, and its fields in their order."""

    path: str
    fields: list[tuple[str, str]]


def mark_of(user: User) -> str:
    """By which a browser remembers whose work lies in it, without saying who."""
    return keyed_hash("who", str(user.pk))


def posted(request: HttpRequest) -> Kept | None:
    """What this request posted, None when there is nothing to keep."""
    if request.method != "POST" or request.FILES or request.headers.get("HX-Request"):
        return None
    fields = [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in OURS
        for value in values
    ]
    if not fields or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return None
    return Kept(request.get_full_path(), fields)


def sealed(request: HttpRequest) -> str:
    """What this request posted, as a token for a hidden field; "" when nothing is to keep."""
    kept = posted(request)
    if kept is None:
        return ""
    facts = {
        "path": kept.path,
        "fields": kept.fields,
        "who": request.COOKIES.get(request_cookie(request), ""),
        "at": int(time.time()),
    }
    return seal(json.dumps(facts, ensure_ascii=False))


def opened(token: str, user: User) -> Kept | None:
    """What a token keeps for this person, None for another's, an old or a false one."""
    try:
        facts = json.loads(unseal(token))
    except Unsealable:
        return None
    if time.time() - facts["at"] > GOOD_SECONDS or facts["who"] not in ("", mark_of(user)):
        return None
    path = str(facts["path"])
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or not _leads_somewhere(path):
        return None
    return Kept(path, [(name, value) for name, value in facts["fields"]])


def is_ours(token: str) -> bool:
    """Did we seal this?"""
    try:
        unseal(token)
    except Unsealable:
        return False
    return True


def request_cookie(request: HttpRequest) -> str:
    """The name of the cookie with `mark_of` in it."""
    return f"__Host-{WHO_COOKIE}" if request.is_secure() else WHO_COOKIE


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True
