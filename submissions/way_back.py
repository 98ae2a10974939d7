"""The way back to the list from which a form was opened, also without JavaScript.

A browser says in `Referer` where a link was followed. The form carries that sealed, and so does the
address of what was sent. A list's address names nobody: a free text is posted to it.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from lib.sealing import Unsealable, seal_for, unseal_for
from offices.http import PortalRequest
from submissions.models import Batch, Submission

NAME = "back"
PURPOSE = "submissions.way_back"
WITHIN_SECONDS = 24 * 60 * 60
LISTS = ("meetings:list",)


def carried(request: PortalRequest) -> str:
    """What a form carries, or a page that stands between; "" where it was opened from no list."""
    if request.method == "POST":
        return _checked(request.POST.get(NAME, ""))
    if given := _checked(request.GET.get(NAME, "")):
        return given
    address = came_from(request)
    return seal_for(PURPOSE, address) if address else ""


def onward(request: PortalRequest, saved: Submission | Batch) -> str:
    """The address of what was sent, with the way back in it."""
    token = _checked(request.POST.get(NAME, ""))
    query = f"?{urlencode({NAME: token})}" if token else ""
    return f"{saved.get_absolute_url()}{query}"


def address(request: PortalRequest) -> str:
    """The list to which the page of what was sent leads back; "" for none."""
    return opened(request.GET.get(NAME, ""))


def came_from(request: PortalRequest) -> str:
    """The list on which a link or a button was pressed; "" for any other page."""
    said = request.headers.get("Referer", "")
    host = request.get_host()
    if not url_has_allowed_host_and_scheme(said, {host}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(said)
    if parts.path not in map(reverse, LISTS):
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _checked(token: str) -> str:
    return token if opened(token) else ""


def opened(token: str) -> str:
    """The list's address; "" for what somebody made up or kept for too long."""
    try:
        return unseal_for(PURPOSE, token, WITHIN_SECONDS)
    except Unsealable:
        return ""
