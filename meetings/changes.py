"""What has changed of a meeting, in words. Who changed it Vitec does not say, and nor do we."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext

from meetings import reading
from meetings.facts import FIELDS, Field, Life, say_moment, unknown_fields


@dataclasses.dataclass(frozen=True)
class Side:
    """A field at two times. said: the change in a sentence, "" where there is none.

    A value that the reader may not see is left out, not the fact that it is another.
    """

    label: str
    before: str
    after: str
    said: str


def side_by_side(before: Life, after: Life, *, amounts: bool) -> list[Side]:
    """Every field that says something at either time, in the order of the page."""
    changed = _changed(before, after)
    fields = (*FIELDS, *unknown_fields(before.row, after.row))
    sides = [_side(field, before, after, changed, amounts) for field in fields]
    return [_presence(before, after), *(side for side in sides if side.before or side.after)]


def sentences(before: Life, after: Life, *, amounts: bool) -> list[str]:
    """Each thing that changed from the one to the other, what matters most first."""
    changed = _changed(before, after)
    fields = (*FIELDS, *unknown_fields(before.row, after.row))
    sides = [_side(field, before, after, changed, amounts) for field in fields]
    if after.is_cancelled and "state" in changed:
        # The state has said it already.
        sides = [side for side in sides if side.label != _label_of("cancelledBy")]
    return [said for side in (_presence(before, after), *sides) if (said := side.said)]


def briefly(before: Life, after: Life) -> str:
    """The same for a row of the list, in a few words: was it moved, cancelled, or what else?"""
    changed = _changed(before, after)
    parts = []
    if before.meeting_date != after.meeting_date and before.meeting_date:
        parts.append(gettext("Moved from %s") % say_moment(before.meeting_date))
    if after.is_cancelled and before.state != after.state:
        parts.append(after.state_label)
    told = {"meetingDate", "state", "cancelledBy"} if parts else set()
    others = [
        str(field.label).lower()
        for field in FIELDS
        if not field.amount
        and told.isdisjoint(field.names)
        and _differs(field, before, after, changed)
    ]
    if others:
        parts.append(gettext("Changed: %s") % ", ".join(others))
    elif not parts:
        parts.append(gettext("There again") if before.missing_since else gettext("Changed"))
    return " · ".join(parts)


def _changed(before: Life, after: Life) -> set[str]:
    return set(reading.changed_fields(before.row, after.row))


def _differs(field: Field, before: Life, after: Life, changed: set[str]) -> bool:
    return not changed.isdisjoint(field.names) or field.say(before) != field.say(after)


def _label_of(name: str) -> str:
    return next(str(field.label) for field in FIELDS if name in field.names)


def _presence(before: Life, after: Life) -> Side:
    """Is it at Vitec at all?"""
    label = gettext("At Vitec")
    values = [gettext("no") if life.missing_since else gettext("yes") for life in (before, after)]
    said = ""
    if values[0] != values[1]:
        said = gettext("No longer at Vitec") if after.missing_since else gettext("At Vitec again")
    return Side(label, values[0], values[1], said)


def _side(field: Field, before: Life, after: Life, changed: set[str], amounts: bool) -> Side:
    label = str(field.label)
    old, new = field.say(before), field.say(after)
    is_other = _differs(field, before, after, changed)
    if field.amount and not amounts:
        said = gettext("%s: changed") % label if is_other else ""
        hidden = gettext("not shown") if is_other else ""
        return Side(label, hidden, hidden, said)
    return Side(label, old, new, _sentence(field, label, old, new, after) if is_other else "")


def _sentence(field: Field, label: str, old: str, new: str, after: Any) -> str:
    words = {"label": label, "old": old, "new": new}
    if field.names == ("meetingDate",) and old and new:
        return gettext("Moved from %(old)s to %(new)s") % words
    if field.names == ("state",) and after.is_cancelled:
        return gettext("%(new)s (was: %(old)s)") % words if old else new
    if old == new:
        return gettext("%(label)s: changed in a detail") % words
    if not old:
        return gettext("%(label)s: %(new)s, was empty before") % words
    if not new:
        return gettext("%(label)s: now empty, was %(old)s") % words
    return gettext("%(label)s: from %(old)s to %(new)s") % words
