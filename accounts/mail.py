"""The letters of this app."""

from __future__ import annotations

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import Invitation

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation, link: str) -> bool:
    """False when there is no address, no mail server, or the server did not take it."""
    address = invitation.recipient["email"]
    if not address or not settings.EMAIL_WORKS:
        return False
    context = {"invitation": invitation, "link": link}
    subject = render_to_string("accounts/email/invitation_subject.txt", context).strip()
    text = render_to_string("accounts/email/invitation.txt", context)
    try:
        send_mail(subject, text, None, [address])
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("invitation %s was not mailed: %s", invitation.pk, type(error).__name__)
        return False
    return True
