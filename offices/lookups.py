"""The look-ups of the directories, for the administrator's pages; see `offices.registry`."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from connect import lookups
from connect.calls import Call, Endpoint
from offices import contact_search, sync
from offices.models import (
    Colleague,
    Contact,
    ContactCategory,
    CustomField,
    Estate,
    IntakeSource,
    Office,
    PredefinedTask,
    UserGroup,
)
from offices.registry import Lookup, register

# Nobody is called so: the answer is short, and being allowed is all that is asked.
NOBODY = "qqqqqq"

Probe = Callable[[Office], Call | None]


def _query(endpoint: Endpoint, name: str = "customerId") -> Probe:
    return lambda office: endpoint.call(query={name: office.customer_id})


def _path(endpoint: Endpoint) -> Probe:
    return lambda office: endpoint.call({"customer_id": office.customer_id})


def _estates(office: Office) -> Call:
    return lookups.ESTATES.call(body={"customerId": office.customer_id})


def _search(office: Office) -> Call:
    query = {"Term": NOBODY, "MaxSize": 50}
    return lookups.CONTACT_SEARCH.call({"customer_id": office.customer_id}, query=query)


def _person(office: Office) -> Call | None:
    contact = Contact.objects.filter(office=office, missing_since=None).first()
    if contact is None:
        return None
    query = {"contactIds": contact.vitec_id}
    return lookups.PERSONS.call({"customer_id": office.customer_id}, query=query)


OFFICE = register(
    Lookup(
        key="office",
        label=_("The office and its id"),
        probe=_query(lookups.OFFICES, "CustomerId"),
        every=sync.EVERY,
        fetch=sync.sync_office,
    )
)
COLLEAGUES = register(
    Lookup(
        key="colleagues",
        label=_("Colleagues"),
        probe=_query(lookups.USERS, "CustomerId"),
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=Colleague,
    )
)
ALL_USERS = register(
    Lookup(
        key=sync.ALL_USERS,
        label=_("Colleagues who are not public"),
        probe=_query(lookups.ALL_USERS, "CustomerId"),
    )
)
USER_GROUPS = register(
    Lookup(
        key="user_groups",
        label=_("User groups"),
        probe=_path(lookups.USER_GROUPS),
        every=sync.EVERY,
        fetch=sync.sync_office,
        model=UserGroup,
    )
)
ESTATES = register(
    Lookup(
        key="estates",
        label=_("Properties"),
        probe=_estates,
        every=sync.EVERY_ESTATES,
        fetch=sync.sync_office,
        model=Estate,
    )
)
CONTACTS = register(
    Lookup(
        key=contact_search.CAPABILITY,
        label=_("Search for contacts"),
        probe=_search,
        model=Contact,
    )
)
PERSONS = register(Lookup(key="persons", label=_("Names of contacts"), probe=_person))
CATEGORIES = register(
    Lookup(
        key="categories",
        label=_("Contact categories"),
        probe=_query(lookups.CATEGORIES),
        every=sync.EVERY_LIST,
        fetch=sync.sync_office,
        model=ContactCategory,
    )
)
TASKS = register(
    Lookup(
        key="tasks",
        label=_("Predefined tasks"),
        probe=_query(lookups.TASKS),
        every=sync.EVERY_LIST,
        fetch=sync.sync_office,
        model=PredefinedTask,
    )
)
INTAKE_SOURCES = register(
    Lookup(
        key="intake_sources",
        label=_("Intake sources"),
        probe=_path(lookups.INTAKE_SOURCES),
        every=sync.EVERY_LIST,
        fetch=sync.sync_office,
        model=IntakeSource,
    )
)
CUSTOM_FIELDS = register(
    Lookup(
        key="custom_fields",
        label=_("Custom fields"),
        probe=_query(lookups.CUSTOM_FIELDS),
        every=sync.EVERY_LIST,
        fetch=sync.sync_office,
        model=CustomField,
    )
)
