"""Notices by e-mail: what happened and how many, never whom it is about."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notices.models import Notice, NoticeQuerySet, wanting_letters

log = logging.getLogger(__name__)


# A letter that nobody has finished in so long is begun again.
WRITES_FOR = dt.timedelta(minutes=10)
# An older notice is read on the page.
MAILED_WITHIN = dt.timedelta(days=1)


def due() -> list[int]:
    """The ids of the notices whose letters are still to be written.

    They are read out of the table, so that a worker that dies with one in hand loses none.
    """
    if not settings.EMAIL_WORKS:
        return []
    return list(_unwritten().order_by("pk").values_list("pk", flat=True))


def _unwritten() -> NoticeQuerySet:
    young = Q(latest_at__gt=Now() - MAILED_WITHIN)
    found = Notice.objects.unread().filter(_nobody_writes(), young, wanting_letters())
    return found.filter(user__is_active=True).exclude(user__email="")


def _nobody_writes() -> Q:
    """A beginning that lies ahead means that the clock was set back."""
    stale = Q(writing_at__lt=Now() - WRITES_FOR) | Q(writing_at__gt=Now())
    return (Q(writing_at=None) | stale) & Q(mailed_at=None)


def write(notice_id: int) -> bool:
    """Mail a notice to its person, if nobody else does.

    False: nobody wants it, or the server did not take it; then it is tried again later.
    """
    notice = _unwritten().filter(pk=notice_id).select_related("user", "office").first()
    if notice is None or not settings.EMAIL_WORKS:
        return False
    this = Notice.objects.filter(pk=notice_id)
    if not this.filter(_nobody_writes()).update(writing_at=Now()):
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
    this.update(mailed_at=Now())
    return True
