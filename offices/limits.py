"""How often one person may do what could empty the directory or try out secrets.

Counted in windows in the shared cache (a few by each process, `COUNTED_BY_PROCESS`), under the
person's number. A limit is a brake for scripts and stolen sessions; nobody who works by hand comes
near one. What an address alone tells is counted by it (`LIMITED`), the rest where it is done.
"""

from __future__ import annotations

import dataclasses
import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from offices.models import User

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclasses.dataclass(frozen=True)
class Limit:
    """So many times within so many seconds. name: several addresses may share one count."""

    name: str
    times: int
    seconds: int


def parse(name: str, text: str) -> Limit:
    """`30/m`, `200/2h`. Raises ValueError for anything else."""
    times, _slash, span = text.partition("/")
    if not span or span[-1] not in UNITS:
        raise ValueError(f"{text} is no limit; write one as 30/m or 200/2h")
    return Limit(name, int(times), int(span[:-1] or 1) * UNITS[span[-1]])


class TooOften(Exception):
    """The person has done it so often that they wait. wait: seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"{wait} s")
        self.wait = wait


def limit_for(view_name: str, request: HttpRequest) -> Limit | None:
    """The limit under which a request is counted, None for none."""
    counted = settings.LIMITED.get(view_name)
    if counted is None or request.method != counted.method:
        return None
    if counted.field and not request.POST.get(counted.field, "").strip():
        return None
    return parse(counted.limit, settings.USER_LIMITS[counted.limit])


def wait_to(name: str, user: User) -> int:
    """As `wait_for`, of what a page does that its address alone does not tell."""
    return wait_for(parse(name, settings.USER_LIMITS[name]), user)


def count(name: str, user: User) -> None:
    """As `wait_to`; raises TooOften, which any page answers by `too_often`."""
    if wait := wait_to(name, user):
        raise TooOften(wait)


def too_often(request: HttpRequest, wait: int) -> HttpResponse:
    """The page, or over htmx the sentence, that says for how many seconds to wait."""
    part = bool(request.headers.get("HX-Request"))
    template = "offices/_too_often.html" if part else "offices/too_often.html"
    return told(render(request, template, {"minutes": minutes(wait)}), wait)


def told(page: HttpResponse, wait: int) -> HttpResponse:
    """A page that says itself how long to wait, as a 429 unless it is another complaint already."""
    if wait:
        page["Retry-After"] = str(wait)
        page.status_code = 429 if page.status_code == 200 else page.status_code
    return page


def minutes(wait: int) -> int:
    """Of so many seconds, rounded up."""
    return -(-wait // 60)


def wait_for(limit: Limit, user: User, now: float | None = None) -> int:
    """Count one more; 0 when it may be done, else the seconds until it may."""
    now = time.time() if now is None else now
    window, spent = divmod(now, limit.seconds)
    left = int(limit.seconds - spent) + 1
    key = f"limit:{limit.name}:{user.pk}:{int(window)}"
    cache = caches["process" if limit.name in settings.COUNTED_BY_PROCESS else "default"]
    if cache.add(key, 1, timeout=left):
        return 0
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return 0
    return left if count > limit.times else 0
