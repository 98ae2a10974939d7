"""Submissions that the practice Vitec accepts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.models import Submission
from tests.factories import make_submission
from tests.submissions.conftest import Known, known

__all__ = ["known"]


@pytest.fixture
def send(vitec: Sandbox, known: Known, office: Office, bokare: User) -> Callable[[], Submission]:
    """Makes one more comeback, due at once."""
    return lambda: make_submission(
        bokare,
        office,
        contact_id=known.contact_id,
        participant=("userId", known.broker_id),
        note="kanarie",
    )
