"""Who must sign in with two steps: password and something one has."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from offices.models import Membership, Role, User

# Recovery codes stand in for one of these; alone they are no second step.
KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]

SESSION_KEY = "two_steps_elsewhere"


def required_of(user: User) -> bool:
    """By the setting REQUIRE_MFA_FOR: all, administrators (superusers and staff too), or none.

    A word that means nothing asks it of all: a slip of the pen opens no door.
    """
    wanted = settings.REQUIRE_MFA_FOR
    if wanted != "administrators":
        return bool(wanted != "none")
    if user.is_superuser or user.is_staff:
        return True
    return Membership.objects.filter(user=user, role=Role.ADMINISTRATOR).exists()


@receiver(user_logged_in)
def remember_second_step(request: HttpRequest, sociallogin: Any = None, **_: Any) -> None:
    """Whether the sign-in service has asked for one; of a service that does not say, no."""
    state = sociallogin.state if sociallogin else {}
    request.session[SESSION_KEY] = bool(state.get("two_steps"))


def missing(request: HttpRequest) -> bool:
    """Is this signed-in person to set up a second step before anything else?"""
    user = request.user
    if not isinstance(user, User) or not required_of(user):
        return False
    return not is_mfa_enabled(user, KINDS) and not request.session.get(SESSION_KEY)
