"""What holds for every request: its id, its language, and that personal pages are not kept."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext as _

from lib.log_context import about, bind
from lib.polls import is_poll

log = logging.getLogger(__name__)

SESSION_NOTED_SECONDS = 600
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
NO_DEVICES = (
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(),"
    " serial=(), usb=()"
)

Handler = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Handler) -> Handler:
    """Give every request an id of ours: in the answer, on its log lines and on what it saves."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        started = time.monotonic()
        with about(request_id=request.id):  # type: ignore[attr-defined]
            response = get_response(request)
            _tell(request, response.status_code, time.monotonic() - started)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    """One line a request. The page by its pattern: an address as it was typed may hold anything."""
    match = request.resolver_match
    facts = {
        "method": request.method,
        "page": f"/{match.route}" if match else "-",
        "status": status,
        "milliseconds": round(seconds * 1000),
    }
    log.info("%(method)s %(page)s %(status)s %(milliseconds)d ms", facts, extra=facts)


def for_this_site_alone(get_response: Handler) -> Handler:
    """Nothing of ours, files included, is for another site's page, and none asks for a camera."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", NO_DEVICES)
        return response

    return middleware


def known_methods_alone(get_response: Handler) -> Handler:
    """What no page of ours is asked by (TRACE, PUT, …) reaches none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            answer = _plain("", 405)
            answer["Allow"] = ", ".join(METHODS)
            return answer
        return get_response(request)

    return middleware


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def not_too_large(get_response: Handler) -> Handler:
    """Refused before a byte of it is read: Django limits fields, and not what files come to."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.LARGEST_REQUEST:
            return _plain(_("This is too large."), 413)
        return get_response(request)

    return middleware


def plain_text_only(get_response: Handler) -> Handler:
    """A NUL character is nothing a person types, and PostgreSQL cannot even look for it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        posted = (value for values in request.POST.lists() for value in values[1])
        asked = (value for values in request.GET.lists() for value in values[1])
        if any("\0" in str(value) for value in (*asked, *posted)):
            raise BadRequest
        return get_response(request)

    return middleware


def chosen_language(get_response: Handler) -> Handler:
    """Swedish unless the person chose otherwise; the browser's own wish is not asked.

    Many an office's browser came in English, and its staff still want Swedish.
    """

    known = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def session_by_last_use(get_response: Handler) -> Handler:
    """Eight hours from the last use, written at most every ten minutes; and half a day from the
    sign-in at the longest. What a page asks for by itself is no use.

    What is posted too late is kept and offered again, as after any session's end. From here on log
    lines say who it is, by number.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and _has_ended(request.session, now):
            logout(request)
        if request.user.is_authenticated:
            bind(user=request.user.pk)
        response = get_response(request)
        noted_until = request.session.get("used", 0) + SESSION_NOTED_SECONDS
        if request.user.is_authenticated and now > noted_until and not is_poll(request):
            request.session["used"] = now
        return response

    return middleware


def _has_ended(session: SessionBase, now: int) -> bool:
    """Not by the session's own age: whatever saves it, a message say, makes it young again."""
    began = session.setdefault("began", now)
    used = session.get("used", began)
    if now >= used + settings.SESSION_COOKIE_AGE:
        return True
    return not began <= now < began + settings.SESSION_LONGEST_SECONDS


def private_pages(get_response: Handler) -> Handler:
    """No cache keeps a page that a signed-in person saw."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware
