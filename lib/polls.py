"""What a page asks for by itself, again and again: no sign that anybody sits before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])


def asked_by_itself(view: View) -> View:
    """Mark a view whose address a page asks for by a timer. What is posted there is a person's."""
    view.asked_by_itself = True  # type: ignore[attr-defined]
    return view


def is_poll(request: HttpRequest) -> bool:
    """Has a timer sent this? Known once the address has been resolved.

    By the address alone: nothing that a browser says keeps a session alive or ends it.
    """
    match = request.resolver_match
    return request.method == "GET" and getattr(match and match.func, "asked_by_itself", False)
