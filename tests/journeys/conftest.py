from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stack import Person, Stack, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running portal for all journeys that do not break it."""
    with running(tmp_path_factory.mktemp("portal"), empty=True) as stack:
        yield stack


@pytest.fixture(autouse=True)
def good_behaviour(request: pytest.FixtureRequest) -> None:
    """Every journey begins with a practice Vitec that behaves."""
    if "portal" in request.fixturenames:
        request.getfixturevalue("portal").behave_well()


@pytest.fixture(scope="session")
def bokare(portal: Stack) -> Person:
    return Person(portal, "bokare")


@pytest.fixture
def grannkontor(portal: Stack) -> Person:
    return Person(portal, "grannkontor")


@pytest.fixture
def admin(portal: Stack) -> Person:
    return Person(portal, "admin")
