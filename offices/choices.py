"""What the pickers offer out of an office's directories, by name."""

from __future__ import annotations

from offices.models import Colleague, DirectoryRow, Office, UserGroup
from offices.pickers import Choice


def colleagues(office: Office) -> list[Choice]:
    """Everybody with a user at Vitec; the title tells two of one name apart."""
    rows = Colleague.objects.filter(office=office, missing_since=None)
    return [Choice(row.vitec_id, row.name, row.title) for row in rows]


def user_groups(office: Office) -> list[Choice]:
    return named(UserGroup, office)


def named(model: type[DirectoryRow], office: Office) -> list[Choice]:
    """The rows of a directory that has a name and no more, save those that are missing."""
    rows = model._default_manager.filter(office=office, missing_since=None)
    return [Choice(row.vitec_id, row.name) for row in rows]  # type: ignore[attr-defined]
