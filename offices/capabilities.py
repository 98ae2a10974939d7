"""Which calls an office's login may make, learned by making them.

Each call is a matter of its own: a refused look-up stops neither another look-up nor a write. One
that was refused rests for a day, since an integrator who went on asking was blocked; a changed
login is asked at once.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from offices.models import Capability, Credential, Office

REST = dt.timedelta(days=1)


def may_ask(office: Office, name: str) -> bool:
    """Is the call allowed, or unknown, or was its refusal so long ago that it may be tried?"""
    known = Capability.objects.filter(office=office, name=name, allowed=False).first()
    if known is None or known.checked_at < timezone.now() - REST:
        return True
    return Credential.objects.filter(office=office, changed_at__gt=known.checked_at).exists()


def remember(office: Office, name: str, *, allowed: bool) -> None:
    """Keep what the call's answer taught. Only 401 and 403 are refusals."""
    Capability.objects.update_or_create(
        office=office, name=name, defaults={"allowed": allowed, "checked_at": timezone.now()}
    )
