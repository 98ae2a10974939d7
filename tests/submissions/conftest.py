from __future__ import annotations

import dataclasses

import pytest

from connect.client import Client
from meetings.payloads import GET_MEETINGS
from offices.models import Office, User
from sandbox.server import Sandbox
from submissions.models import Submission
from tests.factories import make_submission

SHORT = {
    "connect_timeout": 1.0,
    "read_timeout": 0.5,
    "write_deadline": 0.5,
    "read_deadline": 2.0,
}


@dataclasses.dataclass(frozen=True)
class Known:
    """Ids that the practice Vitec knows, of one and the same meeting."""

    contact_id: str
    meeting_id: str
    estate_id: str
    broker_id: str


@pytest.fixture(scope="session")
def known(running_sandbox: Sandbox) -> Known:
    body = {"customerId": "M30011", "dateFrom": "2000-01-01", "dateTo": "2100-01-01", "type": "All"}
    with Client(base_url=running_sandbox.url, username="sandbox", password="sandbox") as client:
        rows = client.send(GET_MEETINGS.call(body=body)).value
    row = next(r for r in rows if r["contactId"] and r["estateId"] and r["brokerId"])
    return Known(row["contactId"], row["id"], row["estateId"], row["brokerId"])


@pytest.fixture
def short_limits(settings) -> None:  # type: ignore[no-untyped-def]
    settings.VITEC_TIME_LIMITS = SHORT


@pytest.fixture
def submission(
    vitec: Sandbox, short_limits: None, known: Known, bokare: User, office: Office
) -> Submission:
    """A comeback that bokare has just sent, due now, which the practice Vitec would accept."""
    return make_submission(
        bokare,
        office,
        contact_id=known.contact_id,
        participant=("userId", known.broker_id),
        note="Ring om balkongen, Anna 070-174 06 05",
    )


def posts(vitec: Sandbox) -> list[dict]:  # type: ignore[type-arg]
    """The requests for comebacks that really arrived at the practice Vitec."""
    return [row for row in vitec.log() if "/Meeting/Comeback/" in row["path"]]
