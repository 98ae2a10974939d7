"""Who came in and who did not, in the log: numbers of accounts, never names that were typed."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def came_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.info("account %s signed in, request %s", user.pk, _id(request))


@receiver(user_logged_out)
def went_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    logger.info("account %s signed out, request %s", getattr(user, "pk", "-"), _id(request))


@receiver(user_login_failed)
def did_not_come_in(request: HttpRequest | None = None, **_: Any) -> None:
    logger.warning("a sign-in failed, request %s", _id(request))


def _id(request: HttpRequest | None) -> str:
    return str(getattr(request, "id", "-"))
