"""In whose name a form is sent: asked where rows are made, and by the pages before that.

A kind says whose names its values give (`Kind.names`); who may give them is `offices.own_name`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from offices.models import Office, User
from offices.own_name import objections
from submissions.kinds import Kind

Cleaned = Mapping[str, Any]


class NotInOwnName(PermissionDenied):
    """Somebody would send in others' names without the right to. Nothing was saved.

    A page that has not asked beforehand answers 403 by it.
    """


def complaints(
    user: User, office: Office, kind: Kind, cleaned: Sequence[Cleaned]
) -> list[dict[str, str]]:
    """For each cleaned_data: {field: why the person may not send it so}, empty for no reason.

    The same number of queries however many they are; none for a kind that gives no names.
    """
    if kind.names is None:
        return [{} for _one in cleaned]
    return objections(user, office, [kind.names(one) for one in cleaned])


def require_names(user: User, office: Office, kind: Kind, cleaned: Sequence[Cleaned]) -> None:
    """Raises NotInOwnName for the first that the person may not send."""
    for found in complaints(user, office, kind, cleaned):
        for said in found.values():
            raise NotInOwnName(said)
