"""Who may act for which office. A stranger's office does not exist for you: 404, never 403."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from offices.http import PortalRequest
from offices.models import Office, Role, User

SESSION_KEY = "office"


def offices_for(user: User | AnonymousUser) -> QuerySet[Office]:
    """The offices that a person may act for, by name."""
    if user.is_anonymous:
        return Office.objects.none()
    if user.is_superuser:
        return Office.objects.all()
    return Office.objects.filter(memberships__user=user)


def office_or_404(user: User | AnonymousUser, customer_id: str) -> Office:
    """The office, if the person may act for it. Raises Http404."""
    return get_object_or_404(offices_for(user), customer_id=customer_id)


def choose_office(request: HttpRequest, office: Office) -> None:
    """Make `office` the one that this session acts for."""
    request.session[SESSION_KEY] = office.customer_id


def my_offices(request: HttpRequest) -> list[Office]:
    """The offices of the person who asks, by name; read once for a request."""
    known: list[Office] | None = getattr(request, "_my_offices", None)
    if known is None:
        known = list(offices_for(request.user))
        request._my_offices = known  # type: ignore[attr-defined]
    return known


def chosen_office(request: HttpRequest) -> Office | None:
    """The office this session acts for: the chosen one, else the first, else none."""
    offices = my_offices(request)
    chosen = request.session.get(SESSION_KEY)
    return next((o for o in offices if o.customer_id == chosen), offices[0] if offices else None)


def office_of(request: PortalRequest) -> Office:
    """The office that a posted form was opened for; without one, the chosen office.

    Not the chosen one first: it may have been changed in another tab since. Raises Http404 for
    an office that is not the person's, PermissionDenied for a person of no office.
    """
    if posted := request.POST.get("office"):
        return office_or_404(request.user, posted)
    if request.office is None:
        raise PermissionDenied
    return request.office


def managed_by(user: User | AnonymousUser) -> QuerySet[Office]:
    """The offices that a person decides for."""
    if user.is_anonymous or user.is_superuser:
        return offices_for(user)
    roles = [Role.MANAGER, Role.ADMINISTRATOR]
    return Office.objects.filter(memberships__user=user, memberships__role__in=roles)


def administers(user: User | AnonymousUser, office: Office) -> bool:
    """May the person decide for the office: release a pause, settle an uncertain submission?"""
    return managed_by(user).filter(pk=office.pk).exists()
