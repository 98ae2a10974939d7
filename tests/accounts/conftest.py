from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def strict() -> Client:
    """A browser whose forms need their tokens."""
    return Client(enforce_csrf_checks=True)
