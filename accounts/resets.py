"""Forgotten passwords: asked for in a request, answered by a worker.

The request writes down what was typed and looks for nobody, so that neither its page nor its time
tells whether there is such an account. The table is the queue; nothing of it is in a message.
"""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import sso
from accounts.mail import send_new_password
from accounts.models import AskedReset
from offices.models import User

# A letter that the mail server did not take is tried again after so long.
PAUSE = dt.timedelta(minutes=2)
# By then whoever asked has asked again.
KEPT = dt.timedelta(hours=1)
# Of one run, so that a slow mail server does not hold it for long.
AT_ONCE = 20


def ask(request: HttpRequest, address: str) -> None:
    """Somebody wants a new password for the account with this address, if there is one."""
    typed = {
        "address": address,
        "site": request.build_absolute_uri("/").rstrip("/"),
        "language": translation.get_language() or settings.LANGUAGE_CODE,
    }
    AskedReset.objects.create(typed=typed)


def write_due() -> int:
    """Write the letters that are due, and forget old ones; returns how many were asked for."""
    forget(timezone.now() - KEPT)
    asked = list(AskedReset.objects.due().order_by("pk")[:AT_ONCE])
    for row in asked:
        _write(row)
    return len(asked)


def forget(before: dt.datetime) -> int:
    """Forget what was asked before then; returns how many."""
    return AskedReset.objects.filter(asked_at__lt=before).delete()[0]


def _write(asked: AskedReset) -> None:
    this = AskedReset.objects.filter(pk=asked.pk)
    if not this.due().update(next_at=timezone.now() + PAUSE):
        # Another worker has it in hand.
        return
    people = User.objects.filter(email__iexact=asked.typed["address"], is_active=True)
    # Whom a sign-in service alone lets in has no password to forget.
    those = [user for user in people if not sso.alone_lets_in(user)]
    sent = [_tell(user, asked) for user in those]
    if any(sent) or not those or not settings.EMAIL_WORKS:
        this.delete()


def _tell(user: User, asked: AskedReset) -> bool:
    token = default_token_generator.make_token(user)
    names = {"uidb36": user_pk_to_url_str(user), "key": token}
    link = asked.typed["site"] + reverse("account_reset_password_from_key", kwargs=names)
    with translation.override(asked.typed["language"]):
        return send_new_password(user, link)
