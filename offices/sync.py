"""Directories from Vitec: the office itself, its people, its homes, its own lists.

Each is a look-up of its own that may be refused by itself; none of them stops a write.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from connect import lookups
from connect.client import Client
from connect.errors import Denied, OutcomeUnknown, Refused
from offices.capabilities import may_ask, remember
from offices.directory import learn_rows
from offices.models import (
    Colleague,
    ContactCategory,
    CustomField,
    Estate,
    IntakeSource,
    Office,
    PredefinedTask,
    UserGroup,
)
from offices.syncing import Pulled, run_sync

EVERY = 15 * 60
# Lists that somebody at the office changes once in a while.
EVERY_LIST = 60 * 60
# As often as the viewings, which it tells of.
EVERY_ESTATES = 5 * 60
ALL_USERS = "all_users"
LONGEST_ID = 64


def sync_office(office: Office, *, now: bool = False) -> None:
    """Refresh every directory of one office; see `offices.syncing.run_sync`."""
    run_sync(office, "office", EVERY, pull_office, now=now)
    run_sync(office, "colleagues", EVERY, pull_colleagues, now=now)
    run_sync(office, "user_groups", EVERY, pull_user_groups, now=now)
    sync_estates(office, now=now)
    run_sync(office, "categories", EVERY_LIST, pull_categories, now=now)
    run_sync(office, "tasks", EVERY_LIST, pull_tasks, now=now)
    run_sync(office, "intake_sources", EVERY_LIST, pull_intake_sources, now=now)
    run_sync(office, "custom_fields", EVERY_LIST, pull_custom_fields, now=now)


def sync_estates(office: Office, *, now: bool = False) -> None:
    """Refresh the homes, also for those who need to know when their viewings are."""
    run_sync(office, "estates", EVERY_ESTATES, pull_estates, now=now)


def pull_office(client: Client, office: Office) -> Pulled:
    """Learn the office id, which differs from the customer id."""
    found = lookups.offices(client, office.customer_id)
    mine = next((o for o in found if o.customer_id == office.customer_id), None)
    if mine is None or mine.office_id == office.vitec_office_id:
        return Pulled(len(found), 0)
    office.vitec_office_id = mine.office_id
    office.save(update_fields=["vitec_office_id"])
    return Pulled(len(found), 1)


def pull_colleagues(client: Client, office: Office) -> Pulled:
    """Everyone whom Vitec lists for the office and who is not archived.

    Where the list of all staff is refused, the public ones; the others are then kept as they were.
    """
    everybody = _all_users(client, office)
    users = lookups.users(client, office.customer_id) if everybody is None else everybody
    here = [user for user in users if not user.archived]
    values = {
        user.user_id: {
            "name": user.name[:200] or user.user_id,
            "title": user.title[:200],
            "public": user.public is not False,
        }
        for user in here
    }
    among = Q(public=True) if everybody is None else None
    return _learn(Colleague, office, values, among)


def _all_users(client: Client, office: Office) -> tuple[lookups.User, ...] | None:
    """None where Vitec does not tell of everybody."""
    if not may_ask(office, ALL_USERS):
        return None
    try:
        users = lookups.all_users(client, office.customer_id)
    except Denied as error:
        if error.status == 401:
            raise
        remember(office, ALL_USERS, allowed=False)
    except Refused:
        # A call that is known from a document of 2020 alone may be gone.
        remember(office, ALL_USERS, allowed=False)
    except OutcomeUnknown:
        return None
    else:
        remember(office, ALL_USERS, allowed=True)
        return users
    return None


def pull_user_groups(client: Client, office: Office) -> Pulled:
    """The user groups, with who is in them."""
    groups = lookups.user_groups(client, office.customer_id)
    values = {
        group.group_id: {"name": group.name[:200], "members": list(group.user_ids)}
        for group in groups
        if group.name
    }
    return _learn(UserGroup, office, values)


def pull_categories(client: Client, office: Office) -> Pulled:
    """The categories of contacts, with those that nobody may set."""
    values = {
        row.category_id: {
            "name": row.name[:200],
            "read_only": row.read_only,
            "of_companies": row.of_companies,
        }
        for row in lookups.categories(client, office.customer_id)
        if row.name
    }
    return _learn(ContactCategory, office, values)


def pull_tasks(client: Client, office: Office) -> Pulled:
    """The predefined tasks."""
    found = lookups.tasks(client, office.customer_id)
    return _learn(PredefinedTask, office, _named((row.row_id, row.name) for row in found))


def pull_intake_sources(client: Client, office: Office) -> Pulled:
    """Where assignments come from."""
    found = lookups.intake_sources(client, office.customer_id)
    return _learn(IntakeSource, office, _named((row.row_id, row.name) for row in found))


def pull_custom_fields(client: Client, office: Office) -> Pulled:
    """The fields that the office has made for itself."""
    values = {
        row.name: {
            "label": row.label[:200],
            "kind": row.kind[:60],
            "valid_for": list(row.valid_for),
        }
        for row in lookups.custom_fields(client, office.customer_id)
    }
    return _learn(CustomField, office, values)


def pull_estates(client: Client, office: Office) -> Pulled:
    """The homes by address, with their status and when their viewings begin."""
    values = {row.estate_id: _estate(row) for row in lookups.estates(client, office.customer_id)}
    return _learn(Estate, office, values)


def _estate(row: lookups.Estate) -> dict[str, Any]:
    return {
        "address": row.street_address[:200],
        "area": row.area[:200],
        "number": row.number[:60],
        "status_id": row.status_id[:40],
        "status": row.status[:100],
        "viewing_starts": [start.isoformat() for start in row.viewing_starts],
    }


def _named(found: Iterable[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    return {vitec_id: {"name": name[:200]} for vitec_id, name in found if name}


def _learn(model: Any, office: Office, values: dict[str, Any], among: Q | None = None) -> Pulled:
    kept = {key: value for key, value in values.items() if 0 < len(key) <= LONGEST_ID}
    return Pulled(len(values), learn_rows(model, office, kept, complete=True, among=among))
