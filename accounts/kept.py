"""What was posted when the session had ended: sealed, carried through the sign-in, offered again.

The browser holds a token that only our keys open. Nothing is kept of a form that guards an account,
nor of one with a password in it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from lib.sealing import Unsealable, keyed_hash, seal_for, sealed_at, unseal_for
from offices.models import User

FIELD = "kept"
SESSION_KEY = "kept"
WHO_COOKIE = "who"
PURPOSE = "kept"
# Long enough to sign in with a second step.
GOOD_SECONDS = 30 * 60
LONGEST = 200_000
# Namespaces of what guards an account: allauth's addresses have none. To invite somebody is work.
OF_ACCOUNTS = {"", "accounts"}
INVITING = "accounts:people"
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
    """What this request posted, None when there is nothing to keep, or it guards an account."""
    if request.method != "POST" or request.FILES or request.headers.get("HX-Request"):
        return None
    if not _is_work(request.path) or any("password" in name.casefold() for name in request.POST):
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
    }
    return seal_for(PURPOSE, json.dumps(facts, ensure_ascii=False))


def opened(token: str, user: User) -> Kept | None:
    """What a token keeps for this person, None for another's, an old or a false one."""
    try:
        facts = json.loads(unseal_for(PURPOSE, token, GOOD_SECONDS))
    except Unsealable:
        return None
    if facts["who"] not in ("", mark_of(user)):
        return None
    path = str(facts["path"])
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or not _is_work(path):
        return None
    return Kept(path, [(name, value) for name, value in facts["fields"]])


def is_ours(token: str) -> bool:
    """Did we seal this, for this, lately?"""
    try:
        unseal_for(PURPOSE, token, GOOD_SECONDS)
    except Unsealable:
        return False
    return True


def request_cookie(request: HttpRequest) -> str:
    """The name of the cookie with `mark_of` in it."""
    return f"__Host-{WHO_COOKIE}" if request.is_secure() else WHO_COOKIE


def _is_work(path: str) -> bool:
    """Is there such an address, and none that guards an account?"""
    try:
        found = resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return found.namespace not in OF_ACCOUNTS or found.view_name == INVITING


# --- What nobody came back for -----------------------------------------------------------------


def left_in_sessions(before: dt.datetime) -> list[Session]:
    """Sessions in which a form lies that was sealed before then."""
    return [
        session
        for session in Session.objects.iterator()
        if _is_older(session.get_decoded(), before)
    ]


def forget(before: dt.datetime) -> int:
    """Take those forms out of their sessions; returns how many. One in use now keeps its own."""
    return sum(_forget(session) for session in left_in_sessions(before))


def _forget(session: Session) -> int:
    left = session.get_decoded()
    del left[SESSION_KEY]
    unchanged = Session.objects.filter(pk=session.pk, session_data=session.session_data)
    return unchanged.update(session_data=Session.objects.encode(left))


def _is_older(said: Mapping[str, Any], before: dt.datetime) -> bool:
    token = said.get(SESSION_KEY)
    if not token:
        return False
    try:
        return sealed_at(str(token)) < before.timestamp()
    except Unsealable:
        return True
