from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connect.client import Client
from tests.connect.wire import HASTY, PASSWORD, PATIENT, USERNAME


@pytest.fixture
def client_for() -> Iterator[Callable[..., Client]]:
    """Clients, closed after the test. Hasty ones are for servers that never come to an end."""
    made: list[Client] = []

    def make(base_url: str, *, hasty: bool = False, **options: object) -> Client:
        limits = HASTY if hasty else PATIENT
        merged = {"username": USERNAME, "password": PASSWORD, **limits, **options}
        client = Client(base_url=base_url, **merged)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
