"""The request as our middleware has made it, for type checkers."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from offices.models import Office, User


class PortalRequest(HttpRequest):
    """A signed-in person's request. office: the one acted for, None for people of no office."""

    user: User
    office: Office | None
    htmx: HtmxDetails
    id: str
