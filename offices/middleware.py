"""The office that a request acts for."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from offices import veil
from offices.access import chosen_office, my_offices
from offices.protected import hidden_from


def active_office(get_response: Callable[[HttpRequest], HttpResponse]):
    """Set `request.office` (an Office or None) for signed-in people."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        request.office = chosen_office(request) if signed_in else None  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def contacts_veiled(get_response: Callable[[HttpRequest], HttpResponse]):
    """Nobody sees a contact with protected identity without the right to, whatever the page."""

    def somebody(request: HttpRequest) -> bool:
        # Known already at most offices, which hide nobody.
        marked = any(office.hides_somebody for office in my_offices(request))  # type: ignore[attr-defined]
        return marked or bool(settings.PROTECTED_CONTACT_IDS)

    def middleware(request: HttpRequest) -> HttpResponse:
        mine = veil.Veil(lambda: hidden_from(request.user), lambda: somebody(request))
        with veil.drawn(mine):
            response: Any = get_response(request)
        if response.streaming:
            # Made when this has long been left.
            response.streaming_content = veil.through(mine, response.streaming_content)
        return response

    return middleware
