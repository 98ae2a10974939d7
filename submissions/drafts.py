"""What is typed outlives a reload, a lost connection and a session that ends.

Drafts lie on the server, sealed, and belong to the one person who writes them.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.utils import timezone

from lib.sealing import new_row_key, seal_row
from offices.models import Office, User
from submissions.kinds import Kind
from submissions.models import Draft, Submission


def keep(
    user: User,
    office: Office,
    kind: Kind,
    code: uuid.UUID,
    typed: dict[str, list[str]],
    corrects: Submission | None = None,
) -> Draft:
    """Save what has been typed so far in the form whose token is `code`."""
    key = new_row_key()
    values = {
        "office": office,
        "kind": kind.key,
        "corrects": corrects,
        "changed_at": timezone.now(),
        "key": key,
        "sealed": seal_row(key, typed),
    }
    draft, _created = Draft.objects.update_or_create(user=user, code=code, defaults=values)
    return draft


def forget(user: User, code: uuid.UUID) -> None:
    """The form was sent, or thrown away."""
    Draft.objects.filter(user=user, code=code).delete()


def purge(before: dt.datetime) -> int:
    """Forget what nobody has written on since then; returns how many."""
    deleted, _by_model = Draft.objects.filter(changed_at__lt=before).delete()
    return deleted


def oldest_kept() -> dt.datetime:
    """What was written on before is forgotten."""
    return timezone.now() - dt.timedelta(days=settings.DRAFT_DAYS)
