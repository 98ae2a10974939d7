"""The office that a request acts for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from offices.access import chosen_office


def active_office(get_response: Callable[[HttpRequest], HttpResponse]):
    """Set `request.office` (an Office or None) for signed-in people."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        request.office = chosen_office(request) if signed_in else None  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
