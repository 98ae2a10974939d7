"""What accounts hold of people: whom an invitation is for, and forms that nobody came back for.

See `offices.person_data`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import kept, resets
from accounts.models import AskedReset, Invitation
from offices.models import Office
from offices.person_data import Found, Holding, Rows, Rule, days, lines, register, register_rule
from offices.person_marks import Marks, marks

NOBODY = {"name": "", "email": ""}


# --- Invitations -------------------------------------------------------------------------------


def _invitations(office: Office, wanted: Marks) -> Iterator[Found]:
    for row in Invitation.objects.filter(office=office).select_related("invited_by"):
        about = marks(names=[row.recipient["name"]], emails=[row.recipient["email"]])
        if about and wanted.touches(about):
            facts = lines(
                (_("Name"), row.recipient["name"]),
                (_("E-mail"), row.recipient["email"]),
                (_("Invited by"), row.invited_by),
            )
            yield Found(row.pk, str(row), row.created_at, facts, about)


def _erase_invitations(office: Office, rows: Rows) -> int:
    found = Invitation.objects.filter(office=office, pk__in=[row.pk for row in rows])
    return found.update(recipient=NOBODY)


INVITATIONS = register(
    Holding(
        key="accounts.invitations",
        label=gettext_lazy("Invitations"),
        why=gettext_lazy("To give a colleague a place here."),
        goes=gettext_lazy("The name and the e-mail."),
        stays=gettext_lazy("Who invited somebody to what, and when."),
        find=_invitations,
        erase=_erase_invitations,
        models=(Invitation,),
        # Of colleagues: what they are invited by leads to no customer.
        tells=False,
    )
)


def _settled(before: dt.datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        Q(used_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    )


def _old(before: dt.datetime) -> list[int]:
    """What is sealed cannot be asked for."""
    return [row.pk for row in _settled(before).iterator() if any(row.recipient.values())]


register_rule(
    Rule(
        key="accounts.invitations",
        label=gettext_lazy("Whom invitations were for"),
        keep=days("SETTLED_INVITATION_DAYS"),
        due=lambda before: len(_old(before)),
        purge=lambda before: Invitation.objects.filter(pk__in=_old(before)).update(
            recipient=NOBODY
        ),
        takes=("accounts.Invitation",),
    )
)


# --- Forgotten passwords -----------------------------------------------------------------------

register_rule(
    Rule(
        key="accounts.resets",
        label=gettext_lazy("Addresses for which a new password was asked"),
        keep=lambda: resets.KEPT,
        due=lambda before: AskedReset.objects.filter(asked_at__lt=before).count(),
        purge=resets.forget,
        takes=("accounts.AskedReset",),
    )
)


# --- Forms that waited for a sign-in -----------------------------------------------------------

register_rule(
    Rule(
        key="accounts.kept_forms",
        label=gettext_lazy("Forms that waited for a sign-in"),
        keep=lambda: dt.timedelta(seconds=kept.GOOD_SECONDS),
        fixed=True,
        due=lambda before: len(kept.left_in_sessions(before)),
        purge=kept.forget,
        takes=("sessions.Session",),
    )
)
