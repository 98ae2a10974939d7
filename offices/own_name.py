"""Sending in one's own name, and in that of others: who a portal user is among the colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from offices.models import Colleague, Membership, Office, Right, User
from offices.rights import may


def colleague_of(user: User, office: Office) -> Colleague | None:
    """Who the person is at Vitec: as the place at the office says, else the one of that name.

    None when nothing is said and no colleague, or more than one, has the name.
    """
    said = Membership.objects.filter(user=user, office=office).values_list("colleague_id").first()
    here = Colleague.objects.filter(office=office, missing_since=None)
    if said and said[0]:
        return here.filter(vitec_id=said[0]).first()
    name = user.get_full_name().casefold()
    alike = [one for one in here if one.name.casefold() == name] if name else []
    return alike[0] if len(alike) == 1 else None


def objection(user: User, office: Office, colleague_ids: list[str]) -> str:
    """Why the person may not send in the name of these colleagues; "" when nothing is against it.

    Without the right (`Right.ON_BEHALF`) everybody sends in their own name alone.
    """
    [found] = objections(user, office, [{"": colleague_ids}])
    return found.get("", "")


def objections(
    user: User, office: Office, wanted: Sequence[Mapping[str, list[str]]]
) -> list[dict[str, str]]:
    """The same for many at once: of each {field: ids of colleagues} the fields with a reason.

    Three queries at most, and none where nobody is named.
    """
    named = any(ids for fields in wanted for ids in fields.values())
    if not named or may(user, Right.ON_BEHALF, office):
        return [{} for _fields in wanted]
    own = colleague_of(user, office)
    said = [{name: _objection(own, ids) for name, ids in fields.items()} for fields in wanted]
    return [{name: text for name, text in fields.items() if text} for fields in said]


def _objection(own: Colleague | None, colleague_ids: list[str]) -> str:
    """own: who the person is at Vitec, without the right to send for others."""
    if not colleague_ids:
        return ""
    if own is None:
        return _(
            "You may send in your own name only, and the portal does not know who you are at"
            " Vitec. Ask an administrator to say so under your place at the office."
        )
    if all(each == own.vitec_id for each in colleague_ids):
        return ""
    return _("You may send in your own name only. Choose %(name)s, or ask a booker to send it.") % {
        "name": own.name
    }
