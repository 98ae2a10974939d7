"""What is typed outlives a reload, a lost connection and a session that ends.

Drafts lie on the server, sealed, and belong to the one person who writes them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping

from django.utils import timezone

from lib.sealing import new_row_key, seal_row
from offices import veil
from offices.models import Office, User
from submissions.kinds import Kind
from submissions.models import Draft, Submission, person_hash


def keep(
    user: User,
    office: Office,
    kind: Kind,
    code: uuid.UUID,
    typed: dict[str, list[str]],
    corrects: Submission | None = None,
) -> Draft | None:
    """Save what has been typed so far in the form whose token is `code`.

    None, and no draft is left, where it concerns somebody whom the person may not see: nobody
    could open it again.
    """
    person = concerned(kind, typed) or (corrects.person_hash if corrects else "")
    if veil.hides_person(office.pk, person):
        forget(user, code)
        return None
    key = new_row_key()
    values = {
        "office": office,
        "kind": kind.key,
        "corrects": corrects,
        "changed_at": timezone.now(),
        "person_hash": person,
        "key": key,
        "sealed": seal_row(key, typed),
    }
    draft, _created = Draft.objects.update_or_create(user=user, code=code, defaults=values)
    return draft


def concerned(kind: Kind, typed: Mapping[str, list[str]]) -> str:
    """The hash of whom a half-written form concerns, "" for nobody; it need not be valid."""
    said = {name: values[-1].strip() for name, values in typed.items() if values}
    return person_hash(kind.person(defaultdict(str, said)))


def forget(user: User, code: uuid.UUID) -> None:
    """The form was sent, or thrown away."""
    Draft.objects.filter(user=user, code=code).delete()


def purge(before: dt.datetime) -> int:
    """Forget what nobody has written on since then; returns how many."""
    deleted, _by_model = Draft.objects.filter(changed_at__lt=before).delete()
    return deleted
