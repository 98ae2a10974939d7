"""Directories from Vitec: the office itself, its people, its user groups.

Each is a look-up of its own that may be refused by itself; none of them stops a write.
"""

from __future__ import annotations

from connect import lookups
from connect.client import Client
from offices.directory import learn_rows
from offices.models import Colleague, Office, UserGroup
from offices.syncing import Pulled, run_sync

EVERY = 15 * 60


def sync_office(office: Office, *, now: bool = False) -> None:
    """Refresh every directory of one office; see `offices.syncing.run_sync`."""
    run_sync(office, "office", EVERY, pull_office, now=now)
    run_sync(office, "colleagues", EVERY, pull_colleagues, now=now)
    run_sync(office, "user_groups", EVERY, pull_user_groups, now=now)


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
    """Everyone whom Vitec lists for the office and who is not archived."""
    users = [user for user in lookups.users(client, office.customer_id) if not user.archived]
    values = {user.user_id: {"name": user.name, "title": user.title} for user in users}
    return Pulled(len(users), learn_rows(Colleague, office, values, complete=True))


def pull_user_groups(client: Client, office: Office) -> Pulled:
    """The user groups a comeback can be given to."""
    groups = lookups.user_groups(client, office.customer_id)
    values = {group.group_id: {"name": group.name} for group in groups}
    return Pulled(len(groups), learn_rows(UserGroup, office, values, complete=True))
