"""What the pickers offer out of an office's directories, in the order of the Swedish alphabet."""

from __future__ import annotations

from lib.swedish_order import sort_key
from offices.models import (
    Colleague,
    ContactCategory,
    CustomField,
    DirectoryRow,
    Estate,
    IntakeSource,
    Office,
    PredefinedTask,
    UserGroup,
)
from offices.pickers import Choice


def in_swedish(choice: Choice) -> str:
    """A key to sort choices by."""
    return sort_key(str(choice.label))


def colleagues(office: Office) -> list[Choice]:
    """Everybody with a user at Vitec; the title tells two of one name apart."""
    rows = Colleague.objects.filter(office=office, missing_since=None)
    return sorted((Choice(row.vitec_id, row.name, row.title) for row in rows), key=in_swedish)


def user_groups(office: Office) -> list[Choice]:
    """The groups that something can be given to."""
    return named(UserGroup, office)


def estates(office: Office) -> list[Choice]:
    """The homes by address, with area and status beside it; found by object number too."""
    rows = Estate.objects.filter(office=office, missing_since=None)
    found = [
        Choice(
            row.vitec_id, row.where, " · ".join(filter(None, (row.area, row.status))), row.number
        )
        for row in rows
    ]
    return sorted(found, key=in_swedish)


def categories(office: Office, *, of_companies: bool = False) -> list[Choice]:
    """The categories that a write may name; those that Vitec sets by itself are left out."""
    rows = ContactCategory.objects.filter(
        office=office, missing_since=None, read_only=False, of_companies=of_companies
    )
    return sorted((Choice(row.vitec_id, row.name) for row in rows), key=in_swedish)


def tasks(office: Office) -> list[Choice]:
    """The predefined tasks."""
    return named(PredefinedTask, office)


def custom_fields(office: Office) -> list[Choice]:
    """The office's own fields that a person can have."""
    rows = CustomField.objects.filter(office=office, missing_since=None)
    fitting = (row for row in rows if "Person" in row.valid_for)
    return sorted((Choice(row.vitec_id, row.label) for row in fitting), key=in_swedish)


def intake_sources(office: Office) -> list[Choice]:
    """Where assignments come from."""
    return named(IntakeSource, office)


def named(model: type[DirectoryRow], office: Office) -> list[Choice]:
    """The rows of a directory that has a name and no more, save those that are missing."""
    rows = model._default_manager.filter(office=office, missing_since=None)
    found = [Choice(row.vitec_id, row.name) for row in rows]  # type: ignore[attr-defined]
    return sorted(found, key=in_swedish)
