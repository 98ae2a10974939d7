"""The people and the practice Vitec that every test can ask for.

Three people tell every access story: bokare sent it, maklare is a colleague, grannkontor must not
see it. admin administers every office.
"""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client, TransactionTestCase

from offices.models import Office, Role, User
from sandbox.server import Sandbox
from submissions import append_only
from tests.factories import make_office, make_user

# How long an example takes says more of the machine than of us.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its driver keeps an event loop running in this very thread, in
    which Django refuses to ask the database and no process should be forked.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session", autouse=True)
def emptying_spares_no_audit() -> Iterator[None]:
    """Django empties tables after a transactional test; the audit's triggers would refuse."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(self: TransactionTestCase) -> None:
        for alias in connections:
            append_only.lift(connections[alias])
        empty(self)
        for alias in connections:
            append_only.protect(connections[alias])

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def nobody_has_been_limited_yet() -> None:
    """Limits are counted in the cache, across tests."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


@pytest.fixture
def neighbour_office(db: None) -> Office:
    return make_office("M30012", "Vikens Mäkleri Solna")


@pytest.fixture
def bokare(office: Office) -> User:
    return make_user("bokare", office, first_name="Berit", last_name="Bokare")


@pytest.fixture
def maklare(office: Office) -> User:
    return make_user("maklare", office, role=Role.BROKER)


@pytest.fixture
def chef(office: Office) -> User:
    return make_user("chef", office, role=Role.MANAGER)


@pytest.fixture
def grannkontor(neighbour_office: Office) -> User:
    return make_user("grannkontor", neighbour_office)


@pytest.fixture
def admin(office: Office) -> User:
    return make_user("admin", office, role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)


@pytest.fixture
def as_bokare(bokare: User) -> Client:
    return _signed_in(bokare)


@pytest.fixture
def as_maklare(maklare: User) -> Client:
    return _signed_in(maklare)


@pytest.fixture
def as_chef(chef: User) -> Client:
    return _signed_in(chef)


@pytest.fixture
def as_grannkontor(grannkontor: User) -> Client:
    return _signed_in(grannkontor)


@pytest.fixture
def as_admin(admin: User) -> Client:
    return _signed_in(admin)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox(port=0) as sandbox:
        yield sandbox


@pytest.fixture
def vitec(running_sandbox: Sandbox, settings) -> Iterator[Sandbox]:  # type: ignore[no-untyped-def]
    """The practice Vitec, fresh, with the portal pointed at it."""
    running_sandbox.reset()
    settings.VITEC_BASE_URL = running_sandbox.url
    yield running_sandbox
    running_sandbox.reset()
