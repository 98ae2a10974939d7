"""Two people who look after personal data, and what the practice Vitec knows."""

from __future__ import annotations

import pytest

from offices.models import Membership, Office, Right, RightException, Role, User
from tests.factories import make_user
from tests.submissions.conftest import known as known


@pytest.fixture
def ombud(office: Office) -> User:
    """Asks for an erasure."""
    return make_user("ombud", office, role=Role.ADMINISTRATOR)


@pytest.fixture
def kollega(office: Office) -> User:
    """Approves it."""
    return make_user("kollega", office, role=Role.ADMINISTRATOR)


@pytest.fixture
def unseeing(office: Office) -> User:
    """Looks after personal data, and by exception sees nobody with protected identity."""
    user = make_user("utan-insyn", office, role=Role.ADMINISTRATOR)
    mine = Membership.objects.get(user=user)
    RightException.objects.create(membership=mine, right=Right.PROTECTED, granted=False)
    return user
