"""The letters of this app."""

from __future__ import annotations

import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from offices.models import User

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """False when there is no address, no mail server, or the server did not take it."""
    address = invitation.recipient["email"]
    context = {"invitation": invitation, "link": link}
    return _send("invitation", context, address, f"invitation {invitation.pk}")


def send_new_password(user: User, link: str) -> bool:
    """The link by which somebody chooses a new password. False as for `send_invitation`.

    To the address that we know, and not to the one that was typed, which may only look alike.
    """
    context = {"user": user, "link": link}
    return _send("new_password", context, user.email, f"new password of account {user.pk}")


# What guards an account, by the names that allauth gives such changes.
CHANGES = {
    "account/email/password_changed": _("The password was changed."),
    "account/email/password_reset": _("The password was changed by a link sent by e-mail."),
    "account/email/password_set": _("A password was set."),
    "mfa/email/totp_activated": _("An authenticator app was set up."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "socialaccount/email/account_connected": _("Another way to sign in was connected."),
    "socialaccount/email/account_disconnected": _("A way to sign in was disconnected."),
    "admin/password_changed": _("An administrator set a new password."),
    "admin/second_step_removed": _("An administrator removed a second step."),
}


def tell_of_change(user: User, change: str) -> bool:
    """A letter to the person whose account it is, so that nobody else changes it unseen.

    change: one of CHANGES. False as for `send_invitation`.
    """
    with translation.override(settings.LANGUAGE_CODE):
        context = {"user": user, "what": CHANGES[change], "when": timezone.localtime()}
        return _send("change", context, user.email, f"change of account {user.pk}")


def _send(letter: str, context: dict[str, Any], address: str, about: str) -> bool:
    if not address or not settings.EMAIL_WORKS:
        return False
    subject = render_to_string(f"accounts/email/{letter}_subject.txt", context).strip()
    text = render_to_string(f"accounts/email/{letter}.txt", context)
    try:
        send_mail(subject, text, None, [address])
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("%s was not mailed: %s", about, type(error).__name__)
        return False
    return True
