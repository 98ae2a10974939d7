"""A practice Vitec in this process, spoken to over real HTTP."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from sandbox.server import Sandbox

TODAY = date(2026, 3, 11)  # a Wednesday


class Vitec:
    """A client with the default login."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.session = requests.Session()
        self.session.auth = ("sandbox", "sandbox")

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.box.url + path, params=query, timeout=10)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self.session.post(self.box.url + path, json=body, timeout=10, **options)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.box.url + path, timeout=10)

    def meetings(self, first: date, last: date, **more: Any) -> list[dict[str, Any]]:
        body = {
            "customerId": "M30011",
            "dateFrom": f"{first}T00:00:00",
            "dateTo": f"{last}T23:59:59",
            "type": "All",
            **more,
        }
        answer = self.post("/Meeting/GetMeetings", body)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "box" in request.fixturenames:
        request.getfixturevalue("box").clear()


@pytest.fixture
def vitec(box: Sandbox) -> Iterator[Vitec]:
    client = Vitec(box)
    yield client
    client.session.close()


@pytest.fixture
def meeting(vitec: Vitec) -> dict[str, Any]:
    """A coming meeting that has an estate."""
    rows = vitec.meetings(TODAY, TODAY + timedelta(days=30))
    return next(row for row in rows if row["estateId"])


@pytest.fixture
def comeback_path(meeting: dict[str, Any]) -> str:
    return f"/Meeting/Comeback/M30011/{meeting['contactId']}"


@pytest.fixture
def viewing(box: Sandbox) -> dict[str, Any]:
    """A coming viewing with places for a few."""
    return next(
        doc
        for doc in box.practice.store.of("viewings", "M30011")
        if doc["startsAt"][:10] > f"{TODAY + timedelta(days=1)}" and doc["participantPerTimeSlot"]
    )


@pytest.fixture
def booking_path(viewing: dict[str, Any]) -> str:
    slot = viewing["timeSlots"][0]["id"]
    return f"/Viewing/M30011/{viewing['id']}/{slot}/Participant"


def model_state(answer: requests.Response) -> dict[str, list[str]]:
    """Return the field errors of a 400."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["message"]
    errors: dict[str, list[str]] = body["modelState"]
    return errors


@pytest.fixture
def errors_of() -> Any:
    return model_state
