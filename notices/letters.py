"""Notices by e-mail: what happened and how many, never whom it is about."""

from __future__ import annotations

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from notices.models import Notice, wants_letters

log = logging.getLogger(__name__)


def write(notice_id: int) -> bool:
    """Mail a notice to its person, once. False: nobody wants it, or the server did not take it."""
    found = Notice.objects.unread().filter(pk=notice_id, mailed_at=None, user__is_active=True)
    notice = found.select_related("user", "office").first()
    if notice is None or not notice.user.email or not settings.EMAIL_WORKS:
        return False
    if not wants_letters(notice.user) or not found.update(mailed_at=timezone.now()):
        return False
    with translation.override(settings.LANGUAGE_CODE):
        context = {"notice": notice, "link": settings.PORTAL_URL + reverse("notices:list")}
        subject = render_to_string("notices/email/subject.txt", context).strip()
        text = render_to_string("notices/email/letter.txt", context)
    try:
        send_mail(subject, text, None, [notice.user.email])
    except (OSError, smtplib.SMTPException) as error:
        log.warning("notice %s was not mailed: %s", notice.pk, type(error).__name__)
        return False
    return True
