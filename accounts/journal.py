"""Who came in and who did not, in the log: numbers of accounts, never names that were typed."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def came_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.info("account %s signed in by %s, request %s", user.pk, _by(request, user), _id(request))


@receiver(user_logged_out)
def went_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.info("account %s signed out, request %s", getattr(user, "pk", "-"), _id(request))


@receiver(user_login_failed)
def did_not_come_in(request: HttpRequest | None = None, **_: Any) -> None:
    logger.warning("a sign-in failed, request %s", _id(request))


@receiver(mfa.authentication_failed)
def second_step_was_wrong(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.warning("a second step of account %s failed, request %s", user.pk, _id(request))


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_is_another(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.info("account %s has another password, request %s", user.pk, _id(request))


@receiver([mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset])
def second_step_is_another(
    request: HttpRequest | None, user: Any, authenticator: Any, **_: Any
) -> None:
    about = (user.pk, authenticator.type, _id(request))
    logger.info("account %s has another second step (%s), request %s", *about)


@receiver(social.social_account_added)
def service_was_connected(request: HttpRequest | None, sociallogin: Any, **_: Any) -> None:
    row = sociallogin.account
    about = (row.user_id, row.provider, _id(request))
    logger.info("account %s was connected to %s, request %s", *about)


@receiver(social.social_account_removed)
def service_was_disconnected(request: HttpRequest | None, socialaccount: Any, **_: Any) -> None:
    about = (socialaccount.user_id, socialaccount.provider, _id(request))
    logger.info("account %s was disconnected from %s, request %s", *about)


def _by(request: HttpRequest | None, user: Any) -> str:
    """The steps that were taken: password, mfa (totp, webauthn, …), socialaccount."""
    taken = get_authentication_records(request, user) if hasattr(request, "session") else []
    steps = [
        " ".join(str(step[key]) for key in ("method", "type", "provider") if step.get(key))
        for step in taken
    ]
    return " and ".join(steps) or "-"


def _id(request: HttpRequest | None) -> str:
    return str(getattr(request, "id", "-"))
